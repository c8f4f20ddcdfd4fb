import type { FlatSystem, SolveBlock } from './flat-system.ts';

/** In the order in which the manifest names them. */
export function solveBlocks({ dynamics, outputs, projection, initial }: FlatSystem): SolveBlock[] {
  return [...dynamics, ...outputs, ...projection, ...initial].filter((block) => block.kind === 'solve');
}

/** The Jacobian's entries by row, as column → entry, and by column, as pairs of row and entry. */
export function lines({ unknowns, residuals, jacobian }: SolveBlock): {
  rows: ReadonlyMap<number, number>[];
  columns: [row: number, entry: number][][];
} {
  const rows = residuals.map(() => new Map<number, number>());
  const columns = unknowns.map((): [number, number][] => []);
  jacobian.forEach(({ row, column }, entry) => {
    rows[row]!.set(column, entry);
    columns[column]!.push([row, entry]);
  });
  return { rows, columns };
}

/** Pairs of entries of two rows in the same column, in the order of the first row. */
export function common(
  a: ReadonlyMap<number, number>,
  b: ReadonlyMap<number, number>,
): [left: number, right: number][] {
  return [...a].flatMap(([column, left]) => {
    const right = b.get(column);
    return right === undefined ? [] : [[left, right] as [number, number]];
  });
}
