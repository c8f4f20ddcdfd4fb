/**
 * Artefact → one archive that can be deployed: a ZIP with the WebAssembly, the manifest and a runner that needs nothing
 * but Node. Same input, same bytes: entries in a fixed order, a fixed date, canonical JSON (RFC 8785), no machine's name, and
 * sources named from their common folder on.
 */
import canonicalize from 'canonicalize';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import type { Artefact, Manifest } from '../runtime/contract/manifest.ts';

export const MANIFEST_FILE = 'manifest.json';
export const WASM_FILE = 'twin.wasm';
export const RUNNER_FILE = 'run.mjs';
export const BUNDLE_EXTENSION = '.pollux';

/** The oldest date that ZIP can hold: the same for all, as no bundle depends on when it was made. */
const DATE = new Date(1980, 0, 1);
/** More than this, unpacked, is refused: a bundle's parts are small. */
const MAXIMUM_BYTES = 256 * 1024 * 1024;

/** Of every manifest, whatever the twin. */
const LISTS = [
  'variables',
  'handlers',
  'alarms',
  'sensors',
  'probes',
  'scenarios',
  'tests',
  'views',
  'bindings',
] as const satisfies readonly (keyof Manifest)[];

export function bundle(artefact: Artefact, runner: string): Uint8Array {
  const manifest = canonicalize(withoutPlaces(artefact.manifest));
  if (manifest === undefined) throw new Error('a manifest is always a JSON value');
  return zipSync(
    {
      [MANIFEST_FILE]: strToU8(manifest + '\n'),
      [RUNNER_FILE]: strToU8(runner),
      [WASM_FILE]: artefact.wasm,
    },
    { level: 9, mtime: DATE, os: 3 },
  );
}

/** The same manifest wherever its sources lie: `file:///home/me/plant/pump.twin` becomes `pump.twin`. */
function withoutPlaces(manifest: Manifest): Manifest {
  const folders: string[][] = [];
  const text = JSON.stringify(manifest, (key, value: unknown) => {
    if (key === 'uri' && typeof value === 'string' && value.startsWith('file:'))
      folders.push(value.split('/').slice(0, -1));
    return value;
  });
  const [first = [], ...others] = folders;
  let shared = first.length;
  for (const folder of others)
    while (first.slice(0, shared).some((name, i) => name !== folder[i])) shared -= 1;
  return JSON.parse(text, (key, value: unknown) =>
    key === 'uri' && typeof value === 'string' && value.startsWith('file:')
      ? value.split('/').slice(shared).join('/')
      : value,
  ) as Manifest;
}

/** All files of a bundle that was just made, by name. */
export const unbundleAll = (bytes: Uint8Array): Record<string, Uint8Array> => unzipSync(bytes);

/** The artefact in a bundle, or what is wrong with it. */
export function unbundle(bytes: Uint8Array): Artefact | { problem: string } {
  let total = 0;
  let tooLarge = false;
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        total += originalSize;
        if (total > MAXIMUM_BYTES) tooLarge = true;
        return !tooLarge && (name === MANIFEST_FILE || name === WASM_FILE);
      },
    });
  } catch {
    return { problem: 'it is no ZIP archive, or it was cut off' };
  }
  if (tooLarge) return { problem: `it unpacks to more than ${MAXIMUM_BYTES} bytes` };
  const manifestBytes = files[MANIFEST_FILE];
  const wasm = files[WASM_FILE];
  if (manifestBytes === undefined || wasm === undefined)
    return { problem: `it lacks ${manifestBytes === undefined ? MANIFEST_FILE : WASM_FILE}` };
  try {
    const manifest = JSON.parse(strFromU8(manifestBytes)) as Manifest;
    if (manifest.format !== 'pollux-twin') return { problem: `${MANIFEST_FILE} is not that of a twin` };
    if (manifest.formatVersion !== 1)
      return { problem: `it has format version ${String(manifest.formatVersion)}; this Pollux reads 1` };
    if (!LISTS.every((field) => Array.isArray(manifest[field])) || typeof manifest.layout?.pages !== 'number')
      return { problem: `${MANIFEST_FILE} is damaged: a part of it is missing` };
    return { manifest, wasm };
  } catch {
    return { problem: `${MANIFEST_FILE} is not JSON` };
  }
}
