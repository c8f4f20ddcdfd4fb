/** Bundle ↔ what a registry keeps: an OCI image manifest 1.1 with an artifact type, and one layer that is the archive. */
import { MAXIMUM_BYTES } from './archive.ts';
import { sha256 } from './digest.ts';
import type { SealedBundle } from './open.ts';
import { isObject, readStrict } from './strict-json.ts';

/** Media type of an OCI image manifest 1.1. */
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const ARTIFACT_TYPE = 'application/vnd.pollux.bundle.v1';
const LAYER_TYPE = 'application/vnd.pollux.bundle.v1+zip';
const EMPTY_TYPE = 'application/vnd.oci.empty.v1+json';
const DIGEST_ANNOTATION = 'pollux.bundle.digest';

/** The config of artefacts that have none. */
const EMPTY = new TextEncoder().encode('{}');
/** Larger manifests are none of ours. */
export const MAXIMUM_MANIFEST = 1024 * 1024;

/** What a registry keeps, by `sha256:…` of its bytes. */
export interface Blob {
  digest: string;
  bytes: Uint8Array;
}

/** What is sent to a registry: the blobs first. */
export interface Pushable {
  manifest: Blob;
  blobs: Blob[];
}

const blob = (bytes: Uint8Array): Blob => ({ digest: `sha256:${sha256(bytes)}`, bytes });

/** The same bundle gives the same manifest. */
export function pushable(bytes: Uint8Array, { contents, digest }: SealedBundle): Pushable {
  const layer = blob(bytes);
  const config = blob(EMPTY);
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    artifactType: ARTIFACT_TYPE,
    config: { mediaType: EMPTY_TYPE, digest: config.digest, size: EMPTY.length, data: 'e30=' },
    layers: [
      {
        mediaType: LAYER_TYPE,
        digest: layer.digest,
        size: bytes.length,
        annotations: { 'org.opencontainers.image.title': `${contents.name}.pollux` },
      },
    ],
    annotations: {
      'org.opencontainers.image.title': contents.name,
      [DIGEST_ANNOTATION]: digest,
    },
  };
  return { manifest: blob(new TextEncoder().encode(JSON.stringify(manifest))), blobs: [config, layer] };
}

/** Which blob to fetch, by a manifest from a registry; in words when it is no bundle's. */
export function layerIn(
  manifest: Uint8Array,
): { digest: string; size: number; bundle: string | undefined } | { problem: string } {
  const read = readStrict(new TextDecoder().decode(manifest));
  const value = 'problem' in read ? undefined : read.value;
  if (!isObject(value)) return { problem: 'its manifest is not JSON' };
  if (value['artifactType'] !== ARTIFACT_TYPE)
    return {
      problem: `what lies there is no bundle but ${String(value['artifactType'] ?? value['mediaType'] ?? 'something else').slice(0, 80)}`,
    };
  const [layer, ...others] = Array.isArray(value['layers']) ? (value['layers'] as unknown[]) : [];
  if (!isObject(layer) || others.length > 0 || layer['mediaType'] !== LAYER_TYPE)
    return { problem: 'its manifest does not have the one layer of a bundle' };
  const { digest, size } = layer;
  if (typeof digest !== 'string' || !isDigest(digest) || typeof size !== 'number')
    return { problem: 'its manifest names no layer' };
  if (!(size > 0 && size <= MAXIMUM_BYTES)) return { problem: `it has ${size} bytes, which no bundle has` };
  const annotations = isObject(value['annotations']) ? value['annotations'] : {};
  const bundle = annotations[DIGEST_ANNOTATION];
  return { digest, size, bundle: typeof bundle === 'string' ? bundle : undefined };
}

const isDigest = (text: string): boolean => /^sha256:[0-9a-f]{64}$/.test(text);

/** A place in a registry. */
export interface Reference {
  /** `registry.example:5000` */
  registry: string;
  repository: string;
  tag: string;
  /** What must be found there. */
  digest?: string;
}

/** `registry.example/plants/east:1.2.0`, with `@sha256:…` behind it where that must be found. */
export function readReference(text: string): Reference | { problem: string } {
  const match = /^([^/@]+)\/([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(text);
  if (match === null)
    return { problem: `${text} names no place in a registry, such as registry.example/plants/east:1.0.0` };
  const [, registry = '', repository = '', tag, digest] = match;
  if (!/^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?$/i.test(registry) || !/[.:]|^localhost$/.test(registry))
    return { problem: `${text} names no registry: ${registry} is no host, such as registry.example` };
  const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
  if (!new RegExp(`^${part}(?:/${part})*$`).test(repository) || repository.length > 200)
    return {
      problem: `${repository} is no name in a registry: small letters, digits, and . _ - between them`,
    };
  if (tag !== undefined && !/^\w[\w.-]{0,127}$/.test(tag)) return { problem: `${tag} is no tag` };
  if (digest !== undefined && !isDigest(digest)) return { problem: `${digest} is no digest (sha256:…)` };
  return { registry, repository, tag: tag ?? 'latest', ...(digest === undefined ? {} : { digest }) };
}
