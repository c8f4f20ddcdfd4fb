/** Rules over a stream of samples, against a plain walk over time: what they mean, step by step, in a few lines. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { interpret } from '../../compiler/interpret/index.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import { compiled } from '../solvers/compiled.ts';

/** s: samples come on this grid; what has a length of its own in between ends beside it. */
const GRID = 1 / 4;
const STEP = 1 / 16;
const END = 16;
const [WAIT, HOLD, BACK, STALE, OLD] = [1, 0.75, 1.0625, 2.1875, 1.4375];

const { artefact, system } = compiled(`asset Tank {
  input way = 0 m
  sensor gauge measures way  range 0 m..4 m
  state high: Integer = 0
  state lasting: Integer = 0
  state passed: Integer = 0
  state quiet: Integer = 0
  state old: Integer = 0
  state left: Integer = 0
  let band   = hysteresis(gauge, 3 m, 1 m)
  let lately = once(gauge > 3 m within ${BACK} s)
  let steady = historically(gauge > 1 m for ${BACK} s)
  let held   = since(gauge < 4 m, gauge > 3 m)
  when gauge > 2 m { set high = pre(high) + 1 }
  when gauge > 2 m for ${WAIT} s { set lasting = pre(lasting) + 1 }
  when band and not lately { set passed = pre(passed) + 1 }
  when gauge.stale { set quiet = pre(quiet) + 1 }
  when age(gauge) > ${OLD} s { set old = pre(old) + 1 }
  when gauge.outOfRange { set left = pre(left) + 1 }
  alarm much: warning "much" {
    raise when gauge > 3 m for ${HOLD} s
    clear when gauge < 2 m for ${WAIT} s
  }
}
twin One: Tank
bind One { gauge from mqtt("g") as m stale ${STALE} s }\n`);
const { manifest } = artefact;

type Values = Record<string, number>;

/** All names right after all times, each STEP. `samples`: by time. */
function plainly(samples: ReadonlyMap<number, number>): Values[] {
  let gauge = NaN;
  let last = NaN;
  let stale = false;
  const counts: Values = { high: 0, lasting: 0, passed: 0, quiet: 0, old: 0, left: 0 };
  const before: Record<string, boolean> = {};
  let [band, held, much] = [false, false, false];
  const since: Values = {};
  const all: Values[] = [];
  /** Whether something becomes true. */
  const rises = (name: string, now: boolean): boolean => {
    const was = before[name] === true;
    before[name] = now;
    return now && !was;
  };
  /** Whether it has been true for so long, exactly now. */
  const lasts = (name: string, now: boolean, time: number, span: number): boolean => {
    if (!now) since[name] = NaN;
    else if (Number.isNaN(since[name] ?? NaN)) since[name] = time;
    return now && time - since[name]! === span;
  };
  for (let time = 0; time <= END; time += STEP) {
    const sample = samples.get(time);
    if (sample !== undefined) {
      gauge = sample;
      last = time;
      stale = false;
    } else if (time - (Number.isNaN(last) ? 0 : last) >= STALE) stale = true;
    if (gauge > 3) band = true;
    if (gauge < 1) band = false;
    held = gauge > 3 || (held && gauge < 4);
    const lately = gauge > 3 || time - endOf(samples, time, (x) => x > 3) < BACK;
    const steady = gauge > 1 && time - endOf(samples, time, (x) => !(x > 1)) >= BACK;
    if (rises('high', gauge > 2)) counts['high']! += 1;
    if (lasts('lasting', gauge > 2, time, WAIT)) counts['lasting']! += 1;
    if (rises('passed', band && !lately)) counts['passed']! += 1;
    if (rises('quiet', stale)) counts['quiet']! += 1;
    if (rises('old', time - (Number.isNaN(last) ? 0 : last) >= OLD)) counts['old']! += 1;
    if (rises('left', gauge < 0 || gauge > 4)) counts['left']! += 1;
    const [raise, clear] = [lasts('raise', gauge > 3, time, HOLD), lasts('clear', gauge < 2, time, WAIT)];
    if (raise) much = true;
    if (clear) much = false;
    all.push({
      ...counts,
      band: Number(band),
      held: Number(held),
      lately: Number(lately),
      steady: Number(steady),
      much: Number(much),
      'gauge.stale': Number(stale),
      gauge,
    });
  }
  return all;
}

/** When something that was so ended last, up to a time; long ago where it never was. */
function endOf(samples: ReadonlyMap<number, number>, time: number, is: (x: number) => boolean): number {
  let end = -Infinity;
  let was = is(NaN);
  for (const [at, value] of [...samples].filter(([at]) => at <= time).toSorted(([a], [b]) => a - b)) {
    const now = is(value);
    if (was && !now) end = at;
    was = now;
  }
  return end;
}

const samples = fc.uniqueArray(
  fc.record({
    // Nothing is held of before the start, so that a late one then is dropped.
    at: fc.integer({ min: 1, max: END / GRID - 1 }),
    value: fc.constantFrom(-1, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5),
  }),
  { selector: ({ at }) => at, minLength: 1, maxLength: 40 },
);

it('rules do at each time what they say, whether samples come in time or late', () => {
  fc.assert(
    fc.property(samples, fc.integer({ min: 0, max: END }), (drawn, moment) => {
      const expected = plainly(new Map(drawn.map(({ at, value }) => [at * GRID, value])));
      for (const how of ['in time', 'late', 'interpreted'] as const) {
        const twin = createTwin({
          manifest,
          kernel: how === 'interpreted' ? () => interpret(system) : kernelFactory(artefact),
          settings: { offered: 'all', checkpoints: { keep: 'recent', limit: 100, interval: 2 } },
        });
        // In the order in which they were drawn, which is none.
        if (how === 'late') twin.advance(moment + 0.5);
        for (const { at, value } of drawn)
          expect(['onTime', 'revised']).toContain(twin.offer(0, 0, at * GRID, value));
        const seen: Values[] = [];
        if (how === 'late') twin.rewind(0);
        expected.forEach((values, n) => {
          twin.advance((n + 0.5) * STEP);
          seen.push(Object.fromEntries(Object.keys(values).map((name) => [name, valueOf(twin, name)])));
        });
        expect(twin.trouble()).toBeUndefined();
        seen.forEach((values, n) => expect(values, `${how}, at ${n * STEP}`).toEqual(expected[n]));
      }
    }),
    { numRuns: Number(process.env['FUZZ'] ?? 40) },
  );
});

const valueOf = (twin: Twin, name: string): number =>
  name === 'much'
    ? twin.value(manifest.variables[manifest.alarms[0]!.active]!.address)!
    : twin.value(name === 'gauge' ? 'gauge.measured' : name)!;
