/** What is delayed is as exact as the steps are, however long they are. */
import { describe, expect, it } from 'vitest';
import { adaptive, compiled, twinOf } from './compiled.ts';

// x = cos(pi t / 2) solves x' = -pi/2 x(t - 1) where it has been so before; nothing damps what a delay adds.
const value = compiled(`asset Loop {
  state x = 1
  let past = if time < 1 s then cos(pi / 2 * (time - 1 s) / 1 s) else delay(x, 1 s)
  der(x) = -pi / 2 * past / 1 s
}`);

describe('a loop with a delay, after three hundred of them', () => {
  it.each([
    ['tsit5', 1e-6, 1e-4],
    ['tsit5', 1e-9, 1e-6],
    ['tsit5', 1e-12, 1e-6],
    ['auto', 1e-6, 1e-4],
    ['auto', 1e-9, 1e-6],
    ['rodas5p', 1e-6, 1e-4],
    ['rodas5p', 1e-9, 1e-6],
    ['bdf', 1e-9, 5e-6],
  ] as const)('by %s with %s', (name, tolerance, within) => {
    const [twin, interpreted] = [false, true].map((how) => {
      const one = twinOf(value, {
        method: adaptive(name, tolerance),
        end: 300,
        interpreted: how,
        settings: { maxStep: 0.5 },
      });
      one.advance(300);
      expect(one.trouble()).toBeUndefined();
      return one;
    });
    // cos(150 pi) = 1, and its slope is 0: what a phase is wrong by shows a quarter of a turn later.
    expect(Math.abs(twin!.value('x')! - 1)).toBeLessThan(within);
    expect(interpreted!.hash()).toBe(twin!.hash());
  });

  it.each(['tsit5', 'rodas5p'] as const)('in its phase, by %s', (name) => {
    for (const [tolerance, within] of [
      [1e-6, 1e-4],
      [1e-9, 1e-6],
    ] as const) {
      const twin = twinOf(value, { method: adaptive(name, tolerance), end: 301, settings: { maxStep: 0.5 } });
      twin.advance(301);
      expect(Math.abs(twin.value('x')!)).toBeLessThan(within);
    }
  });
});

it('what is delayed is known as well between long steps that nothing makes shorter', () => {
  const twin = twinOf(
    compiled(`asset Wave {
      state y = 0
      let past = delay(cos(time / 1 s), 6 s)
      der(y) * 1 s = if time < 6 s then 0 else past - cos(time / 1 s - 6)
    }`),
    { method: adaptive('rodas5p', 1e-6), end: 300, settings: { maxStep: 0.5 } },
  );
  for (let time = 8; time <= 300; time += 1) {
    twin.advance(time);
    // A twelfth of half a second by cubics: 9/384 (1/24)^4 at most; by thirds of it, 1.8e-5.
    expect(Math.abs(twin.value('past')! - Math.cos(time - 6))).toBeLessThan(8e-8);
  }
});
