/** Samples that come as columns: the same run as one by one, and time is gone over again once. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJournal } from '../../runtime/journal.ts';
import type { Entry } from '../../runtime/journal.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin } from '../../runtime/twin.ts';
import { compiled } from '../solvers/compiled.ts';

const row = compiled(`asset Tank {
  state level = 1 m
  input inflow = 0.1 m/s
  state seen = 0 m
  der(level) = inflow - level / 20 s
  sensor gauge measures level
  when gauge > 2 m for 3 s { set seen = pre(seen) + gauge }
  alarm high: warning "high" { raise when gauge > 3 m  clear when gauge < 1 m }
}
asset Row { part tank[4]: Tank }\n`);

const { manifest } = row.artefact;
const twin = (): Twin =>
  createTwin({
    manifest,
    kernel: kernelFactory(row.artefact),
    settings: { duration: 200, offered: 'all', checkpoints: { keep: 'recent', limit: 50, interval: 5 } },
  });

const batches = fc.array(
  fc.record({
    pause: fc.integer({ min: 0, max: 12 }),
    samples: fc.array(
      fc.record({
        instance: fc.nat(3),
        back: fc.integer({ min: -6, max: 15 }),
        value: fc.double({ min: 0, max: 5, noNaN: true }),
      }),
      { maxLength: 12 },
    ),
  }),
  { maxLength: 6 },
);

describe('columns of samples', () => {
  it('end as samples that come one by one do, late ones and doubled ones among them', () => {
    fc.assert(
      fc.property(batches, (all) => {
        const [one, many] = [twin(), twin()];
        let now = 20;
        for (const { pause, samples } of all) {
          now += pause;
          one.advance(now);
          many.advance(now);
          const times = samples.map(({ back }) => now - back);
          samples.forEach(({ instance, value }, i) => one.offer(0, instance, times[i]!, value));
          many.offerColumns({
            sensor: 0,
            instances: samples.map(({ instance }) => instance),
            time: times,
            values: samples.map(({ value }) => value),
          });
          expect(many.time()).toBe(one.time());
          expect(many.hash()).toBe(one.hash());
        }
        expect(taken(many)).toEqual(taken(one));
        const branch = many.branch();
        for (const each of [one, many, branch]) each.advance(120);
        expect(many.hash()).toBe(one.hash());
        expect(branch.hash()).toBe(one.hash());
        many.rewind(25);
        many.advance(120);
        expect(many.hash()).toBe(one.hash());
      }),
      { numRuns: 40 },
    );
  });

  it('are counted by what became of them', () => {
    const run = twin();
    run.advance(10);
    const told = run.offerColumns({
      sensor: 0,
      instances: [0, 1, 0, 2, 3, 3],
      time: [8, 12, 8, 9, -1, 12],
      values: [1, 2, 1, NaN, 1, 4],
    });
    expect(told).toMatchObject({ dropped: 1, duplicate: 1, notANumber: 1 });
    expect(told.onTime + told.revised).toBe(3);
    expect(run.value('tank[1].gauge.measured')).toBe(1);
    run.advance(12);
    expect(run.value('tank[4].gauge.measured')).toBe(4);
    expect(run.offerColumns({ sensor: 0, time: 15, values: Float64Array.of(1, 2, 3, 4) }).onTime).toBe(4);
  });

  it('say where they do not fit, and change nothing', () => {
    const run = twin();
    const before = run.hash();
    expect(() => run.offerColumns({ sensor: 7, time: 1, values: [1] })).toThrow('no sensor 7');
    expect(() => run.offerColumns({ sensor: 0, time: 1, values: [1, 2, 3, 4, 5] })).toThrow(
      'more values (5)',
    );
    expect(() => run.offerColumns({ sensor: 0, instances: [4], time: 1, values: [1] })).toThrow(
      'no instance 4',
    );
    expect(() => run.offerColumns({ sensor: 0, time: [1], values: [1, 2] })).toThrow('more values (2)');
    run.advance(5);
    const other = twin();
    other.advance(5);
    expect(run.hash()).toBe(other.hash());
    expect(before).toBe(twin().hash());
    expect(run.sampleCounts()).toEqual(other.sampleCounts());
  });
});

describe('the journal', () => {
  const samples = fc.array(
    fc.record({
      time: fc.nat(6),
      sensor: fc.nat(2),
      instance: fc.nat(3),
      set: fc.boolean(),
      after: fc.boolean(),
    }),
    { maxLength: 30 },
  );
  it('has what was entered, alone or together, in the same order, and forgets alike', () => {
    fc.assert(
      fc.property(samples, fc.nat(6), fc.nat(6), (list, done, bound) => {
        const entries = list.map(({ time, sensor, instance, set, after }, n): Single => {
          const own = { time, after: set && after, sequence: n + 1 };
          return set
            ? { ...own, kind: 'set', variable: sensor, element: instance, value: n }
            : { ...own, kind: 'sample', sensor, instance, value: n };
        });
        const [alone, together] = [createJournal(), createJournal()];
        for (const entry of entries) alone.add(entry);
        together.addAll(entries.slice(0, 10));
        together.addAll(entries.slice(10));
        for (const journal of [alone, together]) {
          journal.rewind(done, true);
          journal.forgetBefore(bound);
        }
        expect(together.entries()).toEqual(alone.entries());
        expect(together.next()).toBe(alone.next());
        for (const entry of entries) {
          const there = alone.entries().some((one) => same(one, entry));
          expect(alone.has(entry.time, entry)).toBe(there);
          expect(together.has(entry.time, entry)).toBe(there);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** Whether the step in flight had passed a sample's time says how one names what became of it, and no more. */
function taken(run: Twin): object {
  const { onTime, revised, ...others } = run.sampleCounts();
  return { ...others, taken: onTime + revised };
}

type Single = Exclude<Entry, { kind: 'column' }>;

function same(a: Entry, b: Entry): boolean {
  if (a.time !== b.time) return false;
  if (a.kind === 'set') return b.kind === 'set' && a.variable === b.variable && a.element === b.element;
  return a.kind === 'sample' && b.kind === 'sample' && a.sensor === b.sensor && a.instance === b.instance;
}
