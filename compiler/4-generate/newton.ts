/**
 * Coupled algebraic equations: Newton's method with the symbolic Jacobian, one function a block.
 * The algorithm, which the interpreter follows step by step so that both give the same bits:
 *
 *   r = residuals(x); n = max |r_i|
 *   repeat at most 50 times:
 *     if n = 0: done
 *     solve J(x) d = r by LU with partial pivoting (the first row of the largest |pivot|); pivot 0 or NaN: singular
 *     x0 = x; λ = 1
 *     repeat: x = x0 - λ d; r = residuals(x); m = max |r_i|; stop if m < n or this was the 11th try; λ = λ / 2
 *     n = m; done if max |λ d_i| <= 1e-12 max(1, |x_i|) for all i
 *   no convergence.
 *
 * A NaN residual makes m NaN, which is not smaller: the step is halved; if it stays, there is no convergence.
 * Source: Dennis and Schnabel, Numerical Methods for Unconstrained Optimization and Nonlinear Equations, 1983, ch. 6.
 */
import { Status } from '../../runtime/contract/kernel.ts';
import type { SolveBlock } from '../ir/flat-system.ts';
import type { Context } from './context.ts';
import { load, number, Scope, store } from './expression.ts';
import {
  block,
  branch,
  branchIf,
  call,
  f64,
  forRange,
  i32,
  label,
  loop,
  returns,
  set,
  when,
} from './wasm/index.ts';
import type { F64, FunctionBuilder, FunctionHandle, ModuleBuilder, Statement } from './wasm/index.ts';

const MAXIMUM_ITERATIONS = 50;
const MAXIMUM_HALVINGS = 10;
const TOLERANCE = 1e-12;

/** Makes the solver functions of a module, one a block, on first use. `position` is that of the manifest's `solves`. */
export function solvers(context: Omit<Context, 'solver'>): (block: SolveBlock) => FunctionHandle {
  const made = new Map<SolveBlock, FunctionHandle>();
  const { parameters, start, dynamics, outputs } = context.system;
  const all = [...parameters, ...start, ...dynamics, ...outputs].filter((b) => b.kind === 'solve');
  let factor: FunctionBuilder<{ n: 'i32'; matrix: 'i32'; right: 'i32' }> | undefined;
  return (block) => {
    let solver = made.get(block);
    if (solver === undefined) {
      factor ??= linearSolve(context.module);
      solver = newton(context, block, all.indexOf(block), factor);
      made.set(block, solver);
    }
    return solver;
  };
}

function newton(
  context: Omit<Context, 'solver'>,
  block_: SolveBlock,
  position: number,
  linear: FunctionHandle,
): FunctionHandle {
  const { module, plan } = context;
  const n = block_.unknowns.length;
  const matrix = plan.scratch.newton;
  const residual = matrix + 8 * n * n;
  const step = residual + 8 * n;
  const old = step + 8 * n;
  const params = Object.fromEntries(block_.loops.map((l) => [l.variable, 'i32' as const]));
  const f = module.function(`solve ${block_.name}`, { params });
  const counters = new Map(block_.loops.map((l, k) => [l.variable, f.parameters[k] as F64 & never]));
  const scope = new Scope(context, f, counters as never);
  const norm = f.local('f64', 'norm');
  const tried = f.local('f64', 'tried');
  const lambda = f.local('f64', 'lambda');
  const iteration = f.local('i32', 'iteration');
  const attempt = f.local('i32', 'attempt');
  const converged = f.local('i32', 'converged');

  const residuals = (into: typeof norm): Statement[] => [
    ...block_.residuals.map((r, row) => f64.store(0, number(scope, r), residual + 8 * row)),
    set(into, maximum(block_.residuals.map((_, row) => f64.abs(f64.load(0, residual + 8 * row))))),
  ];
  const instance = block_.loops.reduce<ReturnType<typeof i32.const>>((at, l) => {
    const own = i32.sub(i32.shrU(scope.counters.get(l.variable)!, 3), l.from);
    return i32.add(i32.mul(at, l.to - l.from), own);
  }, i32.const(0));
  const fail = (code: number): Statement[] => [
    i32.store(0, code, plan.manifest.layout.status),
    i32.store(0, position, plan.manifest.layout.status + 4),
    i32.store(0, instance, plan.manifest.layout.status + 8),
    returns(),
  ];
  const again = label('iterate');
  const halve = label('halve');
  const accepted = label('accepted');
  const filled = new Set(block_.jacobian.map(({ row, column }) => row * n + column));
  f.body = [
    ...residuals(norm),
    loop(again, [
      when(f64.eq(norm, 0), [returns()]),
      ...Array.from({ length: n * n }, (_, k) => k)
        .filter((k) => !filled.has(k))
        .map((k) => f64.store(0, 0, matrix + 8 * k)),
      ...block_.jacobian.map(({ row, column, value }) =>
        f64.store(0, number(scope, value), matrix + 8 * (row * n + column)),
      ),
      ...Array.from({ length: n }, (_, k) => f64.store(0, f64.load(0, residual + 8 * k), step + 8 * k)),
      when(i32.eqz(call<'i32'>(linear, n, matrix, step)), fail(Status.singular)),
      ...block_.unknowns.map((unknown, k) => f64.store(0, load(scope, unknown), old + 8 * k)),
      set(lambda, 1),
      set(attempt, 0),
      block(accepted, [
        loop(halve, [
          ...block_.unknowns.map((unknown, k) =>
            store(
              scope,
              unknown,
              f64.sub(f64.load(0, old + 8 * k), f64.mul(lambda, f64.load(0, step + 8 * k))),
            ),
          ),
          ...residuals(tried),
          branchIf(accepted, f64.lt(tried, norm)),
          branchIf(accepted, i32.ge(attempt, MAXIMUM_HALVINGS)),
          set(attempt, i32.add(attempt, 1)),
          set(lambda, f64.mul(lambda, 0.5)),
          branch(halve),
        ]),
      ]),
      set(norm, tried),
      set(
        converged,
        block_.unknowns
          .map((unknown, k) =>
            f64.le(
              f64.abs(f64.mul(lambda, f64.load(0, step + 8 * k))),
              f64.mul(TOLERANCE, f64.max(1, f64.abs(load(scope, unknown)))),
            ),
          )
          .reduce((a, b) => i32.and(a, b)),
      ),
      when(converged, [returns()]),
      set(iteration, i32.add(iteration, 1)),
      branchIf(again, i32.lt(iteration, MAXIMUM_ITERATIONS)),
    ]),
    ...fail(Status.noConvergence),
  ];
  return f;
}

const maximum = (values: F64[]): F64 => values.reduce((a, b) => f64.max(a, b));

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
      when(i32.eqz(f64.gt(size, 0)), [returns(i32.const(0))]),
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
        when(f64.ne(factor, 0), [
          forRange(k, next, n, [
            f64.store(at(row, k), f64.sub(f64.load(at(row, k)), f64.mul(factor, f64.load(at(column, k))))),
          ]),
          f64.store(
            rightAt(row),
            f64.sub(f64.load(rightAt(row)), f64.mul(factor, f64.load(rightAt(column)))),
          ),
        ]),
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
