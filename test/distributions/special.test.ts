/** Distribution functions and their inverses against published values, and what is drawn against them. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { samplers } from '../../compiler/4-generate/draws.ts';
import { elementary } from '../../compiler/4-generate/elementary/index.ts';
import { planOf } from '../../compiler/4-generate/generate.ts';
import { loadSpecial, routineOf } from '../../compiler/4-generate/random/special.ts';
import { ModuleBuilder } from '../../compiler/4-generate/wasm/index.ts';
import { DISTRIBUTIONS } from '../../compiler/model/distribution.ts';
import type { Distribution } from '../../compiler/model/distribution.ts';
import { startStream } from '../../runtime/random/stream.ts';
import { flat } from '../flatten/systems.ts';
import { scipy } from './scipy.ts';

const special = loadSpecial();

/** The values of a routine beside those of SciPy, whose rows end with the result. */
const beside = (name: string, of: (...given: number[]) => number): [number, number][] =>
  scipy[name]!.map((row) => [of(...row.slice(0, -1)), row.at(-1)!]);

describe('it should agree with SciPy', () => {
  it.each<[string, (...given: number[]) => number]>([
    ['gammaP', (a, x) => special.gammaP!(a!, x!)],
    ['gammaQ', (a, x) => special.gammaQ!(a!, x!)],
    ['betaI', (x, a, b) => special.betaI!(x!, 1 - x!, a!, b!)],
    ['quantileGamma', (p, a) => special.quantileGamma!(p!, 1 - p!, a!, 1)],
    ['quantileShare', (p, a, b) => special.quantileShare!(p!, 1 - p!, a!, b!)],
    ['belowStandard', (z) => special.belowStandard!(z!)],
  ])('to twelve digits in %s', (name, of) => {
    for (const [ours, theirs] of beside(name, of))
      expect(Math.abs(ours / theirs - 1), `${ours} ${theirs}`).toBeLessThan(2e-13);
  });

  it('exactly in whole numbers', () => {
    for (const [ours, theirs] of beside('poisson', (p, mean) => special.quantilePoisson!(p!, 1 - p!, mean!)))
      expect(ours).toBe(theirs);
    for (const [ours, theirs] of beside('binomial', (p, n, s) =>
      special.quantileBinomial!(p!, 1 - p!, n!, s!),
    ))
      expect(ours).toBe(theirs);
  });
});

/** Parameters, mean and standard deviation by textbook formulas; Weibull with Γ(1.625) and Γ(2.25). */
const [g1, g2] = [0.89657428, 1.1330030963];
const examples: Record<
  Distribution,
  { of: number[]; mean: number; deviation: number; from: number; to: number }
> = {
  uniform: { of: [-3, 7], mean: 2, deviation: 10 / Math.sqrt(12), from: 0, to: 2 },
  normal: { of: [10, 2], mean: 10, deviation: 2, from: 13, to: 16 },
  lognormal: { of: [20, 10], mean: 20, deviation: 10, from: 30, to: 90 },
  exponential: { of: [3], mean: 3, deviation: 3, from: 5, to: 6 },
  weibull: { of: [1.6, 40], mean: 40 * g1, deviation: 40 * Math.sqrt(g2 - g1 ** 2), from: 1, to: 20 },
  triangular: {
    of: [2, 2.5, 4],
    mean: 8.5 / 3,
    deviation: Math.sqrt((4 + 6.25 + 16 - 5 - 8 - 10) / 18),
    from: 2.2,
    to: 3,
  },
  gamma: { of: [2, 10], mean: 20, deviation: 10 * Math.SQRT2, from: 50, to: 60 },
  beta: { of: [2, 5, 10, 17], mean: 12, deviation: 7 * Math.sqrt(10 / (49 * 8)), from: 11, to: 12 },
  // a = 3, b = 3 (mode in the middle): variance of a beta distribution, scaled.
  pert: { of: [0, 5, 10], mean: 5, deviation: 10 * Math.sqrt(9 / (36 * 7)), from: 6, to: 12 },
  poisson: { of: [4.5], mean: 4.5, deviation: Math.sqrt(4.5), from: 5.5, to: 9 },
  binomial: { of: [20, 0.3], mean: 6, deviation: Math.sqrt(4.2), from: 0, to: 4 },
  constant: { of: [7], mean: 7, deviation: 0, from: 6, to: 8 },
};
const names = Object.keys(DISTRIBUTIONS) as Distribution[];

const system = flat('asset A { param x = draw uniform(0, 1) }');
const plan = planOf(system);
const memory = new WebAssembly.Memory({ initial: plan.manifest.layout.pages });
const draw = (() => {
  const m = new ModuleBuilder();
  m.importMemory(plan.manifest.layout.pages);
  const make = samplers(m, elementary(m), plan);
  for (const name of names) {
    m.export(name, make(name, { scored: false, truncated: false }));
    m.export(`${name} in`, make(name, { scored: false, truncated: true }));
    m.export(`${name} at`, make(name, { scored: true, truncated: false }));
  }
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.encode()), { env: { memory } });
  return exports as unknown as Record<string, (stream: number, moves: number, ...of: number[]) => number>;
})();
const stream = plan.manifest.layout.streams.address;

function drawn(name: string, count: number, of: number[]): number[] {
  startStream(new DataView(memory.buffer), stream, `test.${name}`, 20261122);
  return Array.from({ length: count }, () => draw[name]!(stream, 1, ...of));
}

/** Of Kolmogorov and Smirnov, times √n; for whole numbers an upper bound of it. */
function distance(values: number[], below: (x: number) => number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  let worst = 0;
  for (let i = 0; i < n; i += 1) {
    if (sorted[i + 1] === sorted[i]) continue;
    worst = Math.max(worst, Math.abs(below(sorted[i]!) - (i + 1) / n));
  }
  return worst * Math.sqrt(n);
}

describe('what is drawn should', () => {
  const count = 10_000;
  const belowOf = (name: Distribution) => (x: number) =>
    special[`below${routineOf(name)}`]!(x, ...examples[name].of);

  it.each(names)('have mean and deviation: %s', (name) => {
    const { of, mean, deviation } = examples[name];
    const x = drawn(name, count, of);
    const average = x.reduce((a, b) => a + b, 0) / count;
    const spread = Math.sqrt(x.reduce((a, b) => a + (b - average) ** 2, 0) / count);
    expect(Math.abs(average - mean)).toBeLessThanOrEqual((4 * deviation) / Math.sqrt(count));
    expect(Math.abs(spread - deviation)).toBeLessThanOrEqual(0.05 * deviation);
  });

  it.each(names)('follow its distribution function, whole and truncated: %s', (name) => {
    const { of, from, to } = examples[name];
    const below = belowOf(name);
    // The 0.1 % point of the statistic.
    if (name !== 'constant') expect(distance(drawn(name, count, of), below)).toBeLessThan(1.95);
    const inside = drawn(`${name} in`, count, [from, to, ...of]);
    expect(inside.every((x) => x >= from && x <= to)).toBe(true);
    const whole = name === 'poisson' || name === 'binomial';
    const first = below(whole ? Math.ceil(from) - 1 : from);
    const room = below(to) - first;
    if (name !== 'constant') expect(distance(inside, (x) => (below(x) - first) / room)).toBeLessThan(1.95);
  });

  it('be the same by score as by probability', () => {
    for (const name of names) {
      const { of } = examples[name];
      for (const z of [-3, -1, -0.2, 0, 0.7, 2.5]) {
        const p = special.belowStandard!(z);
        expect(draw[`${name} at`]!(stream, 0, z, ...of)).toBe(
          special[`quantile${routineOf(name)}`]!(p, special.belowStandard!(-z), ...of),
        );
      }
    }
  });
});

describe('quantiles and probabilities should', () => {
  it('be inverse to each other and monotone', () => {
    const probability = fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true });
    const shape = fc.double({ min: 0.05, max: 400, noNaN: true });
    fc.assert(
      fc.property(probability, probability, shape, shape, (p, other, a, b) => {
        const cases: [string, number[]][] = [
          ['Gamma', [a, 2]],
          ['Beta', [a, b, 0, 1]],
          ['Normal', [a, b]],
          ['Lognormal', [a, b]],
          ['Weibull', [a, b]],
          ['Pert', [0, a / (a + b), 1]],
          ['Triangular', [0, a, a + b]],
        ];
        for (const [name, of] of cases) {
          const x = special[`quantile${name}`]!(p, 1 - p, ...of);
          const y = special[`quantile${name}`]!(other, 1 - other, ...of);
          if (p < other * (1 - 1e-9)) expect(x).toBeLessThanOrEqual(y);
          const back = special[`below${name}`]!(x, ...of);
          expect(back + special[`above${name}`]!(x, ...of)).toBeCloseTo(1, 12);
          // Where the distribution is so steep that neighbouring numbers are far apart in probability, nothing can be said.
          const next = special[`below${name}`]!(x + 4e-16 * Math.abs(x), ...of);
          if (x > 1e-290 && x < 1) expect(Math.abs(back - p)).toBeLessThan(1e-10 + 4 * Math.abs(next - back));
        }
        for (const [name, of] of [
          ['Poisson', [a]],
          ['Binomial', [Math.ceil(a), p]],
        ] as [string, number[]][]) {
          const k = special[`quantile${name}`]!(other, 1 - other, ...of);
          expect(special[`below${name}`]!(k, ...of)).toBeGreaterThan(other - 1e-11);
          expect(special[`below${name}`]!(k - 1, ...of)).toBeLessThan(other + 1e-11);
        }
      }),
      { numRuns: 300, seed: 20261122 },
    );
  });
});
