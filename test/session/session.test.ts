import { describe, expect, it } from 'vitest';
import { createFan } from '../../live/serve/fan.ts';
import type { ToPreview } from '../../preview/protocol.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { compiled } from '../solvers/compiled.ts';
import { build } from '../runtime/hand-written.ts';
import { tank } from '../runtime/systems.ts';
import { close, harness, watched } from './harness.ts';

describe('a live session', () => {
  const cell = (drain: string, more = '') => {
    const { artefact } = compiled(
      `asset Cell {\n  param drain = ${drain}\n  param half = log(2) / drain\n  state charge = 10\n  der(charge) = -drain * charge\n${more}}\n`,
    );
    return { manifest: artefact.manifest, kernel: kernelFactory(artefact) };
  };

  it('says which values a kept state has that the text gives others now', () => {
    const { session, pass } = harness({ mode: 'live', live: true });
    session.load(cell('0.1 1/s'));
    pass(2000);
    const resumed = (drain: string) => {
      const other = harness({ mode: 'live', live: true });
      other.session.load(cell(drain));
      expect(other.session.resume(session.keep()!)).toBeUndefined();
      const told = other
        .of('events')
        .flatMap(({ events }) => events.filter((one) => one.said?.key === 'keptValue'));
      return [other.session.values().drain, ...told.map(({ name, said }) => [name, ...said!.args])];
    };
    expect(resumed('0.1 1/s')).toEqual([0.1]);
    expect(resumed('0.3 1/s')).toEqual([0.1, ['drain', '0.1 1/s', '0.3 1/s'], ['half', '6.931 s', '2.31 s']]);
    // What somebody has set is theirs, and what follows from it.
    session.receive({ type: 'set', id: 'drain', value: 0.2 });
    expect(resumed('0.3 1/s')).toEqual([0.2]);
  });

  it('goes on by the text as it is edited, from where it is', () => {
    const { session, sent, of, pass } = harness({ mode: 'live', live: true });
    session.load(cell('0.1 1/s'));
    sent.length = 0;
    pass(2000);
    const charge = session.values().charge!;
    const now = (): number => session.twin()!.time();
    const time = now();
    close(charge, 10 * Math.exp(-0.1 * time), 1e-5);
    session.load(cell('0.3 1/s'));
    expect(session.values()).toMatchObject({ charge, drain: 0.3 });
    expect(now()).toBe(time);
    const said = (): unknown[] =>
      of('events').flatMap(({ events }) => events.flatMap((one) => one.said?.key ?? []));
    expect(said()).toEqual(['versionGoesOn']);
    pass(1000);
    const later = now();
    expect(later).toBeGreaterThan(time + 0.5);
    close(session.values().charge, charge * Math.exp(-0.3 * (later - time)), 1e-5);
    // What somebody has set stays.
    session.receive({ type: 'set', id: 'drain', value: 0.2 });
    session.load(cell('0.4 1/s', '  state age = 0 s\n  der(age) = 1\n'));
    expect(session.values()).toMatchObject({ drain: 0.2, age: 0 });
    expect(said()).toEqual(['versionGoesOn', 'setTo', 'versionCarried']);
  });
});

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

  it('runs as long as it is asked to, until another scenario is chosen', () => {
    const { artefact } = compiled(`asset Cup {
      state heat = 1
      der(heat) = -heat / 4 s
    }
    scenario cooling for Cup { run 40 s }\n`);
    const { session, of, pass } = harness({ playing: false });
    session.load({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
    const runs = (wanted: { scenario: string | null; duration?: number }) => {
      session.receive({ type: 'scenario', ...wanted });
      session.receive({ type: 'seek', time: 1e9 });
      pass(1000);
      const { end, computed } = of('status').at(-1)!.status;
      return [end, computed];
    };
    expect(runs({ scenario: null, duration: 10 })).toEqual([10, 10]);
    // What is set does not change that.
    session.receive({ type: 'restart' });
    pass(100);
    expect(of('status').at(-1)!.status.end).toBe(10);
    expect(runs({ scenario: null, duration: 86_400 })).toEqual([86_400, 86_400]);
    expect(runs({ scenario: 'solvers.cooling' })).toEqual([40, 40]);
    expect(runs({ scenario: 'solvers.cooling', duration: 60 })).toEqual([60, 60]);
    expect(runs({ scenario: null })).toEqual([3600, 3600]);
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
