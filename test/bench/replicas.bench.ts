/** Many runs of one model: side by side in the lanes of vectors, and over threads. */
import { openPool } from '../../cli/experiments/pool.ts';
import type { Run } from '../../cli/experiments/pool.ts';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import type { Artefact } from '../../runtime/contract/manifest.ts';
import { reusing, runsOf } from '../../runtime/experiments/one-run.ts';
import { replicaRunner } from '../../runtime/experiments/replicas.ts';
import { kernelFactory } from '../../runtime/load.ts';
import type { Report } from './harness.ts';
import { predation } from './models.ts';
import { Peers } from './peers.ts';

const REPLICAS = 1024;
const STEPS = 20_000;
/** Over threads: few would say more of who ends last than of how they share the work. */
const RUNS = 256;

function compiled(text: string): Artefact {
  const { model, roots, diagnostics } = analyse([{ uri: 'file:///bench.twin', text }], readLibraryFiles());
  const value = model && compile(model, roots[0]!).value;
  if (!value) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return value.artefact;
}

export default async function bench(report: Report): Promise<void> {
  const artefact = compiled(predation);
  const { manifest } = artefact;
  await sideBySide(report, artefact);
  const adaptive = manifest.experiments!.find(({ name }) => name.endsWith('.adaptive'))!;
  const pools = [1, 2].map((workers) => openPool(adaptive.name, [artefact], workers));
  const runs = Array.from({ length: RUNS }, (_, run): Run => ({
    run,
    structure: 0,
    values: [1.5 + 0.00025 * run],
    seed: 1,
  }));
  const all = (pool: (typeof pools)[number]) => () =>
    pool.run(
      runs,
      () => {},
      () => false,
    );
  try {
    const both = [
      { name: 'one worker', run: all(pools[0]!) },
      { name: 'two workers', run: all(pools[1]!) },
    ];
    // What two threads cost besides shows in the processor's time even where others use the cores.
    await report.compare(
      `${runs.length} runs over threads, processor time`,
      { unit: 'ms', turn: 1, rounds: 9 },
      both,
    );
    await report.compare(
      `${runs.length} runs over threads, time passed`,
      { unit: 'ms', clock: 'wall', turn: 1, goal: 1 / 1.9 },
      both,
    );
  } finally {
    for (const pool of pools) await pool.close();
  }
  const kernel = reusing(kernelFactory(artefact));
  const nothing = runsOf(manifest, { ...adaptive, duration: 0 });
  await report.compare('what a run costs before its first step', { unit: 'us', perCall: 100 }, [
    {
      name: 'start and end',
      run: () => {
        for (let n = 0; n < 100; n += 1) nothing.once(kernel, [1.5], 1);
      },
    },
  ]);
}

async function sideBySide(report: Report, artefact: Artefact): Promise<void> {
  const { manifest } = artefact;
  const experiment = manifest.experiments!.find(({ name }) => name.endsWith('.onGrid'))!;
  const peers = new Peers();
  const c = peers.start({ name: 'C -O2', source: 'replicas.c', options: ['-O2'], work: STEPS });
  const factory = kernelFactory(artefact);
  const kernel = reusing(factory);
  const { once } = runsOf(manifest, experiment);
  const many = replicaRunner(manifest, factory, experiment);
  const runs = Array.from({ length: REPLICAS }, (_, n) => ({ values: [1.5 + 0.0001 * n], seed: 1 }));
  if (typeof c === 'string') report.missing('replicas in C', c);
  try {
    await report.compare(
      `${REPLICAS} replicas of a small model, Runge–Kutta`,
      { unit: 'ns/step', perCall: REPLICAS * STEPS, turn: 150, goal: 0.25 },
      [
        ...(typeof c === 'string' ? [] : [c]),
        {
          name: 'one by one',
          run: () => {
            for (const { values, seed } of runs) once(kernel, values, seed);
          },
        },
        { name: 'side by side', run: () => void many(runs) },
      ],
    );
  } finally {
    peers.stop();
  }
}
