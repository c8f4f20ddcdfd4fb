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
