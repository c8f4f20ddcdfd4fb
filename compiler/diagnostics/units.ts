/** PX30…: units and quantities. */
import { define } from './diagnostic.ts';

/** One side of something that does not fit: its text, and what it is (`a power (W)`, `in K·s`). */
export interface Side {
  text: string;
  is: string;
}

export const unitMismatch = define<{ left: Side; right: Side; operator: string; hint: string }>({
  code: 'PX3001',
  severity: 'error',
  title: 'Two quantities do not go together',
  message: ({ left, right, operator, hint }) =>
    `${operator} needs two values of one quantity: '${left.text}' is ${left.is}, '${right.text}' is ${right.is}${colon(hint)}`,
});

export const quantityExpected = define<{ target: Side; value: Side; hint: string }>({
  code: 'PX3002',
  severity: 'error',
  title: 'A value has the wrong quantity for its place',
  message: ({ target, value, hint }) =>
    `${target.text} is ${target.is}, '${value.text}' is ${value.is}${colon(hint)}`,
});

export const unknownUnit = define<{ problem: string }>({
  code: 'PX3003',
  severity: 'error',
  title: 'There is no such unit',
  message: ({ problem }) => problem,
});

export const unitMissing = define<{ value: string; target: Side; example: string }>({
  code: 'PX3004',
  severity: 'error',
  title: 'A number lacks its unit',
  message: ({ value, target }) => `'${value}' has no unit, and ${target.text} is ${target.is}.`,
  help: ({ example }) => (example === '' ? undefined : `Write ${example}.`),
});

export const pointsAdded = define<{ left: string; right: string; problem: string }>({
  code: 'PX3005',
  severity: 'error',
  title: 'Two points on a scale are added',
  message: ({ left, right, problem }) => `'${left}' and '${right}' are both points on a scale. ${problem}`,
});

export const pointAgainstDifference = define<{ problem: string }>({
  code: 'PX3006',
  severity: 'error',
  title: 'A point on a scale and a difference are mixed',
  message: ({ problem }) => problem,
});

export const exponentProblem = define<{ problem: string }>({
  code: 'PX3007',
  severity: 'error',
  title: 'A power has no unit that is known when compiled',
  message: ({ problem }) => problem,
});

export const plainNumberExpected = define<{ name: string; value: Side; hint: string }>({
  code: 'PX3008',
  severity: 'error',
  title: 'A function needs a plain number',
  message: ({ name, value, hint }) =>
    `${name} takes a plain number, and '${value.text}' is ${value.is}${colon(hint)}`,
  help: () => 'Divide it by a reference value of the same quantity first.',
});

export const declarationProblem = define<{ problem: string }>({
  code: 'PX3009',
  severity: 'error',
  title: 'The declaration of a unit or quantity is in error',
  message: ({ problem }) => problem,
});

export const divisionByZero = define<{ text: string }>({
  code: 'PX3010',
  severity: 'error',
  title: 'Something is divided by zero',
  message: ({ text }) => `'${text}' divides by zero.`,
});

export const zeroOnAScale = define<{ text: string; unit: string; zero: string }>({
  code: 'PX3011',
  severity: 'warning',
  title: 'A bare 0 is compared with a point on a scale',
  message: ({ text, zero }) => `'${text}' is a point on a scale, and a bare 0 beside it is ${zero}.`,
  help: ({ unit }) => `Write 0 ${unit} or 0 K, whichever is meant.`,
});

export const numberUnreadable = define<{ text: string }>({
  code: 'PX3012',
  severity: 'error',
  title: 'A number is too large',
  message: ({ text }) => `'${text}' is too large for a number: the largest is about 1.8e308 in SI units.`,
});

export const angleLikeDegrees = define<{ name: string; text: string; number: string }>({
  code: 'PX3013',
  severity: 'warning',
  title: 'An angle in radians that looks like degrees',
  message: ({ name, text, number }) =>
    `${name} takes an angle in radians, and ${text === number ? `'${text}'` : `'${text}' is ${number}, which`} is more than a whole turn.`,
  help: ({ number }) => `Write ${number} deg if degrees are meant, ${number} rad if it is as it should be.`,
});

function colon(hint: string): string {
  return hint === '' ? '.' : `: ${hint}${hint.endsWith('?') ? '' : '.'}`;
}
