/**
 * Coupled algebraic equations: Newton's method with the symbolic Jacobian, one function a block. `ir/newton.md` has the
 * algorithm, which the interpreter follows too, so that both give the same bits.
 * Source: Dennis and Schnabel, Numerical Methods for Unconstrained Optimization and Nonlinear Equations, 1983, ch. 6.
 */
import { Status } from '../../runtime/contract/kernel.ts';
import {
  eliminationFor,
  mayStartElsewhere,
  sizesOf,
  solveBlocks,
  STARTS,
  UNEVEN,
} from '../ir/solve-blocks.ts';
import type { FlatExpression } from '../ir/flat-expression.ts';
import type { SolveBlock } from '../ir/flat-system.ts';
import type { Context } from './context.ts';
import { load, number, Scope, store } from './expression.ts';
import { matrixCells } from './layout.ts';
import {
  block,
  branch,
  branchIf,
  conditional,
  f64,
  forRange,
  i32,
  label,
  loop,
  returns,
  run,
  set,
  when,
} from './wasm/index.ts';
import type { F64, FunctionHandle, I32, Local, Statement } from './wasm/index.ts';
import { cell, put, sparse, square, nearest, atLeast, linearSolve } from './newton-step.ts';
import type { LinearSolve } from './newton-step.ts';

const ITERATIONS = 50;
const TRIALS = 11;
const MOST_TRIALS = 52;
const CONVERGED = 1e-12;
const SETTLED = 1e-9;
const STAGNATED = 1e-6;

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
