/** Estimates are part of a twin's state: they are saved, gone over again and branched with it, and come out the same whichever way samples come. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSession } from '../../live/session/session.ts';
import type { Hello, ToPreview } from '../../preview/protocol.ts';
import { kernelFactory } from '../../runtime/load.ts';
import type { RunEvent } from '../../runtime/describe.ts';
import type { Twin } from '../../runtime/twin.ts';
import { compiled } from '../solvers/compiled.ts';
import { covarianceOf, live, ROOM, twinOfText } from './helper.ts';

const row = compiled(`asset Tank {
  state level = 1 m in 0 m..5 m
  input inflow = 0.1 m/s
  state spills = 0
  der(level) = inflow - 0.1 * sqrt(level * 1 m) / 1 s
  sensor gauge measures level noise normal(2 cm)
  when level > 3 m { set spills = pre(spills) + 1 }
}
asset Row {
  part tank[3]: Tank
  state total = 0 m
  der(total) = (sum(tank[*].level) - total) / 30 s
  sensor mean measures total / 3 noise normal(1 cm)
}
twin R: Row
bind R {
  tank[1].gauge from mqtt("one") as m
  tank[2].gauge from mqtt("two") as m
  tank[3].gauge from mqtt("three") as m
  mean from mqtt("mean") as m
  estimate tank[*].level within 50 cm drifts 5 cm in 1 min
  estimate total within 1 m drifts 1 cm in 1 min
}\n`);
const gauge = row.artefact.manifest.sensors.findIndex(({ name }) => name === 'tank[].gauge');
const mean = row.artefact.manifest.sensors.findIndex(({ name }) => name === 'mean');
const CHECKPOINTS = { keep: 'recent', limit: 50, interval: 5 } as const;

const samples = fc.array(
  fc.record({
    sensor: fc.constantFrom(gauge, gauge, mean),
    instance: fc.nat(2),
    time: fc.integer({ min: 1, max: 60 }),
    value: fc.double({ min: 0, max: 4, noNaN: true }),
  }),
  { minLength: 1, maxLength: 12 },
);
type Sample = { sensor: number; instance: number; time: number; value: number };
const offered = (twin: Twin, { sensor, instance, time, value }: Sample): void => {
  twin.offer(sensor, sensor === mean ? 0 : instance, time, value);
};

describe('a twin that estimates', () => {
  it('ends the same however late samples come, and whoever looks at it on the way', () => {
    fc.assert(
      fc.property(samples, fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 5 }), (list, looks) => {
        const [early, late] = [live(row, CHECKPOINTS), live(row, CHECKPOINTS)];
        for (const each of list) offered(early, each);
        early.advance(100);
        for (const time of looks.toSorted((a, b) => a - b)) late.advance(time + 0.37);
        for (const each of list) {
          offered(late, each);
          late.value('tank[1].level.sd');
        }
        late.advance(71.3);
        late.advance(100);
        expect(late.hash()).toBe(early.hash());
      }),
      { numRuns: 30 },
    );
  });

  it('goes on as before when it was saved, branched or taken back', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 70 }), (list, at) => {
        const whole = live(row, CHECKPOINTS);
        for (const each of list) offered(whole, each);
        whole.advance(at);
        const branch = whole.branch();
        const saved = live(row, CHECKPOINTS);
        expect(saved.restore(whole.save())).toBeUndefined();
        saved.expect(whole.coming());
        for (const twin of [whole, branch, saved]) twin.advance(100);
        expect(branch.hash()).toBe(whole.hash());
        expect(saved.hash()).toBe(whole.hash());
        branch.rewind(at / 2);
        branch.advance(100);
        expect(branch.hash()).toBe(whole.hash());
      }),
      { numRuns: 30 },
    );
  });

  it('takes columns as it does single samples', () => {
    const [one, many] = [live(row, CHECKPOINTS), live(row, CHECKPOINTS)];
    for (const time of [1, 4, 9]) {
      const values = [1.1, 0.9, 1.4].map((value) => value + time / 20);
      values.forEach((value, instance) => one.offer(gauge, instance, time, value));
      many.offerColumns({ sensor: gauge, time, values });
      for (const twin of [one, many]) twin.advance(time + 0.5);
      expect(many.hash()).toBe(one.hash());
    }
    expect(one.value('tank[3].level.sd')).toBeLessThan(0.03);
  });

  it('runs interpreted as compiled', () => {
    const twins = [live(row, CHECKPOINTS), live(row, CHECKPOINTS, true)];
    for (const twin of twins) {
      for (let time = 1; time < 40; time += 1.5)
        twin.offer(gauge, time % 3 === 0 ? 1 : 2, time, 1 + time / 30);
      twin.advance(60);
    }
    expect(twins[1]!.hash()).toBe(twins[0]!.hash());
    expect(covarianceOf(twins[0]!)[1]![3]).not.toBe(0);
  });

  it('is the twin without estimates until a sample comes', () => {
    const plain = compiled(
      ROOM.split('\n')
        .filter((line) => !line.includes('estimate '))
        .join('\n'),
    );
    const [with_, without] = [twinOfText(ROOM), live(plain)];
    for (const twin of [with_, without]) twin.advance(500);
    expect(with_.value('T')).toBe(without.value('T'));
    expect(with_.value('T.sd')).toBeNaN();
    expect(without.value('T.sd')).toBeUndefined();
    expect(plain.artefact.manifest.estimator).toBeUndefined();
  });

  it('corrects before conditions are looked at', () => {
    const twin = twinOfText(ROOM);
    twin.offer(0, 0, 10, 273.15 + 26);
    twin.advance(10);
    expect(twin.value('T')).toBeGreaterThan(273.15 + 24);
    expect(twin.value('alarms')).toBe(1);
  });

  it('leaves states within their limits', () => {
    const twin = live(row);
    twin.offer(gauge, 0, 1, 0.3);
    twin.offer(gauge, 0, 1.001, -0.1);
    twin.offer(gauge, 1, 1, 0.01);
    for (let i = 2; i < 10; i += 1) twin.offer(gauge, 1, i, -0.05);
    for (let i = 0; i < 10; i += 1) {
      twin.advance(i);
      expect(twin.value('tank[2].level')).toBeGreaterThanOrEqual(0);
    }
    expect(twin.trouble()).toBeUndefined();
  });
});

describe('samples that cannot be', () => {
  const logged = (twin: Twin): RunEvent[] => {
    const events: RunEvent[] = [];
    twin.listen({ event: (event) => events.push(event) });
    return events;
  };

  it('correct nothing, and are told of once', () => {
    const twin = twinOfText(ROOM);
    const events = logged(twin);
    for (let time = 1; time <= 30; time += 1) twin.offer(0, 0, time, 293.65);
    twin.advance(30.5);
    const before = twin.value('T')!;
    for (const time of [31, 32, 33]) twin.offer(0, 0, time, 400);
    twin.advance(33);
    expect(Math.abs(twin.value('T')! - before)).toBeLessThan(0.1);
    expect(twin.value('gauge.surprise')).toBeGreaterThan(50);
    expect(twin.value('gauge.measured')).toBe(400);
    const told = events.filter(({ text }) => text.includes('not used'));
    expect(told.map(({ name, time, severity }) => ({ name, time, severity }))).toEqual([
      { name: 'gauge', time: 31, severity: 'warning' },
    ]);
    expect(told[0]!.text).toMatch(
      /^measured 126\.9 °C where 20\.\d+ °C was expected, give or take 0\.\d+ K: not used/,
    );
  });

  it('are believed when ten come in a row', () => {
    const twin = twinOfText(ROOM);
    const events = logged(twin);
    for (let time = 1; time <= 30; time += 1) twin.offer(0, 0, time, 293.65);
    for (let time = 31; time <= 60; time += 1) twin.offer(0, 0, time, 313);
    twin.advance(39);
    expect(twin.value('T')).toBeLessThan(295);
    twin.advance(60);
    expect(twin.value('T')).toBeGreaterThan(312);
    expect(events.filter(({ text }) => text.includes('begins anew')).map(({ time }) => time)).toEqual([40]);
  });
});

it('stops with a reason where nothing can be told next to a state', () => {
  const twin = twinOfText(`asset A {
    state x = 1
    state y = 0
    der(x) = 0
    der(y) = (if x == 1 then 0 Hz else sqrt(-1) * 1 Hz)
    sensor seen measures x noise normal(0.1)
  }
  twin T: A
  bind T {
    seen from mqtt("x")
    estimate x within 1 drifts 0 in 1 s
    estimate y within 1 drifts 0 in 1 s
  }\n`);
  twin.offer(0, 0, 1, 1);
  twin.advance(10);
  expect(twin.trouble()).toMatchObject({ code: 'PX9058' });
  expect(twin.trouble()!.message).toContain("'x'");
});

it('shows how far off states may be beside them, and how surprising samples are beside their sensors', () => {
  const sent: ToPreview[] = [];
  const session = createSession({
    send: (message) => sent.push(structuredClone(message)),
    now: () => 0,
    schedule: () => () => undefined,
  });
  session.load({ manifest: row.artefact.manifest, kernel: kernelFactory(row.artefact) });
  const hello = sent.find((message): message is Hello => message.type === 'hello')!;
  expect(hello.series.find(({ id }) => id === 'tank[2].level.sd')?.unit.text).toBe('m');
  const tank = hello.structure.children[1]!;
  expect(tank.series).toEqual(
    expect.arrayContaining(['tank[2].level', 'tank[2].level.sd', 'tank[2].gauge.surprise']),
  );
  expect(hello.series.map(({ id }) => id).filter((id) => id.startsWith('estimator'))).toEqual([]);
});
