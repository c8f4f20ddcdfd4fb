/** How many elements there are, and which is which: in row-major order. */
import type { FlatLoop } from '../ir/flat-expression.ts';

/** Of an array with these sizes; 1 for a scalar. */
export const elementCount = (dims: readonly number[]): number =>
  dims.reduce((total, size) => total * size, 1);
/** How often each loop runs. */
export const loopDims = (loops: readonly FlatLoop[]): number[] => loops.map((loop) => loop.to - loop.from);

/** Where the first of each lies, one after another. */
export function offsets(counts: readonly number[]): number[] {
  let next = 0;
  return counts.map((count) => {
    const offset = next;
    next += count;
    return offset;
  });
}

/** Position of an element, row-major. */
export const elementOf = (dims: readonly number[], index: readonly number[]): number =>
  index.reduce((position, i, axis) => position * dims[axis]! + i, 0);
