/** What is delayed was before the start as it is once all has happened at the start: nothing that depends on it waits for the first step to see that. */
import { expect, it } from 'vitest';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import { adaptive, compiled, twinOf } from '../solvers/compiled.ts';

const methods: ManifestMethod[] = [
  adaptive('tsit5', 1e-6),
  adaptive('rodas5p', 1e-6),
  adaptive('bdf', 1e-6),
  { name: 'rk4', step: 0.01 },
];

/** Times of all events but the first. */
function eventsOf(body: string, method: ManifestMethod, interpreted: boolean): number[] {
  const twin = twinOf(compiled(`asset A {\n${body}\n}\n`), { method, end: 3, interpreted });
  const times: number[] = [];
  twin.listen({ event: ({ time }) => times.push(time) });
  twin.advance(3);
  expect(twin.trouble()).toBeUndefined();
  expect(times[0]).toBe(0);
  return times.slice(1);
}

it.each(methods.flatMap((method) => [false, true].map((interpreted) => ({ method, interpreted }))))(
  '$method.name, interpreted: $interpreted',
  ({ method, interpreted }) => {
    const set = 'state x = 1\nwhen x > 0.5 -> set x = 5\nstate n = 0';
    // 5 until half a second, then 5 exp(-(t - 0.5)): it comes to 3 at 0.5 + log(5 / 3).
    const decaying = eventsOf(
      `${set}\nder(x) = -x / 1 s\nlet d = delay(x, 0.5 s)\nat d > 3 -> set n = n + 1`,
      method,
      interpreted,
    );
    expect(decaying[0]).toBe(0);
    expect(decaying[1]).toBeCloseTo(0.5 + Math.log(5 / 3), 5);
    expect(decaying).toHaveLength(2);
    // Delayed once more, and once more: all of them 5 at once, and for ever.
    const chain = [1, 2, 3, 4].map((k) => `let d${k} = delay(${k === 1 ? 'x' : `d${k - 1}`}, 0.${k} s)`);
    const constant = eventsOf(
      `${set}\nstate u = 0\nder(u) = 1 / 1 s\n${chain.join('\n')}\nat d4 > 3 -> set n = n + 1`,
      method,
      interpreted,
    );
    expect(constant).toEqual([0]);
  },
);

/** 1 - t until T, and then (t - T)^2 / 2 more, until 2 T: the rate bends where the start comes back. */
it.each<ManifestMethod>([
  adaptive('tsit5', 1e-6),
  adaptive('rodas5p', 1e-6),
  adaptive('bdf', 1e-6),
  { name: 'rk4', step: 0.01 },
])('no step goes over the start as it comes back, by %o', (method) => {
  const value = compiled('asset A {\n state x = 1\n der(x) = -delay(x, 0.6137 s) / 1 s\n}\n');
  for (const interpreted of [false, true]) {
    const twin = twinOf(value, { method, end: 1.2, interpreted });
    for (const time of [0.3, 0.614, 0.62, 0.9, 1.2]) {
      twin.advance(time);
      expect(twin.value('x')).toBeCloseTo(1 - time + Math.max(time - 0.6137, 0) ** 2 / 2, 11);
    }
    expect(twin.trouble()).toBeUndefined();
  }
});
