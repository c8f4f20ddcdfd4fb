/** Threads take runs for themselves: each run once, in order, and what comes out does not say by whom. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openPool } from '../../cli/experiments/pool.ts';
import { callOff, takeFrom, waveOf } from '../../cli/experiments/wave.ts';
import type { Run } from '../../cli/experiments/wave.ts';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';

const LANES = 8;
const lanes = (structure: number): number => (structure % 2 === 0 ? LANES : 1);

describe('a wave of runs should', () => {
  it('be taken once, in order, and with all of its numbers', () => {
    const runs = fc.array(
      fc.record({ structure: fc.nat(2), values: fc.array(fc.double(), { maxLength: 3 }), seed: fc.nat() }),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(40)), (all, workers, most) => {
        const asked: Run[] = all.map((one, run) => ({ ...one, run: 3 * run }));
        const wave = waveOf(asked, workers);
        const taken: Run[] = [];
        for (let n = 0; ; n += 1) {
          const job = takeFrom(wave, most[n % most.length] ?? 1, lanes);
          if (job === undefined) break;
          const { structure, runs: own } = job;
          expect(own.length).toBeGreaterThan(0);
          taken.push(...own.map((run) => ({ ...run, structure })));
        }
        expect(taken).toEqual(asked);
      }),
    );
  });

  it('go side by side as long as there are enough, and singly towards the end where they do not', () => {
    const sizes = (structure: number): number[] => {
      const all = Array.from({ length: 60 }, (_, run): Run => ({ run, structure, values: [], seed: 1 }));
      const wave = waveOf(all, 2);
      const found: number[] = [];
      for (let job = takeFrom(wave, 20, lanes); job; job = takeFrom(wave, 20, lanes))
        found.push(job.runs.length);
      return found;
    };
    expect(sizes(0)).toEqual([8, 8, 8, 8, 8, 8, 8, 4]);
    expect(sizes(1)).toEqual([15, 12, 9, 6, 5, 4, 3, 2, 1, 1, 1, 1]);
  });

  it('end where it is called off', () => {
    const all = Array.from({ length: 9 }, (_, run): Run => ({ run, structure: 1, values: [run], seed: 1 }));
    const wave = waveOf(all, 2);
    expect(takeFrom(wave, 2, lanes)!.runs.map(({ run }) => run)).toEqual([0, 1]);
    callOff(wave);
    expect(takeFrom(wave, 2, lanes)).toBeUndefined();
  });
});

describe('two threads should', () => {
  const text = `package p
asset Decay {
  param rate = 1 1/s
  state x = 1
  der(x) = -rate * x * abs(x)
}
experiment many on Decay {
  vary rate in 1 1/s..2 1/s
  sample 400 by sobol
  method tsit5 tolerance 1e-11
  run 100000 s
  report x
}
`;
  const { model, roots } = analyse([{ uri: 'file:///wave.twin', text }], readLibraryFiles());
  const { artefact } = compile(model!, roots[0]!).value!;
  const name = artefact.manifest.experiments![0]!.name;
  const runs = Array.from({ length: 12_000 }, (_, run): Run => ({
    run,
    structure: 0,
    values: [1 + (run % 400) / 400],
    seed: run,
  }));

  it('find what one finds, to the last bit, and stop when they are told to', async () => {
    const by = async (workers: number, stopped: (known: number) => boolean): Promise<string[]> => {
      const pool = openPool(name, [artefact], workers);
      const found: string[] = [];
      try {
        await pool.run(
          runs,
          (results) => results.forEach(({ run, result }) => (found[run] = `${result.values.join()}`)),
          () => stopped(found.length),
        );
      } finally {
        await pool.close();
      }
      return found;
    };
    const one = await by(1, () => false);
    expect(one).toHaveLength(runs.length);
    expect(await by(2, () => false)).toEqual(one);
    const begun = await by(2, (known) => known > 0);
    expect(begun.length).toBeLessThan(runs.length);
    for (const [run, values] of begun.entries()) if (values !== undefined) expect(values).toBe(one[run]);
  });
});
