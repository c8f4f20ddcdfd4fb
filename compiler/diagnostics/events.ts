/** PX51…: what happens at an instant: when, at, every, rules, alarms, set. */
import { define } from './diagnostic.ts';

export const setOfGiven = define<{ name: string; owner: string; help: string }>({
  code: 'PX5101',
  severity: 'error',
  title: 'Only states and inputs can be set',
  message: ({ name, owner }) => `'${name}' cannot be set: ${owner}.`,
  help: ({ help }) => help || undefined,
});

export const crossingExpected = define<{ text: string }>({
  code: 'PX5102',
  severity: 'error',
  title: 'at needs a comparison',
  message: ({ text }) => `at finds where one value crosses another, and '${text}' compares nothing.`,
  help: () => 'Write a comparison such as height <= 0 m; for other conditions use when.',
});

export const previousOutsideAction = define<{ text: string }>({
  code: 'PX5103',
  severity: 'error',
  title: 'pre(x) is known only while something is set',
  message: ({ text }) => `'${text}' is the value just before an event, and this is no event.`,
  help: () => 'Use it on the right side of set only.',
});

export const setTwice = define<{ name: string }>({
  code: 'PX5104',
  severity: 'error',
  title: 'A variable is set twice at one instant',
  message: ({ name }) => `'${name}' is set twice at the same instant; which value should win?`,
  help: () => 'Keep one of them.',
});

export const nothingHappens = define<{ what: string }>({
  code: 'PX5105',
  severity: 'warning',
  title: 'A reaction that does nothing',
  message: ({ what }) => `${what} sets nothing.`,
  help: () => 'Add a line such as set running = false.',
});

export const boundAndSet = define<{ name: string; asset: string; writer: string }>({
  code: 'PX5106',
  severity: 'error',
  title: 'An input is bound to an expression and set as well',
  message: ({ name, asset, writer }) =>
    `'${name}' is set by ${writer} in ${asset}, so it cannot follow an expression as well.`,
  help: () => 'Give it a plain value here, or remove the set.',
});

export const previousOfPath = define<{ name: string; text: string }>({
  code: 'PX5107',
  severity: 'error',
  title: 'der and pre take a name',
  message: ({ name, text }) => `${name} takes the name of a variable, and '${text}' is an expression.`,
});
