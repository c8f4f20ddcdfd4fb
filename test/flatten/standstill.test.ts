/** Whether the warning that what is stopped goes on is right: against runs that fall through, or do not. */
import { describe, expect, it } from 'vitest';
import { adaptive, compiled, twinOf } from '../solvers/compiled.ts';
import { said } from './systems.ts';

const ball = (rate: string, reaction: string, more = ''): string =>
  `asset A {\nstate x = 1\nstate v = 0\nparam g = 10\nparam m = 2\n${more}\nder(x) = v / 1 s\nder(v) = (${rate}) / 1 s\n${reaction}\n}\n`;
const stops = 'at x <= 0 falling { set v = 0 }';
const warns = (text: string): boolean => said(text).some((one) => one.startsWith('PX4314'));
function lowest(text: string): number {
  const twin = twinOf(compiled(text), { method: adaptive('auto', 1e-8), end: 3 });
  twin.advance(3);
  expect(twin.trouble()).toBeUndefined();
  return twin.value('x')!;
}

describe('said, and it goes through', () => {
  it.each([
    ['by gravity', ball('-g', stops)],
    ['with friction', ball('-g - 0.1 * v * abs(v) / m', stops)],
    ['with a spring that pulls on', ball('-g - 0.5 * (x + 1)', stops)],
    ['from the other side', ball('g', 'when 1.5 <= x -> set v = 0')],
    ['by a rule', ball('-g', 'when x <= 0 -> set v = 0')],
    ['whatever else it sets', ball('-g', 'at x <= 0 falling { set v = 0\nset n = n + 1 }', 'state n = 0')],
  ])('%s', (_, text) => {
    expect(warns(text)).toBe(true);
    expect(Math.abs(lowest(text))).toBeGreaterThan(5);
  });
});

describe('not said', () => {
  it.each([
    ['where a spring holds it', ball('-g - 100 * (x - 1)', 'at x <= 0.85 falling { set v = 0 }')],
    [
      'where it rests',
      ball(
        'if resting then 0 else -g',
        'at x <= 0 falling { set v = 0\nset resting = true }',
        'state resting = false',
      ),
    ],
    ['where it is turned back', ball('-g', 'at x <= 0 falling { set v = -0.9 * pre(v) }')],
    [
      'where another state decides',
      ball('push - g', 'at x <= 0 falling { set v = 0\nset push = 10 }', 'state push = 0'),
    ],
    ['where it is put elsewhere', ball('-g', 'at x <= -1 falling { set v = 0\nset x = 1 }')],
  ])('%s', (_, text) => {
    expect(warns(text)).toBe(false);
    expect(lowest(text)).toBeGreaterThan(-1.01);
  });

  it.each([
    [
      'where a mode may hold it',
      ball('-g', 'modes m {\ninitial A {\nat x <= 0 falling -> B { set v = 0 }\n}\nB {\n}\n}'),
    ],
    ['where an input drives', ball('drive - g', stops, 'input drive = 0')],
    [
      'where its rate is more than that',
      ball('-g', stops).replace('der(x) = v / 1 s', 'der(x) = (v + 1) / 1 s'),
    ],
  ])('%s', (_, text) => expect(warns(text)).toBe(false));
});
