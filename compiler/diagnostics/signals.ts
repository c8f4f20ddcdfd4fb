/** PX522…: events and commands: what is emitted, called and listened to. */
import { define } from './diagnostic.ts';

export const eventExpected = define<{ text: string; what: string; word: string }>({
  code: 'PX5220',
  severity: 'error',
  title: 'An event is needed here',
  message: ({ text, what, word }) => `${word} is for events, and '${text}' is ${what}.`,
  help: ({ word }) =>
    word === 'on'
      ? 'For a condition write when; an event is declared with event or command.'
      : 'An event is declared with event or command.',
});

export const eventAsValue = define<{ name: string; kind: string }>({
  code: 'PX5221',
  severity: 'error',
  title: 'An event has no value',
  message: ({ name, kind }) =>
    `'${name}' is ${kind === 'event' ? 'an event' : 'a command'}: it happens and is over.`,
  help: ({ name }) => `React to it with on ${name}.`,
});

export const valuesOfEvent = define<{ event: string; problem: string; parameters: string[] }>({
  code: 'PX5222',
  severity: 'error',
  title: 'The values of an event do not fit',
  message: ({ event, problem }) => `${event} ${problem}.`,
  help: ({ event, parameters }) =>
    parameters.length === 0 ? `${event} has no values.` : `Its values are ${parameters.join(', ')}.`,
});

export const valuesOfMany = define<{ text: string; values: string[] }>({
  code: 'PX5223',
  severity: 'error',
  title: 'Values of an event of many parts',
  message: ({ text, values }) =>
    `'${text}' happens for several parts, so it is open whose ${values.join(', ')} is meant.`,
  help: () => 'Write for i in 1..n { on part[i].event(value) { … } }.',
});

export const commandExpected = define<{ name: string }>({
  code: 'PX5224',
  severity: 'error',
  title: 'Only commands can be called from outside',
  message: ({ name }) => `'${name}' is an event of the model and is not called from outside.`,
  help: ({ name }) => `Declare it as command ${name}.`,
});

export const buttonValueChanges = define<{ name: string; text: string }>({
  code: 'PX5226',
  severity: 'error',
  title: 'A button gives a value that is not known',
  message: ({ name, text }) =>
    `A button calls with values known beforehand, and '${text}' for ${name} is computed.`,
  help: ({ name }) => `Leave ${name} out: then it is asked for.`,
});

export const parameterTwice = define<{ name: string; event: string }>({
  code: 'PX5225',
  severity: 'error',
  title: 'Two values of an event with one name',
  message: ({ name, event }) => `${event} has two values named ${name}.`,
});
