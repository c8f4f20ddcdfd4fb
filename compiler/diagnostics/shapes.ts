/** PX3230 to PX3249: vectors and matrices. */
import { define } from './diagnostic.ts';

/** A text, and what shape it has: `a vector of 3`. */
export interface Shaped {
  text: string;
  is: string;
}

export const shapesDiffer = define<{ operator: string; left: Shaped; right: Shaped; hint: string }>({
  code: 'PX3230',
  severity: 'error',
  title: 'Two shapes do not go together',
  message: ({ operator, left, right }) =>
    `${operator} takes two of one shape: '${left.text}' is ${left.is}, '${right.text}' is ${right.is}.`,
  help: ({ hint }) => (hint === '' ? undefined : hint),
});

export const productImpossible = define<{ left: Shaped; right: Shaped; hint: string }>({
  code: 'PX3231',
  severity: 'error',
  title: 'Two shapes cannot be multiplied',
  message: ({ left, right }) =>
    `'${left.text}' is ${left.is} and '${right.text}' is ${right.is}: that is no product of matrices.`,
  help: ({ hint }) => (hint === '' ? undefined : hint),
});

export const oneNumberTaken = define<{ taker: string; value: Shaped; each: string }>({
  code: 'PX3232',
  severity: 'error',
  title: 'An operation on single numbers is given a vector',
  message: ({ taker, value }) => `${taker} takes one number, and '${value.text}' is ${value.is}.`,
  help: ({ each }) => (each === '' ? undefined : `For each element by itself write ${each}.`),
});

export const oneValueNeeded = define<{ value: Shaped }>({
  code: 'PX3233',
  severity: 'error',
  title: 'A vector stands where one value is needed',
  message: ({ value }) => `'${value.text}' is ${value.is}, and one value is needed here.`,
  help: () => 'Pick an element, or make one value of it: sum, max, norm, any, all.',
});

export const vectorNeeded = define<{ name: string; takes: string; value: Shaped; hint: string }>({
  code: 'PX3234',
  severity: 'error',
  title: 'A function takes another shape',
  message: ({ name, takes, value }) => `${name} takes ${takes}, and '${value.text}' is ${value.is}.`,
  help: ({ hint }) => (hint === '' ? undefined : hint),
});

export const valueHasOtherShape = define<{ target: Shaped; value: Shaped; hint: string }>({
  code: 'PX3235',
  severity: 'error',
  title: 'A value has another shape than what it is for',
  message: ({ target, value }) => `${target.text} is ${target.is}, and ${value.text} is ${value.is}.`,
  help: ({ hint }) => (hint === '' ? undefined : hint),
});

/** Where a vector of one length is given to one of another; `name` where what is given has one. */
export function lengthAdvice(wanted: number, given: number, name?: string): string {
  if (given < wanted)
    return `It lacks ${wanted - given === 1 ? 'one element' : `${wanted - given} elements`}.`;
  if (wanted === 0) return 'That has no elements at all.';
  return `Part of a vector is written ${name ?? 'x'}[1..${wanted}].`;
}

export const rowsUneven = define<{ first: string; other: string; text: string }>({
  code: 'PX3236',
  severity: 'error',
  title: 'The rows of a matrix have different lengths',
  message: ({ first, other, text }) =>
    `A list holds alike things: the first of these is ${first}, and '${text}' is ${other}.`,
  help: () => 'A matrix is written row by row, as in [[1, 2], [3, 4]].',
});

export const indexCount = define<{ name: string; is: string; given: number; example: string }>({
  code: 'PX3237',
  severity: 'error',
  title: 'The number of indexes does not fit',
  message: ({ name, is, given }) =>
    `'${name}' is ${is}, and this gives ${given === 1 ? 'one index' : `${given} indexes`}.`,
  // Three dimensions come of a matrix times [*]: a matrix for each element.
  help: ({ name, is, example }) =>
    is.split('×').length > 2
      ? `A matrix times x[*] is a matrix for each element. Where '${name}' is to be the product with a vector, give the vector a name: let v = …, and the matrix times v.`
      : `Write ${example}.`,
});

export const shapeUnknown = define<{ name: string }>({
  code: 'PX3238',
  severity: 'error',
  title: 'The size of a vector depends on itself',
  message: ({ name }) => `The size of '${name}' is that of its value, which leads back to '${name}'.`,
  help: ({ name }) => `State it, as in let ${name}[3] = ….`,
});

export const eachInside = define<{ text: string }>({
  code: 'PX3239',
  severity: 'error',
  title: '[*] stands inside a list',
  message: ({ text }) => `'${text}' is many values one by one, and a list holds one at each place.`,
  help: () => 'Name the vector without [*], or its elements.',
});

export const wholeTooLong = define<{ name: string; size: number; most: number }>({
  code: 'PX3240',
  severity: 'error',
  title: 'Too many elements are set at once',
  message: ({ name, size, most }) =>
    `'${name}' has ${size} elements, and an event sets at most ${most} at once.`,
  help: () => 'Put the event into a for, so that each element has its own.',
});
