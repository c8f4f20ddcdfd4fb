/** PX4302…: what holds at the start. */
import { define } from './diagnostic.ts';
import { listed } from './flattening.ts';

export const tooManyConditions = define<{ conditions: number; names: string[] }>({
  code: 'PX4302',
  severity: 'error',
  title: 'More conditions for the start than values that are free',
  message: ({ conditions, names }) =>
    names.length === 0
      ? 'This condition for the start has nothing to determine: all values in it are given.'
      : `${conditions} conditions for the start determine ${listed(names)}: they cannot all hold.`,
  help: () =>
    'Remove one of them, or let a state that has a start value be looked for: state x guess … in place of state x = ….',
});

export const startOpen = define<{ names: string[]; isState: boolean }>({
  code: 'PX4303',
  severity: 'warning',
  title: 'Nothing determines where a state starts',
  message: ({ names, isState }) =>
    `${isState ? `Nothing says where ${listed(names)} ${names.length === 1 ? 'starts' : 'start'}` : `Nothing determines ${listed(names)}`}: of all values that are possible the nearest to ` +
    `${names.length === 1 ? 'its guess is' : 'their guesses are'} taken.`,
  help: ({ names, isState }) =>
    !isState
      ? 'Add a condition for the start, such as initially der(…) = 0; or give the value: = in place of guess.'
      : `Add a condition (initially ${names[0]} = …, initially der(${names[0]}) = 0), or give the value: = in place of guess.`,
});

export const guessWithoutSearch = define<{ name: string; role: string }>({
  code: 'PX4304',
  severity: 'error',
  title: 'A guess for a value that is given',
  message: ({ name, role }) =>
    `'${name}' is ${role === 'input' ? 'an' : 'a'} ${role}, so its value is given, not looked for: it needs no guess to start from.`,
  help: () => 'Write = in place of guess.',
});

export const initialTooWide = define<{ count: number; limit: number }>({
  code: 'PX4305',
  severity: 'error',
  title: 'Too many values hang together at the start',
  message: ({ count, limit }) =>
    `${count} equations would have to be solved together for the start; up to ${limit} are.`,
  help: () =>
    'Give some of these states their start values, or put the conditions into the asset of one instance, so that an array of them is one loop.',
});
