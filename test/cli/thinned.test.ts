import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Thinned } from '../../cli/thinned.ts';

describe('rows for a chart', () => {
  it('are all rows while they are few', () => {
    const thinned = new Thinned(2);
    const rows = Array.from({ length: 500 }, (_, n) => [n, Math.sin(n)]);
    for (const row of rows) thinned.take(row);
    expect(thinned.rows).toEqual(rows);
  });

  it('are few of many, and have the extremes of all', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30_000 }),
        fc.integer({ min: 0, max: 1000 }),
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 50 }),
        (count, gaps, values) => {
          const thinned = new Thinned(2000);
          const all: number[] = [];
          for (let n = 0; n < count; n += 1) {
            const value = n % (gaps + 2) === 1 ? NaN : values[(n * n) % values.length]!;
            all.push(value);
            thinned.take([n / 8, value, ...Array.from({ length: 3 }, () => n)]);
          }
          const { rows } = thinned;
          expect(thinned.count).toBe(count);
          expect(rows.length).toBeLessThanOrEqual(1000);
          expect(rows[0]![0]).toBe(0);
          expect(rows.at(-1)![0]).toBe((count - 1) / 8);
          rows.forEach(([time], n) => expect(time).toBeGreaterThanOrEqual(rows[n - 1]?.[0] ?? 0));
          const finite = (list: readonly number[]) => list.filter((value) => !Number.isNaN(value));
          const kept = finite(rows.map((row) => row[1]!));
          expect(Math.max(...kept)).toBe(Math.max(...finite(all)));
          expect(Math.min(...kept)).toBe(Math.min(...finite(all)));
        },
      ),
      { numRuns: 30 },
    );
  });
});
