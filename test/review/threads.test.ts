/** A review whose runs go over threads, against the one that makes them itself. */
import { describe, expect, it } from 'vitest';
import { madeInThreads } from '../../cli/reviews/threads.ts';
import { atHand, madeHere, scenarioRun, testRuns, together } from '../../review/asked-runs.ts';
import type { Asking } from '../../review/asked-runs.ts';
import { review, reviewing } from '../../review/review.ts';
import type { ReviewOptions } from '../../review/review.ts';
import { analyseTexts, version } from './versions.ts';

const PARAMETERS = Array.from({ length: 9 }, (_, n) => `p${n}`);

/** With chance, events, tests, experiments, a run that stops, and more changes than are tried at a time. */
const plant = (value: number): string => `package p

asset Plant {
${PARAMETERS.map((name, n) => `  param ${name} = ${n === 3 ? 3 : n * value}`).join('\n')}
  param gain = draw normal(1, 0.1)
  state level = 1
  der(level) = -gain * level / 5 s
${PARAMETERS.map((name) => `  let scaled_${name} = ${name} * level`).join('\n')}
  kpi left = level + p1
  alarm low: warning "Low" {
    raise when level < ${0.3 + value / 20}
  }
}

scenario day for Plant {
  run 10 s
}

scenario long for Plant {
  run 20 s
}

scenario stopping for Plant {
  gain = -1000
  run 1 d
}

experiment many on day {
  vary p2 in [1, 2]
  report left, max of level
}

test "enough" on day {
  expect level > 0.1
  expect scaled_p3 > 0
}

test "little" on long {
  expect level < 0.1
}
`;

const options: ReviewOptions = { analyse: analyseTexts, today: '2026-11-24' };

describe('a review over threads', () => {
  it('is the same to the last byte for any number of them', async () => {
    const versions = () => [version('base', plant(1)), version('head', plant(2))] as const;
    const alone = review(...versions(), options);
    const bytes = JSON.stringify(alone);
    expect(alone.causes.length).toBeGreaterThan(7);
    expect(alone.behaviour.kpis.some(({ before }) => before.half !== null)).toBe(true);
    expect(alone.behaviour.scenarios.some(({ stopped }) => stopped.before !== undefined)).toBe(true);
    for (const threads of [1, 2, 7])
      expect(JSON.stringify(await madeInThreads(reviewing(...versions(), options), threads))).toBe(bytes);
  });

  it('throws what the first run has thrown that fails, and not what a later one has', async () => {
    const artefact = version('it', plant(1)).artefact({ kind: 'asset', name: 'p.Plant' })!;
    const scenarios = artefact.manifest.scenarios.map((each, n) =>
      n === 1 ? { ...each, duration: -1 } : each,
    );
    const broken = { ...artefact, manifest: { ...artefact.manifest, scenarios } };
    const nowhere = { ...artefact, manifest: { ...artefact.manifest, formatVersion: 7 as 1 } };
    const asking = (): Asking<unknown> =>
      together<unknown>([
        scenarioRun(artefact, 0, {}),
        testRuns(artefact),
        scenarioRun(nowhere, 0, {}),
        scenarioRun(artefact, 99, {}),
        scenarioRun(broken, 1, {}),
        testRuns(artefact),
      ]);
    const message = 'This artefact has format pollux-twin 7';
    expect(() => madeHere(asking())).toThrow(message);
    for (const threads of [1, 2, 5])
      await expect(madeInThreads(asking(), threads), String(threads)).rejects.toThrow(message);
  });

  it('asks for nothing where all is at hand', async () => {
    expect(await madeInThreads(together([atHand('one'), atHand('two')]), 4)).toEqual(['one', 'two']);
  });
});
