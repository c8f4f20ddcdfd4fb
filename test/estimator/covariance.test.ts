/** How covariances spread, against closed forms. */
import { describe, expect, it } from 'vitest';
import { expected, measured, spread } from '../../runtime/estimator/covariance.ts';

const after = (p: number[], rates: number[], drifts: number[], h: number): number[] => {
  const result = Float64Array.from(p);
  spread(result, Float64Array.from(rates), Float64Array.from(drifts), h);
  return [...result];
};
const expectNear = (found: readonly number[], wanted: readonly number[], digits = 1e-12): void => {
  const size = Math.max(...wanted.map(Math.abs));
  found.forEach((each, i) => expect(Math.abs(each - wanted[i]!)).toBeLessThanOrEqual(digits * size));
};

describe('what is not known of states', () => {
  it('grows with time where nothing pulls it back', () => {
    expectNear(after([2], [0], [0.3], 7), [2 + 0.3 * 7]);
  });

  it('comes to rest where something does, however long the step (Ornstein and Uhlenbeck)', () => {
    for (const h of [1e-3, 1, 50, 1e5]) {
      const decay = Math.exp(-2 * 0.4 * h);
      expectNear(after([5], [-0.4], [0.3], h), [5 * decay + (0.3 / 0.8) * (1 - decay)]);
    }
  });

  it('goes from a speed that drifts into the place', () => {
    const [q, h] = [0.7, 13];
    const wanted = [
      1 + 2 * 0.2 * h + 3 * h ** 2 + (q * h ** 3) / 3,
      0.2 + 3 * h + (q * h ** 2) / 2,
      0.2 + 3 * h + (q * h ** 2) / 2,
      3 + q * h,
    ];
    expectNear(after([1, 0.2, 0.2, 3], [0, 1, 0, 0], [0, q], h), wanted);
  });

  it('goes round with an oscillation', () => {
    const [w, h] = [3, 40];
    const [c, s] = [Math.cos(w * h), Math.sin(w * h)];
    expectNear(
      after([4, 0, 0, 1], [0, w, -w, 0], [0, 0], h),
      [4 * c * c + s * s, -3 * c * s, -3 * c * s, 4 * s * s + c * c],
      1e-11,
    );
  });

  it('adds up over parts of a step', () => {
    const [rates, drifts, start] = [
      [-0.3, 2, -1, -0.1],
      [0.2, 0.05],
      [3, 1, 1, 2],
    ];
    expectNear(after(after(start, rates, drifts, 1.3), rates, drifts, 2.9), after(start, rates, drifts, 4.2));
  });

  it('shrinks with what is measured as two independent measurements of one thing do', () => {
    const p = Float64Array.from([4, 1, 1, 9]);
    const known = expected(p, Float64Array.from([1, 0]), 4);
    expect(known.variance).toBe(8);
    measured(p, Float64Array.from([1, 0]), known.gain, 4);
    expectNear([...p], [2, 0.5, 0.5, 9 - 1 / 8]);
  });

  it('stays positive where a measurement is all but exact', () => {
    const p = Float64Array.from([1e12, 1, 1, 1e-12 + 1e-12]);
    for (let round = 0; round < 50; round += 1) {
      const { gain } = expected(p, Float64Array.from([1, 1]), 1e-16);
      measured(p, Float64Array.from([1, 1]), gain, 1e-16);
    }
    expect(p[0]).toBeGreaterThanOrEqual(0);
    expect(p[3]).toBeGreaterThanOrEqual(0);
    expect(p[1]).toBe(p[2]);
  });
});
