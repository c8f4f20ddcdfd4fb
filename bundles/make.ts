/**
 * Artefact → one archive that can be deployed: the WebAssembly, the manifest, a runner that needs nothing but Node, and what all
 * that was made of. Same input, same bytes.
 */
import type { Artefact } from '../runtime/contract/manifest.ts';
import { pack, writeArchive } from './archive.ts';
import { contentsOf, digestOf, writeContents } from './contents.ts';
import { sha256 } from './digest.ts';
import { CONTENTS_FILE, MANIFEST_FILE, PROVENANCE_FILE, RUNNER_FILE, SBOM_FILE, WASM_FILE } from './names.ts';
import { provenanceOf } from './provenance.ts';
import { sbomOf } from './sbom.ts';
import { withNames } from './sources.ts';
import type { Source, UsedPackage } from './sources.ts';
import { writeCanonical } from './strict-json.ts';

/** What a bundle is made of. */
export interface Ingredients {
  artefact: Artefact;
  /** Text of `run.mjs`. */
  runner: string;
  /** Of Pollux. */
  version: string;
  /** `twin waterworks.East` */
  root: string;
  sources: readonly Source[];
  packages: readonly UsedPackage[];
}

/** A bundle, as one archive and as the files in it. */
export interface MadeBundle {
  bytes: Uint8Array;
  /** `sha256:…` of its contents; a signature does not change it. */
  digest: string;
  /** What a folder gets. */
  files: Record<string, Uint8Array>;
}

/** The bytes of a bundle. The same ingredients, in whatever order, are the same bytes. */
export function makeBundle({ artefact, runner, version, root, sources, packages }: Ingredients): MadeBundle {
  const names = new Map(sources.map((source) => [source.uri, source.name]));
  const manifest = withNames(artefact.manifest, names);
  const encoder = new TextEncoder();
  const byName = (a: { name: string }, b: { name: string }): number => (a.name < b.name ? -1 : 1);
  const facts = { version, root, sources: sources.toSorted(byName), packages: packages.toSorted(byName) };
  const files: Record<string, Uint8Array> = {
    [MANIFEST_FILE]: writeCanonical(manifest),
    [RUNNER_FILE]: encoder.encode(runner),
    [WASM_FILE]: artefact.wasm,
  };
  const digests = (): { name: string; sha256: string }[] =>
    Object.entries(files).map(([name, content]) => ({ name, sha256: sha256(content) }));
  const { name, stateFingerprint } = manifest;
  files[SBOM_FILE] = writeCanonical(sbomOf({ name, stateFingerprint, files: digests(), ...facts }));
  files[PROVENANCE_FILE] = writeCanonical(provenanceOf(digests().toSorted(byName), facts));
  const packed = Object.keys(files)
    .toSorted()
    .map((file) => ({ entry: pack(file, files[file]!, true), content: files[file]! }));
  const contents = writeContents(contentsOf(name, version, packed));
  return {
    bytes: writeArchive([pack(CONTENTS_FILE, contents, false), ...packed.map(({ entry }) => entry)]),
    digest: digestOf(contents),
    files: {
      [CONTENTS_FILE]: contents,
      ...Object.fromEntries(packed.map(({ entry, content }) => [entry.name, content])),
    },
  };
}
