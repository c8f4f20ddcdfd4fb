/** Runs beyond the end of what their equations have a solution for: they stop soon, and nothing else is taken for that. */
import { describe, expect, it } from 'vitest';
import { Cell } from '../../runtime/contract/cells.ts';
import { adaptive, compiled, twinOf } from './compiled.ts';

const METHODS = (['auto', 'tsit5', 'rodas5p', 'bdf'] as const).flatMap((name) =>
  [1e-4, 1e-6, 1e-9].map((tolerance) => ({ name, tolerance })),
);

describe.each([
  // On the other side all rates drive back: none of these solutions goes on.
  // r^2 = 1 - t
  ['what it divides by has come to zero', 'state r = 1   der(r) = -1 / (2 * r) / 1 s', 1],
  // r^(4/3) = 1 - 4 t / 3
  ['the root that it divides by has', 'state r = 1   der(r) = -1 / cbrt(r) / 1 s', 0.75],
  // sin r = t
  ['its angle has come to a right one', 'state r = 0   der(r) = 1 / cos(r) / 1 s', 1],
  // r[i]^2 = i^2 - i t
  [
    'one of three has come to zero',
    'state r[3] = [1, 2, 3]   for i in 1..3 { der(r[i]) = -i / (2 * r[i]) / 1 s }',
    1,
  ],
])('a run stops where %s', (_, members, at) => {
  const value = compiled(`asset Tank {\n${members}\n}`);
  it.each(METHODS)('by $name with $tolerance', (method) => {
    // Explicit steps of this tolerance go on in noise of ten tolerances around the place, three thousand for each second.
    if (members.includes('cbrt') && method.tolerance === 1e-4 && ['auto', 'tsit5'].includes(method.name)) {
      const twin = twinOf(value, { method, end: 3 });
      twin.advance(3);
      expect(Math.abs(twin.value('r')!)).toBeLessThan(20 * method.tolerance);
      return;
    }
    const [twin, interpreted, stepwise] = [false, true, false].map((how, n) => {
      const one = twinOf(value, { method, end: 3, interpreted: how });
      let steps = 0;
      if (n === 2) one.listen({ accepted: () => (steps += 1) });
      one.advance(3);
      expect(steps).toBeLessThan(20_000);
      return one;
    });
    // A divisor that goes through zero within a step is told by its name.
    expect(['PX9005', 'PX9057']).toContain(twin!.trouble()!.code);
    expect(twin!.trouble()!.source).toMatchObject({ line: 3 });
    expect(twin!.trouble()!.message).toMatch(/\br(\[1\])? (changes|in line 3 seems|is divided by)/);
    expect(Math.abs(twin!.time() - at)).toBeLessThan(method.name === 'bdf' ? 0.01 : 0.08);
    for (const other of [interpreted, stepwise]) {
      expect(other!.trouble()).toEqual(twin!.trouble());
      expect(other!.hash()).toBe(twin!.hash());
    }
  });
});

it('a solution that goes on beyond an infinite rate is followed', () => {
  // r^3 = 1 - t
  const value = compiled('asset A { state r = 1   der(r) = -1 / sqrt(abs(r)) / 1 s }');
  for (const method of METHODS) {
    const twin = twinOf(value, { method, end: 3 });
    twin.advance(3);
    expect(twin.trouble()).toBeUndefined();
    // |r|^(3/2) = |1 - 3 t / 2|
    expect(Math.abs(twin.value('r')! + 3.5 ** (2 / 3))).toBeLessThan(2 * method.tolerance ** (2 / 3));
  }
});

it('steps of bdf that end next to a condition, and never at it, are told of as a condition that changes sides', () => {
  const value = compiled('asset Level {\n  state y = 1\n  der(y) = -sign(y) / 1 s\n}');
  for (const tolerance of [1e-4, 1e-6, 1e-8]) {
    const [twin, interpreted] = [false, true].map((how) => {
      const one = twinOf(value, { method: adaptive('bdf', tolerance), end: 3, interpreted: how });
      one.advance(3);
      return one;
    });
    expect(twin!.trouble()).toMatchObject({ code: 'PX9008', source: { line: 4 } });
    expect(Math.abs(twin!.time() - 1)).toBeLessThan(0.01);
    expect(interpreted!.hash()).toBe(twin!.hash());
  }
});

describe('steps that are short for a reason are no such thing', () => {
  const rings = (amplitude: number, rate: number, damping: number): string => `asset A {
    state x = 0   state v = ${amplitude}
    der(x) * 1 s = ${rate} * v
    der(v) * 1 s = -${rate} * x - ${2 * damping} * v
  }`;
  it.each([
    ['a ripple of thirty tolerances', rings(3e-5, 1, 0), 60_000],
    ['a ringing that dies away', rings(1, 1000, 0.02), 60],
    ['a beat of a hundred thousand periods', rings(1, 1, 0), 60_000],
    [
      'fast parts that are at rest, by an explicit method',
      'asset A { state x = 1   state s = 0   der(x) * 1 s = s - 1000 * (x - cos(s))   der(s) * 1 s = 1e-3 }',
      600,
    ],
  ])('%s', (_, text, end) => {
    const value = compiled(text);
    for (const name of ['tsit5', 'auto', 'rodas5p', 'bdf'] as const) {
      const twin = twinOf(value, { method: adaptive(name, 1e-6), end, settings: { maxStep: end } });
      let longest = 0;
      while (twin.advance(end, { steps: 4096 }).reason === 'steps')
        longest = Math.max(longest, twin.machine.cells[Cell.lookLength]!);
      expect(twin.trouble()).toBeUndefined();
      expect(twin.time()).toBe(end);
      // It was looked at.
      if (name === 'tsit5') expect(longest).toBeGreaterThan(4096);
    }
  });

  it('what an event sets ringing within a long time, by little', () => {
    const twin = twinOf(
      compiled(`asset A {
        state x = 0   state v = 0   state hit: Boolean = false
        der(x) * 1 s = 1e6 * v
        der(v) * 1 s = -1e6 * x - 20 * v
        when time > 1e5 s { set v = 1e-3 }
      }`),
      { method: adaptive('tsit5', 1e-6), end: 1e5 + 0.1, settings: { maxStep: 1e4 } },
    );
    twin.advance(1e5 + 0.1);
    expect(twin.trouble()).toBeUndefined();
    expect(twin.machine.cells[Cell.lookLength]).toBeGreaterThan(4096);
    // Errors of a hundred thousand steps, each within the tolerance.
    expect(Math.hypot(twin.value('x')!, twin.value('v')!)).toBeLessThan(0.1);
  });
});
