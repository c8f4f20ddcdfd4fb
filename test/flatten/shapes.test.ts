/** clamp, wrap, smoothstep and their like, against their definitions. */
import { expect, it } from 'vitest';
import { flat, running, said } from './systems.ts';

const at = (formula: string, x: number): number =>
  running(flat(`asset A { input x: Length = ${x} m  let y = ${formula} }`)).get('y');

it.each([
  ['clamp(x, 1 m, 3 m)', [0, 1, 2, 5], [1, 1, 2, 3]],
  ['wrap(x, -1 m, 2 m)', [-4, -1, 1.5, 2, 7.25], [-1, -1, 1.5, -1, 1.25]],
  ['deadband(x, 0.5 m)', [-2, -0.25, 0.25, 2], [-1.5, 0, 0, 1.5]],
  ['smoothstep(x, 1 m, 3 m)', [0, 1, 1.5, 2, 3, 9], [0, 0, 0.15625, 0.5, 1, 1]],
  ['interpolate(x, 1 m, 3 m, 10 s, 14 s)', [1, 2, 5], [10, 12, 18]],
  ['ratio(x, 4 m) * 1 m', [0, 2, -8], [0, 0.5, -2]],
  ['ratio(x, x - x + 0 m) * 1 m', [0], [0]],
  ['softabs(x, 3 m)', [-4, 0, 4], [5, 3, 5]],
  ['(if between(x, 1 m, 3 m) then 1 else 0)', [0.9, 1, 3, 3.1], [0, 1, 1, 0]],
  ['clamp(clamp(x, 0, 4 m), 1 m, 3 m)', [-1, 2, 9], [1, 2, 3]],
])('%s', (formula, given, expected) => {
  given.forEach((x, n) => expect(at(formula, x)).toBeCloseTo(expected[n]!, 12));
});

it('softplus is log(1 + exp(x)), and does not overflow', () => {
  for (const x of [-30, -1, 0, 0.3, 5])
    expect(at('softplus(x, 1 m)', x)).toBeCloseTo(Math.log1p(Math.exp(x)), 12);
  expect(at('softplus(x, 1 m)', 5000)).toBe(5000);
});

it('bends are found as crossings', () => {
  const shown = 'state x = 0 m  der(x) = 1 m/s  let y = clamp(x, 1 m, 3 m)';
  const integrated = `${shown}  state z = 0 m*s  der(z) = y`;
  for (const [body, bend] of [
    [shown, undefined],
    [integrated, true],
  ] as const) {
    const { crossings } = flat(`asset A { ${body} }`);
    expect(crossings.map(({ bends }) => bends)).toEqual([bend, bend]);
  }
});

it('what is not 0 divided by 0 is no number that anyone made up', () => {
  expect(at('ratio(x, 0 m) * 1 m', 3)).toBe(Infinity);
  expect(at('ratio(x, 0 m) * 1 m', -3)).toBe(-Infinity);
});

it('a ratio ends no step, and has the quantity of its quotient', () => {
  const { crossings } = flat(
    'asset A { state x = 0 m  der(x) = 1 m/s  let y: Velocity = ratio(x, time)  let z: Frequency = ratio(1, time) }',
  );
  expect(crossings).toHaveLength(0);
  expect(said('asset A { input x: Length = 1 m  let y: Length = ratio(x, 2 s) }').join()).toContain('PX3002');
});

it('units are checked', () => {
  expect(said('asset A { input x: Length = 1 m  let y = clamp(x, 1 s, 3 m) }').join()).toContain('PX3001');
  expect(
    said('asset A { input x: Length = 1 m  let y = interpolate(x, 1 m, 2 s, 3 s, 4 s) }').join(),
  ).toContain('PX3001');
  expect(
    said('asset A { input x: Length = 1 m  let y: Length = interpolate(x, 1 m, 2 m, 3 s, 4 s) }').join(),
  ).toContain('PX3002');
});
