import { describe, expect, it } from 'vitest';
import { createReplay } from '../../live/session/replay.ts';
import { createSession } from '../../live/session/session.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { build } from '../runtime/hand-written.ts';
import type { System } from '../runtime/hand-written.ts';
import { tank } from '../runtime/systems.ts';
import { compiled } from '../solvers/compiled.ts';
import { close, harness, watched } from './harness.ts';

describe('a session with samples from outside', () => {
  it('replays a recording', () => {
    const samples = [1, 2, 3, 4].map((k) => ({
      target: { kind: 'sensor' as const, sensor: 0, instance: 0 },
      time: 10 * k,
      value: k,
    }));
    const { session, pass } = harness({ mode: 'replay', replay: createReplay(samples), speed: 10 });
    pass(2500);
    expect(session.values()['gauge.measured']).toBe(2);
    pass(5000);
    expect(session.status()).toMatchObject({ time: 40, end: 40, playing: false });
    expect(session.values()['gauge.measured']).toBe(4);
    expect(session.status()!.counts).toEqual({ onTime: 4 });
  });

  it('goes back further in a recording than is held of it', () => {
    const samples = Array.from({ length: 30_000 }, (_, k) => ({
      target: { kind: 'sensor' as const, sensor: 0, instance: 0 },
      time: 0.01 * (k + 1),
      value: 2 + Math.sin(k / 50),
    }));
    const begun = () => harness({ mode: 'replay', replay: createReplay(samples), speed: 600 });
    const seen = (at: number, through: readonly number[]) => {
      const { session, pass } = begun();
      session.receive({ type: 'pause' });
      for (const time of [...through, at]) {
        session.receive({ type: 'seek', time });
        for (let n = 0; n < 400 && session.status()!.time !== time; n += 1) pass(50);
      }
      const { counts, time, end } = session.status()!;
      expect(time).toBe(at);
      expect(end).toBe(300);
      return { values: session.values(), counts };
    };
    for (const at of [3.333, 250]) {
      const { values } = seen(at, []);
      const again = seen(at, [300, 2]);
      expect(again.values).toEqual(values);
      expect(again.counts).toEqual({ onTime: 30_000 });
    }
  });

  it('follows the clock live, takes samples by the clock, tells alarms, and does not pause', () => {
    const hot: System = {
      ...watched,
      discretes: { ...tank.discretes, high: 0 },
      handlers: [
        ...(tank.handlers ?? []),
        {
          kind: 'raise',
          name: 'full',
          alarm: 0,
          condition: (v) => v['gauge.measured']! > 3,
          actions: { high: () => 1 },
        },
        {
          kind: 'clear',
          name: 'full',
          alarm: 0,
          condition: (v) => v['gauge.measured']! < 2,
          actions: { high: () => 0 },
        },
      ],
    };
    const { manifest } = build(hot);
    const place = { uri: 'test:/tank.twin', start: 0, end: 1, line: 4, column: 2, endLine: 4, endColumn: 9 };
    const live: System = {
      ...hot,
      alarms: [
        {
          name: 'full',
          dims: [],
          severity: 'critical',
          message: 'Tank is full',
          active: manifest.variables.findIndex(({ name }) => name === 'high'),
          doc: '',
          source: place,
        },
      ],
      bindings: [
        {
          direction: 'from',
          protocol: 'mqtt',
          arguments: { 0: 'plant/level' },
          target: { kind: 'sensor', sensor: 0, instance: 0 },
          base: 'number',
          unit: { text: 'm', label: 'm', factor: 1, offset: 0 },
          source: place,
        },
      ],
    };
    const { session, of, pass, clock } = harness({ mode: 'live', live: true }, live);
    session.receive({ type: 'ready' });
    expect(of('hello').at(-1)!.sensors[0]).toMatchObject({ id: 'gauge', binding: 'mqtt plant/level' });
    const told: unknown[] = [];
    session.attach({ probes: [], alarm: (...alarm) => told.push(alarm), value: () => {} });
    const start = clock();
    pass(10_000);
    close(session.status()!.time, 9.75, 0.05);
    expect(session.arrive({ binding: 0, time: clock() - 100, value: 3.5 })).toBe('onTime');
    session.receive({ type: 'pause' });
    pass(1000);
    expect(session.values()['gauge.measured']).toBe(3.5);
    close(session.values()['gauge.predicted'], 5 * (1 - Math.exp(-0.99)), 1e-5);
    // How things stand at first, and what has happened.
    expect(told).toEqual([
      [0, 0, false, start],
      [0, 0, true, start + 9900],
    ]);
    expect(of('alarms').at(-1)!.alarms[0]).toMatchObject({
      id: 'full',
      active: true,
      since: 9.9,
      acknowledged: false,
    });
    session.receive({ type: 'acknowledge', alarm: 'full' });
    expect(of('alarms').at(-1)!.alarms[0]!.acknowledged).toBe(true);
    session.receive({ type: 'shelve', alarm: 'full', seconds: 5 });
    expect(of('alarms').at(-1)!.alarms[0]!.shelvedUntil).toBeCloseTo(session.status()!.time + 5, 9);
    pass(6000);
    expect(of('alarms').at(-1)!.alarms[0]!.shelvedUntil).toBeUndefined();
    expect(session.arrive({ binding: 0, time: clock() - 5000, value: 1 })).toBe('revised');
    expect(session.arrive({ binding: 0, time: clock() - 5000, value: 1 })).toBe('duplicate');
    expect(session.status()).toMatchObject({ mode: 'live', end: null, playing: true });
  });
});

describe('a live session of many sensors', () => {
  const COUNT = 40;
  const { artefact } = compiled(`asset Tank {
    input raw = 1
    sensor level measures raw
    state ticks: Integer = 0
    every 1 s { set ticks = pre(ticks) + 1 }
    alarm high: warning "high" { raise when level > 5  clear when level < 4 }
  }
  asset Row { part tank[${COUNT}]: Tank }
  twin All: Row
  bind All {
    ${Array.from({ length: COUNT }, (_, i) => `tank[${i + 1}].level from mqtt("tank/${i}") late 60 s: revise`).join('\n')}
  }\n`);
  const start = () => {
    const found = harness({ mode: 'live', live: true });
    found.session.load({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
    found.session.receive({ type: 'ready' });
    found.pass(10_000);
    return found;
  };

  it('takes what arrives together, goes over time again once, and tells the alarms that have changed', () => {
    const { session, of, pass, clock } = start();
    const told: string[] = [];
    const cuts = of('status').length;
    const before = of('alarms').length;
    for (let i = 0; i < COUNT; i += 1)
      session.gather!({ binding: i, time: clock() - 3000, value: i < 3 ? 6 : 1 }, (verdict) =>
        told.push(verdict),
      );
    session.gather!({ binding: 0, time: clock() - 3000, value: 2 }, (verdict) => told.push(verdict));
    session.gather!({ binding: 1, time: clock(), value: NaN }, (verdict) => told.push(verdict));
    expect(told).toEqual([]);
    pass(50);
    expect(told).toEqual([...Array<string>(COUNT).fill('revised'), 'duplicate', 'notANumber']);
    // Once back, and what passed since.
    const back = of('status').slice(cuts);
    expect(back.filter(({ status }) => status.computed < status.time)).toHaveLength(1);
    const changed = of('alarms').slice(before);
    expect(changed.flatMap(({ alarms }) => alarms.map(({ id }) => id)).sort()).toEqual([
      'tank[1].high',
      'tank[2].high',
      'tank[3].high',
    ]);
    // Two at other times: each is told by itself, also where it has not been.
    session.gather!({ binding: 0, time: clock() - 2000, value: 1 }, (verdict) => told.push(verdict));
    pass(50);
    expect(of('alarms').at(-1)!.alarms).toMatchObject([{ id: 'tank[1].high', active: false }]);
    // Whoever asks for the twin has it with all that came.
    session.gather!({ binding: 5, time: clock() - 2600, value: 7 }, () => {});
    expect(session.twin()!.sampleCounts()).toMatchObject({ revised: COUNT + 2, duplicate: 1, notANumber: 1 });
    pass(600);
    session.receive({ type: 'acknowledge', alarm: 'tank[2].high' });
    expect(of('alarms').at(-1)!.alarms).toMatchObject([{ id: 'tank[2].high', acknowledged: true }]);
    session.receive({ type: 'shelve', alarm: 'tank[3].high', seconds: 1 });
    expect(of('alarms').at(-1)!.alarms).toMatchObject([{ id: 'tank[3].high', acknowledged: false }]);
    expect(of('alarms').at(-1)!.alarms[0]!.shelvedUntil).toBeGreaterThan(0);
    pass(2000);
    expect(of('alarms').at(-1)!.alarms).toHaveLength(1);
    expect(of('alarms').at(-1)!.alarms[0]!.shelvedUntil).toBeUndefined();
    const known = of('alarms').length;
    session.receive({ type: 'acknowledge', alarm: 'tank[99].high' });
    expect(of('alarms')).toHaveLength(known);
  });

  it('tells outlets each change once, and sets right what late samples show to have been otherwise', () => {
    const { session, pass, clock } = start();
    const began = clock() - 10_000;
    const told: [instance: number, active: boolean, seconds: number][] = [];
    const at = (binding: number, seconds: number, value: number): void => {
      expect(['onTime', 'revised']).toContain(
        session.arrive({ binding, time: began + 1000 * seconds, value }),
      );
      pass(50);
    };
    session.attach({
      probes: [],
      alarm: (_, instance, active, time) => told.push([instance, active, (time - began) / 1000]),
      value: () => {},
    });
    pass(50);
    expect(told.splice(0).filter(([, active]) => active)).toEqual([]);
    pass(10_000);
    at(0, 12, 6);
    at(0, 15, 1);
    at(1, 16, 6);
    expect(told.splice(0)).toEqual([
      [0, true, 12],
      [0, false, 15],
      [1, true, 16],
    ]);
    // Of another tank, and longer ago: nothing is otherwise.
    at(2, 11, 1);
    expect(told).toEqual([]);
    // It was raised before; that it was cleared at 15 s was told, and is so.
    at(0, 11.5, 7);
    expect(told.splice(0)).toEqual([
      [0, true, 11.5],
      [0, false, 15],
    ]);
    // It was low again at the time at which it seemed to be raised, so it was not.
    at(3, 17, 6);
    expect(told.splice(0)).toEqual([[3, true, 17]]);
    at(3, 17.25, 1);
    at(3, 17.5, 6);
    expect(told.splice(0)).toEqual([
      [3, false, 17.25],
      [3, true, 17.5],
    ]);
    at(3, 17.125, 1);
    // Cleared earlier; it is raised, as was told.
    expect(told.splice(0)).toEqual([
      [3, false, 17.125],
      [3, true, 17.5],
    ]);
  });

  it('loses nothing by an edit of the text: neither what has arrived and is not yet shown, nor what somebody made of alarms', () => {
    const { session, of, pass, clock } = start();
    session.arrive({ binding: 1, time: clock() - 1000, value: 6 });
    pass(100);
    session.receive({ type: 'acknowledge', alarm: 'tank[2].high' });
    // A live twin shows what was a moment ago.
    expect(session.arrive({ binding: 0, time: clock(), value: 7 })).toBe('onTime');
    expect(session.values()['tank[1].level.measured']).not.toBe(7);
    session.receive({ type: 'shelve', alarm: 'tank[3].high', seconds: 60 });
    session.load({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
    expect(session.values()['tank[2].level.measured']).toBe(6);
    const [, second, third] = of('hello').at(-1)!.alarms;
    expect(second).toMatchObject({ active: true, acknowledged: true });
    expect(third!.shelvedUntil).toBeGreaterThan(60);
    pass(1000);
    expect(session.values()['tank[1].level.measured']).toBe(7);
    expect(session.arrive({ binding: 0, time: clock(), value: 1 })).toBe('onTime');
    pass(1000);
    expect(session.values()['tank[1].level.measured']).toBe(1);
  });

  it('keeps what people made of alarms for a later process, and forgets it with another run', () => {
    const one = start();
    for (const binding of [0, 1, 2]) one.session.arrive({ binding, time: one.clock() - 1000, value: 6 });
    one.pass(2000);
    for (const alarm of ['tank[1].high', 'tank[2].high', 'tank[4].high'])
      one.session.receive({ type: 'acknowledge', alarm });
    one.session.receive({ type: 'shelve', alarm: 'tank[3].high', seconds: 1000 });
    // Raised again, it is another time.
    one.session.arrive({ binding: 1, time: one.clock() - 200, value: 1 });
    one.pass(1000);
    one.session.arrive({ binding: 1, time: one.clock() - 200, value: 6 });
    one.pass(1000);
    const kept = one.session.keep()!;
    expect(kept).toMatchObject({
      acknowledged: ['tank[1].high'],
      shelved: [['tank[3].high', expect.any(Number)]],
    });
    const other = harness({ mode: 'live', live: true });
    other.session.load({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
    expect(
      other.session.resume(
        JSON.parse(JSON.stringify({ ...kept, state: 0 }), (key, value: unknown) =>
          key === 'state' ? kept.state : value,
        ) as typeof kept,
      ),
    ).toBeUndefined();
    other.session.receive({ type: 'ready' });
    const alarms = other.of('hello').at(-1)!.alarms;
    expect(alarms.slice(0, 4)).toMatchObject([
      { active: true, acknowledged: true },
      { active: true, acknowledged: false },
      { active: true, shelvedUntil: kept.shelved![0]![1] },
      { active: false },
    ]);
    other.session.receive({ type: 'restart' });
    other.session.receive({ type: 'ready' });
    expect(
      other
        .of('hello')
        .at(-1)!
        .alarms.some(({ acknowledged, shelvedUntil }) => acknowledged || shelvedUntil !== undefined),
    ).toBe(false);
  });

  it('says once that it cannot keep up with the clock, and once that it can again', () => {
    let slow = 0;
    let clock = 1_000_000;
    const said: string[] = [];
    let run: (() => void) | undefined;
    const session = createSession({
      send: (message) => {
        if (message.type === 'events') said.push(...message.events.flatMap((event) => event.said?.key ?? []));
      },
      // As if each look at the clock came so much later.
      now: () => (clock += slow),
      schedule: (callback) => {
        run = callback;
        return () => (run = undefined);
      },
      mode: 'live',
      live: true,
    });
    session.load({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
    const ticks = (count: number, ms: number): void => {
      for (let i = 0; i < count; i += 1) {
        clock += ms;
        run?.();
      }
    };
    ticks(100, 16);
    expect(said).toEqual([]);
    slow = 2000;
    ticks(5, 0);
    expect(said).toEqual(['behind']);
    slow = 0;
    ticks(2000, 16);
    expect(said).toEqual(['behind', 'caughtUp']);
    session.dispose();
  });
});

describe('a clock that is set, or a machine that sleeps', () => {
  const live = () => {
    let moved = 0;
    // The clock of the harness is known once there is one.
    const begun: { now?: () => number } = {};
    const on = harness({ mode: 'live', live: true, wall: () => (begun.now?.() ?? 1_000_000) + moved });
    begun.now = on.clock;
    const said = (): string[] =>
      on.of('events').flatMap(({ events }) => events.flatMap(({ said: each }) => each?.key ?? []));
    const time = (): number => on.session.twin()!.time();
    const set = (ms: number): void => void (moved += ms);
    return { ...on, said, time, set };
  };

  it('is caught up with after it went on, and said once', () => {
    const { pass, said, time, set, session, clock } = live();
    pass(10_000);
    const before = time();
    set(3_600_000);
    pass(20_000);
    close(time() - before, 3620, 1);
    expect(said().filter((key) => key !== 'caughtUp')).toEqual(['clockOn']);
    // What arrives now arrived by the clock of the machine.
    close(session.now() - clock(), 3_600_000, 1e-6);
  });

  it('stops nothing when it is set back', () => {
    const { pass, said, time, set, session, clock } = live();
    pass(10_000);
    const before = time();
    set(-3_600_000);
    pass(20_000);
    close(time() - before, 20, 1);
    expect(said()).toEqual(['clockBack']);
    expect(session.now() - clock()).toBe(-3_600_000);
  });

  it('is nothing to speak of where it is a second', () => {
    const { pass, said, time, set } = live();
    pass(10_000);
    const before = time();
    set(1000);
    pass(5000);
    set(-1000);
    pass(5000);
    close(time() - before, 10, 1.2);
    expect(said()).toEqual([]);
  });
});
