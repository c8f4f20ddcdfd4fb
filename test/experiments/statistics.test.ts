/** Estimates and their distributions, against tables and SciPy 1.17. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  betaProbability,
  betaQuantile,
  proportionBounds,
  studentWidth,
} from '../../runtime/experiments/beta.ts';
import { courseOf } from '../../runtime/experiments/course.ts';
import { rankCorrelation } from '../../runtime/experiments/rank-correlation.ts';
import { estimate, paired } from '../../runtime/experiments/statistics.ts';

describe("Student's t and the beta distribution", () => {
  // scipy.stats.t.ppf; the first three stand in every table.
  it.each([
    [0.95, 1, 12.706204736174694],
    [0.95, 2, 4.302652729749462],
    [0.95, 10, 2.228138851986274],
    [0.99, 30, 2.7499956535672254],
    [0.9, 199, 1.6525467461665633],
    [0.999, 5, 6.868826625881276],
    [0.5, 3, 0.7648923284043444],
  ])('t at %d with %d degrees of freedom is %d', (confidence, freedom, width) => {
    expect(studentWidth(confidence, freedom) / width).toBeCloseTo(1, 11);
  });

  it('has the probabilities of scipy.stats.beta.cdf', () => {
    expect(betaProbability(0.3, 2.5, 4)).toBeCloseTo(0.3521975859067672, 13);
    expect(betaProbability(1e-5, 0.5, 80)).toBeCloseTo(0.031857164610792, 13);
  });

  it('inverts itself', () => {
    const parameter = fc.double({ min: 0.5, max: 200, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), parameter, parameter, (p, a, b) => {
        expect(betaProbability(betaQuantile(p, a, b), a, b)).toBeCloseTo(p, 6);
      }),
      { numRuns: 50 },
    );
  });

  // scipy.stats.beta.ppf; the second is the rule of three made exact: 1 - 0.025^(1/59).
  it.each([
    [10, 100, 0.95, 0.04900468922148596, 0.17622259774002266],
    [0, 59, 0.95, 0, 0.060608900950339835],
    [3, 20, 0.9, 0.04216940788577861, 0.3436638043142818],
    [250, 1000, 0.99, 0.21549682324153838, 0.2869221344402359],
    [20, 20, 0.95, 0.8315665290169147, 1],
  ])('bounds %d of %d at %d', (hits, trials, confidence, low, high) => {
    const [from, to] = proportionBounds(hits, trials, confidence);
    expect(from).toBeCloseTo(low, 12);
    expect(to).toBeCloseTo(high, 12);
  });
});

describe('estimates', () => {
  it('are those of a textbook sample', () => {
    // Mean 5, sum of squares 32 of eight values; t(7) at 95 % is 2.36462.
    const { mean, deviation, half } = estimate([2, 4, 4, 4, 5, 5, 7, 9], 0.95);
    expect(mean).toBe(5);
    expect(deviation).toBeCloseTo(Math.sqrt(32 / 7), 14);
    expect(half).toBeCloseTo((2.364624251592784 * Math.sqrt(32 / 7)) / Math.sqrt(8), 10);
  });

  it('have no spread where all values are equal, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 2, max: 50 }),
        (value, n) => {
          const found = estimate(new Array<number>(n).fill(value), 0.95);
          expect([found.mean, found.deviation]).toEqual([value, 0]);
        },
      ),
    );
  });

  it('leave out runs without a value, and know when there are none', () => {
    expect(estimate([1, NaN, 3], 0.9)).toMatchObject({ count: 2, mean: 2 });
    expect(estimate([NaN], 0.9)).toMatchObject({ count: 0, mean: NaN });
  });

  it('of pairs drop what both have in common', () => {
    const noise = [5, -3, 11, 0.5];
    const found = paired(
      noise.map((value) => value + 2),
      noise,
      0.95,
    );
    expect(found).toMatchObject({ count: 4, mean: 2, deviation: 0 });
  });

  it('of ranks agree with scipy.stats.spearmanr', () => {
    expect(rankCorrelation([1, 2, 3, 4, 5, 5, 7], [2, 1, 4, 3, 7, 8, 8])).toBeCloseTo(0.9, 12);
    expect(rankCorrelation([1, 2, 3], [1, 1, 1])).toBeNaN();
  });
});

describe('courses', () => {
  const times = Array.from({ length: 2001 }, (_, n) => (n * 2 * Math.PI) / 2000);
  const sine = (kind: Parameters<typeof courseOf>[0], level?: number): number => {
    const course = courseOf(kind, level);
    for (const time of times) {
      const value = Math.sin(time);
      const by = value - 0.5;
      if (kind === 'share' || kind === 'time' || kind === 'count') course.see(time, Number(by > 0), by);
      else course.see(time, value, NaN);
    }
    return course.result();
  };

  it('of one period of a sine have its known statistics', () => {
    expect(sine('mean')).toBeCloseTo(0, 12);
    expect(sine('max')).toBeCloseTo(1, 12);
    expect(sine('min')).toBeCloseTo(-1, 12);
    expect(sine('sd')).toBeCloseTo(Math.SQRT1_2, 5);
    expect(sine('quantile', 0.75)).toBeCloseTo(Math.SQRT1_2, 4);
    // Above a half for a third of the time: from 30° to 150°.
    expect(sine('share')).toBeCloseTo(1 / 3, 6);
    expect(sine('time')).toBeCloseTo((2 * Math.PI) / 3, 5);
    expect(sine('count')).toBe(1);
  });

  it('of steps count each side of a jump for its time', () => {
    const course = courseOf('mean', undefined);
    for (const [time, value] of [
      [0, 1],
      [3, 1],
      [3, 5],
      [4, 5],
    ] as const)
      course.see(time, value, NaN);
    expect(course.result()).toBe(2);
  });

  it('pass over times without a value', () => {
    const course = courseOf('mean', undefined);
    for (const [time, value] of [
      [0, NaN],
      [1, 4],
      [2, 4],
    ] as const)
      course.see(time, value, NaN);
    expect(course.result()).toBe(4);
  });

  it('keep a small spread about a large mean', () => {
    const course = courseOf('sd', undefined);
    for (let n = 0; n <= 1000; n += 1) course.see(n, 1e9 + (n % 2), NaN);
    expect(course.result()).toBeCloseTo(Math.sqrt(1 / 12), 6);
  });
});
