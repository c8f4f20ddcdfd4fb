import { isFolded, powerWeights } from '../4-generate/integrate/tsitouras-folded.ts';
import { errorWeights, interpolant, nodes, weights } from '../4-generate/integrate/tsitouras.ts';
import type { Kernel } from '../../runtime/contract/kernel.ts';

/** The continuous part of a system: arrays of equal length over the kernel's memory. */
export interface Continuous {
  x: Float64Array;
  dx: Float64Array;
  tolerances: Float64Array;
  /** Where a step leaves the states that it started from. */
  before: Float64Array;
  setTime(time: number): void;
  derivatives(): void;
  /** Stages look at whether what was evaluated last is beyond a condition that rates depend on; absent where there is none. */
  beyond?: { seen: boolean; is(): boolean } | undefined;
}

/** After a stage was evaluated. */
export function lookIn(beyond: Continuous['beyond']): void {
  if (beyond && !beyond.seen) beyond.seen = beyond.is();
}

type Steps = Pick<Kernel, 'euler' | 'rk4' | 'sawBeyond' | 'tsit5Try' | 'tsit5Interpolate' | 'tsit5Restore'>;

/** Step methods with the operations in the order of the emitted code; sources of the coefficients stand there. */
export function stepsOf(
  { x, dx, tolerances, before: old, setTime, derivatives, beyond }: Continuous,
  folded = isFolded(x.length),
): Steps {
  const slopes = Array.from({ length: 7 }, () => new Float64Array(x.length));
  let start = 0;
  let length = 0;
  const slopeAt = (time: number) => {
    setTime(time);
    derivatives();
    return dx.slice();
  };
  const stageAt = (time: number) => {
    const slope = slopeAt(time);
    lookIn(beyond);
    return slope;
  };
  /** w1 k1 + w2 k2 + …, from left to right. */
  const combine = (row: readonly number[], at: number) => {
    let sum = row[0]! * slopes[0]![at]!;
    for (let stage = 1; stage < row.length; stage += 1) sum += row[stage]! * slopes[stage]![at]!;
    return sum;
  };
  return {
    euler(t, h, next) {
      old.set(x);
      slopeAt(t).forEach((slope, at) => {
        x[at] = x[at]! + h * slope;
      });
      setTime(next);
    },
    rk4(t, h, next) {
      const half = h * 0.5;
      const sixth = h / 6;
      const middle = t + half;
      old.set(x);
      const sum = slopeAt(t);
      sum.forEach((slope, at) => {
        x[at] = old[at]! + half * slope;
      });
      if (beyond) beyond.seen = false;
      for (const ahead of [half, h])
        stageAt(middle).forEach((slope, at) => {
          sum[at] = sum[at]! + (slope + slope);
          x[at] = old[at]! + ahead * slope;
        });
      stageAt(next).forEach((slope, at) => {
        x[at] = old[at]! + sixth * (sum[at]! + slope);
      });
    },
    ...(beyond === undefined ? {} : { sawBeyond: () => (beyond.seen ? 1 : 0) }),
    tsit5Try(t, h, relativeTolerance, fresh) {
      start = t;
      length = h;
      slopes[0] = fresh ? slopeAt(t) : folded ? dx.slice() : slopes[6]!;
      old.set(x);
      if (beyond) beyond.seen = false;
      weights.forEach((row, stage) => {
        for (let at = 0; at < x.length; at += 1) x[at] = old[at]! + h * combine(row, at);
        const node = nodes[stage + 1]!;
        // The last stage is the step's end, which is looked at besides.
        const look = stage + 1 === weights.length ? slopeAt : stageAt;
        slopes[stage + 1] = look(node === 1 ? t + h : t + node * h);
      });
      const sums = [0, 0];
      for (let at = 0; at < x.length; at += 1) {
        const larger = Math.max(Math.abs(old[at]!), Math.abs(x[at]!));
        const error = combine(errorWeights, at) * (h / (tolerances[at]! + relativeTolerance * larger));
        sums[at % 2]! += error * error;
      }
      return x.length === 0 ? 0 : (sums[0]! + sums[1]!) * (1 / x.length);
    },
    tsit5Interpolate(theta) {
      const row = interpolant.map(
        ([r1, r2, r3, r4]) => theta * (r1 + theta * (r2 + theta * (r3 + theta * r4))),
      );
      setTime(start + theta * length);
      if (folded) {
        for (let at = 0; at < x.length; at += 1) {
          const [c2, c3, c4] = powerWeights.map((weight) => combine(weight, at)) as [number, number, number];
          x[at] = old[at]! + length * (theta * (slopes[0]![at]! + theta * (c2 + theta * (c3 + theta * c4))));
        }
        return;
      }
      for (let at = 0; at < x.length; at += 1) x[at] = old[at]! + length * combine(row, at);
    },
    tsit5Restore() {
      x.set(old);
      slopes[6] = slopes[0]!;
      if (folded) dx.set(slopes[0]!);
      setTime(start);
    },
  };
}
