/** A test with probabilities → its result, its many runs in as many threads as there are: the same for any number of them. */
import type { Artefact } from '../../runtime/contract/manifest.ts';
import type { ManifestTest } from '../../runtime/contract/studies.ts';
import { chanceRunsOf, judgeRuns } from '../../runtime/chances.ts';
import type { ChanceRun } from '../../runtime/chances.ts';
import type { KernelFactory } from '../../runtime/load.ts';
import { runTest, withChances } from '../../runtime/run-test.ts';
import type { TestResult } from '../../runtime/run-test.ts';
import { openPool } from './pool.ts';

export async function runTestInThreads(
  artefact: Artefact,
  kernel: KernelFactory,
  test: ManifestTest,
  workers: number,
): Promise<TestResult> {
  const { manifest } = artefact;
  const result = runTest(manifest, kernel, test, { chancesElsewhere: true });
  const count = chanceRunsOf(test);
  // One that goes wrong by itself needs no other runs.
  if (count === 0 || result.trouble !== undefined) return result;
  const pool = openPool({ test: manifest.tests.indexOf(test) }, [artefact], Math.min(workers, count));
  const runs: ChanceRun[] = [];
  try {
    await pool.run(
      Array.from({ length: count }, (_, run) => ({ run, structure: 0, values: [run], seed: 0 })),
      (batch) => {
        for (const { run, result: told } of batch)
          runs[run] = {
            holds: told.values.map((value) => (Number.isNaN(value) ? undefined : value === 1)),
            ...(told.trouble === undefined ? {} : { trouble: told.trouble }),
          };
      },
      () => false,
    );
  } finally {
    await pool.close();
  }
  return withChances(result, judgeRuns(test, runs));
}
