import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatEntry,
  formatNumber,
  formatValue,
  niceRange,
  parseEntry,
  toShown,
  toSi,
} from '../../preview/format/number.ts';
import { visibleRange } from '../../preview/format/range.ts';
import {
  formatClock,
  formatInstant,
  formatRunning,
  formatSpan,
  formatTick,
  roundUpSpan,
  tickRoom,
  timeSteps,
} from '../../preview/format/time.ts';
import type { SessionStatus } from '../../preview/protocol.ts';
import { unit } from './fake-twin.ts';

describe('numbers', () => {
  it('are shown in their unit', () => {
    const celsius = { unit: unit.degC, base: 'number' } as const;
    expect(formatValue(293.15, celsius)).toBe('20.00');
    expect(formatValue(273.15, celsius, 120)).toBe('0.0');
    expect(formatValue(120 / 3600, { unit: unit.m3h, base: 'number' })).toBe('120.0');
  });

  it('keep their decimals while they move within a magnitude', () => {
    expect([9.87, 98.7, 0.5].map((value) => formatNumber(value, 98.7))).toEqual(['9.87', '98.70', '0.50']);
  });

  it('are grouped from ten thousand on, with a true minus', () => {
    expect(formatNumber(-1234.4)).toBe('−1234');
    expect(formatNumber(1_234_567)).toBe('1\u202f234\u202f567');
  });

  it('have a power of ten when they are very large or very small', () => {
    expect(formatNumber(1.6e-19)).toBe('1.600·10⁻¹⁹');
    expect(formatNumber(6.022e23)).toBe('6.022·10²³');
    expect(formatNumber(0)).toBe('0.00');
  });

  it('say what is missing, endless or true', () => {
    expect(formatValue(null, { unit: unit.m, base: 'number' })).toBe('–');
    expect(formatNumber(NaN)).toBe('–');
    expect(formatNumber(-Infinity)).toBe('−∞');
    expect(formatValue(1, { unit: unit.one, base: 'boolean' })).toBe('on');
    expect(formatValue(41.6, { unit: unit.one, base: 'integer' })).toBe('42');
  });

  it('come back from an entry as they were', () => {
    const units = [unit.degC, unit.m3h, unit.percent];
    fc.assert(
      fc.property(fc.constantFrom(...units), fc.double({ min: -1e5, max: 1e5, noNaN: true }), (of, si) => {
        const shown = { unit: of, base: 'number' } as const;
        const back = parseEntry(formatEntry(si, shown), shown);
        expect(Math.abs(toShown(back, of) - toShown(si, of))).toBeLessThanOrEqual(
          1e-6 * Math.abs(toShown(si, of)) + 1e-9,
        );
        expect(toSi(toShown(si, of), of)).toBeCloseTo(si, 6);
      }),
    );
    expect(parseEntry(' 12,5 ', { unit: unit.m, base: 'number' })).toBe(12.5);
    expect(parseEntry('much', { unit: unit.m, base: 'number' })).toBeNaN();
    expect(parseEntry('', { unit: unit.m, base: 'number' })).toBeNaN();
  });

  it('fit into an axis that ends on round values', () => {
    expect(niceRange(0, 97)).toEqual([0, 120]);
    expect(niceRange(5, 5)[0]).toBeLessThan(5);
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        (low, span) => {
          const [from, to] = niceRange(low, low + span);
          const rounding = span * 1.01e-6;
          expect(from).toBeLessThanOrEqual(low + rounding);
          expect(to).toBeGreaterThanOrEqual(low + span - rounding);
          expect(to - from).toBeLessThanOrEqual(3 * span);
        },
      ),
    );
  });
});

describe('times', () => {
  it('read like a clock', () => {
    expect(formatClock(7.34, true)).toBe('0:07.3');
    expect(formatClock(760)).toBe('12:40');
    expect(formatClock(11_100)).toBe('3:05:00');
    expect(formatClock(2 * 86_400 + 3 * 3600 + 300)).toBe('2 d 03:05:00');
    expect(formatClock(-90)).toBe('−1:30');
    expect(formatClock(0.3, true)).toBe('0:00.3');
  });

  it('of a run that is over within a moment are told with digits that tell them apart', () => {
    expect(formatRunning(0.0042, 0.005, true)).toBe('4.200 ms');
    expect(formatRunning(0.005, 0.005)).toBe('5.000 ms');
    expect(formatRunning(0.25, 1, true)).toBe('250 ms');
    expect(formatRunning(1.5, 2, true)).toBe('1.500 s');
    expect(formatRunning(-0.001, 0.005)).toBe('−1.000 ms');
    expect(formatRunning(7.34, 60, true)).toBe('0:07.3');
    expect(formatRunning(7.34, null, true)).toBe('0:07.3');
  });

  it('have the unit that fits their step', () => {
    expect(formatTick(0.002, 0.001, 0.005)).toBe('2 ms');
    expect(formatTick(2e-5, 1e-5, 5e-5)).toBe('20 µs');
    expect(formatTick(0.5, 0.1, 2)).toBe('0.5 s');
    expect(formatTick(30, 10, 60)).toBe('30 s');
    expect(formatTick(600, 300, 3600)).toBe('10 min');
    expect(formatTick(19_800, 1800, 36_000)).toBe('5:30 h');
    expect(formatTick(7200, 3600, 86_400)).toBe('2 h');
    expect(formatTick(10 * 86_400, 5 * 86_400, 100 * 86_400)).toBe('10 d');
    expect(formatTick(330, 30, 600)).toBe('5:30');
  });

  it('are read off a chart with the digits that its pixels tell apart', () => {
    expect(formatInstant(1.17407, 0.01)).toBe('1.17 s');
    expect(formatInstant(1.17407, 0.005)).toBe('1.174 s');
    expect(formatInstant(-0.004, 0.01)).toBe('0.00 s');
    expect(formatInstant(-72.34, 0.1)).toBe('−72.3 s');
    expect(formatInstant(179.96, 0.1)).toBe('180.0 s');
    expect(formatInstant(659.96, 0.1)).toBe('11:00.0');
    expect(formatInstant(659.96, 0.01)).toBe('10:59.96');
    expect(formatInstant(7384, 5)).toBe('2:03:04');
    expect(formatInstant(2 * 86_400 + 5, 600)).toBe('2 d 00:00:05');
    expect(formatInstant(NaN, 1)).toBe('–');
  });

  it('are lengths in their largest unit', () => {
    expect([0.25, 10, 60, 600, 5400, 86_400, 604_800].map(formatSpan)).toEqual([
      '250 ms',
      '10 s',
      '1 min',
      '10 min',
      '1.5 h',
      '1 d',
      '7 d',
    ]);
    expect([0.3, 61, 3601].map(roundUpSpan)).toEqual([0.5, 120, 7200]);
  });
});

describe('the stretch of time that charts show', () => {
  const status = (change: Partial<SessionStatus>): SessionStatus => ({
    mode: 'simulate',
    scenario: null,
    playing: true,
    speed: 1,
    time: 0,
    start: 0,
    end: 3600,
    computed: 0,
    trouble: null,
    connections: [],
    counts: {},
    ...change,
  });
  const base = { zoom: null, window: 'auto', own: undefined } as const;

  it('is the whole run where the text says nothing, growing in round steps', () => {
    expect(visibleRange({ ...base, status: status({ computed: 70 }), time: 70 })).toEqual([0, 120]);
    expect(visibleRange({ ...base, status: status({ computed: 3400 }), time: 3400 })).toEqual([0, 3600]);
  });

  it('is the window of the text, once the run has filled it in round steps', () => {
    expect(visibleRange({ ...base, own: 600, status: status({ computed: 70 }), time: 70 })).toEqual([0, 120]);
    expect(visibleRange({ ...base, own: 600, status: status({ computed: 400 }), time: 400 })).toEqual([
      0, 600,
    ]);
    expect(visibleRange({ ...base, own: 600, status: status({ computed: 900 }), time: 900 })).toEqual([
      300, 900,
    ]);
  });

  it('shows a little of what comes next when one has gone back', () => {
    expect(visibleRange({ ...base, own: 600, status: status({ computed: 3000 }), time: 1000 })).toEqual([
      550, 1150,
    ]);
  });

  it('is the last ten minutes of a live twin', () => {
    const live = status({ mode: 'live', end: null, computed: 1e6 });
    expect(visibleRange({ ...base, status: live, time: 1e6 })).toEqual([1e6 - 600, 1e6]);
    expect(visibleRange({ ...base, window: 'all', status: live, time: 1e6 })[0]).toBe(0);
  });

  it('is what one has zoomed into', () => {
    expect(visibleRange({ ...base, zoom: { from: 3, to: 5 }, status: null, time: 0 })).toEqual([3, 5]);
  });
});

it('two ticks of days at least stand on an axis, also in little room', () => {
  const day = 86_400;
  fc.assert(
    fc.property(fc.integer({ min: 4, max: 4000 }), fc.integer({ min: 200, max: 1200 }), (days, width) => {
      const room = tickRoom(0, days * day, width);
      // As uPlot chooses: the smallest step that leaves this room.
      const step = timeSteps.find((each) => (each / (days * day)) * width >= room)!;
      expect(step * 2).toBeLessThanOrEqual(days * day * 1.26);
      expect(room).toBeGreaterThanOrEqual(40);
    }),
  );
  expect(tickRoom(0, 3600, 200)).toBe(72);
});

it('an axis does not go beyond 0 where values do not', () => {
  expect(niceRange(0.01, 18)).toEqual([0, 20]);
  expect(niceRange(-1e-9, 12)).toEqual([0, 15]);
  expect(niceRange(-18, -0.01)).toEqual([-20, 0]);
  expect(niceRange(-0.3, 15)).toEqual([-5, 20]);
});
