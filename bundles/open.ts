/** Archive → artefact, or what is wrong with it. Nothing is unpacked before its digest was compared. */
import type { Artefact, Manifest } from '../runtime/contract/manifest.ts';
import { lacks } from '../runtime/load.ts';
import { readArchive } from './archive.ts';
import type { Entry } from './archive.ts';
import { checkContents, digestOf, readContents } from './contents.ts';
import type { Contents } from './contents.ts';
import { manifestProblem } from './manifest.ts';
import { CONTENTS_FILE, MANIFEST_FILE, SIGNATURES_FILE, WASM_FILE } from './names.ts';
import { readCanonical } from './strict-json.ts';

/** A bundle whose list of contents was read, and nothing else yet. */
export interface SealedBundle {
  entries: Entry[];
  contents: Contents;
  /** `bundle.json`: what is signed. */
  contentsBytes: Uint8Array;
  /** `signatures.json`, where there is one. */
  signatures?: Uint8Array;
  digest: string;
}

/** A bundle whose files all have their digests, and what it runs. */
export interface OpenedBundle extends SealedBundle {
  artefact: Artefact;
  /** Unpacked, by name. */
  files: Record<string, Uint8Array>;
}

/** A bundle that is whole as an archive, with its list of contents; no file in it has been looked at yet. */
export function readSealed(bytes: Uint8Array): SealedBundle | { problem: string } {
  const entries = readArchive(bytes);
  if ('problem' in entries) return entries;
  const [first, ...others] = entries;
  if (first === undefined || first.name !== CONTENTS_FILE || first.deflated)
    return {
      problem: `it lacks ${CONTENTS_FILE}: it is no bundle, or one of an older Pollux; build it anew`,
    };
  const contents = readContents(first.packed);
  if ('problem' in contents) return contents;
  const signatures = others.find(({ name }) => name === SIGNATURES_FILE);
  if (signatures !== undefined && (signatures.deflated || others.at(-1) !== signatures))
    return { problem: `${SIGNATURES_FILE} is not as pollux sign writes it` };
  const listed = contents.files.map(({ name }) => name);
  const found = others.filter((entry) => entry !== signatures).map(({ name }) => name);
  if (found.length === listed.length && found.some((name, i) => name !== listed[i]))
    return { problem: `its files are not those that ${CONTENTS_FILE} lists: ${found.join(', ')}` };
  return {
    entries,
    contents,
    contentsBytes: first.packed,
    ...(signatures === undefined ? {} : { signatures: signatures.packed }),
    digest: digestOf(first.packed),
  };
}

/** Checks each file against its digest, and that there is an artefact among them. */
export function unseal(sealed: SealedBundle): OpenedBundle | { problem: string } {
  const checked = checkContents(sealed.contents, sealed.entries);
  if ('problem' in checked) return checked;
  const artefact = artefactIn(checked.files);
  return 'problem' in artefact ? artefact : { ...sealed, artefact, files: checked.files };
}

/** Both: bytes of a bundle to its artefact, or what is wrong with it, in words. Who signed it is another question: `trust.ts`. */
export function openBundle(bytes: Uint8Array): OpenedBundle | { problem: string } {
  const sealed = readSealed(bytes);
  return 'problem' in sealed ? sealed : unseal(sealed);
}

function artefactIn(files: Readonly<Record<string, Uint8Array>>): Artefact | { problem: string } {
  const manifestBytes = files[MANIFEST_FILE];
  const wasm = files[WASM_FILE];
  if (manifestBytes === undefined || wasm === undefined)
    return { problem: `it lacks ${manifestBytes === undefined ? MANIFEST_FILE : WASM_FILE}` };
  const read = readCanonical(manifestBytes);
  if ('problem' in read) return { problem: `${MANIFEST_FILE} ${read.problem}` };
  const wrong = manifestProblem(read.value);
  if (wrong !== undefined) return { problem: wrong };
  const module = moduleOf(wasm);
  if ('problem' in module) return module;
  const manifest = read.value as Manifest;
  const lacking = lacks(manifest, module);
  return lacking === undefined
    ? { manifest, wasm }
    : { problem: `its ${WASM_FILE} is for another version of the runtime: this one needs ${lacking}` };
}

/** The code of a twin gets a memory and nothing else: no disk, no network, no clock. */
function moduleOf(wasm: Uint8Array): WebAssembly.Module | { problem: string } {
  let module: WebAssembly.Module;
  try {
    module = new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>);
  } catch {
    return { problem: `its ${WASM_FILE} is no WebAssembly, or was damaged` };
  }
  const foreign = WebAssembly.Module.imports(module).find(
    ({ module: from, name, kind }) => from !== 'env' || name !== 'memory' || kind !== 'memory',
  );
  return foreign === undefined
    ? module
    : {
        problem: `its ${WASM_FILE} asks the host for ${foreign.module}.${foreign.name}; a twin gets its memory and nothing else`,
      };
}
