/**
 * The linear equations of one of Newton's steps, and ways to solve them: sparse elimination in a fixed order, a full matrix with exchange
 * of rows, or the least change where there are fewer equations than unknowns.
 */
import type { Elimination } from '../ir/elimination.ts';
import { common, DENSE_LIMIT, lines } from '../ir/solve-blocks.ts';
import type { FlatExpression } from '../ir/flat-expression.ts';
import type { SolveBlock } from '../ir/flat-system.ts';
import type { Context } from './context.ts';
import { eliminator } from './elimination.ts';
import { call, f64, forRange, i32, returns, select, set, when } from './wasm/index.ts';
import type { F64, FunctionBuilder, I32, ModuleBuilder, Statement } from './wasm/index.ts';

export type LinearSolve = FunctionBuilder<{ n: 'i32'; matrix: 'i32'; right: 'i32' }>;

export const cell = (region: number, k: number): F64 => f64.load(0, region + 8 * k);
export const put = (region: number, k: number, value: F64 | number): Statement =>
  f64.store(0, value, region + 8 * k);

interface Linear {
  /** Fills the matrix and the right side. */
  before: Statement[];
  /** Solves; 0 where there is no solution. */
  solved: I32;
  /** Makes the change of the unknowns of the solution. */
  after: Statement[];
}

interface Places {
  matrix: number;
  residual: number;
  right: number;
  step: number;
  entries: number;
}

const rightSide = ({ residuals }: SolveBlock, { right, residual }: Places): Statement[] =>
  residuals.map((_, k) => put(right, k, cell(residual, k)));

/** In a fixed order; where a pivot is too small, with a full matrix and exchange of rows, if that is not too large. */
export function sparse(
  context: Omit<Context, 'solver'>,
  solve: SolveBlock,
  elimination: Elimination,
  value: (expression: FlatExpression) => F64,
  places: Places,
  solveDense: LinearSolve,
): Linear {
  const { module } = context;
  const { matrix, right, step, entries } = places;
  const n = solve.unknowns.length;
  const count = solve.jacobian.length;
  const slots = entries + 8 * count;
  const solver = eliminator(module, `eliminate ${solve.name}`, elimination, count, {
    slots,
    right,
    solution: step,
  });
  const f = module.function(`step ${solve.name}`, { results: ['i32'] });
  const at = f.local('i32', 'at');
  const copy = (from: number, to: number, cells: number): Statement =>
    forRange(at, 0, 8 * cells, [f64.store(at, f64.load(at, from), to)], 8);
  f.body = [
    copy(entries, slots, count),
    when(call<'i32'>(solver), [returns(i32.const(1))]),
    ...(n > DENSE_LIMIT
      ? [returns(i32.const(0))]
      : [
          forRange(at, 0, 8 * n * n, [f64.store(at, 0, matrix)], 8),
          ...solve.jacobian.map(({ row, column }, k) => put(matrix, row * n + column, cell(entries, k))),
          copy(places.residual, right, n),
          when(i32.eqz(call<'i32'>(solveDense, n, matrix, right)), [returns(i32.const(0))]),
          copy(right, step, n),
          returns(i32.const(1)),
        ]),
  ];
  return {
    before: [
      ...solve.jacobian.map((entry, k) => put(entries, k, value(entry.value))),
      ...rightSide(solve, places),
    ],
    solved: call<'i32'>(f),
    after: [],
  };
}

export function square(
  solve: SolveBlock,
  value: (expression: FlatExpression) => F64,
  places: Places,
  solveDense: LinearSolve,
): Linear {
  const { matrix, right } = places;
  const n = solve.unknowns.length;
  const filled = new Set(solve.jacobian.map(({ row, column }) => row * n + column));
  const empty = Array.from({ length: n * n }, (_, k) => k).filter((k) => !filled.has(k));
  return {
    before: [
      ...empty.map((k) => put(matrix, k, 0)),
      ...solve.jacobian.map((entry) => put(matrix, entry.row * n + entry.column, value(entry.value))),
      ...rightSide(solve, places),
    ],
    solved: call<'i32'>(solveDense, n, matrix, right),
    after: [],
  };
}

/** The least change, measured in the scales, that meets the equations made linear. */
export function nearest(
  solve: SolveBlock,
  scales: readonly number[],
  value: (expression: FlatExpression) => F64,
  at: Places,
  solveDense: LinearSolve,
): Linear {
  const m = solve.residuals.length;
  const { rows, columns } = lines(solve);
  const total = (terms: F64[]): F64 =>
    terms.length === 0 ? f64.const(0) : terms.reduce((a, b) => f64.add(a, b));
  const product = (a: number, b: number): F64 => f64.mul(cell(at.entries, a), cell(at.entries, b));
  return {
    before: [
      ...solve.jacobian.map((entry, k) =>
        put(at.entries, k, f64.mul(value(entry.value), scales[entry.column]!)),
      ),
      ...rows.flatMap((a, i) =>
        rows.map((b, j) =>
          put(at.matrix, i * m + j, total(common(a, b).map(([left, right]) => product(left, right)))),
        ),
      ),
      ...rightSide(solve, at),
    ],
    solved: call<'i32'>(solveDense, m, at.matrix, at.right),
    after: columns.map((own, k) =>
      put(
        at.step,
        k,
        f64.mul(
          scales[k]!,
          total(own.map(([row, entry]) => f64.mul(cell(at.entries, entry), cell(at.right, row)))),
        ),
      ),
    ),
  };
}

/** max(scale, |x|), the scale for a NaN. */
export const atLeast = (scale: number, x: F64): F64 =>
  select(f64.gt(f64.abs(x), scale), f64.abs(x), f64.const(scale));

/**
 * Solves matrix · x = right in place (row-major, dense; both are overwritten, x in `right`).
 * Gauss with partial pivoting. Returns 0 when a pivot is zero or not a number.
 */
export function linearSolve(
  module: ModuleBuilder,
): FunctionBuilder<{ n: 'i32'; matrix: 'i32'; right: 'i32' }> {
  const f = module.function('linearSolve', {
    params: { n: 'i32', matrix: 'i32', right: 'i32' },
    results: ['i32'],
  });
  const { n, matrix, right } = f.params;
  const column = f.local('i32', 'column');
  const row = f.local('i32', 'row');
  const k = f.local('i32', 'k');
  const best = f.local('i32', 'best');
  const size = f.local('f64', 'size');
  const factor = f.local('f64', 'factor');
  const sum = f.local('f64', 'sum');
  const at = (r: typeof row, c: typeof row) => i32.add(matrix, i32.shl(i32.add(i32.mul(r, n), c), 3));
  const rightAt = (r: typeof row) => i32.add(right, i32.shl(r, 3));
  const next = f.local('i32', 'next');
  const swap = f.local('f64', 'swap');
  f.body = [
    forRange(column, 0, n, [
      set(best, column),
      set(size, f64.abs(f64.load(at(column, column)))),
      set(next, i32.add(column, 1)),
      forRange(row, next, n, [
        when(f64.gt(f64.abs(f64.load(at(row, column))), size), [
          set(size, f64.abs(f64.load(at(row, column)))),
          set(best, row),
        ]),
      ]),
      when(i32.eqz(i32.and(f64.gt(size, 0), f64.lt(size, Infinity))), [returns(i32.const(0))]),
      when(i32.ne(best, column), [
        forRange(k, 0, n, [
          set(swap, f64.load(at(column, k))),
          f64.store(at(column, k), f64.load(at(best, k))),
          f64.store(at(best, k), swap),
        ]),
        set(swap, f64.load(rightAt(column))),
        f64.store(rightAt(column), f64.load(rightAt(best))),
        f64.store(rightAt(best), swap),
      ]),
      forRange(row, next, n, [
        set(factor, f64.div(f64.load(at(row, column)), f64.load(at(column, column)))),
        forRange(k, next, n, [
          f64.store(at(row, k), f64.sub(f64.load(at(row, k)), f64.mul(factor, f64.load(at(column, k))))),
        ]),
        f64.store(rightAt(row), f64.sub(f64.load(rightAt(row)), f64.mul(factor, f64.load(rightAt(column))))),
      ]),
    ]),
    forRange(next, 0, n, [
      set(row, i32.sub(i32.sub(n, 1), next)),
      set(sum, f64.load(rightAt(row))),
      forRange(k, i32.add(row, 1), n, [
        set(sum, f64.sub(sum, f64.mul(f64.load(at(row, k)), f64.load(rightAt(k))))),
      ]),
      f64.store(rightAt(row), f64.div(sum, f64.load(at(row, row)))),
    ]),
    returns(i32.const(1)),
  ];
  return f;
}
