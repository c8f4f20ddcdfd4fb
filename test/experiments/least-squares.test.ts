/** The fit of parameters against certified values. */
import { describe, expect, it } from 'vitest';
import { leastSquares, uncertaintyOf } from '../../runtime/experiments/least-squares.ts';
import type { Fit } from '../../runtime/experiments/least-squares.ts';
import { singularValues } from '../../runtime/experiments/linear.ts';
import { REFERENCES } from './nist.ts';

const cases = REFERENCES.flatMap((reference) =>
  reference.starts.map((start) => [reference.name, start, reference] as const),
);
const free = (n: number) => ({
  low: new Array<number>(n).fill(-Infinity),
  high: new Array<number>(n).fill(Infinity),
});

describe("NIST's reference datasets", () => {
  it.each(cases)('%s from %j', (_, start, { model, data, certified, errors, sumOfSquares }) => {
    const fit = leastSquares({
      residuals: (b) => data.map(([x, y]) => model(x, b) - y),
      start,
      ...free(start.length),
      difference: 1e-6,
      typical: start.map(() => 1),
      mostIterations: 3000,
    })!;
    expect(fit.converged).toBe(true);
    expect(fit.sumOfSquares / sumOfSquares).toBeCloseTo(1, 9);
    certified.forEach((value, i) => expect(fit.parameters[i]! / value, `b${i + 1}`).toBeCloseTo(1, 6));
    const found = uncertaintyOf(fit);
    errors.forEach((value, i) => expect(found.errors[i]! / value, `error of b${i + 1}`).toBeCloseTo(1, 4));
  });
});

describe('bounds', () => {
  const line = (low: number[], high: number[]): Fit =>
    leastSquares({
      // y = 3 x - 1 without noise.
      residuals: ([a = 0, b = 0]) => [0, 1, 2, 3].map((x) => a * x + b - (3 * x - 1)),
      start: [1, 0],
      low,
      high,
      difference: 1e-6,
      typical: [1, 1],
      mostIterations: 100,
    })!;

  it('do not matter where they are far', () => {
    const { parameters, atBound } = line([-10, -10], [10, 10]);
    expect(parameters[0]).toBeCloseTo(3, 9);
    expect(parameters[1]).toBeCloseTo(-1, 9);
    expect(atBound).toEqual([false, false]);
  });

  it('hold, and what is free is the best there', () => {
    const { parameters, atBound } = line([0, 0], [10, 10]);
    expect(atBound).toEqual([false, true]);
    expect(parameters[1]).toBe(0);
    // The best line through the origin: Σ x y / Σ x².
    expect(parameters[0]).toBeCloseTo((2 + 10 + 24) / 14, 9);
  });

  it('lead to the certified values from where a method without them goes astray', () => {
    const { model, data, certified } = REFERENCES.find(({ name }) => name === 'BoxBOD')!;
    const { parameters } = leastSquares({
      residuals: (b) => data.map(([x, y]) => model(x, b) - y),
      start: [1, 1],
      low: [1, 0.05],
      high: [1000, 5],
      difference: 1e-6,
      typical: [1, 1],
      mostIterations: 200,
    })!;
    certified.forEach((value, i) => expect(parameters[i]! / value).toBeCloseTo(1, 6));
  });

  it('are left again where the way leads back', () => {
    const { parameters, atBound } = line([-10, -1.5], [2.9, 10]);
    expect(atBound).toEqual([true, false]);
    expect(parameters).toEqual([2.9, expect.closeTo(-0.85, 9)]);
  });
});

describe('what the data do not tell', () => {
  it('is named: only a sum of two parameters shows', () => {
    const fit = leastSquares({
      residuals: ([a = 0, b = 0, c = 0]) => [1, 2, 3, 4, 5].map((x) => (a + b) * x + c - (2 * x + 1)),
      start: [0.5, 0.5, 0],
      ...free(3),
      difference: 1e-6,
      typical: [1, 1, 1],
      mostIterations: 100,
    })!;
    expect(fit.parameters[0]! + fit.parameters[1]!).toBeCloseTo(2, 8);
    const { condition, weakest } = uncertaintyOf(fit);
    expect(condition).toBeGreaterThan(1e6);
    expect(weakest).toEqual([0, 1]);
  });

  it('shows in singular values, which are those of a known matrix', () => {
    // diag(3, 1) turned by 30°.
    const [c, s] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)];
    const values = singularValues([
      [3 * c, 3 * s],
      [-s, c],
    ]);
    expect(values.map(({ value }) => value)).toEqual([expect.closeTo(3, 12), expect.closeTo(1, 12)]);
    expect(Math.abs(values[0]!.vector[0]!)).toBeCloseTo(c, 12);
  });
});
