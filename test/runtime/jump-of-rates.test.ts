/** What goes over a jump of its own rate gets over it in time: against closed forms, by each adaptive method, however long its steps may be. */
import { expect, it } from 'vitest';
import { adaptive, compiled, finished } from '../solvers/compiled.ts';

const TOLERANCES = [1e-4, 1e-6, 1e-8, 1e-9];
const LONGEST = [0.01, 0.05, 0.2, 1, 2.5];
const starts = Array.from({ length: 40 }, (_, k) => -0.1 - 0.0137 * k);
const texts = {
  alone: (start: number) =>
    compiled(`asset A { state x = ${start}
    der(x) = (if x < 0 then 0.7 else 0.05) / 1 s }`),
  'beside a stiff one': (start: number) =>
    compiled(`asset A { state x = ${start}  state y = 1.0
    der(y) = -(y - x) * 1e5 1/s
    der(x) = (if x < 0 then 0.7 else 0.05) / 1 s }`),
};

it.each(
  Object.entries(texts).flatMap(([name, text]) =>
    (['tsit5', 'rodas5p', 'bdf', 'auto'] as const).map((method) => ({ name, text, method })),
  ),
)('$name, by $method', ({ text, method }) => {
  starts.forEach((start, k) => {
    const tolerance = TOLERANCES[k % 4]!;
    const twin = finished(text(start), {
      method: adaptive(method, tolerance),
      end: 2.5,
      settings: { maxStep: LONGEST[k % 5]! },
    });
    expect(Math.abs(twin.value('x')! - 0.05 * (2.5 + start / 0.7))).toBeLessThan(50 * tolerance);
  });
});
