import { SMALLEST_PIVOT } from '../ir/elimination.ts';
import type { Elimination } from '../ir/elimination.ts';

/** Solves for one right side; undefined when a pivot is too small against the rest of its column. */
export function eliminate(
  elimination: Elimination,
  entries: readonly number[],
  right: readonly number[],
): number[] | undefined {
  const slots = [...entries, ...Array.from({ length: elimination.slots - entries.length }, () => 0)];
  const b = [...right];
  const solution = right.map(() => 0);
  for (const { row, slot, rows } of elimination.pivots) {
    const pivot = slots[slot]!;
    const largest = rows.reduce((most, below) => Math.max(most, Math.abs(slots[below.slot]!)), 0);
    if (!(Math.abs(pivot) > 0 && Math.abs(pivot) >= SMALLEST_PIVOT * largest)) return undefined;
    for (const below of rows) {
      const factor = slots[below.slot]! / pivot;
      for (const [to, by] of below.updates) slots[to] = slots[to]! - factor * slots[by]!;
      b[below.row] = b[below.row]! - factor * b[row]!;
    }
  }
  for (const { row, column, slot, others } of elimination.pivots.toReversed()) {
    let sum = b[row]!;
    for (const [other, from] of others) sum -= slots[other]! * solution[from]!;
    solution[column] = sum / slots[slot]!;
  }
  return solution;
}
