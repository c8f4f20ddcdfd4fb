import { eliminationOf } from './elimination.ts';
import type { Elimination } from './elimination.ts';
import type { FlatSystem, SolveBlock } from './flat-system.ts';

/** In the order in which the manifest names them. */
export function solveBlocks({ dynamics, outputs, projection, initial }: FlatSystem): SolveBlock[] {
  return [dynamics, outputs, projection, initial].flatMap((blocks) =>
    blocks.filter((block) => block.kind === 'solve'),
  );
}

/** How many places the iteration begins from at the start of a run, and where between them the first unknown lies. */
export const STARTS = 44;
export const UNEVEN = 1.1;

/** Not where the solution next to the present values is wanted, and there may be many. */
export function mayStartElsewhere({ scales, unknowns, residuals }: SolveBlock): boolean {
  return scales === undefined || residuals.length === unknowns.length;
}

/** What one of each unknown's unit is, in SI: about as large as its values are written. */
export function sizesOf({ variables }: FlatSystem, { unknowns }: SolveBlock): number[] {
  return unknowns.map(({ variable }) => {
    const factor = Math.abs(variables[variable]!.unit.factor);
    return factor > 0 && Number.isFinite(factor) ? factor : 1;
  });
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

/** From this many unknowns on, a matrix is looked at as a sparse one. */
const SPARSE_FROM = 24;
/** Up to this many unknowns a full matrix with exchange of rows can take its place. */
export const DENSE_LIMIT = 300;
/** Multiplications of a sparse elimination, each a few instructions of straight code. */
export const MOST_OPERATIONS = 60_000;

const eliminations = new WeakMap<SolveBlock, Elimination | null>();

/** The order in which the block's Jacobian is eliminated; undefined where a full matrix is used. */
export function eliminationFor(block: SolveBlock): Elimination | undefined {
  const known = eliminations.get(block);
  if (known !== undefined) return known ?? undefined;
  const { unknowns, residuals, jacobian } = block;
  const n = unknowns.length;
  const found =
    n < SPARSE_FROM || residuals.length !== n ? undefined : eliminationOf(n, jacobian, MOST_OPERATIONS);
  // A third of n cubed is what a full matrix takes.
  const isShorter = found && (n > DENSE_LIMIT || found.operations < n ** 3 / 12);
  eliminations.set(block, isShorter ? found : null);
  return isShorter ? found : undefined;
}
