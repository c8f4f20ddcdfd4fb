/** What is delayed bends where an event changes its rate, and no curve of its past goes over the bend: against the trapezoidal rule on a grid that meets all bends. */
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
