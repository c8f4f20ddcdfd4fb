import { Status } from '../../runtime/contract/kernel.ts';
import type { SolveBlock } from '../ir/flat-system.ts';
import {
  common,
  DENSE_LIMIT,
  eliminationFor,
  lines,
  mayStartElsewhere,
  STARTS,
  UNEVEN,
} from '../ir/solve-blocks.ts';
import { eliminate } from './elimination.ts';
import { evaluate } from './evaluate.ts';
import type { Counters } from '../ir/loops.ts';
import type { Reader } from './evaluate.ts';

/** Why a block was not solved: the status, the residual that was largest in the first attempt, and whether that was no number. */
export interface Unsolved {
  status: number;
  row: number;
  isNone: boolean;
}

/** Solves one instance of a block; `../ir/newton.md` is its specification. `sizes` as of `sizesOf`. */
export function solve(
  block: SolveBlock,
  reader: Reader,
  counters: Counters,
  unknowns: { read(): number[]; write(values: readonly number[]): void },
  sizes: readonly number[],
): Unsolved | undefined {
  const residuals = () => block.residuals.map((one) => evaluate(reader, one, counters));
  const elimination = eliminationFor(block);
  const start = unknowns.read();
  let last: number[] = [];
  let unsolved: Unsolved | undefined;
  let at = 0;
  for (const first of startsOf(block, start, sizes, reader)) {
    unknowns.write(first);
    const status = attempt(first);
    if (status === Status.ok) return undefined;
    if (at === 0) unsolved = { status, ...worstOf(last) };
    else if (at === 1 && !block.scales) unsolved = { ...unsolved!, status };
    at += 1;
  }
  unknowns.write(start);
  return unsolved;

  function attempt(from: number[]): number {
    let x = from;
    let r = residuals();
    last = r;
    let norm = largest(r);
    let base = x;
    if (norm === 0) return Status.ok;
    for (let iteration = 0; iteration < 50; iteration += 1) {
      const entries = block.jacobian.map(({ value }) => evaluate(reader, value, counters));
      const isOpen = block.residuals.length < block.unknowns.length;
      const d = elimination
        ? (eliminate(elimination, entries, r) ??
          (r.length > DENSE_LIMIT ? undefined : square(block, entries, r)))
        : isOpen
          ? nearest(block, block.scales!, entries, r)
          : square(block, entries, r);
      if (!d) {
        if (iteration === 0) return Status.singular;
        x = x.map((value, at) => (value + base[at]!) * 0.5);
        unknowns.write(x);
        r = residuals();
        last = r;
        norm = largest(r);
        if (iteration === 49) return Status.singular;
        continue;
      }
      if (isSmall(d, x, 1e-12, block.scales)) {
        unknowns.write(x.map((value, at) => value - d[at]!));
        return Status.ok;
      }
      base = x;
      let scale = 1;
      let trial = NaN;
      let lower = false;
      for (let tries = 0; tries <= MOST_TRIALS && !lower;) {
        const step = scale;
        x = base.map((value, at) => value - step * d[at]!);
        unknowns.write(x);
        r = residuals();
        last = r;
        trial = largest(r);
        lower = trial < norm;
        scale *= 0.5;
        tries += 1;
        const least = tries === TRIALS ? 1e-9 : tries === MOST_TRIALS ? 1e-6 : 0;
        if (!lower && least > 0 && isSmall(d, base, least, block.scales)) {
          unknowns.write(base);
          return Status.ok;
        }
        if (tries === MOST_TRIALS) scale = 0.5 ** (TRIALS - 1);
      }
      if (!lower && Number.isNaN(trial)) return Status.noConvergence;
      norm = trial;
      if (norm === 0) return Status.ok;
    }
    return Status.noConvergence;
  }
}

const TRIALS = 11;
const MOST_TRIALS = 52;

/** Where iterations begin, one attempt after the other. */
function* startsOf(
  block: SolveBlock,
  start: readonly number[],
  sizes: readonly number[],
  reader: Reader,
): Generator<number[]> {
  yield [...start];
  if (!block.scales) yield start.map((_, k) => 1 + k / 8);
  if (!mayStartElsewhere(block) || reader.time() !== 0) return;
  const n = start.length;
  let growth = 1;
  for (let attempt = 2; attempt < STARTS; attempt += 1) {
    if (attempt > 2 && attempt % 2 === 0) growth = (growth > 1 ? 1 : 4) / growth;
    const from = growth;
    yield start.map((given, k) => {
      const base = given !== 0 && Math.abs(given) < Infinity ? given : sizes[k]!;
      return from * base * (UNEVEN + (attempt % 2 === 1 ? n - 1 - k : k) / 8);
    });
  }
}

function worstOf(residuals: readonly number[]): { row: number; isNone: boolean } {
  let row = 0;
  let size = Math.abs(residuals[0]!);
  residuals.forEach((value, at) => {
    if (Number.isNaN(size) || Math.abs(value) <= size) return;
    row = at;
    size = Math.abs(value);
  });
  return { row, isNone: Number.isNaN(size) };
}

function square(block: SolveBlock, entries: readonly number[], r: readonly number[]): number[] | undefined {
  const matrix = r.map(() => r.map(() => 0));
  block.jacobian.forEach(({ row, column }, at) => {
    matrix[row]![column] = entries[at]!;
  });
  return solveLinear(matrix, [...r]);
}

function nearest(
  block: SolveBlock,
  scales: readonly number[],
  entries: readonly number[],
  r: readonly number[],
): number[] | undefined {
  const scaled = entries.map((entry, at) => entry * scales[block.jacobian[at]!.column]!);
  const { rows, columns } = lines(block);
  const total = (terms: number[]) => (terms.length === 0 ? 0 : terms.reduce((a, b) => a + b));
  const matrix = rows.map((a) =>
    rows.map((b) => total(common(a, b).map(([left, right]) => scaled[left]! * scaled[right]!))),
  );
  const multipliers = solveLinear(matrix, [...r]);
  return (
    multipliers &&
    columns.map((own, k) => scales[k]! * total(own.map(([row, entry]) => scaled[entry]! * multipliers[row]!)))
  );
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function isSmall(
  step: readonly number[],
  x: readonly number[],
  tolerance: number,
  scales: readonly number[] = [],
): boolean {
  return step.every((d, at) => {
    const scale = scales[at] ?? 1;
    return Math.abs(d) <= tolerance * (Math.abs(x[at]!) > scale ? Math.abs(x[at]!) : scale);
  });
}

/** Gauss with partial pivoting, in place; undefined when a pivot is 0, infinite or no number. */
export function solveLinear(a: number[][], b: number[]): number[] | undefined {
  const n = b.length;
  for (let k = 0; k < n; k += 1) {
    let p = k;
    let size = Math.abs(a[k]![k]!);
    for (let i = k + 1; i < n; i += 1)
      if (Math.abs(a[i]![k]!) > size) {
        p = i;
        size = Math.abs(a[i]![k]!);
      }
    if (!(size > 0 && size < Infinity)) return undefined;
    [a[k], a[p]] = [a[p]!, a[k]!];
    [b[k], b[p]] = [b[p]!, b[k]!];
    for (let i = k + 1; i < n; i += 1) {
      const m = a[i]![k]! / a[k]![k]!;
      if (m === 0) continue;
      for (let j = k + 1; j < n; j += 1) a[i]![j]! -= m * a[k]![j]!;
      b[i]! -= m * b[k]!;
    }
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    let t = b[i]!;
    for (let j = i + 1; j < n; j += 1) t -= a[i]![j]! * b[j]!;
    b[i] = t / a[i]![i]!;
  }
  return b;
}
