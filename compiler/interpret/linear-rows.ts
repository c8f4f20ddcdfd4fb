/** What `4-generate/linear-rows.ts` emits, in the same order of operations. */
import { CANCELLED } from '../ir/sparse.ts';
import type { SparseRows } from '../ir/sparse-rows.ts';

export function rowSolver(rows: SparseRows) {
  const { order, starts, diagonals, columns, given, givenColumns, givenSlots, filled } = rows;
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
        for (let at = first; at < diagonal; at += 1) {
          const above = columns[at]!;
          const multiple = spread[above]! * factors[diagonals[above]!]!;
          factors[at] = multiple;
          if (multiple === 0) continue;
          const before = spread[row]!;
          for (let k = diagonals[above]! + 1; k < starts[above + 1]!; k += 1)
            spread[columns[k]!]! -= multiple * factors[k]!;
          lost ||= Math.abs(spread[row]!) < CANCELLED * Math.abs(before - spread[row]!);
        }
        const inverse = 1 / spread[row]!;
        if (lost || !Number.isFinite(inverse)) return 1 + order[row]!;
        factors[diagonal] = inverse;
        for (let at = diagonal + 1; at < end; at += 1) factors[at] = spread[columns[at]!]!;
      }
      return 0;
    },
    solve(vector: Float64Array): void {
      for (let row = 0; row < size; row += 1) {
        let sum = filled[row] ? vector[order[row]!]! : 0;
        for (let at = starts[row]!; at < diagonals[row]!; at += 1)
          sum -= factors[at]! * spread[columns[at]!]!;
        spread[row] = sum;
      }
      for (let row = size - 1; row >= 0; row -= 1) {
        let sum = spread[row]!;
        for (let at = diagonals[row]! + 1; at < starts[row + 1]!; at += 1)
          sum -= factors[at]! * spread[columns[at]!]!;
        spread[row] = sum * factors[diagonals[row]!]!;
        vector[order[row]!] = spread[row]!;
      }
    },
  };
}
