/**
 * `bundle.json`: what a bundle holds, each file with its digest. The digest of this file is that of the bundle: it stays the
 * same when a signature is added, and changes with anything else.
 */
import { unpack } from './archive.ts';
import type { Entry } from './archive.ts';
import { sha256 } from './digest.ts';
import { CONTENTS_FILE, SIGNATURES_FILE } from './names.ts';
import { isObject, readCanonical, writeCanonical } from './strict-json.ts';

/** `bundle.json`. */
export interface Contents {
  format: 'pollux-bundle';
  formatVersion: 1;
  /** Of the twin or asset: `waterworks.East`. */
  name: string;
  builder: { name: 'pollux'; version: string };
  /** By name. */
  files: ContentFile[];
}

/** A file of a bundle. Sizes in bytes, digests as 64 hex digits. */
export interface ContentFile {
  name: string;
  mediaType: string;
  size: number;
  sha256: string;
  /** As it lies in the archive, so that it can be judged before it is unpacked. */
  packed: { method: 'deflate'; size: number; sha256: string };
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  'manifest.json': 'application/vnd.pollux.manifest.v1+json',
  'provenance.json': 'application/vnd.in-toto+json',
  'run.mjs': 'text/javascript',
  'sbom.cdx.json': 'application/vnd.cyclonedx+json',
  'twin.wasm': 'application/wasm',
};

/** The list of what is in a bundle, with the SHA-256 of each file. */
export function contentsOf(
  name: string,
  version: string,
  files: readonly { entry: Entry; content: Uint8Array }[],
): Contents {
  return {
    format: 'pollux-bundle',
    formatVersion: 1,
    name,
    builder: { name: 'pollux', version },
    files: files.map(({ entry, content }) => ({
      name: entry.name,
      mediaType: MEDIA_TYPES[entry.name] ?? 'application/octet-stream',
      size: content.length,
      sha256: sha256(content),
      packed: { method: 'deflate', size: entry.packed.length, sha256: sha256(entry.packed) },
    })),
  };
}

/** `sha256:…`, as registries write it. */
export const digestOf = (contents: Uint8Array): string => `sha256:${sha256(contents)}`;

/** Canonical JSON (RFC 8785): the bytes that are hashed and signed. */
export const writeContents = (contents: Contents): Uint8Array => writeCanonical(contents);

/** `bundle.json`, as far as its form goes; what is wrong with it, in words, where it is not one that this Pollux reads. */
export function readContents(bytes: Uint8Array): Contents | { problem: string } {
  const read = readCanonical(bytes);
  if ('problem' in read) return { problem: `${CONTENTS_FILE} ${read.problem}` };
  const { value } = read;
  if (!isObject(value) || value['format'] !== 'pollux-bundle')
    return { problem: `${CONTENTS_FILE} is not that of a bundle` };
  if (value['formatVersion'] !== 1)
    return {
      problem: `it has bundle format ${JSON.stringify(value['formatVersion'])?.slice(0, 20)}; this Pollux reads 1`,
    };
  const { name, builder, files } = value;
  const whole =
    typeof name === 'string' &&
    isObject(builder) &&
    typeof builder['version'] === 'string' &&
    Array.isArray(files) &&
    files.every(isContentFile) &&
    new Set(files.map((file) => file.name)).size === files.length;
  return whole
    ? (value as unknown as Contents)
    : { problem: `${CONTENTS_FILE} is damaged: a part of it is missing` };
}

const DIGEST = /^[0-9a-f]{64}$/;

function isContentFile(value: unknown): value is ContentFile {
  if (!isObject(value)) return false;
  const { name, mediaType, size, sha256: digest, packed } = value;
  return (
    typeof name === 'string' &&
    typeof mediaType === 'string' &&
    Number.isSafeInteger(size) &&
    typeof digest === 'string' &&
    DIGEST.test(digest) &&
    isObject(packed) &&
    packed['method'] === 'deflate' &&
    Number.isSafeInteger(packed['size']) &&
    typeof packed['sha256'] === 'string' &&
    DIGEST.test(packed['sha256'])
  );
}

/** What differs between the list and what is there, in words; nothing is unpacked that does not have the digest it should. */
export function checkContents(
  { files }: Contents,
  entries: readonly Entry[],
): { files: Record<string, Uint8Array> } | { problem: string } {
  const listed = new Set(files.map(({ name }) => name));
  const extra = entries.find(
    ({ name }) => name !== CONTENTS_FILE && name !== SIGNATURES_FILE && !listed.has(name),
  );
  if (extra !== undefined)
    return { problem: `${extra.name} was added to it: ${CONTENTS_FILE} does not list it` };
  const found: Record<string, Uint8Array> = {};
  for (const { name, size, sha256: digest, packed } of files) {
    const entry = entries.find((each) => each.name === name);
    if (entry === undefined) return { problem: `it lacks ${name}` };
    const changed = { problem: `${name} was changed after the bundle was made` };
    if (!entry.deflated || entry.size !== size || entry.packed.length !== packed.size) return changed;
    if (sha256(entry.packed) !== packed.sha256) return changed;
    const content = unpack(entry);
    if (content === undefined || sha256(content) !== digest) return changed;
    found[name] = content;
  }
  return { files: found };
}
