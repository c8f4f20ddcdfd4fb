/**
 * Tsitouras' pair for systems so large that the slopes of its seven stages are most of the memory. Each slope is an array; after the sixth
 * evaluation their sums are all that is wanted of them, which are fewer: the new states, the error, and the powers of the interpolant. The seventh
 * slope stays where the equations put it. States and error have the bits that `tsitouras.ts` gives them; the interpolant is the same polynomial,
 * summed by its powers.
 */
import { f64, i32, returns, set, when } from '../wasm/index.ts';
import type { Expression, FunctionHandle, ModuleBuilder } from '../wasm/index.ts';
import { combination, Elementwise } from './elementwise.ts';
import type { Lanes, LaneType } from './elementwise.ts';
import type { Integration } from './index.ts';
import { unseen } from './looks.ts';
import { errorWeights, interpolant, moved, scaled, slopesOf, stages, weights } from './tsitouras.ts';

/** States from which on all slopes would take more than there is to be for them. A step takes an eighth longer without them. */
export const FOLDED_FROM = 1 << 19;
export const isFolded = (stateCount: number): boolean => stateCount >= FOLDED_FROM;

/** The old states and the first slope; what the third, fourth and fifth slope make room for; what the second does, free at the end of the step. */
const arrays = 6;
export const FREE = 5;
export const foldedBytes = (stateCount: number): number => 8 * (stateCount * arrays + 2);

const memory = ({ stateCount, addresses: { scratch } }: Integration) => {
  const array = (n: number): number => scratch + 8 * stateCount * n;
  return {
    old: array(0),
    first: array(1),
    /** Of θ², θ³ and θ⁴. */
    powers: [array(2), array(3), array(4)],
    error: array(FREE),
    /** Slopes 1…5. */
    slope: (n: number): number => array(n === 1 ? 1 : n === 2 ? FREE : n - 1),
    start: array(arrays),
    length: array(arrays) + 8,
  };
};

/** Of each slope, for θ², θ³ and θ⁴; θ alone goes with the first slope. */
export const powerWeights = [1, 2, 3].map((power) => interpolant.map((row) => row[power]!));

/** As `tsit5Try`; with `fresh` 0 the slopes at t are in memory. */
export function foldedTry(m: ModuleBuilder, integration: Integration): FunctionHandle {
  const f = m.function('tsit5Try', {
    params: { t: 'f64', h: 'f64', rtol: 'f64', fresh: 'i32' },
    results: ['f64'],
  });
  const { t, h, rtol, fresh } = f.params;
  const { stateCount, addresses } = integration;
  const { x, dx, absTol } = addresses;
  const { old, powers, error: soFar, slope, start, length } = memory(integration);
  const states = new Elementwise(f, stateCount);
  const slopeAt = slopesOf(integration, t, h);
  /** Of slopes 1…n, the last one being in a local. */
  const terms = <T extends LaneType>(
    lanes: Lanes<T>,
    row: readonly number[],
    last: Expression<T>,
  ): (readonly [Expression<T>, Expression<T>])[] =>
    row.map((weight, i) => [lanes.constant(weight), i + 1 === row.length ? last : lanes.load(slope(i + 1))]);

  const steps = weights.slice(0, -1).flatMap((row, n) => {
    const stage = n + 1;
    return [
      ...(stage === 1 ? [when(fresh, slopeAt(1))] : slopeAt(stage)),
      ...states.each((lanes) => {
        const k = lanes.local('slope');
        const before = lanes.local('old x');
        return [
          set(k, lanes.load(dx)),
          lanes.store(slope(stage), k),
          set(before, lanes.load(stage === 1 ? x : old)),
          ...(stage === 1 ? [lanes.store(old, before)] : []),
          lanes.store(x, moved(lanes, before, lanes.uniform(h), terms(lanes, row, k))),
        ];
      }),
    ];
  });
  /** What a sum comes to without its last term. */
  const allButLast = <T extends LaneType>(
    lanes: Lanes<T>,
    row: readonly number[],
    k: Expression<T>,
  ): Expression<T> => combination(lanes, terms(lanes, row.slice(0, -1), k));
  const withLast = <T extends LaneType>(
    lanes: Lanes<T>,
    sum: number,
    row: readonly number[],
    k: Expression<T>,
  ): Expression<T> => lanes.add(lanes.load(sum), lanes.mul(lanes.constant(row.at(-1)!), k));
  const folded = states.each((lanes) => {
    const [k, error] = [lanes.local('slope'), lanes.local('error')];
    const sums = powerWeights.map((_, n) => lanes.local(`power ${n + 2}`));
    const after = moved(lanes, lanes.load(old), lanes.uniform(h), terms(lanes, weights.at(-1)!, k));
    return [
      set(k, lanes.load(dx)),
      lanes.store(x, after),
      set(error, allButLast(lanes, errorWeights, k)),
      ...sums.map((sum, n) => set(sum, allButLast(lanes, powerWeights[n]!, k))),
      // The slopes are not read any more.
      lanes.store(soFar, error),
      ...sums.map((sum, n) => lanes.store(powers[n]!, sum)),
    ];
  });
  const { statements: errors, total } = states.sumOfSquares((lanes) => {
    const [k, error] = [lanes.local('slope'), lanes.local('error')];
    return [
      set(k, lanes.load(dx)),
      ...powers.map((power, n) => lanes.store(power, withLast(lanes, power, powerWeights[n]!, k))),
      set(error, scaled(lanes, withLast(lanes, soFar, errorWeights, k), { h, rtol }, { old, x, absTol })),
      lanes.accumulate(lanes.mul(error, error)),
    ];
  });
  f.body = [
    f64.store(0, t, start),
    f64.store(0, h, length),
    ...unseen(integration.looks),
    ...states.prelude(),
    ...steps,
    ...slopeAt(stages - 1),
    ...folded,
    ...slopeAt(stages),
    ...errors,
    returns(f64.mul(total, 1 / stateCount)),
  ];
  return f;
}

/** x = old + h θ (k₁ + θ (c₂ + θ (c₃ + θ c₄))) */
export function foldedInterpolate(m: ModuleBuilder, integration: Integration): FunctionHandle {
  const f = m.function('tsit5Interpolate', { params: { theta: 'f64' } });
  const { theta } = f.params;
  const { old, first, powers, start, length } = memory(integration);
  const { time, x } = integration.addresses;
  const states = new Elementwise(f, integration.stateCount);
  const h = f.local('f64', 'h');
  const sums = states.each((lanes) => {
    const share = lanes.uniform(theta);
    const polynomial = [first, ...powers]
      .map((array) => lanes.load(array))
      .reduceRight((higher, lower) => lanes.add(lower, lanes.mul(share, higher)));
    return [
      lanes.store(x, lanes.add(lanes.load(old), lanes.mul(lanes.uniform(h), lanes.mul(share, polynomial)))),
    ];
  });
  f.body = [
    set(h, f64.load(0, length)),
    f64.store(0, f64.add(f64.load(0, start), f64.mul(theta, h)), time),
    ...states.prelude(),
    ...sums,
  ];
  return f;
}

/** States, slopes and time of before the trial step. */
export function foldedRestore(m: ModuleBuilder, integration: Integration): FunctionHandle {
  const f = m.function('tsit5Restore');
  const { old, first, start } = memory(integration);
  const { time, x, dx } = integration.addresses;
  const states = new Elementwise(f, integration.stateCount);
  f.body = [
    f64.store(0, f64.load(i32.const(0), start), time),
    ...states.each((lanes) => [lanes.store(x, lanes.load(old)), lanes.store(dx, lanes.load(first))]),
  ];
  return f;
}
