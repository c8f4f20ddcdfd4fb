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

/** Enough that single samples of one time are taken together, some of which wait for late ones in their own ways. */
const MANY = 20;
const bound = compiled(`asset Tank {
  state level = 1 m
  der(level) = -level / 20 s
  sensor gauge measures level  range 0 m..4.5 m
  state mean = 0 m
  state seen: Integer = 0
  every 1 s { set mean = if gauge.stale then 0 m else pre(mean) + 0.5 * (gauge - pre(mean)) }
  when gauge > 3 m { set seen = pre(seen) + 1 }
}
asset Row { part tank[${MANY}]: Tank }
twin East: Row
bind East {
  tank[2].gauge from mqtt("tank/2") as m late 4 s: drop stale 6 s
  tank[3].gauge from mqtt("tank/3") as m late 2 s: revise
  tank[7].gauge from mqtt("tank/7") as m stale 3 s
}\n`);

describe('samples and inputs that are offered together', () => {
  const arrivals = fc.array(
    fc.record({
      pause: fc.integer({ min: 0, max: 12 }),
      all: fc.array(
        fc.record({
          instance: fc.nat(3),
          isInput: fc.boolean(),
          back: fc.constantFrom(-4, -2, -1, 0, 1, 1, 2, 5, 30),
          value: fc.constantFrom(0, 0.5, 2.5, 3.5, 4, NaN),
        }),
        { maxLength: 20 },
      ),
    }),
    { maxLength: 6 },
  );
  const inflow = manifest.variables.findIndex(({ name }) => name.endsWith('inflow'));
  it('end as they do one by one, and of each is told what became of it', () => {
    fc.assert(
      fc.property(arrivals, (batch) => {
        const [one, many] = [twin(), twin()];
        let now = 20;
        for (const { pause, all } of batch) {
          now += pause;
          one.advance(now);
          many.advance(now);
          const fates = all.map(({ instance, isInput, back, value }) =>
            isInput
              ? one.offerInput(inflow, instance, now - back, value)
              : one.offer(0, instance, now - back, value),
          );
          const told = many.offerTogether(
            all.map(({ instance, isInput, back, value }) =>
              isInput
                ? { kind: 'set', variable: inflow, element: instance, time: now - back, value }
                : { kind: 'sample', sensor: 0, instance, time: now - back, value },
            ),
          );
          // What a first one cuts a step in two at is committed for the second: on time is what is not past for either.
          const taken = (fate: string): string => (fate === 'revised' ? 'onTime' : fate);
          expect(told.map(taken)).toEqual(fates.map(taken));
          expect(many.time()).toBe(one.time());
          expect(many.hash()).toBe(one.hash());
        }
        many.rewind(22);
        for (const each of [one, many]) each.advance(120);
        expect(many.hash()).toBe(one.hash());
      }),
      { numRuns: 60 },
    );
  });
});

describe('columns of one time', () => {
  const columns = fc.array(
    fc.record({
      pause: fc.constantFrom(0, 0.5, 2, 3),
      back: fc.constantFrom(-2, -1, -0.5, 0, 0.5, 1, 3, 6),
      instances: fc.oneof(
        fc.constant(undefined),
        fc.subarray([...Array(MANY).keys()]),
        fc.array(fc.nat(MANY - 1), { maxLength: 30 }),
      ),
      values: fc.array(fc.constantFrom(-1, 0.5, 2, 3.5, 4, 5, NaN), { minLength: 30, maxLength: 30 }),
      clean: fc.boolean(),
    }),
    { maxLength: 10 },
  );
  const own = bound.artefact.manifest;
  const start = (): Twin =>
    createTwin({
      manifest: own,
      kernel: kernelFactory(bound.artefact),
      settings: { offered: 'all', checkpoints: { keep: 'recent', limit: 50, interval: 2 } },
    });
  it('end as single samples do, whoever waits for late ones, and one of a kind with them', () => {
    fc.assert(
      fc.property(columns, (all) => {
        const [one, many, mixed] = [start(), start(), start()];
        const runs = [one, many, mixed];
        for (const run of runs) run.offerColumns({ sensor: 0, time: 0, values: Array(MANY).fill(1) });
        let now = 10;
        for (const { pause, back, instances, values: drawn, clean } of all) {
          now += pause;
          for (const run of runs) run.advance(now);
          const which = instances ?? [...Array(MANY).keys()];
          const values = which.map((_, i) => (clean && Number.isNaN(drawn[i]) ? 1 : drawn[i]!));
          const time = now - back;
          which.forEach((instance, i) => one.offer(0, instance, time, values[i]!));
          many.offerColumns({ sensor: 0, ...(instances === undefined ? {} : { instances }), time, values });
          const half = which.length >> 1;
          mixed.offerColumns({
            sensor: 0,
            instances: which.slice(0, half),
            time,
            values: values.slice(0, half),
          });
          which.slice(half).forEach((instance, i) => mixed.offer(0, instance, time, values[half + i]!));
          expect(many.hash()).toBe(one.hash());
          expect(mixed.hash()).toBe(one.hash());
        }
        // What is offered late one by one is told once more with each that comes, and so may be what is out of range.
        for (const run of [many, mixed])
          expect({ ...taken(run), outOfRange: 0 }).toEqual({ ...taken(one), outOfRange: 0 });
        const branch = many.branch();
        for (const run of [...runs, branch]) run.advance(60);
        expect(one.trouble()).toBeUndefined();
        for (const run of [many, mixed, branch]) expect(run.hash()).toBe(one.hash());
        many.rewind(11);
        many.advance(60);
        expect(many.hash()).toBe(one.hash());
      }),
      { numRuns: 60 },
    );
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
