/** Events under each method: at the right time, once, and nothing of a long run's time is lost by adding up. */
import { describe, expect, it } from 'vitest';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import { adaptive, compiled, finished, twinOf } from './compiled.ts';

const adaptives = [adaptive('tsit5', 1e-9), adaptive('rodas5p', 1e-9), adaptive('auto', 1e-9)];
const fixed: ManifestMethod[] = [
  { name: 'rk4', step: 0.01 },
  { name: 'euler', step: 0.01 },
  { name: 'implicitEuler', step: 0.01 },
];

describe.each([...adaptives, fixed[0]!])('a bouncing ball by %o', (method) => {
  it('meets the floor at the times of its closed form, to 1e-9 s', () => {
    const ball = compiled(`asset Ball {
      state h = 10 m
      state v = 0 m/s
      der(h) = v
      der(v) = -9.81 m/s2
      at h <= 0 m falling { set v = -0.8 * pre(v) }
    }\n`);
    const twin = twinOf(ball, { method, end: 9 });
    const bounces: number[] = [];
    let speed = 0;
    const states = twin.machine.states;
    twin.listen({
      accepted: (time) => {
        if (states[1]! > 0 && speed < 0) bounces.push(time);
        speed = states[1]!;
      },
    });
    twin.advance(9);
    expect(twin.trouble()).toBeUndefined();
    const first = Math.sqrt(20 / 9.81);
    let time = first;
    const wanted = Array.from({ length: 5 }, (_, n) => {
      const now = time;
      time += 2 * first * 0.8 ** (n + 1);
      return now;
    });
    expect(bounces.length).toBeGreaterThanOrEqual(5);
    wanted.forEach((at, n) => expect(Math.abs(bounces[n]! - at)).toBeLessThan(1e-9));
  });
});

/** y follows the slow sine and forgets all else within a microsecond. */
const stiff = compiled(`asset Stiff {
  state y = 0
  state total = 0
  input fast = 1e6 1/s
  state crossed = 0
  state latest = 0 s
  der(y) = (sin(time * 1 1/s) - y) * fast + cos(time * 1 1/s) * 1 1/s
  der(total) = y * 1 1/s
  at y > 0.5 rising { set crossed = pre(crossed) + 1  set latest = time }
  alarm high: warning "high" { raise when y > 0.9 for 100 ms  clear when y < 0.2 }
}\n`);

describe.each([adaptive('rodas5p', 1e-8), adaptive('auto', 1e-8)])('a stiff system by %o', (method) => {
  const end = 20;
  it('has its crossings at the times of its closed form, all of them', () => {
    const twin = finished(stiff, { method, end });
    const value = (name: string): number => twin.value(name)!;
    expect(value('crossed')).toBe(4);
    expect(Math.abs(value('latest') - (6 * Math.PI + Math.PI / 6))).toBeLessThan(1e-7);
    expect(Math.abs(value('total') - (1 - Math.cos(end)))).toBeLessThan(1e-6);
  });

  it('gives the same bits saved, branched, rewound, looked at, and interpreted', () => {
    const whole = finished(stiff, { method, end }).hash();
    const twin = twinOf(stiff, { method, end });
    for (const time of [0.3, 1.7, 6.6, 6.61]) {
      twin.advance(time);
      const other = twinOf(stiff, { method, end });
      expect(other.restore(twin.save())).toBeUndefined();
      const branch = twin.branch();
      for (const each of [other, branch]) {
        each.advance(end);
        expect(each.hash()).toBe(whole);
      }
    }
    twin.rewind(0.5);
    for (let time = 0.5; time < end; time += 0.37) twin.advance(time);
    twin.advance(end);
    expect(twin.hash()).toBe(whole);
    expect(finished(stiff, { method, end, interpreted: true }).hash()).toBe(whole);
  });
});

const year = compiled(`asset Year {
  state wear = 0
  input load = 1
  state hours = 0
  state latest = 0 s
  der(wear) = (load - wear) / 1 d
  every 1 h { set hours = pre(hours) + 1  set latest = time  set load = 2 - pre(load) }
}\n`);

describe.each([
  ...[adaptive('tsit5', 1e-6), adaptive('rodas5p', 1e-6), adaptive('auto', 1e-6)],
  ...fixed.map((method): ManifestMethod => ({ ...method, step: 1800 }) as ManifestMethod),
])('a year of events every hour by %o', (method) => {
  it('ends when a year has passed, to the last bit', () => {
    const end = 8760 * 3600;
    const twin = finished(year, { method, end, settings: { maxStep: 1e5, checkpoints: { interval: 1e7 } } });
    expect(twin.time()).toBe(end);
    expect(twin.value('hours')).toBe(8761);
    expect(twin.value('latest')).toBe(end);
  });
});

describe('a trouble', () => {
  it('of an implicit step that cannot be solved names state and time', () => {
    const blast = compiled('asset Blast {\n  state x = 1\n  der(x) = x * x * 1 1/s\n}\n');
    const twin = twinOf(blast, { method: { name: 'implicitEuler', step: 0.125 }, end: 2 });
    twin.advance(2);
    expect(twin.trouble()).toMatchObject({
      code: 'PX9031',
      message: expect.stringContaining('x would change'),
    });
    expect(twin.time()).toBeLessThan(1.25);
  });

  it('of growth without bound is told by each adaptive method', () => {
    const blast = compiled('asset Blast {\n  state x = 1\n  der(x) = x * x * 1 1/s\n}\n');
    for (const method of adaptives) {
      const twin = twinOf(blast, { method, end: 2 });
      twin.advance(2);
      expect(twin.trouble()?.message).toContain('x');
      expect(Math.abs(twin.trouble()!.time - 1)).toBeLessThan(1e-6);
    }
  });
});
