/** What `4-generate/linear-rows.ts` emits, in the same order of operations. */
import { TOGETHER } from '../4-generate/linear-rows.ts';
import { CANCELLED } from '../ir/sparse.ts';
import type { SparseRows } from '../ir/sparse-rows.ts';

export function rowSolver(rows: SparseRows) {
  const { order, starts, diagonals, columns, given, givenColumns, givenSlots, alike, filled } = rows;
  const size = order.length;
  const factors = new Float64Array(columns.length);
  const spread = new Float64Array(size);
  return {
    /** 0, or 1 + the unknown at which it fails. */
    factor(slots: Float64Array): number {
      for (let row = 0; row < size; row += 1) {
        const [first, diagonal, end] = [starts[row]!, diagonals[row]!, starts[row + 1]!];
        for (let at = first; at < end; at += 1) spread[columns[at]!] = 0;
        for (let at = given[row]!; at < given[row + 1]!; at += 1)
          spread[givenColumns[at]!] = slots[givenSlots[at]!]!;
        let lost = false;
        for (let at = first; at < diagonal;) {
          const width = alike[columns[at]!]! >= TOGETHER && diagonal - at >= TOGETHER ? TOGETHER : 1;
          const above = Array.from({ length: width }, (_, n) => columns[at]! + n);
          const before = spread[row]!;
          const multiples = above.map((one, n) => {
            const multiple = spread[one]! * factors[diagonals[one]!]!;
            factors[at + n] = multiple;
            for (let k = n + 1; k < width; k += 1)
              spread[above[k]!]! -= multiple * factors[diagonals[one]! + k - n]!;
            return multiple;
          });
          if (multiples.some((multiple) => multiple !== 0)) {
            above.forEach((one, n) => {
              for (let k = diagonals[one]! + width - n; k < starts[one + 1]!; k += 1)
                spread[columns[k]!]! -= multiples[n]! * factors[k]!;
            });
            lost ||= Math.abs(spread[row]!) < CANCELLED * Math.abs(before - spread[row]!);
          }
          at += width;
        }
        const inverse = 1 / spread[row]!;
        if (lost || !Number.isFinite(inverse)) return 1 + order[row]!;
        factors[diagonal] = inverse;
        for (let at = diagonal + 1; at < end; at += 1) factors[at] = spread[columns[at]!]!;
      }
      return 0;
    },
    solve(vector: Float64Array): void {
      /** Four sums side by side, as far as there are four. */
      const taken = (sum: number, from: number, end: number): number => {
        const term = (at: number): number => factors[at]! * spread[columns[at]!]!;
        const sums = [0, 0, 0, 0];
        let at = from;
        for (; at + TOGETHER <= end; at += TOGETHER) for (const n of sums.keys()) sums[n]! += term(at + n);
        let left = sum - (sums[0]! + sums[2]! + (sums[1]! + sums[3]!));
        for (; at < end; at += 1) left -= term(at);
        return left;
      };
      for (let row = 0; row < size; row += 1)
        spread[row] = taken(filled[row] ? vector[order[row]!]! : 0, starts[row]!, diagonals[row]!);
      for (let row = size - 1; row >= 0; row -= 1) {
        const sum = taken(spread[row]!, diagonals[row]! + 1, starts[row + 1]!);
        spread[row] = sum * factors[diagonals[row]!]!;
        vector[order[row]!] = spread[row]!;
      }
    },
  };
}
