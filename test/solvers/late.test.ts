/** Times so late that their digits are too few for a tolerance: what stops a run there is the clock, and is said to be. */
import { describe, expect, it } from 'vitest';
import { adaptive, compiled, twinOf } from './compiled.ts';

const jumping = (start: string) =>
  compiled(`asset A {\n state x = 0.0\n der(x) = if time > ${start} then 1 / 1 s else 0 / 1 s\n}`);

describe('a rate that jumps at a time without the digits that the tolerance asks for', () => {
  it.each(['auto', 'tsit5', 'rodas5p', 'bdf'] as const)('%s says so', (name) => {
    const twin = twinOf(jumping('1e9 s'), { method: adaptive(name, 1e-8), end: 1e9 + 1 });
    twin.advance(1e9 + 1);
    const trouble = twin.trouble();
    // Doubles between 2^29 and 2^30 are 2^-23 apart.
    expect(trouble).toMatchObject({ code: 'PX9005', message: expect.stringContaining('1.19209e-7 s apart') });
    expect(trouble!.message).toContain('tolerance of 1e-8');
    expect(trouble!.time).toBeCloseTo(1e9, 3);
  });

  it.each([
    ['1e9 s', 1e9, 1e-3],
    ['1e3 s', 1e3, 1e-8],
  ] as const)('is integrated from %s on where the digits are enough', (start, from, tolerance) => {
    const twin = twinOf(jumping(start), { method: adaptive('auto', tolerance), end: from + 1 });
    twin.advance(from + 1);
    expect(twin.trouble()).toBeUndefined();
    expect(twin.value('x')).toBeCloseTo(1, 4);
  });
});

it('a pole at an early time is still said to be in the equation', () => {
  const twin = twinOf(compiled('asset A {\n state x = 1.0\n der(x) = x^2 / 1 s\n}'), {
    method: adaptive('tsit5', 1e-8),
    end: 2,
  });
  twin.advance(2);
  expect(twin.trouble()!.message).not.toContain('apart');
});
