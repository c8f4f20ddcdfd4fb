/** Names with `[]` ↔ element names: `pump[].temperature` and element 1 of [6] ↔ `pump[2].temperature`. */

import { count, indexOf } from './contract/elements.ts';

/** `first`: the number of the first element by dimension, 1 if not said. */
export function elementName(
  name: string,
  dims: readonly number[],
  element: number,
  first?: readonly number[],
): string {
  if (dims.length === 0) return name;
  const index = indexOf(dims, element);
  let axis = 0;
  const filled = name.replaceAll('[]', () => {
    const at = Math.min(axis, dims.length - 1);
    axis += 1;
    return `[${index[at]! + (first?.[at] ?? 1)}]`;
  });
  // The two indexes of a matrix stand in one pair of brackets; those of `probe:3` are not all of one matrix.
  if (axis > 0) return /^[a-z]+:|^\[/i.test(name) ? filled : filled.replaceAll('][', ',');
  const gap = /^[\w.]+$/.test(name) ? '' : ' ';
  return `${name}${gap}[${index.map((i, at) => i + (first?.[at] ?? 1)).join(', ')}]`;
}

/** Of all elements, row-major. */
export const elementNames = (name: string, dims: readonly number[], first?: readonly number[]): string[] =>
  Array.from({ length: count(dims) }, (_, element) => elementName(name, dims, element, first));

/** `pump[2].temperature` → `pump[].temperature` and [1]; `A[1, 2]` → `A[][]` and [0, 1]. */
export function parseElementName(text: string): { name: string; index: number[] } {
  const index: number[] = [];
  const name = text.replaceAll(/\[(\d+)(?:, *(\d+))?\]/g, (_, row: string, column?: string) => {
    index.push(Number(row) - 1);
    if (column === undefined) return '[]';
    index.push(Number(column) - 1);
    return '[][]';
  });
  return { name, index };
}
