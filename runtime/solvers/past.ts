/**
 * What a method with several steps knows of the steps before: backward differences of the states over steps of one length, and the matrix
 * that it goes on using. It is part of the saved state, but not of a kernel's memory, as other methods need none of it.
 */

/** Order at most. */
export const MOST_ORDER = 5;

export interface Past {
  /** 0: there is none, the next step begins anew. */
  order: number;
  /** s: between the times of the differences. */
  step: number;
  /** s: the last of them. */
  time: number;
  /** Steps of this length and order in a row. */
  equal: number;
  /** The diagonal of the factors in use, 1/s. */
  diagonal: number;
  /** How fast Newton's method has come near with them. */
  rate: number;
  /** The states, their differences of order 1, 2 … */
  differences: Float64Array[];
  /** How rates depend on states, as the kernel found it. */
  matrix: Float64Array;
}

/** Nobody writes to it: there is nothing in it. */
const NO_NUMBERS = new Float64Array(0);

export const noPast = (): Past => ({
  order: 0,
  step: 0,
  time: 0,
  equal: 0,
  diagonal: 0,
  rate: 0,
  differences: [],
  matrix: NO_NUMBERS,
});

/** As numbers, for a saved state; the states themselves are saved with it anyway. */
export function pastNumbers({
  order,
  step,
  time,
  equal,
  diagonal,
  rate,
  differences,
  matrix,
}: Past): Float64Array[] {
  if (order === 0) return [];
  return [
    Float64Array.of(order, step, time, equal, diagonal, rate),
    ...differences.slice(1, order + 3),
    matrix,
  ];
}

/** From the numbers of a saved state, if there are any. */
export function putPast(past: Past, states: Float64Array, numbers: Float64Array): void {
  past.order = 0;
  if (numbers.length === 0) return;
  const [order, step, time, equal, diagonal, rate] = numbers;
  Object.assign(past, { order, step, time, equal, diagonal, rate });
  const n = states.length;
  past.differences = room(n);
  past.differences[0]!.set(states);
  let at = 6;
  for (const difference of past.differences.slice(1, past.order + 3)) {
    difference.set(numbers.subarray(at, at + n));
    at += n;
  }
  past.matrix = numbers.slice(at);
}

/** For a method of the highest order, and what it looks at beyond. */
export const room = (n: number): Float64Array[] =>
  Array.from({ length: MOST_ORDER + 3 }, () => new Float64Array(n));

/**
 * How differences over steps of one length become those over steps of another, of the polynomial that they belong to: row k has what of each difference goes into
 * the k-th of the new ones, which lie at `at`, `at` − step … steps of the old length from the last time.
 */
export function otherSteps(order: number, at: number, step: number): number[][] {
  // The polynomial at a place s is the sum over k of s (s + 1) … (s + k − 1) / k! times the k-th difference.
  let rows = Array.from({ length: order + 1 }, (_, j) => {
    const place = at - j * step;
    const weights = [1];
    for (let k = 1; k <= order; k += 1) weights.push((weights[k - 1]! * (place + k - 1)) / k);
    return weights;
  });
  const differences = [rows[0]!];
  for (let k = 1; k <= order; k += 1) {
    rows = rows.slice(1).map((row, j) => row.map((weight, i) => rows[j]![i]! - weight));
    differences.push(rows[0]!);
  }
  return differences;
}
