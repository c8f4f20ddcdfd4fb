/** Sampled points: published ones, and what makes them even. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seedOf } from '../../runtime/experiments/design.ts';
import { latinHypercube, randomPoints } from '../../runtime/experiments/samples.ts';
import { MOST_DIMENSIONS, sobolPoints } from '../../runtime/experiments/sobol.ts';

describe('Sobol points', () => {
  it('are those that Joe and Kuo print for ten points of three dimensions', () => {
    // From the notes beside their table of direction numbers.
    expect([...sobolPoints(10, 3)]).toEqual([
      [0, 0, 0],
      [0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25],
      [0.25, 0.75, 0.75],
      [0.375, 0.375, 0.625],
      [0.875, 0.875, 0.125],
      [0.625, 0.125, 0.875],
      [0.125, 0.625, 0.375],
      [0.1875, 0.3125, 0.9375],
      [0.6875, 0.8125, 0.4375],
    ]);
  });

  it('are those of scipy.stats.qmc.Sobol in high dimensions', () => {
    expect([...sobolPoints(14, 32)][13]!.slice(-5)).toEqual([0.0625, 0.0625, 0.3125, 0.5625, 0.4375]);
  });

  it('fill each of 2^k equal intervals once, in every dimension', () => {
    const points = [...sobolPoints(256, MOST_DIMENSIONS)];
    for (let d = 0; d < MOST_DIMENSIONS; d += 1)
      expect(new Set(points.map((point) => Math.floor(point[d]! * 256))).size).toBe(256);
  });

  it('integrate better than random ones', () => {
    const mean = (points: number[][]) =>
      points.reduce((sum, point) => sum + point.reduce((product, x) => product * 2 * x, 1), 0) /
      points.length;
    expect(Math.abs(mean([...sobolPoints(4096, 5)]) - 1)).toBeLessThan(0.005);
    expect(Math.abs(mean([...randomPoints(4096, 5, 1)]) - 1)).toBeGreaterThan(0.005);
  });
});

describe('a Latin hypercube', () => {
  it('has one point in each interval of each dimension, and depends on the seed alone', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 6 }),
        fc.nat(1000),
        (count, dimensions, seed) => {
          const points = [...latinHypercube(count, dimensions, seed)];
          for (let d = 0; d < dimensions; d += 1)
            expect(new Set(points.map((point) => Math.floor(point[d]! * count))).size).toBe(count);
          expect([...latinHypercube(count, dimensions, seed)]).toEqual(points);
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('seeds of repetitions', () => {
  it('begin with the one given and do not repeat', () => {
    const seeds = Array.from({ length: 5000 }, (_, n) => seedOf(42, n));
    expect(seeds[0]).toBe(42);
    expect(new Set(seeds).size).toBe(5000);
    expect(seeds.every((seed) => Number.isSafeInteger(seed))).toBe(true);
  });
});
