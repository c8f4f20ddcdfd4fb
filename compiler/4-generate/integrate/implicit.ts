/**
 * Steps that solve with the matrix of the rates: a trial step of Rodas5P, and the implicit Euler method. Knows the emitter and the functions
 * of `LinearFunctions`; ignores equations, events and step-size control.
 */
import { call, conditional, f64, forRange, i32, returns, run, set, when } from '../wasm/index.ts';
import type { Expression, F64, FunctionHandle, ModuleBuilder, Statement } from '../wasm/index.ts';
import type { LinearFunctions } from '../linear.ts';
import { combination, Elementwise } from './elementwise.ts';
import type { Lanes, LaneType } from './elementwise.ts';
import type { Integration } from './index.ts';
import { unseen } from './looks.ts';
import { couplings, gamma, interpolant, nodes, slopes, stages, weights } from './rodas5p.ts';

export interface ImplicitIntegration extends Integration {
  linear: LinearFunctions;
  /** How many unknowns there are, states first. */
  unknowns: number;
  /** Address of the dependence on time, a number for each unknown. */
  byTime: number;
  /** Addresses of `Cell.blur` and of the relative one. */
  blur: { tolerances: number; relative: number };
  /** Whether anything depends on it; 'differences': in a way that is found by trying. */
  timed: false | true | 'differences';
}

/**
 * The old states, stages and the right side of the last one (with room for the other unknowns), then of states: the first slope, new ones and those of
 * rates elsewhere; then the step's start and length.
 */
const memory = ({ stateCount, addresses, unknowns }: ImplicitIntegration) => {
  const first = addresses.scratch + 8 * stateCount;
  const after = first + 8 * unknowns * (stages + 1);
  return {
    old: addresses.scratch,
    stage: (n: number): number => first + 8 * unknowns * (n - 1),
    right: first + 8 * unknowns * stages,
    first: after,
    end: after + 8 * stateCount,
    beyond: after + 16 * stateCount,
    start: after + 24 * stateCount,
    length: after + 24 * stateCount + 8,
  };
};

export const implicitBytes = (stateCount: number, unknowns: number): number =>
  8 * (unknowns * (stages + 1) + 4 * stateCount + 2);

/** Of `Kernel.solve`: that of the first stage. */
export const implicitVector = (scratch: number, stateCount: number): number => scratch + 8 * stateCount;

/** The functions of `Kernel` of the same names. */
export type ImplicitSteps = Record<
  'rodasTry' | 'rodasInterpolate' | 'rodasRestore' | 'implicitEuler' | 'matrix' | 'factor' | 'solve',
  FunctionHandle
>;

export const implicitSteps = (m: ModuleBuilder, integration: ImplicitIntegration): ImplicitSteps => ({
  rodasTry: rodasTry(m, integration),
  rodasInterpolate: rodasInterpolate(m, integration),
  rodasRestore: rodasRestore(m, integration),
  implicitEuler: implicitEuler(m, integration),
  matrix: integration.linear.jacobian,
  factor: integration.linear.factor,
  solve: solveInPlace(m, integration),
});

/** With nothing on the right side of other unknowns than states. */
function solveInPlace(m: ModuleBuilder, integration: ImplicitIntegration): FunctionHandle {
  const { stateCount, addresses, linear } = integration;
  const vector = implicitVector(addresses.scratch, stateCount);
  const f = m.function('solve in place');
  f.body = [
    ...linear.timed.map((unknown) => f64.store(0, 0, vector + 8 * unknown)),
    run(linear.solve, [i32.const(vector)]),
  ];
  return f;
}

/** Tolerances, times the root of the number of states, by which an error in a single one counts less: `Cell.blur`. */
export const BLUR = 10;

/** The matrix at the states in memory, with roots next to zero as Rodas5P wants them. */
const blurred = ({ stateCount, blur, linear }: ImplicitIntegration, rtol: F64): Statement[] => [
  f64.store(0, BLUR * Math.sqrt(stateCount), blur.tolerances),
  f64.store(0, rtol, blur.relative),
  run(linear.jacobian),
  f64.store(0, 0, blur.tolerances),
  f64.store(0, 0, blur.relative),
];

/** Of the step's length, for the dependence on time that is found by trying. */
export const NUDGE = 1e-6;

/**
 * The trial step. Norm and order of summation are those of `tsit5Try`, the error being the last stage. Negative where the matrix is singular: −1 −
 * the unknown at which. `fresh` 1: everything is evaluated; 2: the derivatives at t are in place; 0: the matrix of the trial before, which started
 * from the same states, serves.
 */
function rodasTry(m: ModuleBuilder, integration: ImplicitIntegration): FunctionHandle {
  const f = m.function('rodasTry', {
    params: { t: 'f64', h: 'f64', rtol: 'f64', fresh: 'i32' },
    results: ['f64'],
  });
  const { t, h, rtol, fresh } = f.params;
  const { stateCount, addresses, derivatives, linear, byTime, timed, looks } = integration;
  const { time, x, dx, absTol } = addresses;
  const { stage, right, first, old, end, start, length } = memory(integration);
  const states = new Elementwise(f, stateCount);
  const error = f.local('f64', 'error');
  const judged = bySlopesAtEnd(m, integration);
  const singular = f.local('i32', 'singular');
  const over = couplings.map((row, s) => row.map((_, i) => f.local('f64', `c${s + 1} ${i + 1}`)));
  const inTime = slopes.map((_, s) => f.local('f64', `in time ${s + 1}`));
  const nudged = f.local('f64', 'nudged');
  const perNudge = f.local('f64', 'per nudge');

  const evaluateAt = (at: typeof t): Statement[] => [f64.store(0, at, time), run(derivatives)];
  const byTrying: Statement[] =
    timed !== 'differences'
      ? []
      : [
          ...evaluateAt(nudged),
          ...states.each((lanes) => [lanes.store(byTime, lanes.load(dx))]),
          ...evaluateAt(t),
          ...states.each((lanes) => [
            lanes.store(
              byTime,
              lanes.mul(
                lanes.add(lanes.load(byTime), lanes.mul(lanes.constant(-1), lanes.load(dx))),
                lanes.uniform(perNudge),
              ),
            ),
          ]),
        ];
  const prepare: Statement[] = [
    ...(timed === 'differences' ? byTrying : [when(i32.eq(fresh, 1), evaluateAt(t))]),
    ...states.each((lanes) => [lanes.store(first, lanes.load(dx)), lanes.store(old, lanes.load(x))]),
    ...blurred(integration, rtol),
  ];
  const stageSteps = weights.flatMap((row, s) => {
    const own = stage(s + 1);
    const node = nodes[s]!;
    const slope = slopes[s]!;
    const evaluate: Statement[] =
      s === 0
        ? []
        : [
            ...states.each((lanes) => {
              // The last stages lie on the ones before.
              if (s > 5) return [lanes.store(x, lanes.add(lanes.load(x), lanes.load(stage(s))))];
              const terms = row.map(
                (weight, i) => [lanes.constant(weight), lanes.load(stage(i + 1))] as const,
              );
              return [lanes.store(x, lanes.add(lanes.load(old), combination(lanes, terms)))];
            }),
            f64.store(0, node === 1 ? f64.add(t, h) : f64.add(t, f64.mul(node, h)), time),
            run(derivatives),
            ...(looks === undefined ? [] : [run(looks.look)]),
          ];
    const hasTime = timed !== false;
    return [
      ...evaluate,
      ...states.each((lanes) => {
        const terms = row.map((_, i) => [lanes.uniform(over[s]![i]!), lanes.load(stage(i + 1))] as const);
        const rate = lanes.load(s === 0 ? first : dx);
        const coupled = terms.length === 0 ? rate : lanes.add(rate, combination(lanes, terms));
        const value =
          hasTime && slope !== 0
            ? lanes.add(coupled, lanes.mul(lanes.uniform(inTime[s]!), lanes.load(byTime)))
            : coupled;
        if (s < stages - 1) return [lanes.store(own, value)];
        const last = lanes.local('right side');
        return [set(last, value), lanes.store(own, last), lanes.store(right, last)];
      }),
      ...linear.timed.map((unknown) =>
        f64.store(0, f64.mul(inTime[s]!, f64.load(0, byTime + 8 * unknown)), own + 8 * unknown),
      ),
      run(linear.solve, [i32.const(own)]),
    ];
  });
  const { statements: errors, total } = states.sumOfSquares((lanes) => {
    const [after, error] = [lanes.local('new x'), lanes.local('error')];
    const larger = lanes.max(lanes.abs(lanes.load(old)), lanes.abs(after));
    return [
      set(after, lanes.add(lanes.load(x), lanes.load(stage(stages)))),
      lanes.store(x, after),
      lanes.store(end, after),
      set(
        error,
        lanes.div(
          lanes.load(stage(stages)),
          lanes.add(lanes.load(absTol), lanes.mul(lanes.uniform(rtol), larger)),
        ),
      ),
      lanes.accumulate(lanes.mul(error, error)),
    ];
  });
  f.body = [
    f64.store(0, t, start),
    f64.store(0, h, length),
    ...unseen(looks),
    ...couplings.flatMap((row, s) => row.map((weight, i) => set(over[s]![i]!, f64.div(weight, h)))),
    ...inTime.map((local, s) => set(local, f64.mul(h, slopes[s]!))),
    set(nudged, f64.add(t, f64.mul(h, NUDGE))),
    // In a step of some last digits nothing changes with time.
    set(perNudge, conditional(f64.gt(nudged, t), f64.div(1, f64.sub(nudged, t)), f64.const(0))),
    ...states.prelude(),
    when(fresh, prepare),
    set(singular, call<'i32'>(linear.factor, f64.div(1, f64.mul(h, gamma)))),
    when(singular, [returns(f64.neg(f64.fromI32(singular)))]),
    ...stageSteps,
    f64.store(0, f64.add(t, h), time),
    ...errors,
    set(error, f64.mul(total, 1 / stateCount)),
    when(f64.le(error, 1), [returns(call<'f64'>(judged, t, h, rtol, error))]),
    returns(error),
  ];
  return f;
}

/**
 * The error of a step that is accurate enough by the slopes it began with, by those it ends with. A slope that falls from very steep within the step, as
 * that of a root near zero does, damps the step and its error alike. What its last stage solves for is the error undamped. Where that is too much, the slopes at the end along the error, by a
 * difference of rates, tell whether the damping has gone; if so, their matrix says how much error there is.
 */
function bySlopesAtEnd(m: ModuleBuilder, integration: ImplicitIntegration): FunctionHandle {
  const f = m.function('by slopes at end', {
    params: { t: 'f64', h: 'f64', rtol: 'f64', error: 'f64' },
    results: ['f64'],
  });
  const { t, h, rtol, error } = f.params;
  const { stateCount, addresses, derivatives, linear } = integration;
  const { time, x, dx, absTol } = addresses;
  const { stage, right, old, end, beyond } = memory(integration);
  const last = stage(stages);
  const states = new Elementwise(f, stateCount);
  const [part, undamped, exact] = f.named('f64', 'part of h', 'undamped', 'exact');
  const singular = f.local('i32', 'singular');
  const meanSquare = (
    value: <T extends LaneType>(lanes: Lanes<T>) => Expression<T>,
  ): { statements: Statement[]; mean: F64 } => {
    const { statements, total } = states.sumOfSquares((lanes) => {
      const scaled = lanes.local('scaled');
      const larger = lanes.max(lanes.abs(lanes.load(old)), lanes.abs(lanes.load(end)));
      const scale = lanes.add(lanes.load(absTol), lanes.mul(lanes.uniform(rtol), larger));
      return [set(scaled, lanes.div(value(lanes), scale)), lanes.accumulate(lanes.mul(scaled, scaled))];
    });
    return { statements, mean: f64.mul(total, 1 / stateCount) };
  };
  const without = meanSquare((lanes) => lanes.mul(lanes.uniform(part), lanes.load(right)));
  const along = meanSquare((lanes) =>
    lanes.sub(
      lanes.load(last),
      lanes.mul(lanes.uniform(part), lanes.sub(lanes.load(beyond), lanes.load(dx))),
    ),
  );
  const solved = meanSquare((lanes) => lanes.load(right));
  f.body = [
    set(part, f64.mul(h, gamma)),
    ...states.prelude(),
    ...without.statements,
    set(undamped, without.mean),
    when(i32.eqz(f64.gt(undamped, 1)), [returns(error)]),
    ...states.each((lanes) => [lanes.store(x, lanes.add(lanes.load(end), lanes.load(last)))]),
    run(derivatives),
    ...states.each((lanes) => [lanes.store(beyond, lanes.load(dx)), lanes.store(x, lanes.load(end))]),
    run(derivatives),
    ...along.statements,
    when(i32.eqz(f64.gt(f64.mul(error, undamped), along.mean)), [returns(error)]),
    run(linear.jacobian),
    set(singular, call<'i32'>(linear.factor, f64.div(1, part))),
    ...linear.timed.map((unknown) => f64.store(0, 0, right + 8 * unknown)),
    run(linear.solve, [i32.const(right)]),
    ...solved.statements,
    set(exact, solved.mean),
    // The matrix of the start serves the next try.
    ...states.each((lanes) => [lanes.store(x, lanes.load(old))]),
    f64.store(0, t, time),
    run(derivatives),
    ...blurred(integration, rtol),
    ...states.each((lanes) => [lanes.store(x, lanes.load(end))]),
    f64.store(0, f64.add(t, h), time),
    when(i32.and(i32.eqz(singular), f64.gt(exact, error)), [returns(exact)]),
    returns(error),
  ];
  return f;
}

/** States and time at start + theta h of the last trial step. */
function rodasInterpolate(m: ModuleBuilder, integration: ImplicitIntegration): FunctionHandle {
  const f = m.function('rodasInterpolate', { params: { theta: 'f64' } });
  const { theta } = f.params;
  const { stage, old, end, start, length } = memory(integration);
  const { time, x } = integration.addresses;
  const states = new Elementwise(f, integration.stateCount);
  const rest = f.local('f64', 'rest');
  const both = f.local('f64', 'theta rest');
  const b = Array.from({ length: stages }, (_, n) => f.local('f64', `weight ${n + 1}`));
  const [k1, k2, k3] = interpolant as [readonly number[], readonly number[], readonly number[]];
  const sums = states.each((lanes) => {
    const straight = lanes.mul(lanes.uniform(theta), lanes.sub(lanes.load(end), lanes.load(old)));
    const terms = b.map((weight, n) => [lanes.uniform(weight), lanes.load(stage(n + 1))] as const);
    // What is added to the start, and not a mean of both ends: near the start the curve has next to no rounding of its own then.
    return [lanes.store(x, lanes.add(lanes.load(old), lanes.add(straight, combination(lanes, terms))))];
  });
  f.body = [
    f64.store(0, f64.add(f64.load(0, start), f64.mul(theta, f64.load(0, length))), time),
    set(rest, f64.sub(1, theta)),
    set(both, f64.mul(theta, rest)),
    // theta (1 - theta) (k1 + theta (k2 + theta k3))
    ...b.map((weight, n) =>
      set(weight, f64.mul(both, f64.add(k1[n]!, f64.mul(theta, f64.add(k2[n]!, f64.mul(theta, k3[n]!)))))),
    ),
    ...states.prelude(),
    ...sums,
  ];
  return f;
}

/** States and time of before the trial step. */
function rodasRestore(m: ModuleBuilder, integration: ImplicitIntegration): FunctionHandle {
  const f = m.function('rodasRestore');
  const { old, start } = memory(integration);
  const { time, x } = integration.addresses;
  const states = new Elementwise(f, integration.stateCount);
  f.body = [
    f64.store(0, f64.load(0, start), time),
    ...states.each((lanes) => [lanes.store(x, lanes.load(old))]),
  ];
  return f;
}

/** Rounds of Newton's method at most: the most that a step can cost is known. */
export const EULER_ROUNDS = 20;

/**
 * x with x = old + h f(next, x), by Newton's method with a new matrix in each round. Returns the last correction in the norm of the
 * adaptive methods with `rtol`; it is right when that is at most 1. Negative where the matrix is singular, as of `rodasTry`.
 */
function implicitEuler(m: ModuleBuilder, integration: ImplicitIntegration): FunctionHandle {
  const f = m.function('implicitEuler', {
    params: { t: 'f64', h: 'f64', next: 'f64', rtol: 'f64' },
    results: ['f64'],
  });
  const { h, next, rtol } = f.params;
  const { stateCount, addresses, derivatives, linear } = integration;
  const { time, x, dx, absTol } = addresses;
  const { stage, old } = memory(integration);
  const states = new Elementwise(f, stateCount);
  const singular = f.local('i32', 'singular');
  const round = f.local('i32', 'round');
  const norm = f.local('f64', 'norm');
  const over = f.local('f64', 'over h');
  const less = f.local('f64', 'less over h');
  const keep = states.each((lanes) => [lanes.store(old, lanes.load(x))]);
  const residual = states.each((lanes) => [
    lanes.store(
      stage(1),
      lanes.add(
        lanes.load(dx),
        lanes.mul(
          lanes.uniform(less),
          lanes.add(lanes.load(x), lanes.mul(lanes.constant(-1), lanes.load(old))),
        ),
      ),
    ),
  ]);
  const { statements: correct, total } = states.sumOfSquares((lanes) => {
    const [change, after, error] = [lanes.local('change'), lanes.local('new x'), lanes.local('error')];
    const larger = lanes.max(lanes.abs(lanes.load(old)), lanes.abs(after));
    return [
      set(change, lanes.load(stage(1))),
      set(after, lanes.add(lanes.load(x), change)),
      lanes.store(x, after),
      set(error, lanes.div(change, lanes.add(lanes.load(absTol), lanes.mul(lanes.uniform(rtol), larger)))),
      lanes.accumulate(lanes.mul(error, error)),
    ];
  });
  f.body = [
    set(over, f64.div(1, h)),
    set(less, f64.neg(over)),
    ...states.prelude(),
    ...keep,
    f64.store(0, next, time),
    forRange(round, 0, EULER_ROUNDS, [
      run(derivatives),
      run(linear.jacobian),
      set(singular, call<'i32'>(linear.factor, over)),
      when(singular, [returns(f64.neg(f64.fromI32(singular)))]),
      ...residual,
      ...linear.timed.map((unknown) => f64.store(0, 0, stage(1) + 8 * unknown)),
      run(linear.solve, [i32.const(stage(1))]),
      ...correct,
      set(norm, f64.mul(total, 1 / stateCount)),
      when(f64.le(norm, 1), [returns(norm)]),
    ]),
    returns(norm),
  ];
  return f;
}
