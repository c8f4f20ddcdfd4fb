/** What the page of an experiment makes of results: lines, cells, orders and CSV, against products known beforehand. */
import { describe, expect, it } from 'vitest';
import Papa from 'papaparse';
import { axisOf, estimateText, isMore, plain } from '../../preview/study/axis.ts';
import { keep } from '../../preview/study/kept.ts';
import {
  best,
  cellsOf,
  cellValue,
  csvOf,
  familiesOf,
  firstLook,
  heldOf,
  settingsOf,
  sorted,
} from '../../preview/study/results.ts';
import { StudyStore } from '../../preview/study/state.ts';
import { elapsedText, timeText } from '../../preview/study/words.ts';
import type { SearchCandidate, StudyEvent } from '../../preview/study/protocol.ts';
import { rectangles } from './study-page.ts';

const { plan, rows, runs } = rectangles();

describe('what is drawn', () => {
  it('goes over the factor with most values first, with a line for each value of the next', () => {
    const look = firstLook(plan, rows);
    expect([look.over, look.by, [...look.held]]).toEqual([0, 1, []]);
    const families = familiesOf(rows, 0, look);
    expect(families.map(({ value }) => value)).toEqual([10, 20, 30]);
    for (const { value, points } of families)
      expect(points.map(({ x, mean }) => [x, mean])).toEqual([1, 2, 3, 4].map((x) => [x, x * value!]));
  });

  it('holds what is neither at its own value, and shows rows of that alone', () => {
    const held = heldOf(plan.factors, rows, 0, null);
    expect([...held]).toEqual([[1, 20]]);
    const [line, ...others] = familiesOf(rows, 0, { over: 0, by: null, held });
    expect(others).toEqual([]);
    expect(line!.points.map(({ mean }) => mean)).toEqual([20, 40, 60, 80]);
  });

  it('has a cell for each pair, empty while it has not come', () => {
    const cells = cellsOf(rows.slice(0, 11), 0, { over: 0, by: 1, held: new Map() });
    expect([cells.xs, cells.ys, cells.low, cells.high]).toEqual([[1, 2, 3, 4], [10, 20, 30], 10, 90]);
    expect(cells.rows.map((row) => row?.reports[0]!.mean)).toEqual(
      [10, 20, 30].flatMap((y) => [1, 2, 3, 4].map((x) => (x * y === 120 ? undefined : x * y))),
    );
  });
});

describe('the table', () => {
  it('is put in order by a column, what has no value last either way', () => {
    const gap = {
      ...rows[0]!,
      variant: 99,
      reports: [{ count: 0, mean: null, deviation: null, half: null }],
    };
    const all = [gap, ...rows];
    const areas = (descending: boolean) =>
      sorted(all, cellValue, { column: 2, descending }).map(({ reports }) => reports[0]!.mean);
    const known = rows.map(({ values }) => values[0]! * values[1]!).sort((a, b) => a - b);
    expect(areas(false)).toEqual([...known, null]);
    expect(areas(true)).toEqual([...known.reverse(), null]);
    expect(sorted(all, cellValue, undefined)).toEqual(all);
  });

  it('becomes CSV with the units of the text', () => {
    const { data, errors } = Papa.parse<Record<string, number>>(csvOf(plan, rows), {
      header: true,
      dynamicTyping: true,
      skipEmptyLines: true,
    });
    expect(errors).toEqual([]);
    expect(data).toHaveLength(12);
    for (const row of data) {
      const area = row['width [cm]']! * row['height [m]']!;
      expect(row).toEqual({
        'width [cm]': row['width [cm]'],
        'height [m]': row['height [m]'],
        'area [m2]': area,
        'area deviation [m2]': 1,
        'area low [m2]': area - 2,
        'area high [m2]': area + 2,
        runs: 3,
        'stopped early': 0,
      });
    }
  });

  it('knows what a run is set to, in SI, and that what is fixed cannot be set', () => {
    expect(settingsOf(plan, [3, 10])).toEqual([
      ['colour', 7],
      ['width', 0.03],
      ['height', 10],
    ]);
    const factors = plan.factors.map((factor) => ({ ...factor, ids: [] }));
    expect(settingsOf({ ...plan, factors }, [3, 10])).toBeUndefined();
  });
});

describe('what comes', () => {
  it('is kept by variant and by run, in whatever order', () => {
    const store = new StudyStore();
    store.take([{ type: 'plan', plan }]);
    for (const row of [...rows].reverse()) store.take([{ type: 'rows', rows: [row] }]);
    store.take([{ type: 'runs', runs: [...runs].reverse() }]);
    expect(store.rows.value).toEqual(rows);
    for (const { variant, values } of rows) {
      const area = values[0]! * values[1]!;
      expect(store.valuesOf(0, variant)).toEqual([area - 1, area, area + 1]);
    }
    const better = { ...rows[3]!, failed: 1 };
    store.take([{ type: 'rows', rows: [better] }]);
    expect(store.rows.value[3]).toBe(better);
    expect(store.rows.value).toHaveLength(rows.length);
  });

  it('of a search names the best candidate that holds all constraints', () => {
    const candidate = (objective: number, feasible: boolean, so: number | null): SearchCandidate => ({
      values: [objective],
      objective,
      half: null,
      margins: [feasible ? 1 : -1],
      feasible,
      best: so,
    });
    expect(best([candidate(1, false, null)])).toBeUndefined();
    const all = [
      candidate(1, false, null),
      candidate(5, true, 5),
      candidate(3, true, 3),
      candidate(4, true, 3),
    ];
    expect(best(all)).toEqual({ at: 2, candidate: all[2] });
  });
});

describe('what is kept over a reload', () => {
  const { plan: told, rows: all, runs: each } = rectangles(7);
  const candidate = (objective: number): SearchCandidate => ({
    values: [objective],
    objective,
    half: null,
    margins: [],
    feasible: true,
    best: objective,
  });
  const everything: StudyEvent[] = [
    { type: 'plan', plan: told },
    { type: 'progress', finished: 0, failed: 0, kept: 0, seconds: 0 },
    { type: 'rows', rows: all.slice(0, 2).map((row) => ({ ...row, failed: 1 })) },
    { type: 'runs', runs: each.slice(0, 9) },
    { type: 'candidates', candidates: [candidate(3)] },
    { type: 'progress', finished: 84, failed: 0, kept: 0, seconds: 2 },
    { type: 'rows', rows: all },
    { type: 'runs', runs: each.slice(9) },
    { type: 'candidates', candidates: [candidate(2)] },
    { type: 'end', how: 'done', seconds: 2 },
  ];

  it('comes to the same, in fewer words', () => {
    const [long, short] = [new StudyStore(), new StudyStore()];
    long.take(everything);
    const kept = keep(null, everything).told;
    short.take(kept);
    expect(kept.length).toBeLessThan(everything.length);
    expect(kept.at(-1)).toEqual(everything.at(-1));
    for (const name of ['plan', 'progress', 'rows', 'candidates', 'status'] as const)
      expect(short[name].value).toEqual(long[name].value);
    expect(short.valuesOf(0, null)).toEqual(long.valuesOf(0, null));
    expect(keep(null, kept).told).toEqual(kept);
  });

  it('is without single runs where they are too many, and says so', () => {
    const many = Array.from({ length: 400_000 }, (_, run) => [run, run / 7]);
    const { told: kept } = keep(null, [...everything, { type: 'runs', runs: many }]);
    expect(kept.some(({ type }) => type === 'runs')).toBe(false);
    expect(kept[0]).toMatchObject({ type: 'plan', plan: { tellsRuns: false, tellsRows: true } });
  });
});

describe('numbers', () => {
  it.each([
    [12.3456, 0.5, '12.35 ± 0.50'],
    [12.3456, 42, '12 ± 42'],
    [-0.00123456, 0.000012, '−0.001235 ± 0.000012'],
    [98_765_432, 123_456, '98770000 ± 120000'],
    [1.23456e-9, 1.2e-11, '1.235·10⁻⁹ ± 1.2·10⁻¹¹'],
    // Sums in another order are off by this much.
    [0.5, 3e-17, '0.5'],
    [1 / 3, 1e-15, '0.33333'],
    [3, 0, '3'],
    [3, null, '3'],
    [null, null, '–'],
  ])('%d ± %d', (mean, half, text) => {
    expect(estimateText(mean, half)).toBe(text);
  });

  it.each([
    [0.25, 0.1, 12, '+0.25 ± 0.10', true],
    [-0.05, 0.1, 12, '−0.05 ± 0.10', false],
    [-1.1e-16, 0, 0.5, '0', false],
    [2e-16, 1e-16, 1, '0', false],
    [2e-16, 1e-17, 3e-16, '+2.00·10⁻¹⁶ ± 1.0·10⁻¹⁷', true],
  ])('differing by %d ± %d between values of %d', (mean, half, size, text, more) => {
    expect(estimateText(mean, half, size)).toBe(text);
    expect(isMore(mean, half, size)).toBe(more);
  });

  it('have no more digits than were given, and a power of ten where they are long', () => {
    expect([0.1 + 0.2, 250, 1 / 3, -2, 1.5e-7, 3e9].map((value) => plain(value))).toEqual([
      '0.3',
      '250',
      '0.333333',
      '−2',
      '1.5000·10⁻⁷',
      '3.0000·10⁹',
    ]);
  });

  it('stand on axes at round places that lie within them', () => {
    for (const [low, high] of [
      [0, 1],
      [-3.7, 12.1],
      [1e-9, 3e-9],
      [5, 5],
      [1e6, 1.00001e6],
    ]) {
      const axis = axisOf(low!, high!, 5, true);
      expect(axis.low).toBeLessThanOrEqual(low!);
      expect(axis.high).toBeGreaterThanOrEqual(high!);
      expect(axis.ticks.length).toBeGreaterThan(1);
      expect(new Set(axis.ticks.map(({ label }) => label)).size).toBe(axis.ticks.length);
    }
  });

  it('of times have a unit that people use', () => {
    expect([90, 5400, 129_600, 0.5].map(timeText)).toEqual(['1.5 min', '1.5 h', '1.5 d', '0.5 s']);
    expect([0.31, 42.4, 150, 9000].map(elapsedText)).toEqual(['0.3 s', '42 s', '3 min', '2.5 h']);
  });
});
