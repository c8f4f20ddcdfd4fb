/** Equations between states that branch: followed where branches meet, and said where they jump, by each method, in code and interpreted. */
import { describe, expect, it } from 'vitest';
import type { ManifestMethod } from '../../runtime/contract/studies.ts';
import { adaptive, compiled, twinOf } from '../solvers/compiled.ts';

const fixed = (['rk4', 'euler'] as const).flatMap((name): ManifestMethod[] => [
  { name, step: 0.01 },
  { name, step: 0.037 },
]);
const byError = (['auto', 'tsit5', 'rodas5p', 'bdf'] as const).flatMap((name) => [
  adaptive(name, 1e-3),
  adaptive(name, 1e-6),
  adaptive(name, 1e-9),
]);
const methods = [...fixed, ...byError].map((method) => [Object.values(method).join(' '), method] as const);

const tied = (equation: string, besides = '') =>
  compiled(`asset A {
  state x = 0.0
  state z = 0.0
  let f: Number guess 0
  ${besides}
  der(z) = 1 / 1 s
  der(x) = f / 1 s
  x = ${equation}
}`);

function run(model: ReturnType<typeof tied>, method: ManifestMethod) {
  const results = [false, true].map((interpreted) => {
    const twin = twinOf(model, { method, end: 2, interpreted });
    twin.advance(2);
    return { hash: twin.hash(), x: twin.value('x')!, z: twin.value('z')!, trouble: twin.trouble() };
  });
  expect(results[1]).toEqual(results[0]);
  return results[0]!;
}

describe.each(methods)('%s', (_, method) => {
  const jumping = {
    'back over the condition': 'if z < 1 then z else 2 * z',
    'away from the condition': 'if z < 1 then z else 0.5 * z',
    'at a time': 'if time < 1 s then z else 2 * z',
  };
  it.each(Object.entries(jumping))('stops where it jumps %s', (_name, equation) => {
    const { trouble, x, z } = run(tied(equation), method);
    expect(trouble).toMatchObject({ code: 'PX9059', source: { line: 9 } });
    expect(trouble!.message).toContain('solvers.A');
    // Up to there it went on as it should.
    expect(trouble!.time).toBeLessThan(1.04);
    expect(z).toBeCloseTo(trouble!.time, 6);
    expect(x).toBeCloseTo(z, 4);
  });

  // Rates say nothing of these jumps, so no step ends there, and the nearest states on either side lie on the other.
  it.each(['z + floor(z)', 'if z < 1 then z else z + 0.09'])('does not pass %s', (equation) => {
    const { trouble, x, z } = run(tied(equation), method);
    expect(['PX9059', 'PX9004', 'PX9005']).toContain(trouble!.code);
    expect(z).toBeLessThan(1.04);
    expect(x).toBeCloseTo(z, 4);
  });

  const meeting = {
    'two lines': ['if z < 1 then z else 2 * z - 1', 3],
    'a line and a curve': ['if z < 1 then z else z^2', 4],
    'a time': ['if time < 1 s then z else 2 * z - 1', 3],
    'a sign times what is zero': ['z + sign(z - 1) * (z - 1)', 3],
  } as const;
  it.each(Object.entries(meeting))('follows %s that meet', (_name, [equation, x]) => {
    const result = run(tied(equation), method);
    expect(result.trouble).toBeUndefined();
    const loose = 'tolerance' in method ? 30 * method.tolerance : method.name === 'euler' ? 0.1 : 1e-6;
    expect(Math.abs(result.x - x)).toBeLessThan(loose);
    expect(Math.abs(result.z - 2)).toBeLessThan(loose);
  });

  it('moves states at an event that chooses another branch', () => {
    const model = tied(
      'if doubled then 2 * z else z',
      'state doubled = false\n  when time >= 1 s { set doubled = true }',
    );
    const { x, z, trouble } = run(model, method);
    expect(trouble).toBeUndefined();
    // From (1, 1) the nearest on x = 2 z is (1.2, 0.6); then z goes on with 1 / s.
    expect(z).toBeCloseTo(1.6, 6);
    expect(x).toBeCloseTo(3.2, 6);
  });
});
