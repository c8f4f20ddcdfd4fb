/** Searches on published functions: Rosenbrock 1960, Rastrigin 1974, Branin 1972, and problems of Hock and Schittkowski (1981). */
import { describe, expect, it } from 'vitest';
import { SEARCHES } from '../../runtime/experiments/search/search.ts';
import type { SearchMethod } from '../../runtime/contract/studies.ts';
import type { Found } from '../../runtime/experiments/search/search.ts';
import { symmetricEigen } from '../../runtime/experiments/search/symmetric-eigen.ts';

interface Problem {
  low: number[];
  high: number[];
  start: number[];
  objective: (x: readonly number[]) => number;
  constraints?: (x: readonly number[]) => number[];
  best: number;
}

const rosenbrock = (x: readonly number[]): number =>
  x.slice(1).reduce((sum, next, i) => sum + 100 * (next - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2, 0);

const PROBLEMS: Record<string, Problem> = {
  rosenbrock: { low: [-5, -5], high: [5, 5], start: [-1.2, 1], objective: rosenbrock, best: 0 },
  rosenbrock4: {
    low: [-3, -3, -3, -3],
    high: [3, 3, 3, 3],
    start: [-1.2, 1, 0, 0.5],
    objective: rosenbrock,
    best: 0,
  },
  rastrigin: {
    low: [-5.12, -5.12, -5.12],
    high: [5.12, 5.12, 5.12],
    start: [3.3, -2.2, 4.1],
    objective: (x) => x.reduce((sum, v) => sum + v * v - 10 * Math.cos(2 * Math.PI * v) + 10, 0),
    best: 0,
  },
  branin: {
    low: [-5, 0],
    high: [10, 15],
    start: [0, 5],
    objective: ([x = 0, y = 0]) =>
      (y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6) ** 2 +
      10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) +
      10,
    best: 0.39788735772973816,
  },
  hs21: {
    low: [2, -50],
    high: [50, 50],
    start: [30, 40],
    objective: ([x = 0, y = 0]) => 0.01 * x * x + y * y - 100,
    constraints: ([x = 0, y = 0]) => [10 * x - y - 10],
    best: -99.96,
  },
  hs24: {
    low: [0, 0],
    high: [6, 4],
    start: [1, 0.5],
    objective: ([x = 0, y = 0]) => (((x - 3) ** 2 - 9) * y ** 3) / (27 * Math.sqrt(3)),
    constraints: ([x = 0, y = 0]) => [x / Math.sqrt(3) - y, x + Math.sqrt(3) * y, -x - Math.sqrt(3) * y + 6],
    best: -1,
  },
  hs35: {
    low: [0, 0, 0],
    high: [3, 3, 3],
    start: [0.5, 0.5, 0.5],
    objective: ([x = 0, y = 0, z = 0]) =>
      9 - 8 * x - 6 * y - 4 * z + 2 * x * x + 2 * y * y + z * z + 2 * x * y + 2 * x * z,
    constraints: ([x = 0, y = 0, z = 0]) => [3 - x - y - 2 * z],
    best: 1 / 9,
  },
  hs43: {
    low: [-3, -3, -3, -3],
    high: [3, 3, 3, 3],
    start: [0, 0, 0, 0],
    objective: ([a = 0, b = 0, c = 0, d = 0]) =>
      a * a + b * b + 2 * c * c + d * d - 5 * a - 5 * b - 21 * c + 7 * d,
    constraints: ([a = 0, b = 0, c = 0, d = 0]) => [
      8 - a * a - b * b - c * c - d * d - a + b - c + d,
      10 - a * a - 2 * b * b - c * c - 2 * d * d + a + d,
      5 - 2 * a * a - b * b - c * c - 2 * a + b + d,
    ],
    best: -44,
  },
};

function solve(method: SearchMethod, name: string, most: number, seed = 1): Found & { asked: number } {
  const { low, high, start, objective, constraints } = PROBLEMS[name]!;
  const at = (point: readonly number[]): number[] => point.map((u, i) => low[i]! + u * (high[i]! - low[i]!));
  const search = SEARCHES[method]({
    start: start.map((x, i) => (x - low[i]!) / (high[i]! - low[i]!)),
    seed,
    most,
  });
  let asked = 0;
  let step = search.next();
  while (step.done !== true) {
    asked += step.value.length;
    for (const point of step.value)
      if (!point.every((u) => u >= 0 && u <= 1)) throw new Error(`${point} is outside the cube`);
    step = search.next(
      step.value.map((point) => ({
        objective: objective(at(point)),
        margins: constraints?.(at(point)) ?? [],
      })),
    );
  }
  return { ...step.value, asked };
}

describe.each<[SearchMethod, string, number, number]>([
  ['nelderMead', 'rosenbrock', 2000, 8],
  ['nelderMead', 'branin', 2000, 8],
  ['nelderMead', 'hs21', 3000, 4],
  ['nelderMead', 'hs35', 4000, 4],
  ['cmaes', 'rosenbrock', 4000, 8],
  ['cmaes', 'rosenbrock4', 8000, 8],
  ['cmaes', 'branin', 2000, 8],
  ['cmaes', 'rastrigin', 12000, 6],
  ['cmaes', 'hs21', 4000, 5],
  ['cmaes', 'hs24', 4000, 5],
  ['cmaes', 'hs35', 6000, 5],
  ['differentialEvolution', 'rosenbrock', 8000, 6],
  ['differentialEvolution', 'rastrigin', 12000, 6],
  ['differentialEvolution', 'branin', 4000, 8],
  ['differentialEvolution', 'hs24', 6000, 5],
  ['differentialEvolution', 'hs43', 20000, 3],
  ['gradient', 'rosenbrock', 2000, 7],
  ['gradient', 'branin', 1000, 8],
  ['gradient', 'hs21', 2000, 6],
  ['gradient', 'hs35', 3000, 5],
  ['gradient', 'hs43', 6000, 4],
])('%s', (method, name, most, digits) => {
  it(`finds the best of ${name}`, () => {
    const { objective, margins } = solve(method, name, most);
    expect(objective).toBeCloseTo(PROBLEMS[name]!.best, digits);
    expect(Math.min(0, ...margins)).toBeGreaterThan(-1e-6);
  });
});

describe('a search', () => {
  it.each(Object.keys(SEARCHES) as SearchMethod[])('%s goes the same way for the same seed', (method) => {
    expect(solve(method, 'rosenbrock4', 500, 7)).toEqual(solve(method, 'rosenbrock4', 500, 7));
  });

  it.each(Object.keys(SEARCHES) as SearchMethod[])('%s asks for little more than it may', (method) => {
    expect(solve(method, 'rosenbrock4', 200).asked).toBeLessThan(300);
  });

  it.each(Object.keys(SEARCHES) as SearchMethod[])(
    '%s looks at the start first, and finds no worse',
    (method) => {
      const start = [0.31, 0.62];
      const search = SEARCHES[method]({ start, seed: 1, most: 20 });
      let step = search.next();
      expect(step.done !== true && step.value[0]).toEqual(start);
      while (step.done !== true)
        step = search.next(
          step.value.map(([x = 0, y = 0]) => ({ objective: (x - 0.31) ** 2 + (y - 0.62) ** 2, margins: [] })),
        );
      expect(step.value.objective).toBe(0);
    },
  );

  it('passes over points without a value', () => {
    const search = SEARCHES.cmaes({ start: [0.9, 0.9], seed: 1, most: 2000 });
    let step = search.next();
    while (step.done !== true)
      step = search.next(
        step.value.map(([x = 0, y = 0]) => ({
          objective: x > 0.95 ? NaN : (x - 0.3) ** 2 + (y - 0.6) ** 2,
          margins: [],
        })),
      );
    expect(step.value.point[0]).toBeCloseTo(0.3, 5);
    expect(step.value.point[1]).toBeCloseTo(0.6, 5);
  });
});

it('eigenvalues are those of a known matrix', () => {
  const { values, vectors } = symmetricEigen([
    [2, 1],
    [1, 2],
  ]);
  expect(values.toSorted((a, b) => a - b)).toEqual([expect.closeTo(1, 12), expect.closeTo(3, 12)]);
  expect(Math.abs(vectors[0]![0]!)).toBeCloseTo(Math.SQRT1_2, 12);
});
