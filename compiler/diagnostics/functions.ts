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

export const functionTooLarge = define<{ name: string; most: number; deep: boolean }>({
  code: 'PX3204',
  severity: 'error',
  title: 'A call unfolds to too many operations',
  message: ({ name, most, deep }) =>
    deep
      ? `Each call is replaced by the function's formula, and those of '${name}' lie more than ${most} deep in each other, a let of a function counting as one.`
      : `Each call is replaced by the function's formula, and '${name}' unfolds to more than ${most} operations here.`,
  help: ({ deep }) =>
    deep
      ? 'Compute a part of it with a let of the asset, and give the function that value.'
      : 'Compute what several calls share once, with a let.',
});

export const tableFileMissing = define<{ file: string }>({
  code: 'PX3205',
  severity: 'error',
  title: 'The file of a table cannot be read',
  message: ({ file }) => `There is no file "${file}" beside this text.`,
  help: () => 'Its path is seen from the folder of this text.',
});

export const tableFileOutside = define<{ file: string }>({
  code: 'PX3206',
  severity: 'error',
  title: 'The file of a table lies outside of the folder',
  message: ({ file }) => `"${file}" leads out of the folder of this text, so it would not come with it.`,
  help: () =>
    'Put the file beside the text or in a folder below, and write its path without .. and without a leading /.',
});

export const tableDataUnreadable = define<{ file: string; problem: string }>({
  code: 'PX3207',
  severity: 'error',
  title: 'The data of a table cannot be used',
  message: ({ file, problem }) => `"${file}": ${problem}`,
});

export const tableNotIncreasing = define<{ what: string; text: string; before: string }>({
  code: 'PX3208',
  severity: 'error',
  title: 'The points of a table are out of order',
  message: ({ what, text, before }) =>
    `${what} must increase from point to point, and ${text} comes after ${before}.`,
});

export const tableShape = define<{ name: string; problem: string }>({
  code: 'PX3209',
  severity: 'error',
  title: 'A table has the wrong shape',
  message: ({ name, problem }) => `Table '${name}' ${problem}`,
});

export const tableSetting = define<{ problem: string }>({
  code: 'PX3210',
  severity: 'error',
  title: 'A table goes on in no such way',
  message: ({ problem }) => problem,
});

export const delayUnbounded = define<{ text: string }>({
  code: 'PX3211',
  severity: 'error',
  title: 'A delay that changes has no maximum',
  message: ({ text }) =>
    `'${text}' can change while the twin runs, so it is not known for how long the past must be remembered.`,
  help: () => 'Say the most that it can be as the third argument: delay(x, tau, 10 s).',
});

export const delayOutside = define<{ text: string }>({
  code: 'PX3212',
  severity: 'error',
  title: 'A delay stands where nothing is remembered',
  message: ({ text }) =>
    `'${text}' must stand in an equation or in a let, where it is followed all the time.`,
  help: () => 'Write let past = delay(…) in the asset, and use past here.',
});
