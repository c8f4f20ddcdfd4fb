/** Stiff problems against their published end values; how exact each can be depends on the problem. */
import { describe, expect, it } from 'vitest';
import { adaptive, compiled, finished, twinOf } from './compiled.ts';
import { problems } from './problems.ts';

/** Largest relative errors at a tolerance of 1e-8; what is published of E5 has three digits that others find too. */
const EXPECTED: Readonly<Record<string, number>> = {
  Robertson: 1e-7,
  'van der Pol, μ = 1000': 1e-7,
  HIRES: 1e-8,
  Pollution: 1e-8,
  OREGO: 1e-7,
  E5: 5e-3,
  'Akzo Nobel': 1e-7,
  'ring modulator': 1e-5,
};

describe.each(problems)('$name', ({ name, text, end, values }) => {
  const value = compiled(text);
  it.each(['rodas5p', 'auto'] as const)('ends as is published, by %s', (method) => {
    const tolerance = 1e-8;
    const twin = twinOf(value, { method: adaptive(method, tolerance), end });
    // Some of the values are very small, so that their sizes at the start say nothing.
    twin.machine.absoluteTolerances.fill(tolerance * (name === 'E5' ? 1e-24 : 1e-6));
    twin.advance(end);
    expect(twin.trouble()).toBeUndefined();
    expect(twin.time()).toBe(end);
    const errors = values.map((wanted, i) =>
      wanted === 0 ? 0 : Math.abs(twin.machine.states[i]! / wanted - 1),
    );
    expect(Math.max(...errors)).toBeLessThan(EXPECTED[name]!);
  });
});

it('does not take a step beyond what its error has just forbidden, so that loose tolerances do too', () => {
  const { text, end, values } = problems[1]!;
  const twin = finished(compiled(text), { method: adaptive('rodas5p', 1e-3), end });
  expect(Math.abs(twin.machine.states[0]! - values[0]!)).toBeLessThan(0.01);
});

describe('auto', () => {
  it('says that a stiff system is one, and where it has found out', () => {
    const twin = finished(compiled(problems[0]!.text), { method: adaptive('auto', 1e-6), end: 1e4 });
    const { name, since, reason, changes } = twin.method();
    expect({ name, changes }).toEqual({ name: 'rodas5p', changes: 1 });
    expect(since).toBeLessThan(1);
    expect(reason).toMatch(/^the system is stiff: rates up to \d+(\.\d+)? 1\/s held steps of .* s$/);
  });

  it('stays explicit where nothing is stiff', () => {
    const wave =
      'asset Wave {\n  state x = 1\n  state v = 0\n  der(x) = v * 1 1/s\n  der(v) = -x * 1 1/s\n}\n';
    const twin = finished(compiled(wave), { method: adaptive('auto', 1e-6), end: 1000 });
    expect(twin.method()).toEqual({
      asked: 'auto',
      name: 'tsit5',
      changes: 0,
      why: 'notStiff',
      reason: 'the system has not shown to be stiff',
    });
  });

  it('returns when the fast part has gone', () => {
    const fading = `asset Fading {
      state x = 0
      input fast = 1e5 1/s
      der(x) = (cos(time * 1 1/s) - x) * fast
      at time >= 5 s -> set fast = 0.1 1/s
    }\n`;
    const twin = finished(compiled(fading), {
      method: adaptive('auto', 1e-9),
      end: 2000,
      settings: { maxStep: 0.5 },
    });
    expect(twin.method()).toMatchObject({ name: 'tsit5', changes: 2 });
    expect(twin.method().reason).toMatch(/^it is not stiff any more/);
  });

  it('decides the same from a saved state, in a branch and after a rewind', () => {
    const value = compiled(problems[0]!.text);
    const asked = { method: adaptive('auto', 1e-6), end: 100 };
    const whole = finished(value, asked);
    for (const half of [1e-5, 0.01, 0.05, 7]) {
      const twin = twinOf(value, asked);
      twin.advance(half);
      const branch = twin.branch();
      const other = twinOf(value, asked);
      expect(other.restore(twin.save())).toBeUndefined();
      for (const each of [twin, branch, other]) {
        each.advance(100);
        expect(each.hash()).toBe(whole.hash());
        expect(each.method()).toEqual(whole.method());
      }
      twin.rewind(half);
      twin.advance(100);
      expect(twin.hash()).toBe(whole.hash());
    }
  });
});
