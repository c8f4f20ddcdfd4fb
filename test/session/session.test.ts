import { describe, expect, it } from 'vitest';
import { createFan } from '../../live/serve/fan.ts';
import { createReplay } from '../../live/session/replay.ts';
import { createSession } from '../../live/session/session.ts';
import type { SessionOptions } from '../../live/session/contract.ts';
import type { ToPreview } from '../../preview/protocol.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { compiled } from '../solvers/compiled.ts';
import { build } from '../runtime/hand-written.ts';
import type { System } from '../runtime/hand-written.ts';
import { tank } from '../runtime/systems.ts';

const watched: System = { ...tank, probes: [{ text: 'level', value: (v) => v.level! }] };

/** A clock that goes only when told to, and the session's callbacks in order of their time. */
function harness(options: Partial<SessionOptions> = {}, system: System = watched) {
  let clock = 1_000_000;
  let queue: { at: number; run: () => void }[] = [];
  const sent: ToPreview[] = [];
  const session = createSession({
    send: (message) => sent.push(structuredClone(message)),
    now: () => clock,
    schedule: (callback, ms) => {
      const item = { at: clock + Math.max(ms, 1), run: callback };
      queue.push(item);
      return () => {
        queue = queue.filter((other) => other !== item);
      };
    },
    ...options,
  });
  const pass = (ms: number): void => {
    const end = clock + ms;
    for (;;) {
      queue.sort((a, b) => a.at - b.at);
      if (queue.length === 0 || queue[0]!.at > end) break;
      const { at, run } = queue.shift()!;
      clock = at;
      run();
    }
    clock = end;
  };
  const of = <T extends ToPreview['type']>(type: T): Extract<ToPreview, { type: T }>[] =>
    sent.filter((message): message is Extract<ToPreview, { type: T }> => message.type === type);
  session.load(build(system));
  return { session, sent, of, pass, clock: () => clock };
}

const close = (a: number | null | undefined, b: number, within: number): void =>
  expect(Math.abs((a ?? NaN) - b)).toBeLessThan(within);

describe('a simulating session', () => {
  it('says by which method the run goes on, and why', () => {
    const { artefact } = compiled(`asset Fast {
      state x = 0
      state y = 0
      der(x) = (cos(time * 1 1/s) - x) * 1e5 1/s
      der(y) = x * 1 1/s
    }
    scenario day for Fast { run 1 d }\n`);
    const { session, of, pass } = harness({ speed: null, playing: false });
    session.load({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
    session.receive({ type: 'scenario', scenario: 'solvers.day' });
    session.receive({ type: 'seek', time: 10 });
    pass(1000);
    const { method } = of('status').at(-1)!.status;
    expect(method).toMatchObject({ name: 'rodas5p', changes: 1, why: 'stiff' });
    expect(method!.rate).toBeGreaterThan(1e4);
    expect(method!.step! * method!.rate!).toBeLessThan(10);
    expect(session.integration()).toEqual({
      scenario: 'solvers.day',
      method: expect.stringMatching(/^method rodas5p since .*, as the system is stiff: rates up to/),
    });
  });

  it('warns of steps that are too long, and goes on', () => {
    const { artefact } = compiled(`asset Cup {
      state heat = 1
      der(heat) = -heat / 4 s
    }
    scenario cooling for Cup { run 40 s  method implicitEuler step 2 s }\n`);
    const { session, of, pass } = harness({ speed: null, playing: false });
    session.load({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
    session.receive({ type: 'scenario', scenario: 'solvers.cooling' });
    session.receive({ type: 'seek', time: 40 });
    pass(1000);
    const told = of('events').flatMap(({ events }) => events);
    expect(told.filter(({ text }) => text.includes('PX9054'))).toEqual([
      expect.objectContaining({ kind: 'event', name: 'heat', severity: 'warning' }),
    ]);
    expect(told.map(({ kind }) => kind)).not.toContain('trouble');
    expect(of('status').at(-1)!.status).toMatchObject({ computed: 40, end: 40, trouble: null });
  });

  it('greets, and sends frames of what is subscribed as time passes', () => {
    const { session, of, pass } = harness({ speed: 10 });
    session.receive({ type: 'ready' });
    const hello = of('hello').at(-1)!;
    expect(hello.series.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['level', 'flow', 'gauge.measured', 'gauge.residual', 'probe:0']),
    );
    expect(hello.parameters.find(({ id }) => id === 'inflow')).toMatchObject({
      value: 0.5,
      initial: 0.5,
      low: 0,
      high: 2,
    });
    session.receive({ type: 'subscribe', series: ['level', 'probe:0'] });
    pass(5000);
    const frames = of('frame');
    expect(frames.length).toBeLessThanOrEqual(5000 / 16 + 3);
    const last = frames.at(-1)!;
    close(last.time, 50, 0.2);
    const before = 5 * (1 - Math.exp((-10 * Math.log(5)) / 10 - 3));
    close(last.now[0], before * Math.exp(-(last.time - 10 * Math.log(5) - 30) / 10), 1e-6);
    expect(last.now[1]).toBe(last.now[0]);
    const times = frames.flatMap((frame) => frame.times);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(
      frames.every(({ columns, times: rows }) => columns.every((column) => column.length === rows.length)),
    ).toBe(true);
    expect(
      of('events')
        .flatMap(({ events }) => events)
        .some(({ name }) => name === 'overflow'),
    ).toBe(true);
  });

  it('leaves no hole for one page while another comes, or when one shows more', () => {
    const fan = createFan();
    const { session, pass } = harness({ send: fan.send, speed: 1000 });
    fan.connect(session);
    const got: ToPreview[] = [];
    const page = fan.attach((message) => got.push(structuredClone(message)));
    page.receive({ type: 'ready' });
    page.receive({ type: 'subscribe', series: ['level'] });
    pass(40);
    // Between two frames, so that something waits to be sent.
    session.receive({ type: 'seek', time: session.status()!.time + 3 });
    pass(2);
    const other = fan.attach(() => {});
    other.receive({ type: 'ready' });
    other.receive({ type: 'subscribe', series: ['flow'] });
    pass(20);
    page.receive({ type: 'subscribe', series: ['flow', 'level'] });
    pass(40);
    const times = got.flatMap((message) => (message.type === 'frame' ? message.times : []));
    const rows = session.twin()!.outputPeriod;
    expect(times.length).toBeGreaterThan(50 / rows);
    expect(Math.max(...times.slice(1).map((time, i) => time - times[i]!))).toBeLessThanOrEqual(rows + 1e-9);
    const events = got.flatMap((message) => (message.type === 'events' ? message.events : []));
    expect(events.map(({ id }) => id)).toEqual(events.map((_, i) => i + 1));
  });

  it('stops at the end, and plays again from the start', () => {
    const { session, pass } = harness({ speed: null });
    pass(3000);
    expect(session.status()).toMatchObject({ playing: false, time: 400, end: 400, computed: 400 });
    session.receive({ type: 'speed', speed: 1 });
    session.receive({ type: 'play' });
    pass(1000);
    expect(session.status()!.playing).toBe(true);
    close(session.status()!.time, 1, 0.1);
  });

  it('pauses, steps, seeks backwards and forwards', () => {
    const { session, pass } = harness({ speed: 20 });
    pass(5000);
    session.receive({ type: 'pause' });
    const { time } = session.status()!;
    const level = session.values().level;
    pass(5000);
    expect(session.status()!.time).toBe(time);
    session.receive({ type: 'seek', time: 10 });
    close(session.values().level, 5 * (1 - Math.exp(-1)), 1e-7);
    expect(session.status()).toMatchObject({ time: 10, computed: time, playing: false });
    session.receive({ type: 'seek', time });
    pass(100);
    expect(session.values().level).toBe(level);
    session.receive({ type: 'step', to: 'step' });
    pass(100);
    expect(session.status()!.time).toBe(time + 2);
    session.receive({ type: 'step', to: 'previous-event' });
    pass(100);
    expect(session.status()!.time).toBeLessThan(time);
  });

  it('runs a what-if again from the start, and answers with history', () => {
    const { session, of, pass } = harness({ speed: 10 });
    session.receive({ type: 'ready' });
    session.receive({ type: 'subscribe', series: ['level'] });
    pass(1000);
    session.receive({ type: 'pause' });
    const { time } = session.status()!;
    session.receive({ type: 'set', id: 'inflow', value: 0.2 });
    pass(100);
    expect(session.status()!.time).toBe(time);
    close(session.values().level, 2 * (1 - Math.exp(-time / 10)), 1e-7);
    session.receive({ type: 'history', request: 7, series: ['level'], from: 0, to: 100, points: 50 });
    const answer = of('history').at(-1)!;
    expect(answer.request).toBe(7);
    answer.times.forEach((t, i) => close(answer.columns.level![i], 2 * (1 - Math.exp(-t / 10)), 1e-7));
    expect(
      of('events')
        .flatMap(({ events }) => events)
        .some(({ text }) => text.includes('from the start')),
    ).toBe(true);
    session.receive({ type: 'set', id: 'inflow', value: 7 });
    expect(of('events').at(-1)!.events[0]!.text).toContain('outside its range');
    close(session.values().inflow, 0.2, 1e-12);
    session.receive({ type: 'set', id: 'inflow', value: null });
    close(session.values().level, 5 * (1 - Math.exp(-time / 10)), 1e-7);
  });

  it('compares with the run as it was, to its end', () => {
    const { session, of, pass } = harness({ speed: 10 });
    pass(1000);
    session.receive({ type: 'pause' });
    const { time } = session.status()!;
    session.receive({ type: 'compare', with: 'this', scenario: null });
    session.receive({ type: 'set', id: 'inflow', value: 0.2 });
    pass(2000);
    expect(session.status()).toMatchObject({ time, compared: { computed: 400 } });
    const ask = { type: 'history' as const, series: ['level'], from: 0, points: 4000, request: 1 };
    session.receive({ ...ask, to: 15, run: 'compared' });
    const was = of('history').at(-1)!;
    expect(was.times.at(-1)).toBeGreaterThan(time);
    expect(was.times).toEqual(was.times.toSorted((a, b) => a - b));
    was.times.forEach((t, i) => close(was.columns.level![i], 5 * (1 - Math.exp(-t / 10)), 1e-6));
    session.receive({ ...ask, to: 15 });
    const is = of('history').at(-1)!;
    is.times.forEach((t, i) => close(is.columns.level![i], 2 * (1 - Math.exp(-t / 10)), 1e-6));
    session.receive({ type: 'compare', with: 'this', scenario: null });
    expect(session.status()!.compared?.label).toMatch(/, inflow = 0\.2$/);
    session.receive({ type: 'compare', with: 'none', scenario: null });
    expect(session.status()!.compared).toBeUndefined();
  });

  it('compares with the version before an edit', () => {
    const { session, of, pass } = harness({ speed: 10 });
    pass(1000);
    session.receive({ type: 'compare', with: 'this', scenario: null });
    session.load(build({ ...watched, parameters: { ...tank.parameters, drain: 0.2 } }));
    pass(1000);
    session.receive({
      type: 'history',
      request: 2,
      series: ['level'],
      from: 0,
      to: 15,
      points: 4000,
      run: 'compared',
    });
    const was = of('history').at(-1)!;
    was.times.forEach((t, i) => close(was.columns.level![i], 5 * (1 - Math.exp(-t / 10)), 1e-6));
    expect(was.times.length).toBeGreaterThan(5);
  });

  it('compares with another version, whatever the text or the scenario becomes, until it is told not to', () => {
    const { session, of, pass } = harness({ speed: 10 });
    const before = build({ ...watched, parameters: { ...tank.parameters, drain: 0.2 } });
    session.against({ label: 'HEAD', ...before });
    pass(1000);
    const compared = (): void => {
      const ask = { type: 'history' as const, series: ['level'], from: 0, to: 15, points: 4000, request: 3 };
      session.receive({ ...ask, run: 'compared' });
      const { times, columns } = of('history').at(-1)!;
      expect(times.length).toBeGreaterThan(5);
      times.forEach((t, i) => close(columns.level![i], 2.5 * (1 - Math.exp(-t / 5)), 1e-6));
    };
    expect(session.status()!.compared).toMatchObject({ label: 'HEAD', computed: 400 });
    compared();
    session.load(build({ ...watched, parameters: { ...tank.parameters, drain: 0.3 } }));
    pass(1000);
    compared();
    session.receive({ type: 'restart' });
    pass(1000);
    expect(session.status()!.compared).toMatchObject({ label: 'HEAD', computed: 400 });
    compared();
    session.against(undefined);
    expect(session.status()!.compared).toBeUndefined();
    session.receive({ type: 'restart' });
    pass(100);
    expect(session.status()!.compared).toBeUndefined();
  });

  it('compares with another scenario', () => {
    const { session, of, pass } = harness({ speed: 10 });
    session.receive({ type: 'compare', with: 'scenario', scenario: null });
    pass(500);
    // Without a scenario a run takes an hour.
    expect(session.status()!.compared).toMatchObject({ label: 'tank', computed: 3600 });
    session.receive({
      type: 'history',
      request: 2,
      series: ['level'],
      from: 0,
      to: 100,
      points: 4000,
      run: 'compared',
    });
    expect(of('history').at(-1)!.times.length).toBeGreaterThan(5);
  });

  it('sets an input from now on', () => {
    const { session, pass } = harness({ speed: 10 });
    pass(1000);
    session.receive({ type: 'pause' });
    const level = session.values().level!;
    session.receive({ type: 'set', id: 'open', value: 0 });
    expect(session.values()).toMatchObject({ level, flow: 0 });
  });

  it('puts a new version in place and keeps time and settings', () => {
    const { session, of, pass } = harness({ speed: 10 });
    pass(1000);
    session.receive({ type: 'pause' });
    session.receive({ type: 'set', id: 'inflow', value: 0.3 });
    const { time } = session.status()!;
    session.load(build({ ...watched, parameters: { ...tank.parameters, drain: 0.2 } }));
    pass(1000);
    expect(session.status()).toMatchObject({ time, playing: false });
    close(session.values().level, 1.5 * (1 - Math.exp(-time / 5)), 1e-7);
    expect(of('hello').length).toBe(2);
  });

  it('passes problems through while what runs goes on', () => {
    const { session, of, pass } = harness({ speed: 10 });
    const problem = {
      severity: 'error' as const,
      code: 'PX101',
      message: 'no such unit',
      uri: 'a.twin',
      line: 1,
      column: 2,
    };
    session.problems([problem]);
    expect(of('problems').at(-1)!.problems).toEqual([problem]);
    const { time } = session.status()!;
    pass(1000);
    expect(session.status()!.time).toBeGreaterThan(time + 5);
  });

  it('sends no frames while hidden, and goes on', () => {
    const { session, of, pass } = harness({ speed: 10 });
    session.receive({ type: 'subscribe', series: ['level'] });
    session.hidden(true);
    const frames = of('frame').length;
    pass(2000);
    expect(of('frame').length).toBe(frames);
    expect(session.status()!.time).toBeGreaterThan(15);
  });
});

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

describe('commands', () => {
  const system: System = {
    name: 'oven',
    discretes: { start: 0, 'start.target': 0, heat: 20 },
    handlers: [
      {
        kind: 'when',
        name: 'on start',
        condition: (v) => v.start === 1,
        actions: { heat: (v) => v['start.target']! },
      },
    ],
    scenarios: [{ duration: 10, method: { name: 'rk4', step: 0.1 } }],
  };
  const withCommand = () => {
    const model = build(system);
    const at = (name: string): number => model.manifest.variables.findIndex((each) => each.name === name);
    const event = {
      name: 'start',
      dims: [],
      command: true,
      count: at('start'),
      parameters: [{ name: 'target', variable: at('start.target') }],
      doc: '',
      source: model.manifest.variables[0]!.source,
    };
    return { ...model, manifest: { ...model.manifest, events: [event] } };
  };

  it('are offered, called and logged, and refused in words', () => {
    const { session, of, pass } = harness({ playing: false });
    session.load(withCommand());
    session.receive({ type: 'ready' });
    expect(of('hello').at(-1)!.commands).toMatchObject([
      { id: 'start', command: 0, instance: 0, parameters: [{ name: 'target', base: 'number' }] },
    ]);
    session.receive({ type: 'call', id: 'start', values: [77] });
    pass(50);
    expect(session.twin()!.value('heat')).toBe(77);
    session.receive({ type: 'call', id: 'start', values: [] });
    session.receive({ type: 'call', id: 'stop', values: [] });
    pass(50);
    const said = of('events').flatMap(({ events }) => events.filter(({ kind }) => kind === 'command'));
    expect(said.map(({ text }) => text)).toEqual([
      'start(target = 77)',
      'start needs target.',
      'There is no command stop in this version.',
    ]);
  });
});
