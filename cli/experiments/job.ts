/** What passes between the process that runs an experiment, or the many runs of a test, and its worker threads. */
import type { Manifest } from '../../runtime/contract/manifest.ts';
import type { ManifestExperiment } from '../../runtime/contract/studies.ts';
import { chanceRunner } from '../../runtime/chances.ts';
import { kernelFactory } from '../../runtime/load.ts';
import type { KernelFactory } from '../../runtime/load.ts';
import { reusing, runsOf } from '../../runtime/experiments/one-run.ts';
import type { RunResult } from '../../runtime/experiments/one-run.ts';
import { replicaRunner, whyAlone } from '../../runtime/experiments/replicas.ts';
import type { ReplicaRun } from '../../runtime/experiments/replicas.ts';

/** A compiled variant of the structure; most experiments have one. */
export interface Structure {
  manifest: Manifest;
  wasm: Uint8Array | WebAssembly.Module;
}

/** Runs one after the other, of one structure. */
export interface Job {
  structure: number;
  runs: { run: number; values: number[]; seed: number }[];
}
export interface Done {
  results: { run: number; result: RunResult }[];
  /** What it took, ms. */
  took: number;
  /** Of a wave: others follow. */
  more?: boolean;
}

/** An experiment by name, or the many runs of the test at a position. */
export type Subject = string | { test: number };

/** How many runs of a structure go side by side. */
export function lanesOf(subject: Subject, { manifest }: Structure): number {
  const found = manifest.experiments?.find(({ name }) => name === subject);
  return found !== undefined && whyAlone(manifest, found) === undefined ? LANES : 1;
}
const LANES = 8;

/** `structures` may be added to later. */
export function jobRunner(subject: Subject, structures: readonly Structure[]): (job: Job) => Done {
  const prepared = new Map<number, (runs: readonly ReplicaRun[]) => RunResult[]>();
  const prepare = (at: number) => {
    const { manifest, wasm } = structures[at]!;
    const factory = kernelFactory({ manifest, wasm });
    if (typeof subject !== 'string') return chanceRuns(manifest, factory, subject.test);
    const found: ManifestExperiment = manifest.experiments!.find(({ name }) => name === subject)!;
    if (whyAlone(manifest, found) === undefined) return replicaRunner(manifest, factory, found);
    const kernel = reusing(factory);
    const { once } = runsOf(manifest, found);
    return (runs: readonly ReplicaRun[]) => runs.map(({ values, seed }) => once(kernel, values, seed));
  };
  return ({ structure, runs }) => {
    const started = performance.now();
    let runAll = prepared.get(structure);
    if (runAll === undefined) prepared.set(structure, (runAll = prepare(structure)));
    const found = runAll(runs);
    const results = runs.map(({ run }, at) => ({ run, result: found[at]! }));
    return { results, took: performance.now() - started };
  };
}

/** The value of a run is its number; of what comes out, 1 for what holds and NaN for what was not asked. */
function chanceRuns(
  manifest: Manifest,
  factory: KernelFactory,
  test: number,
): (runs: readonly ReplicaRun[]) => RunResult[] {
  const one = chanceRunner(manifest, factory, manifest.tests[test]!, {});
  return (runs) =>
    runs.map(({ values: [run = 0] }) => {
      const { holds, trouble } = one(run);
      const values = holds.map((held) => (held === undefined ? NaN : held ? 1 : 0));
      return { values, ...(trouble === undefined ? {} : { trouble }) };
    });
}
