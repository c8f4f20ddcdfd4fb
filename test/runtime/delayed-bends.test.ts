/**
 * What is delayed bends where an event changes its rate, and neither a curve of its past nor a step goes over the bend: against the trapezoidal rule on a grid that
 * meets all bends, and closed forms.
 */
import { expect, it } from 'vitest';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import { adaptive, compiled, twinOf } from '../solvers/compiled.ts';

const END = 10;
const model = compiled(`asset A {
  state x = 0.1
  state g = 1
  der(x) = (-0.5 * delay(x, 0.55 s) - 0.8 * g) / 1 s
  every 1.3 s after 1.3 s { set g = -g }
}
`);

/** The delay and the events fall on its points. */
function truth(step: number): number {
  const delay = Math.round(0.55 / step);
  const x = [0.1];
  const before = (n: number): number => x[Math.max(n - delay, 0)]!;
  for (let n = 0; n < Math.round(END / step); n += 1) {
    const g = Math.floor(((n + 0.5) * step) / 1.3) % 2 === 0 ? 1 : -1;
    x.push(x[n]! + step * ((-0.5 * (before(n) + before(n + 1))) / 2 - 0.8 * g));
  }
  return x.at(-1)!;
}
const [coarse, fine] = [truth(0.0005), truth(0.00025)];
const exact = fine + (fine - coarse) / 3;

it.each<[ManifestMethod, number]>([
  [adaptive('auto', 1e-6), 3e-6],
  [adaptive('tsit5', 1e-9), 3e-8],
  [adaptive('rodas5p', 1e-6), 3e-6],
  [adaptive('bdf', 1e-6), 3e-6],
  [{ name: 'rk4', step: 0.001 }, 1e-6],
])('by %o', (method, within) => {
  const run = (interpreted: boolean): { x: number; hash: string } => {
    const twin = twinOf(model, { method, end: END, interpreted, settings: { maxStep: 0.05 } });
    twin.advance(END);
    expect(twin.trouble()).toBeUndefined();
    return { x: twin.value('x')!, hash: twin.hash() };
  };
  const emitted = run(false);
  expect(Math.abs(emitted.x - exact)).toBeLessThan(within);
  expect(run(true)).toEqual(emitted);
});

it('a value that events leave as it is may have any number of them', () => {
  const many = compiled(`asset A {
  state x = 0.1
  state n = 0
  der(x) = (-0.5 * delay(x, 1 s) - 0.8) / 1 s
  every 0.3 ms { set n = n + 1 }
}
`);
  const twin = twinOf(many, { method: adaptive('auto', 1e-6), end: 3 });
  twin.advance(3);
  expect(twin.trouble()).toBeUndefined();
});

/** Up at 1.3 s and down at 2.6 s, each 0.5537 s later. */
const jumps = (delay: string): string => `asset A {
  param T = 0.5537 s
  state x = 0
  state s = 0
  der(x) = ${delay} / 1 s
  every 1.3 s after 1.3 s { set s = 1 - s }
}
`;
it.each<ManifestMethod>([
  adaptive('auto', 1e-6),
  adaptive('tsit5', 1e-3),
  adaptive('rodas5p', 1e-10),
  adaptive('bdf', 1e-6),
  { name: 'rk4', step: 0.01 },
  { name: 'euler', step: 0.01 },
  { name: 'implicitEuler', step: 0.01 },
])('no step goes over a jump that comes back, by %o', (method) => {
  const text = compiled(jumps('delay(s, T)'));
  const run = (interpreted: boolean, looks: readonly number[] = []): { x: number; hash: string } => {
    const twin = twinOf(text, { method, end: 5, interpreted, settings: { maxStep: 0.4 } });
    for (const time of looks) {
      twin.advance(time);
      const other = twin.branch();
      expect(twin.restore(other.save())).toBeUndefined();
    }
    twin.advance(5);
    expect(twin.trouble()).toBeUndefined();
    return { x: twin.value('x')!, hash: twin.hash() };
  };
  const emitted = run(false);
  // 1.3 s long, and from 3.9 s + T on.
  expect(Math.abs(emitted.x - (1.3 + (5 - 3.9 - 0.5537)))).toBeLessThan(1e-12);
  expect(run(true)).toEqual(emitted);
  expect(run(false, [0.7, 1.8537, 1.9, 3.1537, 4.2])).toEqual(emitted);
});

it.each<ManifestMethod>([
  adaptive('auto', 1e-6),
  adaptive('tsit5', 1e-3),
  adaptive('rodas5p', 1e-10),
  adaptive('bdf', 1e-6),
  { name: 'rk4', step: 0.01 },
  { name: 'euler', step: 0.01 },
  { name: 'implicitEuler', step: 0.01 },
])('nor does a curve of the past where what such a jump drives has bent, by %o', (method) => {
  const text = compiled(jumps('delay(s, T)').replace('  param', '  let past = delay(x, 0.31 s)\n  param'));
  const run = (interpreted: boolean): string => {
    const twin = twinOf(text, { method, end: 5, interpreted, settings: { maxStep: 0.4 } });
    // Rises for 1.3 s from 1.3 s + T on.
    const bend = 1.3 + 0.5537 + 0.31;
    for (let k = -60; k <= 60; k += 1) {
      twin.advance(bend + k * 0.0007);
      expect(twin.value('past')).toBeCloseTo(Math.max(k, 0) * 0.0007, 11);
    }
    twin.advance(5);
    expect(twin.trouble()).toBeUndefined();
    return twin.hash();
  };
  expect(run(true)).toEqual(run(false));
});

/**
 * Full speed to and fro, by the sign of 0.7 s ago: from 1.7 s on a triangle wave of amplitude 0.7, whose delayed square is integrated. The tighter the tolerance the
 * shorter were the steps before a bend, and the less of it was remembered.
 */
it.each<[ManifestMethod, number]>([
  [adaptive('auto', 1e-6), 3e-4],
  [adaptive('tsit5', 1e-4), 3e-3],
  [adaptive('tsit5', 1e-12), 1e-9],
  [adaptive('rodas5p', 1e-8), 1e-6],
  [adaptive('bdf', 1e-8), 1e-6],
  [{ name: 'rk4', step: 0.01 }, 1e-9],
  [{ name: 'euler', step: 0.01 }, 0.02],
  [{ name: 'implicitEuler', step: 0.01 }, 0.02],
])('no step goes over a bend that comes back, by %o', (method, within) => {
  const text = compiled(`asset A {
  state x = 1
  state a = 0
  let past = delay(x, 0.7 s)
  der(x) = (if past > 0 then -1 else 1) / 1 s
  der(a) = past^2 / 1 s
}
`);
  const run = (interpreted: boolean): { a: number; hash: string } => {
    const twin = twinOf(text, { method, end: 20, interpreted, settings: { maxStep: 1 } });
    twin.advance(20);
    expect(twin.trouble()).toBeUndefined();
    return { a: twin.value('a')!, hash: twin.hash() };
  };
  const emitted = run(false);
  // At 1, from 1 to -0.7, twelve half waves, and from -0.7 to 0.1.
  const cube = 0.7 ** 3;
  expect(
    Math.abs(emitted.a - (0.7 + (1 + cube) / 3 + (12 * 2 * cube) / 3 + (cube + 0.1 ** 3) / 3)),
  ).toBeLessThan(within);
  expect(run(true)).toEqual(emitted);
});

it.each<ManifestMethod>([
  adaptive('auto', 1e-9),
  adaptive('tsit5', 1e-9),
  adaptive('rodas5p', 1e-9),
  adaptive('bdf', 1e-9),
  { name: 'rk4', step: 0.01 },
])('a step of the last digit to the tick of a clock makes no slope of its own, by %o', (method) => {
  // A step of 50 ms from 100 ms ends the last digit before the tick at 3 * 0.05 s.
  const clocked = compiled(`asset A {
  state x = 0
  state n = 0
  let late = delay(x, 1.45 s)
  der(x) = cos(time * 1 1/s) / 1 s
  every 0.05 s { set n = n + 1 }
}
`);
  const twins = [false, true].map((interpreted) => twinOf(clocked, { method, end: 5, interpreted }));
  for (let time = 1.4517; time < 5; time += 0.0017) {
    const [late, other] = twins.map((twin) => {
      twin.advance(time);
      return twin.value('late')!;
    });
    expect(Math.abs(late! - Math.sin(time - 1.45))).toBeLessThan(3e-8);
    expect(other).toBe(late);
  }
  expect(twins[0]!.hash()).toBe(twins[1]!.hash());
});
