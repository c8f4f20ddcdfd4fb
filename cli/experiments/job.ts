/** What passes between the process that runs an experiment and its worker threads. */
import type { Manifest, ManifestExperiment } from '../../runtime/contract/manifest.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { reusing, runOnce } from '../../runtime/experiments/one-run.ts';
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
}

/** `structures` may be added to later. */
export function jobRunner(experiment: string, structures: readonly Structure[]): (job: Job) => Done {
  const prepared = new Map<number, (runs: readonly ReplicaRun[]) => RunResult[]>();
  const prepare = (at: number) => {
    const { manifest, wasm } = structures[at]!;
    const found: ManifestExperiment = manifest.experiments!.find(({ name }) => name === experiment)!;
    const factory = kernelFactory({ manifest, wasm });
    if (whyAlone(manifest, found) === undefined) return replicaRunner(manifest, factory, found);
    const kernel = reusing(factory);
    return (runs: readonly ReplicaRun[]) =>
      runs.map(({ values, seed }) => runOnce(manifest, kernel, found, values, seed));
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
