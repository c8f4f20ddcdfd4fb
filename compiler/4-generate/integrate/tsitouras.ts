/**
 * A trial step of the explicit pair of orders 5 and 4 of Ch. Tsitouras, “Runge–Kutta pairs of order 5(4) satisfying
 * only the first column simplifying assumption”, Computers & Mathematics with Applications 62 (2011) 770–775, with its free
 * interpolant of order 4. Coefficients in double precision as in OrdinaryDiffEq.jl.
 */
import { f64, i32, returns, run, set, when } from '../wasm/index.ts';
import type { Expression, F64, FunctionHandle, Local, ModuleBuilder, Statement } from '../wasm/index.ts';
import { combination, Elementwise } from './elementwise.ts';
import type { LaneType, Lanes } from './elementwise.ts';
import type { Integration } from './index.ts';
import { unseen } from './looks.ts';

export const nodes = [0, 0.161, 0.327, 0.9, 0.9800255409045097, 1, 1] as const;

/** Row s: weights of slopes 1…s in the x of stage s + 1; the last row is the solution of order 5. */
export const weights = [
  [0.161],
  [-0.008480655492356989, 0.335480655492357],
  [2.8971530571054935, -6.359448489975075, 4.3622954328695815],
  [5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525],
  [5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401, -0.028269050394068383],
  [0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081, 2.324710524099774],
] as const;

/** Solution of order 5 less that of order 4. */
export const errorWeights = [
  -0.00178001105222577714, -0.0008164344596567469, 0.007880878010261995, -0.1447110071732629,
  0.5823571654525552, -0.45808210592918697, 0.015151515151515152,
] as const;

/** Weight of slope i at theta: sum of interpolant[i][j] theta^(j + 1). */
export const interpolant = [
  [1, -2.763706197274826, 2.9132554618219126, -1.0530884977290216],
  [0, 0.13169999999999998, -0.2234, 0.1017],
  [0, 3.9302962368947516, -5.941033872131505, 2.490627285651253],
  [0, -12.411077166933676, 30.33818863028232, -16.548102889244902],
  [0, 37.50931341651104, -88.1789048947664, 47.37952196281928],
  [0, -27.896526289197286, 65.09189467479366, -34.87065786149661],
  [0, 1.5, -4, 2.5],
] as const;

/** theta (r1 + theta (r2 + theta (r3 + theta r4))) */
export const shareAt = ([r1, r2, r3, r4]: (typeof interpolant)[number], theta: F64): F64 =>
  f64.mul(theta, f64.add(r1, f64.mul(theta, f64.add(r2, f64.mul(theta, f64.add(r3, f64.mul(theta, r4)))))));

export const stages = 7;

/** The old states, slopes 1…7, then the step's start and length. */
export const slopesAt = (scratch: number, stateCount: number) => ({
  old: scratch,
  slope: (n: number): number => scratch + 8 * stateCount * n,
  start: scratch + 8 * stateCount * (stages + 1),
  length: scratch + 8 * stateCount * (stages + 1) + 8,
});
const memory = ({ stateCount, addresses }: Integration) => slopesAt(addresses.scratch, stateCount);

export const tsitourasBytes = (stateCount: number): number => 8 * (stateCount * (stages + 1) + 2);

/** x = old + h (w1 k1 + w2 k2 + …), from left to right. */
export const moved = <T extends LaneType>(
  lanes: Lanes<T>,
  old: Expression<T>,
  h: Expression<T>,
  terms: readonly (readonly [Expression<T>, Expression<T>])[],
): Expression<T> => lanes.add(old, lanes.mul(h, combination(lanes, terms)));

/** The equations at the time of a stage of the step from t to t + h. Stages between its ends look at what they may be beyond of. */
export const slopesOf =
  ({ addresses, derivatives, looks }: Integration, t: F64, h: F64) =>
  (stage: number): Statement[] => {
    const node = nodes[stage - 1]!;
    const at = node === 0 ? t : node === 1 ? f64.add(t, h) : f64.add(t, f64.mul(node, h));
    const isLooking = looks !== undefined && stage > 1 && stage < stages;
    return [f64.store(0, at, addresses.time), run(derivatives), ...(isLooking ? [run(looks.look)] : [])];
  };

/** What an error (over h) is for a state: its part of what the state may be wrong by. */
export const scaled = <T extends LaneType>(
  lanes: Lanes<T>,
  error: Expression<T>,
  { h, rtol }: { h: Local<'f64'>; rtol: Local<'f64'> },
  { old, x, absTol }: { old: number; x: number; absTol: number },
): Expression<T> => {
  const larger = lanes.max(lanes.abs(lanes.load(old)), lanes.abs(lanes.load(x)));
  const allowed = lanes.add(lanes.load(absTol), lanes.mul(lanes.uniform(rtol), larger));
  return lanes.mul(error, lanes.div(lanes.uniform(h), allowed));
};

/**
 * The trial step. The result is the mean of e_i^2, e_i the error over absTol_i + rtol max(|old x_i|, |new x_i|), with the order
 * of summation of `Elementwise.sumOfSquares`; NaN if a state is. What e_i takes but the last slope is there before it. With `fresh` 0 the last slope of the step before is this one's first.
 */
export function tsit5Try(m: ModuleBuilder, integration: Integration): FunctionHandle {
  const f = m.function('tsit5Try', {
    params: { t: 'f64', h: 'f64', rtol: 'f64', fresh: 'i32' },
    results: ['f64'],
  });
  const { t, h, rtol, fresh } = f.params;
  const { stateCount, addresses } = integration;
  const { x, dx, absTol } = addresses;
  const { slope, old, start, length } = memory(integration);
  const states = new Elementwise(f, stateCount);

  const slopeAt = slopesOf(integration, t, h);
  const take = (from: number): Statement[] =>
    states.each((lanes) => [lanes.store(slope(1), lanes.load(from))]);
  const firstSlope = when(fresh, [...slopeAt(1), ...take(dx)], take(slope(stages)));

  const stage1 = states.each((lanes) => {
    const before = lanes.local('old x');
    return [
      set(before, lanes.load(x)),
      lanes.store(old, before),
      lanes.store(
        x,
        moved(lanes, before, lanes.uniform(h), [[lanes.constant(weights[0][0]), lanes.load(slope(1))]]),
      ),
    ];
  });
  const later = weights.slice(1).flatMap((row, n) => {
    const stage = n + 2;
    return [
      ...slopeAt(stage),
      ...states.each((lanes) => {
        const k = lanes.local('slope');
        const slopes = row.map((_, i) => (i + 1 === stage ? k : lanes.load(slope(i + 1))));
        const terms = row.map((weight, i) => [lanes.constant(weight), slopes[i]!] as const);
        return [
          set(k, lanes.load(dx)),
          lanes.store(slope(stage), k),
          lanes.store(x, moved(lanes, lanes.load(old), lanes.uniform(h), terms)),
        ];
      }),
    ];
  });
  const { statements: errors, total } = states.sumOfSquares((lanes) => {
    const [k, error] = [lanes.local('slope'), lanes.local('error')];
    const slopes = errorWeights.map((_, i) => (i + 1 === stages ? k : lanes.load(slope(i + 1))));
    const terms = errorWeights.map((weight, i) => [lanes.constant(weight), slopes[i]!] as const);
    return [
      set(k, lanes.load(dx)),
      lanes.store(slope(stages), k),
      set(error, scaled(lanes, combination(lanes, terms), { h, rtol }, { old, x, absTol })),
      lanes.accumulate(lanes.mul(error, error)),
    ];
  });
  f.body = [
    f64.store(0, t, start),
    f64.store(0, h, length),
    ...unseen(integration.looks),
    ...states.prelude(),
    firstSlope,
    ...stage1,
    ...later,
    ...slopeAt(stages),
    ...errors,
    returns(stateCount === 0 ? f64.const(0) : f64.mul(total, 1 / stateCount)),
  ];
  return f;
}

/** States and time at start + theta h of the last trial step. */
export function tsit5Interpolate(m: ModuleBuilder, integration: Integration): FunctionHandle {
  const f = m.function('tsit5Interpolate', { params: { theta: 'f64' } });
  const { theta } = f.params;
  const { slope, old, start, length } = memory(integration);
  const { time, x } = integration.addresses;
  const states = new Elementwise(f, integration.stateCount);
  const h = f.local('f64', 'h');
  const b = interpolant.map((_, n) => f.local('f64', `weight ${n + 1}`));
  const polynomials = interpolant.map((row, n) => set(b[n]!, shareAt(row, theta)));
  const sums = states.each((lanes) => {
    const terms = b.map((weight, n) => [lanes.uniform(weight), lanes.load(slope(n + 1))] as const);
    return [lanes.store(x, moved(lanes, lanes.load(old), lanes.uniform(h), terms))];
  });
  f.body = [
    set(h, f64.load(0, length)),
    f64.store(0, f64.add(f64.load(0, start), f64.mul(theta, h)), time),
    ...polynomials,
    ...states.prelude(),
    ...sums,
  ];
  return f;
}

/** States and time of before the trial step; its first slope serves the next trial (`fresh` 0), too. */
export function tsit5Restore(m: ModuleBuilder, integration: Integration): FunctionHandle {
  const f = m.function('tsit5Restore');
  const { slope, old, start } = memory(integration);
  const { time, x } = integration.addresses;
  const states = new Elementwise(f, integration.stateCount);
  f.body = [
    f64.store(0, f64.load(i32.const(0), start), time),
    ...states.each((lanes) => [
      lanes.store(x, lanes.load(old)),
      lanes.store(slope(stages), lanes.load(slope(1))),
    ]),
  ];
  return f;
}
