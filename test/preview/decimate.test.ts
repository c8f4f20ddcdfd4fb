import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Decimator } from '../../preview/data/decimate.ts';

function thin(samples: readonly (readonly [number, number])[], from: number, to: number, columns: number) {
  const decimator = new Decimator();
  decimator.begin(from, to, columns);
  for (const [time, value] of samples) decimator.add(time, value);
  decimator.end();
  const kept = Array.from(
    { length: decimator.length },
    (_, i) => [decimator.times[i]!, decimator.values[i]!] as const,
  );
  return { decimator, kept };
}

describe('thinning to columns of pixels', () => {
  const walk = fc.array(
    fc.tuple(fc.double({ min: 0.001, max: 3, noNaN: true }), fc.double({ min: -1e3, max: 1e3, noNaN: true })),
    {
      minLength: 1,
      maxLength: 400,
    },
  );

  it('keeps first, lowest, highest and last of each column, in order', () => {
    fc.assert(
      fc.property(walk, fc.integer({ min: 1, max: 50 }), (steps, columns) => {
        let time = 0;
        const samples = steps.map(([step, value]) => [(time += step), value] as const);
        const to = time + 1;
        const { kept } = thin(samples, 0, to, columns);
        expect(kept.length).toBeLessThanOrEqual(4 * columns);
        expect(kept.every(([at], i) => i === 0 || at >= kept[i - 1]![0])).toBe(true);
        const columnOf = (at: number) => Math.floor(at * (columns / to));
        for (const column of new Set(samples.map(([at]) => columnOf(at)))) {
          const all = samples.filter(([at]) => columnOf(at) === column);
          const some = kept.filter(([at]) => columnOf(at) === column);
          const values = (list: readonly (readonly [number, number])[]) => list.map(([, value]) => value);
          expect(Math.min(...values(some))).toBe(Math.min(...values(all)));
          expect(Math.max(...values(some))).toBe(Math.max(...values(all)));
          expect(some[0]).toEqual(all[0]);
          expect(some.at(-1)).toEqual(all.at(-1));
          for (const sample of some) expect(all).toContainEqual(sample);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the lowest and the highest when only the outline is wanted', () => {
    const decimator = new Decimator();
    decimator.begin(0, 100, 10, 8);
    for (let i = 0; i < 1000; i++) decimator.add(i / 10, i === 437 ? 9 : i === 441 ? -9 : Math.sin(i));
    decimator.end();
    const kept = Array.from(decimator.values.subarray(0, decimator.length));
    expect(decimator.length).toBe(20);
    expect(kept.slice(8, 10)).toEqual([9, -9]);
  });

  it('leaves few samples as they are', () => {
    const samples = [
      [0, 1],
      [1, 3],
      [1, 5],
      [2, 2],
    ] as const;
    expect(thin(samples, 0, 10, 1000).kept).toEqual(samples);
  });

  it('says the extremes within the span, without its neighbours', () => {
    const { decimator } = thin(
      [
        [-1, 99],
        [0, 1],
        [5, 4],
        [11, -99],
      ],
      0,
      10,
      100,
    );
    expect([decimator.low, decimator.high, decimator.seen]).toEqual([1, 4, 2]);
  });

  it('takes the value that holds when the span itself has no sample', () => {
    const { decimator } = thin([[-5, 7]], 0, 10, 100);
    expect([decimator.low, decimator.high]).toEqual([7, 7]);
  });
});
