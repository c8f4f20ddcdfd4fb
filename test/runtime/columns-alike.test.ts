/** Columns of samples that the kernel helps to take are the run that single ones give: states, what is told, troubles. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interpret } from '../../compiler/interpret/index.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import type { Twin, TwinListener, TwinSettings } from '../../runtime/twin.ts';
import { compiled } from '../solvers/compiled.ts';

const COUNT = 6;

/** Ticks, conditions, durations, ranges; what is predicted depends on another sensor in one of them, and `odd` is no number at 3. */
const row = compiled(`asset Machine {
  input load = 1 m/s
  state way = 0 m
  der(way) = load - way / 8 s
  let shown = sin(way * 1 1/m) * 1 m
  sensor heat measures way + shown  range 0 m..4.5 m
  sensor twice measures way + heat.measured
  state mean = 0 m
  state odd = 0 1/m
  state seen: Integer = 0
  state kept: Integer = 0
  every 1 s {
    set mean = pre(mean) + 0.25 * (heat - pre(mean))
    set seen = pre(seen) + 1
  }
  every 2 s { set odd = 1 / (heat - 3 m) }
  when heat > 3.5 m for 2 s { set kept = pre(kept) + 1 }
  alarm high: warning "high" { raise when mean > 2.5 m  clear when mean < 1 m }
}
asset Row { part machine[${COUNT}]: Machine }\n`);

const { manifest } = row.artefact;
const sensorAt = (name: string): number => manifest.sensors.findIndex((sensor) => sensor.name.endsWith(name));
const HEAT = sensorAt('heat');
const TWICE = sensorAt('twice');

const settings: TwinSettings = {
  duration: 300,
  offered: 'all',
  checkpoints: { keep: 'recent', limit: 50, interval: 5 },
};
/** Both sensors have measured at the start. */
function twinOf(interpreted = false, own = settings): Twin {
  const twin = createTwin({
    manifest,
    kernel: interpreted ? () => interpret(row.system) : kernelFactory(row.artefact),
    settings: own,
  });
  for (const sensor of [HEAT, TWICE])
    twin.offerColumns({ sensor, time: 0, values: Array.from({ length: COUNT }, (_, i) => i / 2) });
  return twin;
}

/** `wild`: 3 m may come, of which `odd` is no number. */
const batches = (wild: boolean) =>
  fc.array(
    fc.record({
      pause: fc.constantFrom(0, 0.5, 1, 2, 3),
      ahead: fc.constantFrom(0.25, 1, 2),
      sensor: fc.constantFrom(HEAT, TWICE),
      both: fc.boolean(),
      only: fc.option(fc.subarray([...Array(COUNT).keys()], { minLength: 1 }), { freq: 2 }),
      values: fc.array(
        fc.constantFrom(-1, 0.5, 1, 2.75, 4, 5, 1e300, ...(wild ? [3, 3] : []), ...(wild ? [NaN] : [])),
        { minLength: COUNT, maxLength: COUNT },
      ),
    }),
    { minLength: 1, maxLength: 14 },
  );
type Batches = ReturnType<typeof batches> extends fc.Arbitrary<infer T> ? T : never;

interface Heard {
  told: unknown[];
  samples: unknown[];
}

function listening(twin: Twin, more: TwinListener = {}): Heard {
  const heard: Heard = { told: [], samples: [] };
  twin.listen({
    row: (time, side) =>
      heard.told.push([time, side, twin.value('machine[2].mean'), twin.value('machine[1].way')]),
    event: ({ time, microstep, name, text }) => heard.told.push([time, microstep, name, text]),
    sample: (taken) => heard.samples.push(taken),
    ...more,
  });
  return heard;
}

/** Offers all of it before its time comes. */
function drive(twin: Twin, all: Batches, columns: boolean, each: () => void): void {
  let now = 0;
  for (const { pause, ahead, sensor, both, only, values } of all) {
    now += pause;
    twin.advance(now);
    const instances = only ?? [...values.keys()];
    for (const which of both ? [HEAT, TWICE] : [sensor]) {
      const own = instances.map((instance) => values[instance]!);
      if (!columns) instances.forEach((instance, i) => twin.offer(which, instance, now + ahead, own[i]!));
      else if (only === null)
        twin.offerColumns({ sensor: which, time: now + ahead, values: Float64Array.from(own) });
      else twin.offerColumns({ sensor: which, instances, time: now + ahead, values: own });
    }
    each();
  }
  twin.advance(now + 30);
  each();
}

const marks = (twin: Twin): unknown[] => [
  twin.hash(),
  twin.time(),
  twin.trouble()?.message,
  twin.sampleCounts(),
];

describe('columns that come before their time', () => {
  for (const wild of [false, true])
    it(`are told and taken as single samples are${wild ? ', where some come to nothing' : ''}`, () => {
      fc.assert(
        fc.property(batches(wild), fc.constantFrom('nobody', 'all', 'steps', 'handlers'), (all, who) => {
          const runs = [twinOf(), twinOf(), twinOf(true)];
          const heard = runs.map((twin) => {
            if (who === 'nobody') return undefined;
            return listening(
              twin,
              who === 'steps' ? { accepted: () => {} } : who === 'handlers' ? { firing: () => {} } : {},
            );
          });
          const seen = runs.map((twin, i) => {
            const found: unknown[] = [];
            drive(twin, all, i > 0, () => found.push(...marks(twin)));
            return found;
          });
          expect(seen[1]).toEqual(seen[0]);
          expect(seen[2]).toEqual(seen[0]);
          expect(heard[1]).toEqual(heard[0]);
          expect(heard[2]).toEqual(heard[0]);
          const [, run] = runs;
          if (run!.trouble() !== undefined) return;
          const end = run!.hash();
          const branch = run!.branch();
          expect(branch.hash()).toBe(end);
          branch.rewind(1);
          branch.advance(run!.time());
          expect(branch.hash()).toBe(end);
          const saved = twinOf();
          expect(saved.restore(run!.save())).toBeUndefined();
          expect(saved.hash()).toBe(end);
          run!.rewind(2);
          run!.advance(branch.time());
          expect(run!.hash()).toBe(end);
          const later = branch.time() + 7;
          for (const one of [run!, branch, saved]) one.advance(later);
          expect(branch.hash()).toBe(run!.hash());
          expect(saved.hash()).toBe(run!.hash());
        }),
        { numRuns: 60 },
      );
    });

  it('are told as one to whoever listens to columns, with what was predicted', () => {
    const twin = twinOf();
    const told: unknown[] = [];
    const single: number[] = [];
    twin.advance(1);
    twin.listen({
      column: ({ sensor, time, values, predicted }) =>
        told.push({ sensor, time, values: [...values], predicted: [...predicted] }),
      sample: ({ instance }) => single.push(instance),
    });
    twin.offerColumns({ sensor: HEAT, time: 2, values: [1, 2, 2, 2, 1, 1] });
    twin.advance(2);
    const predicted = twin.value('machine[1].way')! + twin.value('machine[1].shown')!;
    expect(told).toEqual([
      {
        sensor: HEAT,
        time: 2,
        values: [1, 2, 2, 2, 1, 1],
        predicted: Array.from({ length: 6 }, () => predicted),
      },
    ]);
    expect(single).toEqual([]);
  });

  it('keep their values whatever becomes of what was handed over', () => {
    const [one, other] = [twinOf(), twinOf()];
    const values = Float64Array.of(1, 2, 2, 2, 1, 1);
    for (const twin of [one, other]) {
      twin.advance(1);
      twin.offerColumns({ sensor: HEAT, time: 2, values: twin === one ? values : values.slice() });
    }
    values.fill(4);
    one.advance(3);
    other.advance(3);
    expect(one.hash()).toBe(other.hash());
  });

  it('are forgotten by what they take, and their room is used again, by no branch', () => {
    const twin = twinOf(false, { offered: 'all', checkpoints: { keep: 'recent', limit: 3, interval: 5 } });
    const branches: { branch: Twin; hash: string; time: number }[] = [];
    for (let time = 1; time <= 120; time += 1) {
      const values = Array.from({ length: COUNT }, (_, i) => 0.5 + ((time * (i + 3)) % 7) / 4 + 1e-3 * i);
      twin.offerColumns({ sensor: HEAT, time, values: values.map((value) => (value === 3 ? 3.1 : value)) });
      twin.advance(time);
      if (time % 30 === 7) branches.push({ branch: twin.branch(), hash: twin.hash(), time });
    }
    expect(twin.trouble()).toBeUndefined();
    for (const { branch, hash, time } of branches) {
      branch.rewind(time - 4);
      branch.advance(time);
      expect(branch.hash()).toBe(hash);
    }
    const end = twin.hash();
    twin.rewind(112);
    twin.advance(120);
    expect(twin.hash()).toBe(end);
  });
});
