/** PX32…: functions, tables, delays and matrices. */
import { define } from './diagnostic.ts';

export const functionRecursive = define<{ name: string; path: string[] }>({
  code: 'PX3201',
  severity: 'error',
  title: 'A function calls itself',
  message: ({ name, path }) =>
    `'${name}' calls itself: ${path.join(' → ')}. A function is a formula, and would have no end.`,
  help: () => 'Write the sum or the steps out, or let a state or a for over an array carry what repeats.',
});

export const functionNotPure = define<{ name: string; text: string }>({
  code: 'PX3202',
  severity: 'error',
  title: 'A function reads more than its parameters',
  message: ({ name, text }) =>
    `'${name}' reads '${text}', which is no parameter: a function's value depends on its parameters and constants alone.`,
  help: ({ text }) => `Add a parameter, and give ${text} where the function is called.`,
});

export const functionNameTaken = define<{ name: string }>({
  code: 'PX3203',
  severity: 'error',
  title: 'The language has a function of this name',
  message: ({ name }) => `'${name}' is a function of the language, and a call of it would mean that one.`,
  help: () => 'Choose another name.',
});

export const functionTooLarge = define<{ name: string; most: number }>({
  code: 'PX3204',
  severity: 'error',
  title: 'A call unfolds to too many operations',
  message: ({ name, most }) =>
    `Each call is replaced by the function's formula, and '${name}' unfolds to more than ${most} operations here.`,
  help: () => 'Compute what several calls share once, with a let.',
});
