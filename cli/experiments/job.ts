/** What passes between the process that runs an experiment and its worker threads. */
import type { Manifest, ManifestExperiment } from '../../runtime/contract/manifest.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { reusing, runOnce } from '../../runtime/experiments/one-run.ts';
import type { RunResult } from '../../runtime/experiments/one-run.ts';

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
  const prepared = new Map<number, (values: readonly number[], seed: number) => RunResult>();
  const prepare = (at: number) => {
    const { manifest, wasm } = structures[at]!;
    const found: ManifestExperiment = manifest.experiments!.find(({ name }) => name === experiment)!;
    const kernel = reusing(kernelFactory({ manifest, wasm }));
    return (values: readonly number[], seed: number) => runOnce(manifest, kernel, found, values, seed);
  };
  return ({ structure, runs }) => {
    const started = performance.now();
    let run = prepared.get(structure);
    if (run === undefined) prepared.set(structure, (run = prepare(structure)));
    const results = runs.map((one) => ({ run: one.run, result: run(one.values, one.seed) }));
    return { results, took: performance.now() - started };
  };
}
