import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTwin } from '../../runtime/twin.ts';
import type { RunEvent, Twin } from '../../runtime/twin.ts';
import { build } from './hand-written.ts';
import { ball, tank } from './systems.ts';

const tankTwin = (scenario: number): Twin => createTwin({ ...build(tank), scenario });
const times = fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { minLength: 1, maxLength: 6 });
const few = { numRuns: 25 };

describe.each([0, 1])('with method %i of rk4, tsit5', (scenario) => {
  it('does not depend on how far a host asks to go at once, or on who listens', () => {
    const whole = tankTwin(scenario);
    whole.advance(400);
    fc.assert(
      fc.property(times, (stops) => {
        const twin = tankTwin(scenario);
        const rows: number[] = [];
        twin.listen({ row: (time) => rows.push(time) });
        for (const stop of stops.toSorted((a, b) => a - b)) twin.advance(stop);
        twin.advance(400);
        expect(twin.hash()).toBe(whole.hash());
        expect(rows).toEqual(rows.toSorted((a, b) => a - b));
      }),
      few,
    );
  });

  it('goes on to the last bit when saved anywhere and restored in another twin', () => {
    fc.assert(
      fc.property(times, fc.double({ min: 0.1, max: 1.5, noNaN: true }), (points, inflow) => {
        const [set, save, end] = [...points, 400, 400].slice(0, 3).sort((a, b) => a - b) as [
          number,
          number,
          number,
        ];
        const original = tankTwin(scenario);
        original.advance(set);
        expect(original.set('inflow', inflow)).toBeUndefined();
        original.advance(save);
        const state = original.save();
        const other = tankTwin(scenario);
        expect(other.restore(state)).toBeUndefined();
        expect(other.time()).toBe(save);
        expect(other.value('level')).toBe(original.value('level'));
        original.advance(end);
        other.advance(end);
        expect(other.hash()).toBe(original.hash());
        expect(other.value('level')).toBe(original.value('level'));
        expect([...other.save()]).toEqual([...original.save()]);
      }),
      few,
    );
  });

  it('rewinds and branches to what a fresh run gives', () => {
    fc.assert(
      fc.property(times, (points) => {
        const [back, set, far] = [...points, 300, 350].slice(0, 3).sort((a, b) => a - b) as [
          number,
          number,
          number,
        ];
        const twin = tankTwin(scenario);
        twin.advance(set);
        twin.set('inflow', 0.9);
        twin.advance(far);
        const there = twin.hash();
        const fresh = tankTwin(scenario);
        fresh.advance(back);
        twin.rewind(back);
        if (back < set) expect(twin.hash()).toBe(fresh.hash());
        expect(twin.time()).toBe(back);
        const branch = twin.branch();
        twin.advance(far);
        expect(twin.hash()).toBe(there);
        branch.advance(far);
        expect(branch.hash()).toBe(there);
      }),
      few,
    );
  });

  it('tells nothing twice when time is gone over again', () => {
    const once: RunEvent[] = [];
    const reference = tankTwin(scenario);
    reference.listen({ event: (event) => once.push(event) });
    reference.advance(400);
    const told: RunEvent[] = [];
    const rows: number[] = [];
    const twin = tankTwin(scenario);
    twin.listen({ event: (event) => told.push(event), row: (time) => rows.push(time) });
    twin.advance(230.5);
    twin.rewind(11);
    twin.advance(150);
    twin.rewind(0);
    twin.advance(400);
    expect(told).toEqual(once);
    expect(rows).toEqual(rows.toSorted((a, b) => a - b));
    expect(new Set(rows).size).toBeGreaterThanOrEqual(201);
  });

  it('takes another way from a value that is set in the past', () => {
    const twin = tankTwin(scenario);
    const events: RunEvent[] = [];
    let cut = -1;
    twin.listen({
      event: (event) => events.push(event),
      revised: (time) => {
        cut = time;
        events.splice(0, events.length, ...events.filter((event) => event.time <= time));
      },
    });
    twin.advance(300);
    twin.rewind(5.05);
    expect(twin.set('inflow', 0.2)).toBeUndefined();
    twin.advance(300);
    expect(cut).toBe(5.05);
    const fresh = tankTwin(scenario);
    fresh.advance(5.05);
    fresh.set('inflow', 0.2);
    fresh.advance(300);
    expect(twin.hash()).toBe(fresh.hash());
    expect(events.filter(({ name }) => name === 'overflow')).toEqual([]);
  });
});

describe('samples from outside', () => {
  const level = {
    target: { kind: 'sensor' as const, sensor: 0, instance: 0 },
    direction: 'from' as const,
    protocol: 'test',
    arguments: {},
    base: 'number' as const,
  };
  const bound = (late: { after: number; policy: 'revise' | 'drop' } | undefined) => {
    const { variables: _, ...rest } = tank;
    const system = {
      ...rest,
      handlers: [
        ...(tank.handlers ?? []),
        {
          kind: 'rule' as const,
          name: 'measuredHigh',
          condition: (v: Record<string, number>) => v['gauge.measured']! > 3,
          actions: { drain: () => 0.2 },
        },
      ],
      bindings: [
        {
          ...level,
          unit: { text: '1', label: '', factor: 1, offset: 0 },
          stale: 60,
          ...(late === undefined ? {} : { late }),
          source: { uri: '', start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1 },
        },
      ],
    };
    const { manifest, kernel } = build(system);
    return createTwin({
      manifest,
      kernel,
      settings: { offered: 'all', checkpoints: { interval: 5 }, method: { name: 'tsit5', tolerance: 1e-8 } },
    });
  };
  const samples = fc.uniqueArray(
    fc.tuple(fc.integer({ min: 1, max: 99 }), fc.double({ min: 0, max: 6, noNaN: true })),
    {
      selector: ([time]) => time,
      minLength: 1,
      maxLength: 8,
    },
  );

  it('gives the same run when samples come late and out of order', () => {
    fc.assert(
      fc.property(
        samples,
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 8, maxLength: 8 }),
        (list, delays) => {
          const onTime = bound({ after: 100, policy: 'revise' });
          for (const [time, value] of list.toSorted((a, b) => a[0] - b[0])) {
            onTime.advance(time - 0.5);
            expect(onTime.offer(0, 0, time, value)).toBe('onTime');
          }
          onTime.advance(140);
          const late = bound({ after: 100, policy: 'revise' });
          const arrivals = list
            .map(([time, value], i) => ({ time, value, arrives: time + delays[i]! }))
            .sort((a, b) => a.arrives - b.arrives);
          for (const { time, value, arrives } of arrivals) {
            late.advance(arrives);
            expect(['revised', 'onTime']).toContain(late.offer(0, 0, time, value));
            expect(late.time()).toBe(Math.max(arrives, 0));
          }
          late.advance(140);
          expect(late.hash()).toBe(onTime.hash());
        },
      ),
      few,
    );
  });

  it('drops and counts what is too late, doubled or no number; says when a sensor is stale', () => {
    const twin = bound({ after: 5, policy: 'drop' });
    const events: RunEvent[] = [];
    twin.listen({ event: (event) => events.push(event) });
    twin.advance(10);
    expect(twin.offer(0, 0, 8, 1)).toBe('revised');
    expect(twin.offer(0, 0, 8, 1)).toBe('duplicate');
    expect(twin.offer(0, 0, 4, 1)).toBe('dropped');
    expect(twin.offer(0, 0, 9, Number.NaN)).toBe('notANumber');
    expect(twin.value('gauge.measured')).toBe(1);
    twin.advance(67.9);
    expect(twin.value('gauge.stale')).toBe(0);
    twin.advance(68.1);
    expect(twin.value('gauge.stale')).toBe(1);
    expect(events.filter(({ kind }) => kind === 'sensor').map(({ time }) => time)).toEqual([68]);
    expect(twin.offer(0, 0, 70, 2)).toBe('onTime');
    twin.advance(70);
    expect(twin.value('gauge.stale')).toBe(0);
    expect(twin.sampleCounts()).toMatchObject({
      onTime: 1,
      revised: 1,
      duplicate: 1,
      dropped: 1,
      notANumber: 1,
    });
  });
});

it('bounces alike whoever looks', () => {
  const run = (look: boolean): string => {
    const twin = createTwin({ ...build(ball(0.8)), scenario: 1 });
    for (let t = 0; look && t < 10; t += 0.013) twin.advance(t);
    twin.advance(10);
    return twin.hash();
  };
  expect(run(true)).toBe(run(false));
});
