/** DETEST: problems that any method must solve, as exactly as it was asked to. */
import { describe, expect, it } from 'vitest';
import { adaptive, compiled, finished } from './compiled.ts';
import { detest } from './detest.ts';

describe.each(detest)('DETEST $name', ({ text, values }) => {
  const value = compiled(text);
  it.each(['tsit5', 'rodas5p', 'auto'] as const)('by %s', (name) => {
    const { states } = finished(value, { method: adaptive(name, 1e-10), end: 20 }).machine;
    const size = Math.max(1, ...values.map(Math.abs));
    for (const [index, wanted] of values.entries())
      expect(Math.abs(states[index]! - wanted) / size, `y[${index + 1}]`).toBeLessThan(1e-7);
  });
});
