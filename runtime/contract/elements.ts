/** How elements of arrays are numbered: row-major, zero-based. */

/** How many elements an array of these sizes has; 1 for a scalar. */
export const count = (dims: readonly number[]): number => dims.reduce((total, size) => total * size, 1);

/** Position of the element at an index by dimension. */
export const elementAt = (dims: readonly number[], index: readonly number[]): number =>
  index.reduce((position, i, axis) => position * dims[axis]! + i, 0);

/** Index by dimension of the element at a position. */
export function indexOf(dims: readonly number[], element: number): number[] {
  const index: number[] = new Array<number>(dims.length).fill(0);
  let rest = element;
  for (let axis = dims.length - 1; axis >= 0; axis -= 1) {
    index[axis] = rest % dims[axis]!;
    rest = Math.floor(rest / dims[axis]!);
  }
  return index;
}
