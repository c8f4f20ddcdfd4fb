/**
 * Sizes of values. `x[*]` means each element by itself: such dims go along through every operation and function. A bare `x` is a
 * vector as a whole, to which the rules of linear algebra apply.
 */
import type { Expression, FunctionParameter } from '../../grammar/generated/ast.ts';
import { textOf, type Analysis } from './analysis.ts';
import { numberValue } from './constants.ts';

export interface Dim {
  /** Absent where it depends on overrides. */
  size?: number;
  /** As written: `3`, `n`. */
  text: string;
  /** Of a function's parameter that takes any size: which of its dims. */
  of?: { parameter: FunctionParameter; axis: number };
}

/** None for one value, one for a vector, rows and columns for a matrix. */
export type Shape = readonly Dim[];

/** A size as written, and its value where constants give one. */
export function dimOf(size: Expression, analysis: Analysis): Dim {
  const value = numberValue(size, analysis);
  return { ...(value === undefined ? {} : { size: value }), text: textOf(size) };
}

/** A size that is known. */
export const dim = (size: number): Dim => ({ size, text: String(size) });

/** False only where they surely differ; the rest is seen when the sizes are known. */
export const agree = (a: Dim, b: Dim): boolean =>
  a.size === undefined || b.size === undefined || a.size === b.size;

/** Of as many dims; false only where they surely differ. */
export const shapesAgree = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((one, axis) => agree(one, b[axis]!));

/** The dims of one of two that agree, as far as either knows them. */
export const merge = (a: Shape, b: Shape): Shape =>
  a.map((one, axis) => (one.size === undefined && b[axis] !== undefined ? b[axis] : one));

/** `one number`, `a vector of 3`, `a 2 × 3 matrix`. */
export function shapeWords(shape: Shape | readonly number[]): string {
  const texts = shape.map((one) => (typeof one === 'number' ? String(one) : sizeText(one)));
  if (texts.length === 0) return 'one number';
  if (texts.every((text) => text === '*')) return texts.length === 1 ? 'a vector' : 'a matrix';
  if (texts.length === 1) return `a vector of ${texts[0]}`;
  return `${/^(8|11$|18$|[aefhilmnorsx]$)/.test(texts[0]!) ? 'an' : 'a'} ${texts.join(' × ')} matrix`;
}

const sizeText = ({ size, text }: Dim): string => (size === undefined ? text : String(size));
