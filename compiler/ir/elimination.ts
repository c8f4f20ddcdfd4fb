/**
 * Gauss's elimination of a sparse matrix in an order that is fixed when compiling: the pivot that makes the least fill-in next, by the
 * product of Markowitz (Management Science 3, 1957). What comes out is the list of operations, for a matrix whose entries lie in slots: first
 * those of the pattern in their order, then the fill-in. Whoever runs it looks at each pivot, as values are not known here.
 */
export interface Elimination {
  size: number;
  slots: number;
  pivots: Pivot[];
  /** Multiplications and divisions. */
  operations: number;
}

export interface Pivot {
  row: number;
  column: number;
  slot: number;
  /** Rows from which a multiple of the pivot's row is taken: the entry in the pivot's column, and the others it changes. */
  rows: { row: number; slot: number; updates: [to: number, by: number][] }[];
  /** The other entries of the pivot's row, for the way back. */
  others: [slot: number, column: number][];
}

/** A pivot this much smaller than another entry of its column is not taken. */
export const SMALLEST_PIVOT = 1e-6;

/**
 * `pattern`: row and column of each entry, each pair once. Undefined when it would take more than `most` operations, or
 * when no order can work.
 */
export function eliminationOf(
  size: number,
  pattern: readonly { row: number; column: number }[],
  most: number,
): Elimination | undefined {
  const rows = Array.from({ length: size }, () => new Map<number, number>());
  const columns = Array.from({ length: size }, () => new Set<number>());
  pattern.forEach(({ row, column }, slot) => {
    rows[row]!.set(column, slot);
    columns[column]!.add(row);
  });
  const open = new Set(rows.keys());
  const elimination: Elimination = { size, slots: pattern.length, pivots: [], operations: 0 };
  while (open.size > 0) {
    const best = cheapest(rows, columns, open);
    if (!best) return undefined;
    const { row, column } = best;
    const own = rows[row]!;
    const slot = own.get(column)!;
    const others = [...own].filter(([other]) => other !== column);
    const pivot: Pivot = {
      row,
      column,
      slot,
      rows: [],
      others: others.map(([other, at]) => [at, other]),
    };
    for (const below of columns[column]!) {
      if (below === row) continue;
      const changed = rows[below]!;
      const updates = others.map(([other, by]): [number, number] => {
        let to = changed.get(other);
        if (to === undefined) {
          to = elimination.slots;
          elimination.slots += 1;
          changed.set(other, to);
          columns[other]!.add(below);
        }
        return [to, by];
      });
      pivot.rows.push({ row: below, slot: changed.get(column)!, updates });
      changed.delete(column);
      elimination.operations += 2 + updates.length;
    }
    elimination.operations += 1 + others.length;
    if (elimination.operations > most) return undefined;
    for (const [other] of others) columns[other]!.delete(row);
    columns[column]!.clear();
    open.delete(row);
    elimination.pivots.push(pivot);
  }
  return elimination;
}

/** The first of the entries with the least (entries in its row - 1) * (entries in its column - 1). */
function cheapest(
  rows: readonly ReadonlyMap<number, number>[],
  columns: readonly ReadonlySet<number>[],
  open: ReadonlySet<number>,
): { row: number; column: number } | undefined {
  let best: { row: number; column: number } | undefined;
  let least = Infinity;
  for (const row of open) {
    const own = rows[row]!;
    for (const column of own.keys()) {
      const cost = (own.size - 1) * (columns[column]!.size - 1);
      if (cost >= least) continue;
      least = cost;
      best = { row, column };
      if (cost === 0) return best;
    }
  }
  return best;
}
