import { describe, expect, it } from 'vitest';
import { createTwin } from '../../runtime/twin.ts';
import type { RunEvent, Twin } from '../../runtime/twin.ts';
import { build } from './hand-written.ts';
import type { System } from './hand-written.ts';

const rk4 = { name: 'rk4', step: 0.1 } as const;
const start = (system: Omit<System, 'name'>, duration = 10): { twin: Twin; events: RunEvent[] } => {
  const twin = createTwin({
    ...build({ name: 'system', scenarios: [{ duration, method: rk4 }], ...system }),
    scenario: 0,
  });
  const events: RunEvent[] = [];
  twin.listen({ event: (event) => events.push(event) });
  return { twin, events };
};

describe('at one instant', () => {
  it('reads simultaneously, so two handlers can swap values', () => {
    const { twin, events } = start({
      discretes: { a: 1, b: 2 },
      crossings: [(v) => v.time! - 3],
      handlers: [
        { kind: 'when', name: 'x', condition: (v) => v.time! > 3, actions: { a: (v) => v.b! } },
        { kind: 'when', name: 'y', condition: (v) => v.time! > 3, actions: { b: (v) => v.a! } },
      ],
    });
    twin.advance(10);
    expect([twin.value('a'), twin.value('b')]).toEqual([2, 1]);
    expect(events.map(({ name, microstep }) => [name, microstep])).toEqual([
      ['x', 0],
      ['y', 0],
    ]);
    events.forEach(({ time }) => expect(time).toBeCloseTo(3, 12));
    // Just after the crossing, so that the condition holds there.
    expect(events[0]!.time).toBeGreaterThan(3);
  });

  it('goes on in microsteps while one event causes another', () => {
    const { twin, events } = start({
      discretes: { n: 0 },
      handlers: [
        { kind: 'when', name: 'one', condition: (v) => v.n! >= 1, actions: { n: () => 2 } },
        { kind: 'when', name: 'two', condition: (v) => v.n! >= 2, actions: { n: () => 3 } },
        { kind: 'scheduled', name: 'kick', scheduled: { scenario: 0, time: 4 }, actions: { n: () => 1 } },
      ],
    });
    twin.advance(10);
    expect(events.map(({ name, microstep, time }) => [name, microstep, time])).toEqual([
      ['kick', 0, 4],
      ['one', 1, 4],
      ['two', 2, 4],
    ]);
  });

  it('keeps the order: scheduled, samples, every, then conditions', () => {
    const seen: string[] = [];
    const { twin } = start({
      discretes: { a: 0, b: 0, c: 0 },
      sensors: [{ name: 'probe', target: (v) => (seen.push(`sample a=${v.a}`), v.a!), period: 5 }],
      handlers: [
        {
          kind: 'when',
          name: 'condition',
          condition: (v) => v.a! > 0,
          actions: { c: (v) => (seen.push(`when b=${v.b}`), 1) },
        },
        {
          kind: 'every',
          name: 'every',
          interval: () => 5,
          actions: { b: (v) => (seen.push(`every measured=${v['probe.measured']}`), 1) },
        },
        {
          kind: 'scheduled',
          name: 'kick',
          scheduled: { scenario: 0, time: 5 },
          actions: { a: () => (seen.push('scheduled'), 1) },
        },
      ],
    });
    twin.advance(6);
    expect(seen).toEqual([
      'sample a=0',
      'every measured=0',
      'scheduled',
      'sample a=1',
      'every measured=1',
      'when b=1',
    ]);
  });

  it('names both of two writers, the variable and the time, and keeps the last good state', () => {
    const { twin } = start({
      discretes: { valve: 7 },
      handlers: [
        { kind: 'rule', name: 'opens', condition: (v) => v.time! >= 2, actions: { valve: () => 1 } },
        { kind: 'rule', name: 'closes', condition: (v) => v.time! >= 2, actions: { valve: () => 0 } },
      ],
      crossings: [(v) => v.time! - 2],
    });
    expect(twin.advance(10).reason).toBe('trouble');
    expect(twin.trouble()).toMatchObject({ code: 'PX9002', time: 2 });
    expect(twin.trouble()!.message).toMatch(/opens and closes both set valve at t = 2 s/);
    expect(twin.value('valve')).toBe(7);
    expect(twin.set('valve', 1)).toContain('computed by the model');
  });

  it('stops an endless loop and names who triggers whom', () => {
    const { twin } = start({
      discretes: { on: 0 },
      handlers: [
        {
          kind: 'rule',
          name: 'switchOn',
          condition: (v) => v.time! >= 1 && v.on === 0,
          actions: { on: () => 1 },
        },
        {
          kind: 'rule',
          name: 'switchOff',
          condition: (v) => v.time! >= 1 && v.on === 1,
          actions: { on: () => 0 },
        },
      ],
      crossings: [(v) => v.time! - 1],
    });
    twin.advance(10);
    expect(twin.trouble()!.code).toBe('PX9001');
    expect(twin.trouble()!.message).toMatch(
      /Endless event loop at t = 1 s: (switchOn sets on, which triggers switchOff|switchOff sets on, which triggers switchOn) sets on/,
    );
    expect(twin.value('on')).toBe(0);
  });
});

describe('timers', () => {
  it('fires after a duration without interruption only', () => {
    const { twin, events } = start(
      {
        states: { phase: 0 },
        derivatives: { phase: () => 1 },
        discretes: { hits: 0 },
        // True from 1 to 3 and from 10 on.
        crossings: [(v) => v.phase! - 1, (v) => v.phase! - 3, (v) => v.phase! - 10],
        handlers: [
          {
            kind: 'rule',
            name: 'waits',
            condition: (v) => (v.phase! > 1 && v.phase! < 3) || v.phase! > 10,
            interval: () => 5,
            actions: { hits: (v) => v.hits! + 1 },
          },
        ],
      },
      30,
    );
    twin.advance(30);
    expect(twin.value('hits')).toBe(1);
    expect(events.length).toBe(1);
    expect(events[0]!.time).toBeCloseTo(15, 11);
  });

  it('ticks for a year of hours without drift', () => {
    const year = 365 * 24;
    const { twin } = start(
      {
        discretes: { ticks: 0, drift: 0 },
        handlers: [
          {
            kind: 'every',
            name: 'hourly',
            interval: () => 3600,
            actions: {
              ticks: (v) => v.ticks! + 1,
              drift: (v) => Math.max(v.drift!, Math.abs(v.time! - v.ticks! * 3600)),
            },
          },
        ],
      },
      year * 3600,
    );
    expect(twin.advance(Infinity)).toEqual({ reason: 'end', time: year * 3600 });
    expect([twin.value('ticks'), twin.value('drift')]).toEqual([year + 1, 0]);
  });

  it('keeps a fixed grid without adding up, whatever happens in between', () => {
    const { twin } = start(
      {
        states: { x: 0 },
        derivatives: { x: () => 1 },
        crossings: [(v) => v.x! - 12.3456],
        discretes: { n: 0 },
        handlers: [{ kind: 'when', name: 'pass', condition: (v) => v.x! > 12.3456, actions: { n: () => 1 } }],
      },
      1000,
    );
    const times: number[] = [];
    twin.listen({ accepted: (time) => times.push(time) });
    twin.advance(1000);
    const onGrid = times.filter((time) => Math.round(time / 0.1) * 0.1 === time);
    expect(times.length - onGrid.length).toBeLessThanOrEqual(2 + 2);
    expect(times).toContain(999 * 0.1);
    expect(twin.value('x')).toBeCloseTo(1000, 9);
  });
});

describe('troubles', () => {
  it('names a variable that is no number, and when', () => {
    const { twin } = start({
      states: { level: 1 },
      derivatives: { level: () => -1 },
      algebraics: { speed: (v) => Math.sqrt(v.level!) },
    });
    twin.advance(10);
    expect(twin.trouble()).toMatchObject({ code: 'PX9003' });
    expect(twin.trouble()!.message).toContain('speed is not a number at t = 1 s');
    expect(twin.value('level')).toBeCloseTo(0, 9);
    expect(twin.time()).toBeCloseTo(1, 9);
  });

  it('names a state that grows without bound', () => {
    const twin = createTwin({
      ...build({
        name: 'explosion',
        states: { x: 1 },
        derivatives: { x: (v) => v.x! * v.x! },
        scenarios: [{ duration: 10, method: { name: 'tsit5', tolerance: 1e-8 } }],
      }),
      scenario: 0,
    });
    expect(twin.advance(10).reason).toBe('trouble');
    expect(twin.trouble()!.message).toContain('x');
    // x = 1 / (1 − t)
    expect(twin.trouble()!.time).toBeCloseTo(1, 6);
  });

  it('refuses values that do not fit, in words', () => {
    const { twin } = start({
      parameters: { size: 2, n: 3 },
      inputs: { on: 1 },
      variables: {
        size: { low: 1, high: 4, unit: { text: 'cm', label: 'cm', factor: 0.01, offset: 0 } },
        on: { base: 'boolean' },
        n: { base: 'integer' },
      },
    });
    twin.advance(1);
    expect(twin.set('size', 8)).toBe('size = 800 cm is outside its range 100 cm..400 cm.');
    expect(twin.set('on', 0.5)).toContain('true or false');
    expect(twin.set('n', 1.5)).toContain('whole number');
    expect(twin.set('length', 1)).toContain('no variable length');
    expect(twin.set('size', 3)).toBeUndefined();
    expect(twin.value('size')).toBe(3);
  });
});

it('sees a crossing that comes back within one step', () => {
  // A parabola that is above 0.9999 for 0.02 s only, within steps of 0.1 s.
  const { twin, events } = start({
    states: { x: 0, v: 10 },
    derivatives: { x: (s) => s.v!, v: () => -10 / 0.55 },
    crossings: [(s) => s.x! - 2.7499],
    discretes: { seen: 0 },
    handlers: [
      { kind: 'when', name: 'high', condition: (s) => s.x! > 2.7499, actions: { seen: (s) => s.seen! + 1 } },
    ],
  });
  twin.advance(2);
  expect(twin.value('seen')).toBe(1);
  const half = Math.sqrt((2 * (2.75 - 2.7499)) / (10 / 0.55));
  expect(events[0]!.time).toBeCloseTo(0.55 - half, 9);
});
