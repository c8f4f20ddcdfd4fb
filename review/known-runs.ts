/**
 * Runs of one kind of one program → their results, as far as they are known from before. The same program and the same seed give the same
 * bits, so of the version before, which is compared again and again, nothing is run twice.
 */
import type { Artefact } from '../runtime/contract/manifest.ts';
import { seedOf } from '../runtime/experiments/design.ts';
import { valueRuns } from './asked-runs.ts';
import type { Asking } from './asked-runs.ts';
import { meaning } from './same.ts';

/** Where results are kept. What it is asked for with is all that they depend on, besides this build of Pollux. */
export interface KeptResults {
  read(of: readonly (string | Uint8Array)[]): number[][] | undefined;
  write(of: readonly (string | Uint8Array)[], rows: readonly (readonly number[])[]): void;
}

export interface KnownRuns {
  /** Values of so many repetitions, from the first; those that are not known are run. */
  rows(count: number): Asking<number[][]>;
  /** Keeps what had to be run. */
  keep(): void;
}

/**
 * @param what which runs they are, and which values a row has
 * @param series the position of these among `seriesOf(manifest, runs)`
 * @param seed of the first
 */
export function knownRuns(
  artefact: Artefact,
  what: string,
  series: number,
  runs: number,
  seed: number,
  kept: KeptResults | undefined,
): KnownRuns {
  const { wasm, manifest } = artefact;
  const key = kept === undefined ? [] : [wasm, meaning(manifest), what, String(seed)];
  const rows = [...(kept?.read(key) ?? [])];
  const known = rows.length;
  return {
    rows: function* (count) {
      const seeds = Array.from({ length: Math.max(0, count - rows.length) }, (_, n) =>
        seedOf(seed, rows.length + n),
      );
      rows.push(...(yield* valueRuns(artefact, series, runs, seeds)));
      return rows.slice(0, count);
    },
    keep: () => {
      if (rows.length > known) kept?.write(key, rows);
    },
  };
}
