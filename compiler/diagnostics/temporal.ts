/** PX53…: conditions and statistics over time. */
import { define } from './diagnostic.ts';

export const memoryOutside = define<{ name: string; place: string }>({
  code: 'PX5301',
  severity: 'error',
  title: 'What looks back over time stands in an asset',
  message: ({ name, place }) => `${name} remembers what was, and there is nothing in ${place} that could.`,
  help: ({ name }) => `Give it a name in the asset, as in let recent = ${name}(…), and use that name here.`,
});

export const looksAhead = define<{ name: string }>({
  code: 'PX5302',
  severity: 'error',
  title: 'A model cannot look ahead',
  message: ({ name }) => `${name} asks what will be, which a running twin cannot know.`,
  help: ({ name }) =>
    name === 'always'
      ? 'Write historically(… for T) for what has been so, or put it into a require of a test.'
      : 'Write once(… within T) or since(…) for what has been, or put it into a require of a test.',
});

export const windowNotConstant = define<{ text: string; what: string }>({
  code: 'PX5303',
  severity: 'error',
  title: 'A window must be known when compiled',
  message: ({ text, what }) => `${what} must be known when compiled, and '${text}' is not.`,
  help: () => 'Write a number or a fixed value: its memory is laid out before anything runs.',
});

export const clauseWrong = define<{ name: string; problem: string; help: string }>({
  code: 'PX5304',
  severity: 'error',
  title: 'A look over time is not complete',
  message: ({ name, problem }) => `${name} ${problem}.`,
  help: ({ help }) => help,
});

export const inLoop = define<{ name: string; variable: string; deep: boolean }>({
  code: 'PX5305',
  severity: 'error',
  title: 'What looks back over time in a for that gives it no memory',
  message: ({ name, variable, deep }) =>
    deep
      ? `${name} keeps a memory for each turn of one or two loops, and depends on more here, '${variable}' among them.`
      : `${name} keeps a memory for each '${variable}', counted from 1, and it is not known when checked that the for begins at 1 or above.`,
  help: () =>
    'Begin the for at a number from 1 on, or put it into the asset of the elements, where each has its own.',
});

export const windowSize = define<{ count: number | undefined; most: number }>({
  code: 'PX5306',
  severity: 'error',
  title: 'A window is too long for its period',
  message: ({ count, most }) =>
    count === undefined
      ? 'Window and period must be longer than 0 s.'
      : `This window holds ${count} values, and at most ${most} are possible.`,
  help: () => 'Look less often: every 10 s.',
});

export const sensorExpected = define<{ text: string }>({
  code: 'PX5307',
  severity: 'error',
  title: 'Only a sensor has an age',
  message: ({ text }) => `'${text}' is no sensor, so it has no age.`,
});

export const notInFormula = define<{ name: string }>({
  code: 'PX5308',
  severity: 'error',
  title: 'Operators over time combine with and, or and not',
  message: ({ name }) => `${name} stands in a place where its margin would be lost.`,
  help: () =>
    'Combine such conditions with and, or, not and each other; a trigger after when is of one instant.',
});

export const aheadOfEnd = define<{ name: string }>({
  code: 'PX5309',
  severity: 'error',
  title: 'expect looks at one instant, with nothing after it',
  message: ({ name }) => `${name} asks what comes after the time that expect looks at.`,
  help: () => 'Write require, or ask what has been: once, historically, since.',
});
