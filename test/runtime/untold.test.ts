/** A requirement, a probability or a report over what is no number neither holds nor counts: it is told, with its time. */
import { describe, expect, it } from 'vitest';
import { generate } from '../../compiler/4-generate/generate.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { runTest } from '../../runtime/run-test.ts';
import type { RequirementResult } from '../../runtime/requirements.ts';
import { runExperiment } from '../experiments/fixture.ts';
import { flat } from '../flatten/systems.ts';

/** x falls from 2 by 1 a second: its root ends at 2 s. */
const asset = `asset A {
  state x = 2
  state y[2] = [2, 8]
  der(x) = -1 / 1 s
  der(y[*]) = -1 / 1 s
  sensor s measures x every 1 s
}
scenario s for A { run 4 s }
`;

function judged(requirement: string): RequirementResult {
  const { manifest, wasm } = generate(flat(`${asset}test "t" on s { ${requirement} }`));
  return runTest(manifest, kernelFactory({ manifest, wasm }), manifest.tests[0]!).requirements[0]!;
}

describe('a requirement fails, and says why and when', () => {
  it.each([
    ['require always sqrt(x) < 5', 2],
    ['require never sqrt(x) > 5', 2],
    ['require eventually sqrt(x) > 5', 2],
    ['require always x < 5 and sqrt(x) < 5', 2],
    ['require always sqrt(x) < 5 after 3 s', 3],
    ['expect sqrt(x) < 5', 4],
    ['expect at 3 s: sqrt(x) < 5', 3],
    ['require when x < 1: within 2 s sqrt(x) > 5', 2],
    ['require when sqrt(x) > 5: within 1 s x < 0', 2],
    ['require always once(sqrt(x) < 5 within 1 s)', 2],
    ['require always sqrt(y[*]) < 5', 2],
  ])('%s', (requirement, time) => {
    const result = judged(requirement);
    expect(result).toMatchObject({ holds: false, margin: null, untold: true });
    expect(result.message).toContain('cannot be told');
    expect(result.time).toBeGreaterThanOrEqual(time);
    expect(result.time).toBeLessThan(time + 0.5);
  });
});

it('of an array the element is named', () =>
  expect(judged('require always sqrt(y[*]) < 5').element).toBe('[1]'));

describe('a requirement is judged where nobody asks for what is no number', () => {
  it.each([
    'require always x < 0 or sqrt(x) < 5',
    'require always sqrt(x) < 5 within 1.5 s',
    'require eventually sqrt(x) < 1.2',
    'expect at 1 s: sqrt(x) < 5',
    'expect x < 0',
    'require when x < 1.9: within 1 s sqrt(x) < 1.2',
    'require always sqrt(s + 3) < 5',
  ])('%s', (requirement) => {
    const { holds, untold, message } = judged(requirement);
    expect({ holds, untold }, message).toEqual({ holds: true, untold: undefined });
  });
});

it('a probability counts no run that cannot be told as one without it', () => {
  const { holds, message } = judged(
    'expect P[within 4 s](eventually sqrt(x) > 5) < 20 % at 95 % with 20 runs',
  );
  expect(holds).toBe(false);
  expect(message).toContain('cannot be told');
});

describe('a run of an experiment has no result', () => {
  const told = (report: string): string | undefined =>
    runExperiment(`package t\n${asset}experiment e on s { report ${report} }`).results[0]!.trouble;

  it.each([
    ['sqrt(x)', 'PX9003: what is reported, sqrt(x), is not a number at t = 4 s'],
    ['mean of sqrt(x)', 'PX9003: what is reported, mean of sqrt(x), is not a number at t = 2'],
    ['max of sqrt(x)', 'is not a number at t = 2'],
    ['share of sqrt(x) > 1', 'PX9053: what is reported, share of sqrt(x) > 1, cannot be told at t = 2'],
    ['mean of sqrt(y[*])', 'sqrt(y[1])'],
  ])('of %s', (report, text) => expect(told(report)).toContain(text));

  it('but where it is a number, or not measured yet', () => {
    for (const report of ['x', 'mean of sqrt(max(x, 0))', 'share of x > 0 and sqrt(x) > 1', 'mean of s'])
      expect(told(report)).toBeUndefined();
  });
});
