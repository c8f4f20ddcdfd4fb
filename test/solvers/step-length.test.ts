/** The next step's length, made of whole numbers, is that of the powers it stands for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterStep, forAnotherTry } from '../../runtime/contract/step-length.ts';

const within = (low: number, high: number, x: number): number => Math.min(high, Math.max(low, x));

describe('the length of the next step should', () => {
  it('be at most seven percent from the powers of the errors, and hardly ever above', () => {
    const exponents = fc.double({ min: -16, max: 0, noNaN: true });
    fc.assert(
      fc.property(exponents, fc.double({ min: -4, max: 0, noNaN: true }), (now, before) => {
        const [e, last] = [10 ** now, 10 ** before];
        const power = within(0.2, 5, (0.9 * last ** (5 / 64)) / e ** (9 / 64));
        const length = afterStep(1, e * e, last * last);
        expect(length / power).toBeGreaterThan(0.93);
        expect(length / power).toBeLessThan(1.01);
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: 0, max: 20, noNaN: true }), (now) => {
        const e = 10 ** now;
        const length = forAnotherTry(1, Math.max(e * e, 1 + Number.EPSILON));
        expect(length / Math.max(0.1, 0.9 / e ** (3 / 16))).toBeGreaterThan(0.93);
        expect(length).toBeLessThan(0.901);
      }),
    );
  });

  it('be bounded where errors vanish or have none', () => {
    expect(afterStep(1, 0, 1)).toBeCloseTo(5, 5);
    expect(afterStep(1, 1, 1e-300)).toBeCloseTo(0.2, 5);
    expect(forAnotherTry(1, Infinity)).toBeCloseTo(0.1, 5);
    expect(forAnotherTry(1, Number.MAX_VALUE)).toBeCloseTo(0.1, 5);
  });

  it('fall with the error', () => {
    const errors = Array.from({ length: 4000 }, (_, n) => 10 ** (-10 + n / 400));
    const lengths = errors.map((e) => afterStep(1, e, 0.04));
    for (let n = 1; n < lengths.length; n += 1) expect(lengths[n]).toBeLessThanOrEqual(lengths[n - 1]!);
  });
});
