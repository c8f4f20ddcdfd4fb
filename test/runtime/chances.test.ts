/** Probabilities in tests: against Wilks' numbers of runs, and against probabilities that are known. */
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { chanceBound, runsFor } from '../../runtime/chances.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { runTest } from '../../runtime/run-test.ts';
import { startThread } from '../../cli/experiments/pool.ts';
import { runTestInThreads } from '../../cli/experiments/chances.ts';
import { analysed } from '../flatten/systems.ts';

const asset = `asset A {
  param luck = draw uniform(0, 1)
  state empty = false
  state level = 1.0
  der(level) = -luck / 1 s
  when level < 0 -> set empty = true
}
scenario s for A { run 10 s }
`;

function judged(...lines: string[]) {
  const { artefact, test } = made(...lines);
  return runTest(artefact.manifest, kernelFactory(artefact), test).requirements;
}

function made(...lines: string[]) {
  const { model, roots, diagnostics } = analysed(`${asset}test "t" on s { ${lines.join('\n')} }`);
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { artefact } = compile(model, roots[0]!).value!;
  return { artefact, test: artefact.manifest.tests[0]! };
}

describe('the bound', () => {
  // Wilks (1941): so many runs show 95 % at 95 % confidence with 0, 1, 2, 3, 4 that go wrong.
  it.each([
    [0, 59],
    [1, 93],
    [2, 124],
    [3, 153],
    [4, 181],
  ])('lets %i go wrong of %i runs, and of no fewer', (wrong, runs) => {
    const rare = { operator: '<', bound: 0.05, confidence: 0.95 } as const;
    expect(chanceBound(rare, wrong, runs)).toBeLessThan(0.05);
    expect(chanceBound(rare, wrong, runs - 1)).toBeGreaterThan(0.05);
    const often = { operator: '>', bound: 0.95, confidence: 0.95 } as const;
    expect(chanceBound(often, runs - wrong, runs)).toBeCloseTo(1 - chanceBound(rare, wrong, runs), 12);
  });

  it('of no run that goes wrong is the root of the risk', () => {
    expect(chanceBound({ operator: '<', bound: 0.1, confidence: 0.9 }, 0, 30)).toBeCloseTo(
      1 - 0.1 ** (1 / 30),
      12,
    );
  });
});

describe('a test', () => {
  // level = 1 - luck t: empty within 2 s with the probability 1/2, within 1.25 s with 1/5.
  it('holds where many runs show it, with their number', () => {
    const [rare, often, at] = judged(
      'expect P[within 1.25 s](eventually empty) < 30 % with 400 runs',
      'expect P[within 1.25 s](never empty) > 70 % at 99 % with 400 runs',
      'expect P[at 2 s](level > 0) > 40 %',
    );
    expect(rare).toMatchObject({ holds: true, kind: 'chance', chance: { runs: 400 } });
    // Four standard deviations of the binomial distribution around 80.
    expect(Math.abs(rare!.chance!.hits - 80)).toBeLessThan(32);
    expect(often!.chance!.hits).toBe(400 - rare!.chance!.hits);
    expect(often!.holds).toBe(true);
    expect(at!.holds).toBe(true);
    expect(rare!.marginText).toMatch(
      /^[\d.]+ % \(in \d+ of 400 runs, so at most [\d.]+ % at 95 % confidence\)$/,
    );
  });

  it('fails where they show the contrary, or too little', () => {
    const [wrong, little] = judged(
      'expect P[within 2 s](eventually empty) < 30 % with 200 runs',
      'expect P[within 1.25 s](eventually empty) < 21 % with 100 runs',
    );
    expect(wrong!.holds).toBe(false);
    expect(wrong!.message).not.toContain('More runs');
    expect(little!.holds).toBe(false);
  });

  it('says the same each time, and by itself chooses a number of runs that leaves room', () => {
    const line = 'expect P[within 1.25 s](eventually empty) < 30 %';
    const [one] = judged(line);
    expect(judged(line)[0]).toEqual(one);
    const chance = { operator: '<', bound: 0.05, confidence: 0.95 } as Parameters<typeof runsFor>[0];
    const runs = runsFor(chance);
    expect(chanceBound(chance, Math.ceil(runs * 0.025), runs)).toBeLessThan(0.05);
    expect(runs).toBeLessThan(400);
  });
});

describe('threads', () => {
  const { artefact, test } = made(
    'expect P[within 5 s](eventually empty) > 70 % with 500 runs',
    'expect P[at 8 s](level > 0) < 20 % at 99 % with 300 runs',
    'require always luck >= 0',
  );

  it('give what one gives', async () => {
    const kernel = kernelFactory(artefact);
    const alone = runTest(artefact.manifest, kernel, test);
    expect(alone.requirements.map(({ chance }) => chance?.runs)).toEqual([undefined, 500, 300]);
    for (const workers of [1, 3])
      expect(await runTestInThreads(artefact, kernel, test, workers)).toEqual(alone);
  });

  it('really run elsewhere', async () => {
    const thread = startThread({ test: 0 }, [artefact]);
    const runs = [299, 300].map((run) => ({ run, values: [run], seed: 0 }));
    const { results } = await thread.do({ structure: 0, runs });
    await thread.stop();
    // The second chance asks for 300 runs only.
    expect(results.map(({ run, result }) => [run, ...result.values.map(Number.isNaN)])).toEqual([
      [299, false, false],
      [300, false, true],
    ]);
  });
});
