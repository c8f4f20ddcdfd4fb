/** Two artefacts → whether they are the same program, so that no run of one can differ from a run of the other. */
import type { Artefact, Manifest } from '../runtime/contract/manifest.ts';

/** Where something is written, and what is said about it, does not change a run. */
const SAID_ONLY = new Set(['source', 'sources', 'doc', 'title']);

export function runsTheSame(a: Artefact, b: Artefact): boolean {
  return (
    a.wasm.length === b.wasm.length &&
    a.wasm.every((byte, at) => byte === b.wasm[at]) &&
    meaning(a.manifest) === meaning(b.manifest)
  );
}

/** All of a manifest by which runs could differ. */
export const meaning = (manifest: Manifest): string =>
  JSON.stringify(manifest, (key, value: unknown) => (SAID_ONLY.has(key) ? undefined : value));
