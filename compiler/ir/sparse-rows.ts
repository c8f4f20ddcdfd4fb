/**
 * The factors of a large matrix as lists of where its entries lie, for a loop over them, where operations written out one by one would be too
 * many. Rows and columns are numbered in the order of elimination, by least approximate degree over a graph of quotients (Amestoy, Davis &
 * Duff, SIAM J. Matrix Anal. Appl. 17, 1996); the pattern is taken with its mirror image, pivots are diagonal.
 */
import { ByDegree, neighboursOf } from './by-degree.ts';

export interface SparseRows {
  /** Unknown of each row. */
  order: Int32Array;
  /** First entry of each row in `columns`; one more at the end. Each row ascends. */
  starts: Int32Array;
  /** Which entry is the diagonal. */
  diagonals: Int32Array;
  columns: Int32Array;
  /** What the equations put into each row: first of each row, one more at the end; columns, and slots that hold it. */
  given: Int32Array;
  givenColumns: Int32Array;
  givenSlots: Int32Array;
  /** How many rows from each on have the same columns behind all of them. */
  alike: Int32Array;
  /** By row: whether its right side holds anything. */
  filled: Uint8Array;
  /** Of the factors: multiplications. */
  operations: number;
}

/** `rows`: by unknown, the slot of each column. Undefined where the factors would take more operations than `most`. */
export function sparseRowsOf(
  rows: readonly ReadonlyMap<number, number>[],
  isFilled: (unknown: number) => boolean,
  most: number,
): SparseRows | undefined {
  const eliminated = leastDegree(rows, most);
  if (eliminated === undefined) return undefined;
  const { order, later, operations } = eliminated;
  const size = rows.length;
  const position = new Int32Array(size);
  order.forEach((unknown, at) => (position[unknown] = at));
  const lengths = new Int32Array(size).fill(1);
  later.forEach((own, at) => {
    lengths[at]! += own.length;
    for (const unknown of own) lengths[position[unknown]!]! += 1;
  });
  const starts = new Int32Array(size + 1);
  for (let at = 0; at < size; at += 1) starts[at + 1] = starts[at]! + lengths[at]!;
  const columns = new Int32Array(starts[size]!);
  const diagonals = new Int32Array(size);
  const next = starts.slice(0, size);
  // Row by row, so that what lies before the diagonal of each has come in order.
  for (let at = 0; at < size; at += 1) {
    diagonals[at] = next[at]!;
    columns[next[at]!] = at;
    next[at]! += 1;
    const own = Int32Array.from(later[at]!, (unknown) => position[unknown]!).sort();
    columns.set(own, next[at]!);
    for (const row of own) {
      columns[next[row]!] = at;
      next[row]! += 1;
    }
  }
  const given = new Int32Array(size + 1);
  order.forEach((unknown, at) => (given[at + 1] = given[at]! + rows[unknown]!.size));
  const givenColumns = new Int32Array(given[size]!);
  const givenSlots = new Int32Array(given[size]!);
  order.forEach((unknown, at) => {
    let to = given[at]!;
    for (const [column, slot] of rows[unknown]!) {
      givenColumns[to] = position[column]!;
      givenSlots[to] = slot;
      to += 1;
    }
  });
  const filled = Uint8Array.from(order, (unknown) => (isFilled(unknown) ? 1 : 0));
  const alike = new Int32Array(size).fill(1);
  const behind = (at: number): number => starts[at + 1]! - diagonals[at]! - 1;
  for (let at = size - 2; at >= 0; at -= 1)
    if (behind(at) === behind(at + 1) + 1 && columns[diagonals[at]! + 1] === at + 1)
      alike[at] = 1 + alike[at + 1]!;
  return { order, starts, diagonals, columns, given, givenColumns, givenSlots, alike, filled, operations };
}

/** The order, and of each unknown in it those after it that its elimination ties together. */
function leastDegree(
  rows: readonly ReadonlyMap<number, number>[],
  most: number,
): { order: Int32Array; later: Int32Array[]; operations: number } | undefined {
  const size = rows.length;
  const neighbours = neighboursOf(rows);
  /** What an unknown that has gone tied together, by its number; those that lie within a later one have been let go. */
  const ties: (Int32Array | undefined)[] = Array.from({ length: size });
  /** Of each unknown: the ties that it is in. */
  const within: number[][] = Array.from({ length: size }, () => []);
  const degrees = Int32Array.from(neighbours, ({ size: count }) => count);
  const waiting = new ByDegree();
  for (let at = 0; at < size; at += 1) waiting.enter(at, degrees[at]!);
  const done = new Uint8Array(size);
  const mark = new Int32Array(size).fill(-1);
  /** How much of a tie lies outside the present one, and for which that was counted. */
  const outside = new Int32Array(size);
  const counted = new Int32Array(size).fill(-1);
  const order = new Int32Array(size);
  const later: Int32Array[] = [];
  let operations = 0;
  while (later.length < size) {
    const pivot = waiting.take((unknown, degree) => !done[unknown] && degrees[unknown] === degree);
    done[pivot] = 1;
    const found: number[] = [];
    const take = (unknown: number): void => {
      if (done[unknown] || mark[unknown] === pivot) return;
      mark[unknown] = pivot;
      found.push(unknown);
    };
    for (const unknown of neighbours[pivot]!) take(unknown);
    for (const tie of within[pivot]!) {
      for (const unknown of ties[tie]!) take(unknown);
      ties[tie] = undefined;
    }
    const own = Int32Array.from(found).sort();
    operations += own.length * (own.length + 2) + 1;
    if (operations > most) return undefined;
    order[later.length] = pivot;
    later.push(own);
    ties[pivot] = own;
    for (const unknown of own)
      for (const tie of within[unknown]!) {
        if (ties[tie] === undefined) continue;
        if (counted[tie] !== pivot) {
          counted[tie] = pivot;
          outside[tie] = ties[tie].reduce((count, one) => (done[one] ? count : count + 1), 0);
        }
        outside[tie]! -= 1;
      }
    for (const unknown of own) {
      const around = neighbours[unknown]!;
      around.delete(pivot);
      for (const one of around) if (mark[one] === pivot) around.delete(one);
      // A tie that lies within the present one has nothing to add.
      within[unknown] = within[unknown]!.filter((tie) => ties[tie] !== undefined && outside[tie]! > 0);
      let count = around.size + own.length - 1;
      for (const tie of within[unknown]) count += outside[tie]!;
      within[unknown].push(pivot);
      degrees[unknown] = Math.min(count, size - later.length - 1);
      waiting.enter(unknown, degrees[unknown]);
    }
  }
  return { order, later, operations };
}
