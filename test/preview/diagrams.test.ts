/** What diagrams, phase plots and histograms are made of, without a browser. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { History } from '../../preview/data/ring.ts';
import { binsOf, quantileOf } from '../../preview/widgets/histogram-bins.ts';
import { PhasePoints } from '../../preview/widgets/phase-points.ts';
import { pointAlong } from '../../preview/widgets/polyline.ts';
import { processGraph } from '../../preview/widgets/process-graph.ts';
import type { ProcessInfo, ProcessStep } from '../../preview/protocol.ts';

describe('bars of a histogram', () => {
  it('count every number once, each in the bar whose bounds hold it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 }),
        (values) => {
          const { list } = binsOf(values, { base: 'number' })!;
          expect(list.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
          expect(list.length).toBeLessThanOrEqual(60);
          const slack = 1e-6 * Math.max(1e-6, ...list.map(({ from, to }) => to - from));
          list.forEach(({ from, to, count }, i) => {
            if (i > 0) expect(from).toBeCloseTo(list[i - 1]!.to, 6);
            const inside = values.filter((value) => value >= from - slack && value < to + slack);
            expect(count).toBeLessThanOrEqual(inside.length);
          });
        },
      ),
    );
  });
  it('stand around whole numbers, and have one for each name', () => {
    const whole = binsOf([3, 3, 4, 5, 5, 5], { base: 'integer' })!;
    expect(whole.list.map(({ from, count }) => [from, count])).toEqual([
      [2.5, 2],
      [3.5, 1],
      [4.5, 3],
    ]);
    const named = binsOf([1, 2, 2, 1, 2], { base: 'integer', labels: ['', 'filler', 'capper', 'fitter'] })!;
    expect(named.labels).toEqual(['filler', 'capper', 'fitter']);
    expect(named.list.map(({ count }) => count)).toEqual([2, 3, 0]);
    expect(binsOf([], { base: 'number' })).toBeUndefined();
  });
  it('have quantiles between the numbers', () => {
    expect(quantileOf([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantileOf([7], 0.95)).toBe(7);
    expect(quantileOf([0, 10], 0.05)).toBe(0.5);
  });
});

describe('points of a phase plot', () => {
  const circle = (step: number, until: number) => {
    const [sine, cosine] = [new History(), new History()];
    const times = Array.from({ length: Math.floor(until / step) + 1 }, (_, i) => i * step);
    sine.append(times, times.map(Math.sin));
    cosine.append(times, times.map(Math.cos));
    return { sine, cosine };
  };
  it('lie on the circle of an oscillator', () => {
    const { sine, cosine } = circle(0.01, 20);
    const points = new PhasePoints();
    points.take(sine, cosine, 5, 15, { value: false, base: false });
    expect(points.length).toBeGreaterThan(999);
    for (let i = 0; i < points.length; i++) {
      expect(Math.hypot(points.x[i]!, points.y[i]!)).toBeCloseTo(1, 6);
      expect(points.x[i]).toBeCloseTo(Math.cos(points.times[i]!), 6);
    }
    expect(points.before(10)).toBeGreaterThan(0);
    expect(points.times[points.before(10)]).toBeLessThanOrEqual(10);
    expect(points.before(-1)).toBe(-1);
  });
  it('stay near it where the past is only known by its extremes', () => {
    const { sine, cosine } = circle(0.002, 40);
    expect(sine.fineFrom).toBeGreaterThan(20);
    const points = new PhasePoints();
    points.take(sine, cosine, 0, 40, { value: false, base: false });
    for (let i = 0; i < points.length; i++)
      expect(Math.abs(Math.hypot(points.x[i]!, points.y[i]!) - 1)).toBeLessThan(0.002);
  });
  it('have steps where a value holds', () => {
    const [held, line] = [new History(), new History()];
    held.append([0, 2], [1, 5]);
    line.append([0, 1, 2, 3], [0, 1, 2, 3]);
    const points = new PhasePoints();
    points.take(held, line, 0, 10, { value: true, base: false });
    expect([...points.y.subarray(0, points.length)]).toEqual([1, 1, 5]);
    expect([...points.x.subarray(0, points.length)]).toEqual([0, 1, 2]);
  });
});

describe('a process as a graph', () => {
  const step = (kind: string, text: string, line: number, more: Partial<ProcessStep> = {}): ProcessStep => ({
    kind,
    text,
    source: { uri: 'file:///a.twin', line, column: 3 },
    ...more,
  });
  const infeed = { name: 'infeed', length: 'infeed.length', capacity: 50, belt: false };
  const filler = [{ name: 'filler', busy: 'filler.busy', waiting: 'filler.waiting', units: 2 }];
  const info: ProcessInfo = {
    process: 0,
    instance: 0,
    label: 'bottle',
    doc: '',
    arrived: 'bottle.arrived',
    left: 'bottle.left',
    inside: 'bottle.inside',
    steps: [
      step('arrive', 'arrive every 3 s', 1),
      step('reserve', 'queue infeed[50]', 2, { place: infeed, full: 10 }),
      step('enter', 'queue infeed[50]', 2, { place: infeed, gaveUp: 11 }),
      step('assign', 'weight', 3),
      step('seize', 'use filler for 2 s', 4, { resources: filler }),
      step('delay', 'use filler for 2 s', 4),
      step('finish', 'use filler for 2 s', 4),
      step('choose', 'choose 2 % -> scrap, else -> leave', 5, { to: [8, 9] }),
      step('leave', 'exit scrap', 6),
      step('leave', 'leave', 0),
      step('leave', 'balk', 0),
      step('leave', 'give up', 0),
      step('leave', 'nobody', 0),
    ],
  };
  it('has a station for each line, and ways with what is said of them', () => {
    const { stations, ways, stationOf } = processGraph(info);
    expect(stations.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'arrive every 3 s',
      'queue infeed',
      'use filler',
      'choose 2 % -> scrap, else -> leave',
      'leave scrap',
      'leave leave',
      'leave balk',
      'leave give up',
    ]);
    const named = ways.map(
      ({ from, to, kind, label }) => `${stations[from]!.kind} ${kind} ${stations[to]!.name} ${label}`,
    );
    expect(named.map((text) => text.trim())).toEqual([
      'arrive on infeed',
      'queue on filler',
      'queue full balk',
      'queue gaveUp give up',
      'use on 2 % -> scrap, else -> leave',
      'choose on scrap 2 %',
      'choose on leave else',
    ]);
    expect(stationOf).toEqual([0, 1, 1, -1, 2, 2, 2, 3, 4, 5, 6, 7, -1]);
  });
  it('says what a step is called, and how much, apart', () => {
    const steps = [
      step('arrive', 'arrive every 3 s', 1),
      step('batch', 'batch 12 as pallet', 2),
      step('delay', 'wait 22 min', 3),
      step('leave', 'leave', 0),
    ];
    const { stations } = processGraph({ ...info, steps });
    expect(stations.map(({ kind, name, detail }) => [kind, name, detail])).toEqual([
      ['arrive', 'every 3 s', 'every 3 s'],
      ['other', 'batch', '12 as pallet'],
      ['wait', 'wait', '22 min'],
      ['leave', 'leave', ''],
    ]);
  });
  it('has points along its ways', () => {
    const line = [
      [0, 0],
      [10, 0],
      [10, 30],
    ] as const;
    expect(pointAlong(line, 0)).toEqual([0, 0]);
    expect(pointAlong(line, 0.5)).toEqual([10, 10]);
    expect(pointAlong(line, 1)).toEqual([10, 30]);
  });
});
