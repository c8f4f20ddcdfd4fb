/** What an event turns back comes back, or the run says that it does not: for any restitution, method and step. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import type { Compiled } from '../../compiler/index.ts';
import type { TwinSettings } from '../../runtime/twin.ts';
import { adaptive, compiled, finished, twinOf } from '../solvers/compiled.ts';

const ball = (floor: number, members: readonly string[] = []): string => `asset Ball {
  param e = 0.5
  state h = ${floor + 1} m
  state v = 0 m/s
  state bounces = 0
  der(h) = v
  der(v) = -9.81 m/s2
  ${members.join('\n  ')}
  at h <= ${floor} m falling { set v = -e * pre(v)  set bounces = bounces + 1 }
}\n`;

const methods = (step: number, tolerance: number): ManifestMethod[] => [
  adaptive('auto', tolerance),
  adaptive('tsit5', tolerance),
  adaptive('rodas5p', tolerance),
  { name: 'rk4', step },
  { name: 'euler', step },
  { name: 'implicitEuler', step },
];

const given = ({ artefact }: Compiled, e: number): { settings: TwinSettings } => ({
  settings: {
    overrides: [
      { variable: artefact.manifest.variables.findIndex(({ name }) => name === 'e'), element: 0, value: e },
    ],
  },
});

describe.each([0, 1, -3, 1000])('a floor at %d m', (floor) => {
  const model = compiled(ball(floor));
  const run = (method: ManifestMethod, e: number, how: 'alone' | 'heard' | 'walked' = 'alone') => {
    const twin = twinOf(model, {
      method,
      end: 5,
      ...given(model, e),
      ...(how === 'walked' ? { interpreted: true } : {}),
    });
    if (how === 'heard') twin.listen({ event: () => {} });
    twin.advance(5);
    return twin;
  };

  it('lets nothing through unseen, whatever the restitution, the method and the step', () => {
    const restitution = fc.oneof(
      fc.constantFrom(0, 1e-300, 1e-9, 1e-4, 0.01, 0.3, 0.9, 0.99),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.double({ min: -20, max: 0, noNaN: true }).map((x) => 10 ** x),
    );
    const step = fc.double({ min: -3, max: 0, noNaN: true }).map((x) => 10 ** x);
    const tolerance = fc.integer({ min: -9, max: -2 }).map((x) => 10 ** x);
    fc.assert(
      fc.property(restitution, step, tolerance, (e, h, tol) => {
        for (const method of methods(h, tol)) {
          const twin = run(method, e);
          const trouble = twin.trouble();
          if (trouble !== undefined) {
            expect(['PX9006', 'PX9052'], `${method.name}: ${trouble.message}`).toContain(trouble.code);
            expect(trouble.message).toContain('at h <= ');
          }
          expect(twin.value('h')! - floor, `${method.name} ${trouble?.message}`).toBeGreaterThan(-1e-6);
        }
      }),
      { numRuns: 15 },
    );
  });

  it.each(methods(0.01, 1e-6))('is the same with and without listeners, and interpreted, by %o', (method) => {
    for (const e of [0, 1e-12, 0.3]) {
      const [alone, heard, walked] = (['alone', 'heard', 'walked'] as const).map((how) => {
        const twin = run(method, e, how);
        return `${twin.hash()} ${twin.trouble()?.message}`;
      });
      expect(heard).toBe(alone);
      expect(walked).toBe(alone);
    }
  });
});

it('names the rule, the time and what to do where nothing of the speed is left', () => {
  const model = compiled(ball(0));
  for (const method of methods(0.01, 1e-6)) {
    const twin = twinOf(model, { method, end: 20, ...given(model, 0) });
    twin.advance(20);
    expect(twin.trouble()).toMatchObject({ code: 'PX9052', source: { line: 10 } });
    expect(twin.trouble()!.message).toContain('turns back what comes to its condition at t = 0.4');
    // To the first bounce at sqrt(2 h / g), and a few steps.
    expect(Math.abs(twin.trouble()!.time - Math.sqrt(2 / 9.81))).toBeLessThan(0.2);
    expect(Math.abs(twin.value('h')!)).toBeLessThan(0.1);
  }
});

it('goes on where it is cut, saved and restored while it waits', () => {
  const model = compiled(ball(1));
  const options = { method: { name: 'euler', step: 0.01 } as const, end: 20, ...given(model, 0) };
  const whole = twinOf(model, options);
  whole.advance(20);
  let cut = twinOf(model, options);
  for (const time of [0.44, 0.4515, 0.4516, 0.455, 0.46]) {
    cut.advance(time);
    const other = twinOf(model, options);
    other.restore(cut.save());
    cut = other;
  }
  cut.advance(20);
  expect(cut.trouble()).toEqual(whole.trouble());
  expect(cut.hash()).toBe(whole.hash());
});

describe('says nothing where things are as they are meant', () => {
  it.each([
    [
      'comes to rest',
      'set v = -0.5 * pre(v)\n set resting = abs(pre(v)) < 10 cm/s',
      'if resting then 0 m/s2 else -9.81 m/s2',
    ],
    [
      'comes to rest at once',
      'set v = -e * pre(v)\n set resting = true',
      'if resting then 0 m/s2 else -9.81 m/s2',
    ],
    ['is slowed, not turned', 'set v = 0.5 * pre(v)', '-9.81 m/s2'],
    ['is stopped, and driven on', 'set v = 0 m/s', '-9.81 m/s2'],
    ['is thrown by a kick', 'set v = 3 m/s', '-9.81 m/s2'],
  ])('%s', (_, actions, rate) => {
    const model = compiled(`asset Ball {
      param e = 0
      state h = 1 m
      state v = 0 m/s
      state resting = false
      state passed = 0
      der(h) = if resting then 0 m/s else v
      der(v) = ${rate}
      at h <= 0 m falling {
        ${actions}
        set passed = passed + 1
      }
    }\n`);
    for (const method of methods(0.001, 1e-6))
      expect(finished(model, { method, end: 4 }).value('passed')!, method.name).toBeGreaterThan(0);
  });

  it('a motor that is reversed at one of two limits passes the other while it is', () => {
    const model = compiled(`asset A {
      state x = 1
      state y = 0.72
      state v = 1
      state path = 0
      state n = 0
      der(x) = -1 / 1 s
      der(y) = -1 / 1 s
      der(path) = v / 1 s
      when x < 0.5 or y < 0.2 { set v = -pre(v)  set n = n + 1 }
    }\n`);
    for (const method of methods(0.01, 1e-6))
      for (const interpreted of [false, true]) {
        const twin = finished(model, { method, end: 1, interpreted });
        expect(twin.value('n'), method.name).toBe(1);
        // There and back.
        expect(twin.value('path'), method.name).toBeCloseTo(0, 9);
      }
  });

  it('a wheel that is turned the other way at a place goes on over it while its rate is as it was', () => {
    const model = compiled(`asset A {
      state x = 1
      state w = 1
      state n = 0
      der(x) = -1 / 1 s - 0.1 * w / 1 s
      der(w) = -w / 1 s
      at x <= 0.5 falling { set w = -pre(w)  set n = n + 1 }
    }\n`);
    for (const method of methods(0.01, 1e-6)) expect(finished(model, { method, end: 4 }).value('n')).toBe(1);
  });
});

/** Gears with play: where one side lies at the other, the difference of the two moves by rounding alone, and comes back from nowhere. */
describe('what an event leaves moving along with something', () => {
  const play = compiled(`asset Play {
    state x = 0
    state y = 0
    let pace = 2 * cos(time * 1 1/s)
    der(x) = pace * 1 1/s
    modes side {
      initial Free {
        der(y) = 0
        at x - y >= 0.5 rising -> Up
        at x - y <= -0.5 falling -> Down
      }
      Up { der(y) = pace * 1 1/s  at pace < 0 falling -> Free }
      Down { der(y) = pace * 1 1/s  at pace > 0 rising -> Free }
    }
  }\n`);
  it.each<[ManifestMethod, number]>([
    ...[1e-4, 1e-6, 1e-8, 1e-10].flatMap((tolerance): [ManifestMethod, number][] => [
      [adaptive('auto', tolerance), 100 * tolerance],
      [adaptive('rodas5p', tolerance), 100 * tolerance],
      [adaptive('bdf', tolerance), 100 * tolerance],
    ]),
    [{ name: 'rk4', step: 0.02 }, 1e-8],
    [{ name: 'implicitEuler', step: 0.02 }, 0.1],
    [{ name: 'implicitEuler', step: 0.005 }, 0.02],
  ])('goes on, by %o', (method, within) => {
    const twin = finished(play, { method, end: 20, settings: { maxStep: 1 } });
    // The third time up, from half a width behind.
    expect(Math.abs(twin.value('y')! - (2 * Math.sin(20) - 0.5))).toBeLessThan(within);
    expect(finished(play, { method, end: 20, settings: { maxStep: 1 }, interpreted: true }).hash()).toBe(
      twin.hash(),
    );
  });
});
