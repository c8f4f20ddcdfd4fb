/** PX33…: distributions and what is drawn from them. */
import { define } from './diagnostic.ts';

export const distributionAsValue = define<{ text: string; name: string }>({
  code: 'PX3301',
  severity: 'error',
  title: 'A distribution is no value',
  message: ({ text }) => `'${text}' is a distribution, and a value is needed here.`,
  help: ({ text, name }) =>
    text.length > 40 ? `Draw a number from it: draw ${name}(…).` : `Draw a number from it: draw ${text}.`,
});

export const drawOutside = define<{ text: string; place: string; why: string; help: string }>({
  code: 'PX3302',
  severity: 'error',
  title: 'Nothing can be drawn here',
  message: ({ text, place, why }) => `'${text}' cannot be drawn in ${place}: ${why}.`,
  help: ({ help }) => help,
});

export const distributionOutOfBounds = define<{ text: string; demand: string; distribution: string }>({
  code: 'PX3303',
  severity: 'error',
  title: 'A distribution with these parameters does not exist',
  message: ({ text, demand, distribution }) => `'${text}' is not possible in ${distribution}: ${demand}.`,
});

export const scaleOfPoint = define<{ text: string; distribution: string }>({
  code: 'PX3304',
  severity: 'error',
  title: 'A distribution of positive values has a point on a scale as its parameter',
  message: ({ text, distribution }) =>
    `'${text}' is a point on a scale (as 20 °C), and ${distribution} needs an amount, which has a true zero.`,
  help: () => 'Draw a difference (5 K) and add it, or use normal, uniform or triangular.',
});

export const unknownDistribution = define<{ name: string; suggestions: string[]; known: string[] }>({
  code: 'PX3305',
  severity: 'error',
  title: 'There is no such distribution',
  message: ({ name, suggestions }) =>
    `There is no distribution '${name}'${suggestions.length > 0 ? `; did you mean ${suggestions.join(' or ')}?` : '.'}`,
  help: ({ known }) => `There are ${known.join(', ')}.`,
});

export const nothingToTruncate = define<{ text: string }>({
  code: 'PX3306',
  severity: 'error',
  title: 'Bounds stand behind something that is no distribution',
  message: ({ text }) => `'${text}' is no distribution, so 'in' with bounds has nothing to cut off.`,
  help: () => 'Remove the bounds, or write a distribution, as in normal(10 s, 2 s) in 5 s..20 s.',
});

export const correlatedNotDrawn = define<{ text: string; why: string }>({
  code: 'PX3307',
  severity: 'error',
  title: 'What is correlated must be drawn',
  message: ({ text, why }) => `'${text}' cannot be correlated: ${why}.`,
  help: () => 'Name variables of this asset, each once, whose values begin with draw.',
});

export const correlationImpossible = define<{ problem: string }>({
  code: 'PX3308',
  severity: 'error',
  title: 'There is no such correlation',
  message: ({ problem }) => problem,
});

export const correlatedSizes = define<{ first: string; second: string }>({
  code: 'PX3309',
  severity: 'error',
  title: 'Arrays that are correlated differ in size',
  message: ({ first, second }) =>
    `'${first}' and '${second}' go together element by element, and differ in size.`,
});

export const sampleUnusable = define<{ problem: string }>({
  code: 'PX3310',
  severity: 'error',
  title: 'There are no values to draw from',
  message: ({ problem }) => problem,
  help: () =>
    'Write empirical([2 min, 3 min]) or empirical("repairs.csv", "duration"), with the unit in its header: duration [min].',
});
