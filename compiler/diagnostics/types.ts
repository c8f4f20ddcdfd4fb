/** PX31…: Boolean, whole and real numbers, ranges, and types that cannot be found. */
import { define } from './diagnostic.ts';

export const booleanExpected = define<{ text: string; is: string; place: string }>({
  code: 'PX3101',
  severity: 'error',
  title: 'A condition must be true or false',
  message: ({ text, is, place }) => `${place} must be true or false, and '${text}' is ${is}.`,
  help: () => 'Compare it with something: > < >= <= == !=.',
});

export const numberExpected = define<{ text: string; is: string; place: string }>({
  code: 'PX3102',
  severity: 'error',
  title: 'A number is needed',
  message: ({ text, is, place }) => `${place} takes numbers, and '${text}' is ${is}.`,
  help: ({ text, is, place }) => {
    if (is !== 'true or false' || /^(true|false)$/.test(text)) return undefined;
    if (place === 'A wait') return `Write wait until ${text}.`;
    const middle = /^'?[<>]=?'?$/.test(place) ? /(?:[<>]=?)\s*([^<>]+)$/.exec(text)?.[1] : undefined;
    return middle === undefined
      ? `Write if ${text} then 1 else 0.`
      : `Write two comparisons: ${text} and ${middle} ${place.replaceAll("'", '')} ….`;
  },
});

export const typesDiffer = define<{ left: string; leftIs: string; right: string; rightIs: string }>({
  code: 'PX3103',
  severity: 'error',
  title: 'Two sides have different types',
  message: ({ left, leftIs, right, rightIs }) => `'${left}' is ${leftIs}, '${right}' is ${rightIs}.`,
});

export const wholeNumberExpected = define<{ text: string; place: string }>({
  code: 'PX3104',
  severity: 'error',
  title: 'A whole number is needed',
  message: ({ text, place }) => `${place} must be a whole number, and '${text}' need not be one.`,
  help: () => 'Use round, floor or ceil.',
});

export const typeCycle = define<{ name: string; path: string[] }>({
  code: 'PX3105',
  severity: 'error',
  title: 'The quantity of a value depends on itself',
  message: ({ name, path }) =>
    `The quantity of '${name}' cannot be found, as it depends on itself: ${path.join(' → ')}.`,
  help: ({ name }) => `State it, as in let ${name}: Power = ….`,
});

export const typeMissing = define<{ name: string; role: string }>({
  code: 'PX3106',
  severity: 'error',
  title: 'A declaration says neither its quantity nor its value',
  message: ({ name }) => `'${name}' has neither a value nor a quantity, so its unit is unknown.`,
  help: ({ name, role }) => `State its quantity, as in ${role} ${name}: Power.`,
});

export const outsideRange = define<{ name: string; value: string; low: string; high: string }>({
  code: 'PX3107',
  severity: 'error',
  title: 'A value lies outside its range',
  message: ({ name, value, low, high }) => `'${name}' lies in ${low}..${high}, and ${value} does not.`,
});

export const rangeReversed = define<{ low: string; high: string }>({
  code: 'PX3108',
  severity: 'error',
  title: 'A range ends before it begins',
  message: ({ low, high }) => `The range ${low}..${high} is empty: its end is below its beginning.`,
});

export const textAsValue = define<{ text: string }>({
  code: 'PX3109',
  severity: 'error',
  title: 'A text is used as a value',
  message: ({ text }) => `${text} is a text; a value is a number, true or false.`,
});

export const constantExpected = define<{ text: string; place: string }>({
  code: 'PX3110',
  severity: 'error',
  title: 'A value must be known when compiled',
  message: ({ text, place }) => `${place} must be known when compiled, and '${text}' may change.`,
  help: () => 'Use a number or a const.',
});

export const positiveExpected = define<{ text: string; place: string }>({
  code: 'PX3111',
  severity: 'error',
  title: 'A value must be greater than zero',
  message: ({ text, place }) => `${place} must be greater than zero, and '${text}' is not.`,
});

export const valueCycle = define<{ name: string; path: string[] }>({
  code: 'PX3112',
  severity: 'error',
  title: 'A constant depends on itself',
  message: ({ name, path }) => `The value of '${name}' depends on itself: ${path.join(' → ')}.`,
});
