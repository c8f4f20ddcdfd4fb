/** PX622…: what is expected of a probability. */
import { define } from './diagnostic.ts';

export const chanceExpected = define<{ symbol: string }>({
  code: 'PX6222',
  severity: 'error',
  title: 'A probability is written P',
  message: ({ symbol }) => `'${symbol}[…](…)' is no probability.`,
  help: () => 'Write P, as in expect P[within 7 d](eventually empty) < 5 %.',
});

export const chanceBound = define<{ text: string; what: string }>({
  code: 'PX6223',
  severity: 'error',
  title: 'A probability lies between 0 % and 100 %',
  message: ({ text, what }) => `${what} is more than 0 % and less than 100 %, and '${text}' is not.`,
  help: () =>
    'That something never or always is so, no number of runs can show: use require for a single run.',
});

export const chanceNotShown = define<{ runs: string; least: number; bound: string }>({
  code: 'PX6224',
  severity: 'error',
  title: 'So few runs cannot show a probability',
  message: ({ runs, bound }) =>
    `Even if all of ${runs} runs went well, they would not show the ${bound} with this confidence.`,
  help: ({ least }) => `Write with ${least} runs, or more: a few runs that go wrong want some more of them.`,
});
