import { describe, expect, it } from 'vitest';
import { adaptive, compiled, twinOf } from './compiled.ts';
import { stiffDetest } from './stiff-detest.ts';

describe.each(stiffDetest)('stiff DETEST $name', ({ text, end, values, each }) => {
  const value = compiled(text);
  it.each(['rodas5p', 'bdf', 'auto'] as const)('by %s', (name) => {
    const twin = twinOf(value, { method: adaptive(name, 1e-9), end });
    const most = Math.max(...values.map(Math.abs));
    const sizes = values.map((value) => (each ? Math.abs(value) : most));
    const { absoluteTolerances } = twin.machine;
    absoluteTolerances.forEach((_, i) => (absoluteTolerances[i] = 1e-11 * Math.min(1, sizes[i]!)));
    twin.advance(end);
    expect(twin.trouble()).toBeUndefined();
    for (const [index, wanted] of values.entries())
      expect(Math.abs(twin.machine.states[index]! - wanted) / sizes[index]!, `y[${index + 1}]`).toBeLessThan(
        1e-6,
      );
  });
});
