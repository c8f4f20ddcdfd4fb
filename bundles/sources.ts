/** Where texts lie → what they are called in a bundle, wherever that is made. */
import type { Manifest } from '../runtime/contract/manifest.ts';

/** A text or a data file that the twin was made from. */
export interface Source {
  uri: string;
  /** Relative to the project; `acme.pumps/pump.twin` where it is of a package. */
  name: string;
  sha256: string;
}

/** A package that the project takes from elsewhere. */
export interface UsedPackage {
  name: string;
  version: string;
  /** Address and commit; absent for a folder. */
  git?: { url: string; commit: string };
  /** Of its files, where the lock has one. */
  sha256?: string;
}

/** URI → the rest of it behind the common folder of all of them. */
export function relativeNames(uris: readonly string[]): Map<string, string> {
  const folders = uris.map((uri) => uri.split('/').slice(0, -1));
  const [first = [], ...others] = folders;
  let shared = first.length;
  for (const folder of others)
    while (first.slice(0, shared).some((name, i) => name !== folder[i])) shared -= 1;
  return new Map(uris.map((uri) => [uri, decodeURIComponent(uri.split('/').slice(shared).join('/'))]));
}

/** The manifest with names for the places of its texts; those that are not known are named from their common folder on. */
export function withNames(manifest: Manifest, names: ReadonlyMap<string, string>): Manifest {
  const strangers = new Set<string>();
  const text = JSON.stringify(manifest, (key, value: unknown) => {
    if (isPlace(key, value) && !names.has(value)) strangers.add(value);
    return value;
  });
  const others = relativeNames([...strangers]);
  return JSON.parse(text, (key, value: unknown) =>
    isPlace(key, value) ? (names.get(value) ?? others.get(value)) : value,
  ) as Manifest;
}

const isPlace = (key: string, value: unknown): value is string =>
  key === 'uri' && typeof value === 'string' && value.startsWith('file:');
