/** Where events are found, as steps or tolerances shrink: as exactly as the method knows the states there, and no less. */
import { describe, expect, it } from 'vitest';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import { adaptive, compiled, finished } from './compiled.ts';

/** x = 1 / (1 + sin t): not autonomous, not linear. */
const curve = (event: string): string => `asset Curve {
  param pace = 1 1/s
  state x = 1
  input seen = 0 s
  der(x) = -x^2 * cos(time * pace) * pace
${event}}\n`;
const [without, crossing] = [
  compiled(curve('')),
  compiled(curve('  at x < 0.6 falling { set seen = time }\n')),
];
const when = Math.asin(2 / 3);
const slope = -(0.6 ** 2) * Math.cos(when);

/** Of the event's time, as a difference of x, and of x at the true time in a run without the event. */
function errors(method: ManifestMethod): { located: number; shown: number } {
  const seen = finished(crossing, { method, end: 1 }).value('seen')!;
  const twin = finished(without, { method, end: when, settings: { duration: 1 } });
  return { located: (seen - when) * slope, shown: twin.value('x')! - 0.6 };
}

describe('an event is located to the order of the method', () => {
  it.each([
    ['euler', 1, 128],
    ['implicitEuler', 1, 128],
    ['rk4', 4, 8],
  ] as const)('%s: %d', (name, order, steps) => {
    const at = (n: number): number => Math.abs(errors({ name, step: 1 / n }).located);
    // Over four halvings, as it matters where within a step it lies.
    expect(Math.abs(Math.log2(at(steps) / at(16 * steps)) / 4 - order)).toBeLessThan(0.2);
  });
});

describe('an event is located as exactly as states are shown', () => {
  it.each([
    ...(['tsit5', 'rodas5p', 'bdf', 'auto'] as const).flatMap((name) =>
      [1e-4, 1e-6, 1e-8].map((tolerance) => adaptive(name, tolerance)),
    ),
    { name: 'rk4', step: 1 / 16 } as const,
    { name: 'implicitEuler', step: 1 / 32 } as const,
  ])('%o', (method) => {
    const { located, shown } = errors(method);
    expect(Math.abs(located + shown)).toBeLessThan(0.05 * Math.abs(shown) + 1e-14);
    if ('tolerance' in method) expect(Math.abs(located)).toBeLessThan(20 * method.tolerance);
  });
});
