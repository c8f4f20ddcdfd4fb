/** Events that follow one another ever faster end a run by name, before what they hold back gets through unseen. */
import { describe, expect, it } from 'vitest';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import { adaptive, compiled, finished, twinOf } from '../solvers/compiled.ts';

const methods: ManifestMethod[] = [
  adaptive('auto', 1e-6),
  adaptive('tsit5', 1e-9),
  adaptive('rodas5p', 1e-6),
  adaptive('bdf', 1e-6),
  { name: 'rk4', step: 0.01 },
];
const implicit: ManifestMethod = { name: 'implicitEuler', step: 0.001 };

const ball = (restitution: number, floor: number): string => `asset Ball {
  state h = ${floor + 1} m
  state v = 0 m/s
  state bounces = 0
  der(h) = v
  der(v) = -9.81 m/s2
  at h <= ${floor} m falling { set v = -${restitution} * pre(v)  set bounces = bounces + 1 }
}\n`;

describe.each([
  [0.5, 0],
  [0.5, 1],
  [0.8, 0],
  [0.8, 1000],
  [0.95, 1],
  [0.1, 0],
  [0.01, 0],
])('a ball with restitution %d over a floor at %d m', (restitution, floor) => {
  const model = compiled(ball(restitution, floor));
  // Fall, and a geometric series of bounces: sqrt(2 h / g) (1 + e) / (1 - e).
  const end = (Math.sqrt(2 / 9.81) * (1 + restitution)) / (1 - restitution);

  it.each(methods)('stops where its bounces accumulate, by %o', (method) => {
    const twin = twinOf(model, { method, end: 60 });
    twin.advance(60);
    expect(twin.trouble()).toMatchObject({ code: 'PX9006', source: { line: 8 } });
    expect(twin.trouble()!.message).toContain('at h <= ');
    // By rounding at the floor's height, a bounce is seen as long as it goes higher than that.
    const seen = Math.sqrt(16 * Number.EPSILON * floor) / (1 - restitution);
    expect(Math.abs(twin.trouble()!.time - end)).toBeLessThan(1e-8 + seen + ('step' in method ? 1e-4 : 0));
    expect(Math.abs(twin.value('h')! - floor)).toBeLessThan(1e-9);
  });

  it('is the same run with and without listeners, in code and interpreted', () => {
    const method = methods[0]!;
    const [alone, heard, walked] = [{}, {}, { interpreted: true }].map((how, at) => {
      const twin = twinOf(model, { method, end: 60, ...how });
      if (at === 1) twin.listen({ event: () => {} });
      twin.advance(60);
      return `${twin.hash()} ${twin.trouble()?.message}`;
    });
    expect(heard).toBe(alone);
    expect(walked).toBe(alone);
  });
});

it.each([0.5, 0.8])(
  'a ball with restitution %d stops by implicit steps, which see no bounces shorter than they are',
  (restitution) => {
    const twin = twinOf(compiled(ball(restitution, 0)), { method: implicit, end: 60 });
    twin.advance(60);
    expect(twin.trouble()).toMatchObject({ code: 'PX9006' });
    expect(Math.abs(twin.value('h')!)).toBeLessThan(1e-9);
  },
);

it('rodas5p does not take the rounding of what starts far from zero for a condition that changes sides without end', () => {
  const twin = twinOf(compiled(ball(0.9, 1000)), { method: methods[2]!, end: 3 });
  twin.advance(3);
  expect(twin.trouble()).toBeUndefined();
  // sqrt(2 h / g) (1 + 2 e (1 + e + e^2)) is the time of the fourth bounce, of that after it 2 e^4 more.
  const first = Math.sqrt(2 / 9.81);
  expect(first * (1 + 2 * (0.9 + 0.81 + 0.729))).toBeLessThan(3);
  expect(twin.value('bounces')).toBe(4);
});

describe('what goes on over a condition, or comes back to it, is no accumulation', () => {
  it.each([
    [
      'passes with its rate unchanged',
      'state x = 1\nder(x) = -x / 1 s - 0.1 1/s\nat x <= 0.5 falling { set n = n + 1 }',
      1,
    ],
    ['touches', 'state x = 9\nder(x) = 2 * (time - 3 s) / 1 s^2\nat x <= 1e-12 falling { set n = n + 1 }', 1],
    [
      'passes with no rate',
      'state x = 27\nder(x) = -3 * (time - 3 s)^2 / 1 s^3\nat x <= 0 falling { set n = n + 1 }',
      1,
    ],
    [
      'is stopped, and driven on',
      'state x = 1\nstate v = -1\nder(x) = v / 1 s\nder(v) = -1 / 1 s\nat x <= 0 falling { set v = 0  set n = n + 1 }',
      1,
    ],
    ['is put back', 'state x = 0\nder(x) = 1 / 1 s\nat x > 1 rising { set x = 0  set n = n + 1 }', 19],
    [
      'turns around between two',
      'state x = 0.5\nstate d = 1\nder(x) = d / 1 s\nat x > 1 rising { set d = -1  set n = n + 1 }\nat x < 0 falling { set d = 1 }',
      10,
    ],
    [
      'is kicked',
      'state x = 1\nstate v = 0\nder(x) = v / 1 s\nder(v) = -x / 1 s\nat x < 0 falling { set v = 0.9 * v  set n = n + 1 }',
      3,
    ],
  ])('%s', (_, members, times) => {
    const model = compiled(`asset A {\nstate n = 0\n${members}\n}\n`);
    for (const method of [...methods, { name: 'implicitEuler', step: 0.01 } as const])
      expect(
        Math.abs(finished(model, { method, end: 19.9 }).value('n')! - times),
        method.name,
      ).toBeLessThanOrEqual(method.name === 'implicitEuler' ? 1 : 0);
  });
});
