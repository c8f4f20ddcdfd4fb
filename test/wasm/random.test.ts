import { describe, expect, it } from 'vitest';
import { loadElementary } from '../../compiler/4-generate/elementary/load.ts';
import { randomFunctions } from '../../compiler/4-generate/random/index.ts';
import { ModuleBuilder } from '../../compiler/4-generate/wasm/index.ts';
import { distributions } from '../../runtime/random/distributions.ts';
import type { Distributions } from '../../runtime/random/distributions.ts';
import { philox4x32 } from '../../runtime/random/philox.ts';
import type { Block } from '../../runtime/random/philox.ts';
import { startStream, streamKey, streamSize } from '../../runtime/random/stream.ts';

const names = [
  'unit',
  'uniform',
  'normal',
  'lognormal',
  'exponential',
  'weibull',
  'triangular',
  'gamma',
] as const;

function emitted() {
  const m = new ModuleBuilder();
  m.importMemory(1);
  const random = randomFunctions(m);
  for (const name of names) m.export(name, random[name]);
  m.export('philox', random.philox);
  const memory = new WebAssembly.Memory({ initial: 1 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.encode()), { env: { memory } });
  return {
    view: new DataView(memory.buffer),
    draw: exports as unknown as Record<(typeof names)[number], (address: number, ...p: number[]) => number>,
    philox: exports.philox as unknown as (address: number, counter: bigint) => [bigint, bigint],
  };
}

const wasm = emitted();
const plain: Distributions = distributions(loadElementary());
const address = 64;
const parameters: Record<(typeof names)[number], number[]> = {
  unit: [],
  uniform: [-3, 7],
  normal: [10, 2],
  lognormal: [20, 10],
  exponential: [3],
  weibull: [1.6, 40],
  triangular: [2, 2.5, 4],
  gamma: [2, 10],
};

function drawn(
  name: (typeof names)[number],
  count: number,
  path = 'line.press[2].repair',
  p = parameters[name],
): number[] {
  startStream(wasm.view, address, path, 1);
  return Array.from({ length: count }, () => wasm.draw[name](address, ...p));
}

const words = (...hex: string[]): number[] => hex.map((word) => parseInt(word, 16));

describe('random streams should', () => {
  it('pass the known-answer tests of Random123 (kat_vectors, philox4x32 10)', () => {
    const vectors = [
      [words('0', '0', '0', '0'), words('0', '0'), words('6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8')],
      [
        words('ffffffff', 'ffffffff', 'ffffffff', 'ffffffff'),
        words('ffffffff', 'ffffffff'),
        words('408f276d', '41c83b0e', 'a20bc7c6', '6d5451fd'),
      ],
      [
        words('243f6a88', '85a308d3', '13198a2e', '03707344'),
        words('a4093822', '299f31d0'),
        words('d16cfe09', '94fdcceb', '5001e420', '24126ea1'),
      ],
    ] as const;
    for (const [counter, key, wanted] of vectors) {
      expect(philox4x32(counter as unknown as Block, key as unknown as [number, number])).toEqual(wanted);
      [...key, ...counter].forEach((word, n) => wasm.view.setUint32(address + 4 * n, word, true));
      const [first, second] = wasm
        .philox(address, BigInt(counter[0]!) | (BigInt(counter[1]!) << 32n))
        .map((x) => BigInt.asUintN(64, x));
      const both = [first! >> 32n, first! & 0xffffffffn, second! >> 32n, second! & 0xffffffffn];
      expect(both.map(Number)).toEqual(wanted);
    }
  });

  it('draw the same bits emitted and interpreted, and move on by one draw', () => {
    const view = new DataView(new ArrayBuffer(128));
    for (const name of names) {
      const sets =
        name === 'gamma'
          ? [
              [2, 10],
              [0.3, 1],
              [50, 0.1],
            ]
          : [parameters[name]];
      for (const p of sets) {
        startStream(view, address, `twin.${name}`, 2n ** 63n + 5n);
        startStream(wasm.view, address, `twin.${name}`, 2n ** 63n + 5n);
        for (let n = 0; n < 300; n++) {
          const draw = plain[name] as (view: DataView, address: number, ...p: number[]) => number;
          expect(wasm.draw[name](address, ...p), name).toBe(draw(view, address, ...p));
        }
        expect(new Uint8Array(wasm.view.buffer, address, streamSize)).toEqual(
          new Uint8Array(view.buffer, address, streamSize),
        );
        expect(view.getBigUint64(address + 8, true)).toBe(300n);
        expect(view.getUint32(address + 20, true)).toBe(0);
      }
    }
  });

  it('never give 0 or 1', () => {
    expect(Math.min(...drawn('unit', 20_000))).toBeGreaterThan(0);
    expect(Math.max(...drawn('unit', 20_000))).toBeLessThan(1);
  });

  it('have the moments of their distributions', () => {
    const [m, s] = [20, 10];
    // Mean and standard deviation: textbook formulas; Weibull with Gamma(1.625) = 0.896574, Gamma(2.25) = 1.133003.
    const wanted: Partial<Record<(typeof names)[number], [number, number]>> = {
      unit: [0.5, Math.sqrt(1 / 12)],
      uniform: [2, 10 / Math.sqrt(12)],
      normal: [10, 2],
      lognormal: [m, s],
      exponential: [3, 3],
      weibull: [40 * 0.896574, 40 * Math.sqrt(1.133003 - 0.896574 ** 2)],
      triangular: [8.5 / 3, Math.sqrt((4 + 6.25 + 16 - 5 - 8 - 10) / 18)],
      gamma: [20, 10 * Math.SQRT2],
    };
    const count = 40_000;
    for (const name of names) {
      const x = drawn(name, count);
      const mean = x.reduce((a, b) => a + b, 0) / count;
      const deviation = Math.sqrt(x.reduce((a, b) => a + (b - mean) ** 2, 0) / (count - 1));
      const [wantedMean, wantedDeviation] = wanted[name]!;
      // Four standard errors of the mean; the deviation's own standard error depends on the tail.
      expect(Math.abs(mean - wantedMean), `mean of ${name}`).toBeLessThan(
        (4 * wantedDeviation) / Math.sqrt(count),
      );
      expect(Math.abs(deviation / wantedDeviation - 1), `deviation of ${name}`).toBeLessThan(0.04);
    }
  });

  it('follow their distribution functions (Kolmogorov and Smirnov)', () => {
    const clamp = (x: number): number => Math.min(1, Math.max(0, x));
    /** Abramowitz and Stegun 7.1.26, error below 1.5e-7. */
    const normalBelow = (z: number): number => {
      const x = Math.abs(z) / Math.SQRT2;
      const t = 1 / (1 + 0.3275911 * x);
      const polynomial =
        t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
      const tail = 0.5 * polynomial * Math.exp(-x * x);
      return z > 0 ? 1 - tail : tail;
    };
    const sigma = Math.sqrt(Math.log1p(0.25));
    const below: Record<(typeof names)[number], (x: number) => number> = {
      unit: (x) => x,
      uniform: (x) => (x + 3) / 10,
      normal: (x) => normalBelow((x - 10) / 2),
      lognormal: (x) => normalBelow((Math.log(x / 20) + sigma ** 2 / 2) / sigma),
      exponential: (x) => 1 - Math.exp(-x / 3),
      weibull: (x) => 1 - Math.exp(-((x / 40) ** 1.6)),
      triangular: (x) => (x < 2.5 ? (x - 2) ** 2 / (2 * 0.5) : 1 - (4 - x) ** 2 / (2 * 1.5)),
      gamma: (x) => 1 - Math.exp(-x / 10) * (1 + x / 10), // shape 2: Erlang
    };
    const count = 20_000;
    for (const name of names) {
      const x = drawn(name, count).sort((a, b) => a - b);
      const distance = Math.max(
        ...x.map((value, n) => {
          const p = clamp(below[name](value));
          return Math.max(p - n / count, (n + 1) / count - p);
        }),
      );
      // The 0.1 % point of the statistic.
      expect(distance * Math.sqrt(count), name).toBeLessThan(1.95);
    }
  });

  it('give the quantiles of the normal distribution to 16 digits', () => {
    // Wichura's own check values: PPND16(0.25), PPND16(0.001), PPND16(1e-20).
    const m = new ModuleBuilder();
    m.export('quantile', randomFunctions(m).standardNormal);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.encode()));
    const quantile = exports.quantile as unknown as (u: number) => number;
    expect(quantile(0.25)).toBeCloseTo(-0.6744897501960817, 15);
    expect(quantile(0.001)).toBeCloseTo(-3.090232306167814, 14);
    expect(quantile(1e-20)).toBeCloseTo(-9.262340089798408, 14);
    expect(quantile(0.75)).toBe(-quantile(0.25));
    expect(quantile(0.5)).toBe(0);
  });

  it('be uncorrelated between paths, seeds and neighbours', () => {
    const count = 20_000;
    const correlation = (a: number[], b: number[]): number =>
      (a.reduce((sum, x, n) => sum + (x - 0.5) * (b[n]! - 0.5), 0) / count) * 12;
    const a = drawn('unit', count, 'line.press[1].repair');
    const others = ['line.press[2].repair', 'line.press[1].repaiR', ''].map((path) =>
      drawn('unit', count, path),
    );
    startStream(wasm.view, address, 'line.press[1].repair', 2);
    others.push(Array.from({ length: count }, () => wasm.draw.unit(address)));
    others.push([...a.slice(1), a[0]!]);
    for (const b of others) expect(Math.abs(correlation(a, b)) * Math.sqrt(count)).toBeLessThan(4);
  });

  it('be keyed by path and seed as documented', () => {
    // fnv1a64('a') = af63dc4c8601ec8c (Noll's published vectors); the rest is SplitMix64, whose first output for seed 0
    // is e220a8397b1dcdaf (Vigna's reference): mix(0 + golden ratio).
    const mix = (x: bigint): bigint => {
      let z = x;
      z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
      z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
      return z ^ (z >> 31n);
    };
    expect(mix(0x9e3779b97f4a7c15n)).toBe(0xe220a8397b1dcdafn);
    const wanted = mix(0xaf63dc4c8601ec8cn ^ 0xe220a8397b1dcdafn);
    expect(streamKey('a', 0)).toEqual([Number(wanted & 0xffffffffn), Number(wanted >> 32n)]);
    expect(streamKey('a', 7)).toEqual(streamKey('a', 7n));
    expect(streamKey('a', -1)).toEqual(streamKey('a', 2n ** 64n - 1n));
    expect(() => streamKey('a', 0.5)).toThrow('a seed is a whole number');
    const keys = new Set(Array.from({ length: 20_000 }, (_, n) => streamKey(`pump[${n}].wear`, 1).join()));
    expect(keys.size).toBe(20_000);
  });
});
