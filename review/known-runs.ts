/**
 * Runs of one kind of one program → their results, as far as they are known from before. The same program and the same seed give the same
 * bits, so of the version before, which is compared again and again, nothing is run twice.
 */
import type { Artefact } from '../runtime/contract/manifest.ts';
import { meaning } from './same.ts';

/** Where results are kept. What it is asked for with is all that they depend on, besides this build of Pollux. */
export interface KeptResults {
  read(of: readonly (string | Uint8Array)[]): number[][] | undefined;
  write(of: readonly (string | Uint8Array)[], rows: readonly (readonly number[])[]): void;
}

export interface KnownRuns {
  /** Values of a repetition, from zero. */
  row(repetition: number): number[];
  /** Keeps what had to be run. */
  keep(): void;
}

/** @param what which runs they are, and which values a row has */
export function knownRuns(
  { wasm, manifest }: Artefact,
  what: string,
  run: (repetition: number) => number[],
  kept: KeptResults | undefined,
): KnownRuns {
  const key = kept === undefined ? [] : [wasm, meaning(manifest), what];
  const rows = [...(kept?.read(key) ?? [])];
  const known = rows.length;
  return {
    row: (repetition) => (rows[repetition] ??= run(repetition)),
    keep: () => {
      if (rows.length > known) kept?.write(key, rows);
    },
  };
}
