/**
 * Coupled algebraic equations: Newton's method with the symbolic Jacobian, one function a block. `ir/newton.md` has the
 * algorithm, which the interpreter follows too, so that both give the same bits.
 * Source: Dennis and Schnabel, Numerical Methods for Unconstrained Optimization and Nonlinear Equations, 1983, ch. 6.
 */
import { Status } from '../../runtime/contract/kernel.ts';
import type { Elimination } from '../ir/elimination.ts';
import {
  common,
  DENSE_LIMIT,
  eliminationFor,
  lines,
  mayStartElsewhere,
  sizesOf,
  solveBlocks,
  STARTS,
  UNEVEN,
} from '../ir/solve-blocks.ts';
import type { FlatExpression } from '../ir/flat-expression.ts';
import type { SolveBlock } from '../ir/flat-system.ts';
import type { Context } from './context.ts';
import { eliminator } from './elimination.ts';
import { load, number, Scope, store } from './expression.ts';
import { matrixCells } from './layout.ts';
import {
  block,
  branch,
  branchIf,
  call,
  conditional,
  f64,
  forRange,
  i32,
  label,
  loop,
  returns,
  run,
  select,
  set,
  when,
} from './wasm/index.ts';
import type {
  F64,
  FunctionBuilder,
  FunctionHandle,
  I32,
  Local,
  ModuleBuilder,
  Statement,
} from './wasm/index.ts';

const ITERATIONS = 50;
const TRIALS = 11;
const MOST_TRIALS = 52;
const CONVERGED = 1e-12;
const SETTLED = 1e-9;
const STAGNATED = 1e-6;

type LinearSolve = FunctionBuilder<{ n: 'i32'; matrix: 'i32'; right: 'i32' }>;

/** Makes the solver functions of a module, one a block, on first use. */
export function solvers(context: Omit<Context, 'solver'>): (block: SolveBlock) => FunctionHandle {
  const made = new Map<SolveBlock, FunctionHandle>();
  const all = solveBlocks(context.system);
  let linear: LinearSolve | undefined;
  return (solve) => {
    let solver = made.get(solve);
    if (solver === undefined) {
      linear ??= linearSolve(context.module);
      solver = newton(context, solve, all.indexOf(solve), linear);
      made.set(solve, solver);
    }
    return solver;
  };
}

/** `position`: that of the block in the manifest's `solves`. */
function newton(
  context: Omit<Context, 'solver'>,
  solve: SolveBlock,
  position: number,
  solveDense: LinearSolve,
): FunctionHandle {
  const { module, plan } = context;
  const { status, time } = plan.manifest.layout;
  const n = solve.unknowns.length;
  const m = solve.residuals.length;
  const { scales } = solve;
  const matrix = plan.scratch.newton;
  const elimination = eliminationFor(solve);
  const residual = matrix + 8 * matrixCells(solve);
  const right = residual + 8 * m;
  const base = right + 8 * m;
  const start = base + 8 * n;
  /** The change of the unknowns, and the entries of the Jacobian, where there are fewer equations than unknowns. */
  const step = elimination || (scales && m < n) ? start + 8 * n : right;
  const entries = step + 8 * n;
  const f = module.function(`solve ${solve.name}`, {
    params: Object.fromEntries(solve.loops.map((l) => [l.variable, 'i32' as const])),
  });
  const counters = new Map(solve.loops.map((l, k) => [l.variable, f.parameters[k] as Local<'i32'>]));
  const scope = new Scope(context, f, counters);
  const norm = f.local('f64', 'norm');
  const trial = f.local('f64', 'trial');
  const scale = f.local('f64', 'scale');
  const failure = f.local('i32', 'failure');
  const isLower = f.local('i32', 'isLower');
  const attempt = f.local('i32', 'attempt');
  const iteration = f.local('i32', 'iteration');
  const trials = f.local('i32', 'trials');
  const told = f.local('i32', 'told');
  const worst = f.local('i32', 'worst');
  const row = f.local('i32', 'row');
  const size = f.local('f64', 'size');
  const sizes = sizesOf(context.system, solve);
  const growth = f.local('f64', 'growth');
  const elsewhere = (k: number): F64 => {
    const given = cell(start, k);
    const isGiven = i32.and(f64.ne(given, 0), f64.lt(f64.abs(given), Infinity));
    const slope = conditional(
      i32.and(attempt, 1),
      f64.const(UNEVEN + (n - 1 - k) / 8),
      f64.const(UNEVEN + k / 8),
    );
    return f64.mul(f64.mul(growth, conditional(isGiven, given, f64.const(sizes[k]!))), slope);
  };

  const each = (statement: (target: SolveBlock['unknowns'][number], k: number) => Statement): Statement[] =>
    solve.unknowns.map(statement);
  const residuals = (within: Scope): Statement[] =>
    solve.residuals.map((r, row) => put(residual, row, number(within, r)));
  const largest = solve.residuals
    .map((_, row) => f64.abs(cell(residual, row)))
    .reduce((a, b) => f64.max(a, b));
  const own = elimination ? apart(context, solve, residuals) : undefined;
  const evaluate = (into: Local<'f64'>): Statement[] => [
    ...(own ? [run(own, f.parameters as Local<'i32'>[])] : residuals(scope)),
    set(into, largest),
  ];
  /** Whether every |d_i| is at most `tolerance` times max(scale_i, |value_i|), the scale 1 where there is none. */
  const isSmall = (tolerance: number, value: (k: number) => F64): I32 =>
    solve.unknowns
      .map((_, k) => f64.le(f64.abs(cell(step, k)), f64.mul(tolerance, atLeast(scales?.[k] ?? 1, value(k)))))
      .reduce((a, b) => i32.and(a, b));
  const atBase = (k: number): F64 => cell(base, k);
  const stay = each((target, k) => store(scope, target, cell(base, k)));
  const unknown = (k: number): F64 => load(scope, solve.unknowns[k]!);

  const instance = solve.loops.reduce<I32>((at, l) => {
    const own = i32.sub(i32.shrU(counters.get(l.variable)!, 3), l.from);
    return i32.add(i32.mul(at, l.to - l.from), own);
  }, i32.const(0));
  const value = (expression: FlatExpression): F64 => number(scope, expression);
  const places = { matrix, residual, right, step, entries };
  const linear = elimination
    ? sparse(context, solve, elimination, value, places, solveDense)
    : scales && m < n
      ? nearest(solve, scales, value, places, solveDense)
      : square(solve, value, places, solveDense);

  const attempts = label('attempt');
  const failed = label('failed');
  const iterate = label('iterate');
  const search = label('search');
  const searched = label('searched');
  const oneAttempt: Statement[] = [
    ...evaluate(norm),
    when(f64.eq(norm, 0), [returns()]),
    set(iteration, 0),
    loop(iterate, [
      ...linear.before,
      set(failure, Status.singular),
      when(i32.eqz(linear.solved), [
        branchIf(failed, i32.eqz(iteration)),
        ...each((target, k) =>
          store(scope, target, f64.mul(f64.add(load(scope, target), cell(base, k)), 0.5)),
        ),
        ...evaluate(norm),
        set(iteration, i32.add(iteration, 1)),
        branchIf(iterate, i32.lt(iteration, ITERATIONS)),
        branch(failed),
      ]),
      ...linear.after,
      when(isSmall(CONVERGED, unknown), [
        ...each((target, k) => store(scope, target, f64.sub(load(scope, target), cell(step, k)))),
        returns(),
      ]),
      ...each((target, k) => put(base, k, load(scope, target))),
      set(scale, 1),
      set(isLower, 0),
      set(trials, 0),
      block(searched, [
        loop(search, [
          ...each((target, k) => store(scope, target, f64.sub(cell(base, k), f64.mul(scale, cell(step, k))))),
          ...evaluate(trial),
          when(f64.lt(trial, norm), [set(isLower, 1), branch(searched)]),
          set(scale, f64.mul(scale, 0.5)),
          set(trials, i32.add(trials, 1)),
          when(i32.eq(trials, TRIALS), [when(isSmall(SETTLED, atBase), [...stay, returns()])]),
          when(i32.eq(trials, MOST_TRIALS), [
            when(isSmall(STAGNATED, atBase), [...stay, returns()]),
            set(scale, 0.5 ** (TRIALS - 1)),
          ]),
          branchIf(search, i32.le(trials, MOST_TRIALS)),
        ]),
      ]),
      when(i32.eqz(isLower), [set(failure, Status.noConvergence), branchIf(failed, f64.ne(trial, trial))]),
      set(norm, trial),
      when(f64.eq(norm, 0), [returns()]),
      set(iteration, i32.add(iteration, 1)),
      branchIf(iterate, i32.lt(iteration, ITERATIONS)),
    ]),
    set(failure, Status.noConvergence),
  ];
  const leftOver: Statement[] = [
    set(worst, 0),
    set(size, f64.abs(cell(residual, 0))),
    forRange(
      row,
      8,
      8 * m,
      [
        when(i32.and(f64.eq(size, size), i32.eqz(f64.le(f64.abs(f64.load(row, residual)), size))), [
          set(worst, i32.shrU(row, 3)),
          set(size, f64.abs(f64.load(row, residual))),
        ]),
      ],
      8,
    ),
  ];
  f.body = [
    ...each((target, k) => put(start, k, load(scope, target))),
    loop(attempts, [
      block(failed, oneAttempt),
      when(i32.le(attempt, 1), [set(told, failure)]),
      when(i32.eqz(attempt), leftOver),
      ...(scales
        ? []
        : [
            when(i32.eqz(attempt), [
              set(attempt, 1),
              ...each((target, k) => store(scope, target, f64.const(1 + k / 8))),
              branch(attempts),
            ]),
          ]),
      // Only at the start: later on, another solution than the one next to the present values would be a jump.
      ...(mayStartElsewhere(solve)
        ? [
            when(i32.and(i32.lt(attempt, STARTS - 1), f64.eq(f64.load(0, time), 0)), [
              when(
                i32.le(attempt, 1),
                [set(attempt, 2), set(growth, 1)],
                [
                  set(attempt, i32.add(attempt, 1)),
                  when(i32.eqz(i32.and(attempt, 1)), [
                    set(growth, f64.div(conditional(f64.gt(growth, 1), f64.const(1), f64.const(4)), growth)),
                  ]),
                ],
              ),
              ...each((target, k) => store(scope, target, elsewhere(k))),
              branch(attempts),
            ]),
          ]
        : []),
    ]),
    ...each((target, k) => store(scope, target, cell(start, k))),
    when(i32.eqz(i32.load(0, status)), [
      i32.store(0, told, status),
      i32.store(0, position, status + 4),
      i32.store(0, instance, status + 8),
      i32.store(0, worst, status + 12),
      i32.store(0, f64.ne(size, size), status + 16),
    ]),
  ];
  return f;
}

const cell = (region: number, k: number): F64 => f64.load(0, region + 8 * k);
const put = (region: number, k: number, value: F64 | number): Statement =>
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

/** The residuals of a wide block in a function of their own, as they are evaluated in several places. */
function apart(
  context: Omit<Context, 'solver'>,
  solve: SolveBlock,
  residuals: (within: Scope) => Statement[],
): FunctionHandle {
  const f = context.module.function(`residuals ${solve.name}`, {
    params: Object.fromEntries(solve.loops.map((l) => [l.variable, 'i32' as const])),
  });
  const counters = new Map(solve.loops.map((l, k) => [l.variable, f.parameters[k] as Local<'i32'>]));
  f.body = residuals(new Scope(context, f, counters));
  return f;
}

/** In a fixed order; where a pivot is too small, with a full matrix and exchange of rows, if that is not too large. */
function sparse(
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

function square(
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
function nearest(
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
const atLeast = (scale: number, x: F64): F64 =>
  select(f64.gt(f64.abs(x), scale), f64.abs(x), f64.const(scale));

/**
 * Solves matrix · x = right in place (row-major, dense; both are overwritten, x in `right`).
 * Gauss with partial pivoting. Returns 0 when a pivot is zero or not a number.
 */
function linearSolve(module: ModuleBuilder): FunctionBuilder<{ n: 'i32'; matrix: 'i32'; right: 'i32' }> {
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
