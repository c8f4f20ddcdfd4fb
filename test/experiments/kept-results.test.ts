/** Results that are put aside as they come → what is said of them: the same bits as if all were held, in whatever order they came. */
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJournal, readJournal } from '../../cli/experiments/journal.ts';
import { KeptResults } from '../../cli/experiments/kept-results.ts';
import { MOST_PAGES, PAGE, PagedNumbers } from '../../cli/experiments/paged-numbers.ts';
import { chart } from '../../cli/terminal/chart.ts';
import type { ManifestExperiment } from '../../runtime/contract/studies.ts';
import { designOf } from '../../runtime/experiments/design.ts';
import type { Reported, RunResult } from '../../runtime/experiments/one-run.ts';
import { resultsAmong, summarise } from '../../runtime/experiments/summary.ts';

const unit = { text: '', label: '', factor: 1, offset: 0 };
const experimentOf = (values: readonly number[][], sample = 0, repeat = 1): ManifestExperiment =>
  ({
    factors: [
      ...values.map((each) => ({ levels: { values: each }, base: 'number', unit, text: 'a' })),
      ...(sample > 0 ? [{ levels: { low: 2, high: 6 }, base: 'integer', unit, text: 'b' }] : []),
    ],
    ...(sample > 0 ? { sample: { count: sample, method: 'random' } } : {}),
    repeat,
  }) as unknown as ManifestExperiment;

describe('numbers in pages should', () => {
  it('come back as they were written, from wherever, with some pages in memory', () => {
    const length = 3 * MOST_PAGES * PAGE;
    fc.assert(
      fc.property(fc.array(fc.nat(length - 1), { minLength: 1, maxLength: 300 }), (places) => {
        const numbers = new PagedNumbers();
        const held = new Map<number, number>();
        for (const [n, place] of places.entries()) {
          numbers.set(place, n / 3);
          held.set(place, n / 3);
          const other = places[(7 * n) % places.length]!;
          expect(numbers.get(other)).toBe(held.get(other) ?? 0);
        }
        for (const [place, value] of held) expect(numbers.get(place)).toBe(value);
        expect(numbers.held).toBeLessThanOrEqual(MOST_PAGES);
        numbers.close();
      }),
      { numRuns: 20 },
    );
  });
});

describe('results that are put aside should', () => {
  const reports = [
    { confidence: 0.95, unit, name: 'x' },
    { confidence: 0.99, unit, name: 'mode', labels: ['', 'on', 'off'] },
  ] as unknown as Reported[];
  const resultOf = (run: number): RunResult =>
    run % 11 === 5
      ? { values: [NaN, NaN], trouble: `stopped in run ${run}` }
      : { values: [Math.sin(run) / 3 + 1e3, run % 3] };

  it('say the same to the last bit in whatever order they come', () => {
    const [repeat, count] = [700, 90];
    const levels = Array.from({ length: count }, (_, n) => n);
    const design = designOf(experimentOf([levels], 0, repeat), 1);
    const all = Array.from({ length: repeat * count }, (_, run) => resultOf(run));
    const kept = new KeptResults(all.length, 2, repeat);
    // Blocks of runs, from behind and from within.
    const blocks = Array.from({ length: 70 }, (_, n) => (n * 37) % 70);
    for (const block of blocks) for (let run = block; run < all.length; run += 70) kept.put(run, all[run]!);
    kept.put(0, { values: [-1, -1] });
    expect(kept.finished).toBe(all.length);
    expect(kept.firstFailed).toEqual({ run: 5, trouble: 'stopped in run 5' });
    expect(kept.failed).toBe(all.filter(({ trouble }) => trouble !== undefined).length);

    const factors = experimentOf([levels]).factors;
    const [one, other] = [kept, resultsAmong(all, repeat)].map((results) =>
      summarise(design, factors, [3], reports, results),
    ) as [ReturnType<typeof summarise>, ReturnType<typeof summarise>];
    expect(one.base).toBe(3);
    for (const variant of [0, 3, 41, count - 1]) {
      const told = one.variant(variant);
      expect(told).toEqual(other.variant(variant));
      // As it was said before anything was put aside.
      const known = all
        .slice(variant * repeat, (variant + 1) * repeat)
        .map(({ values }) => values[0]!)
        .filter(Number.isFinite);
      const mean = known[0]! + known.reduce((sum, value) => sum + (value - known[0]!), 0) / known.length;
      const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      expect(told.reports[0]).toMatchObject({
        count: known.length,
        mean,
        deviation: Math.sqrt(squares / (known.length - 1)),
      });
      expect(told.reports[0]!.difference === undefined).toBe(variant === 3);
      expect(told.reports[1]!.names!.reduce((sum, each) => sum + each.count, 0)).toBe(known.length);
      expect(one.means(0)[variant]).toBe(mean);
    }
    kept.close();
  });
});

it('variants are told one by one as if they were listed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 4 }), { maxLength: 3 }),
      fc.nat(5),
      (values, sample) => {
        const design = designOf(experimentOf(values, sample), 4);
        let listed: number[][] = [[]];
        for (const each of values)
          listed = listed.flatMap((variant) => each.map((value) => [...variant, value]));
        const all = [...design.variants()];
        expect(design.count).toBe(listed.length * Math.max(sample, 1));
        expect(all).toHaveLength(design.count);
        expect(all.map((variant) => variant.slice(0, values.length))).toEqual(
          listed.flatMap((variant) => Array.from({ length: Math.max(sample, 1) }, () => variant)),
        );
        // Each combination of values meets the same points.
        const drawn = all.map((variant) => variant.at(-1)!);
        if (sample > 0) expect(drawn).toEqual(drawn.map((_, n) => drawn[n % sample]));
      },
    ),
    { numRuns: 60 },
  );
});

it('a journal goes on behind a line that was cut off', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pollux-journal-'));
  try {
    const file = join(folder, 'a', 'j.jsonl');
    const first = createJournal(file, 'key', false);
    const long = 'ü'.repeat(70_000);
    first.add([
      { run: 2, result: { values: [0.1, -0, NaN] } },
      { run: 0, result: { values: [NaN], trouble: long } },
    ]);
    first.flush();
    appendFileSync(file, '{"run":7,"val');
    const second = createJournal(file, 'key', true);
    second.add([{ run: 1, result: { values: [1e300] } }]);
    second.flush();
    const found: [number, RunResult][] = [];
    expect(readJournal(file, 'key', (...one) => found.push(one))).toBe(true);
    expect(found).toEqual([
      [2, { values: [0.1, -0, NaN] }],
      [0, { values: [NaN], trouble: long }],
      [1, { values: [1e300] }],
    ]);
    expect(readJournal(file, 'other', () => expect.unreachable())).toBe(false);
    expect(readJournal(join(folder, 'none'), 'key', () => expect.unreachable())).toBe(false);
    expect(readFileSync(file, 'utf8').match(/"run":2/g)).toHaveLength(1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('a chart has any number of points', () => {
  const many = Array.from({ length: 300_000 }, (_, n) => n);
  expect(chart(many, many, 40, 4, String)).toHaveLength(4);
});
