/** Artefacts in Redis by the hash of their bytes: written once, fetched once by each worker. */
import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Manifest } from '../../../runtime/contract/manifest.ts';
import type { Structure } from '../job.ts';
import { PREFIX } from './blocks.ts';

/** s; renewed as long as someone waits for results. */
export const KEPT = 24 * 60 * 60;

export interface Packed {
  hash: string;
  bytes: Buffer;
}

/** Length of the manifest, manifest, code. */
export function pack({ manifest, wasm }: Structure): Packed {
  if (wasm instanceof WebAssembly.Module) throw new Error('an artefact is sent as bytes');
  const text = Buffer.from(JSON.stringify(manifest, withoutFolders));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const bytes = Buffer.concat([length, text, wasm]);
  return { hash: createHash('sha256').update(bytes).digest('hex'), bytes };
}

/** Throws when the bytes are not those of the hash. */
function unpack(hash: string, bytes: Buffer): Structure {
  if (createHash('sha256').update(bytes).digest('hex') !== hash)
    throw new Error('the artefact in Redis is damaged');
  const length = bytes.readUInt32LE();
  return {
    manifest: JSON.parse(bytes.toString('utf8', 4, 4 + length)) as Manifest,
    wasm: new Uint8Array(bytes.subarray(4 + length)),
  };
}

/** Where the text lies is nobody's business, and the same text lies elsewhere on the next machine. */
const withoutFolders = (key: string, value: unknown): unknown =>
  key === 'uri' && typeof value === 'string' && value.startsWith('file:') ? value.split('/').at(-1) : value;

const keyOf = (hash: string): string => `${PREFIX}:artefact:${hash}`;

/** Writes it where it is not, and lets it live on where it is. */
export async function publish(redis: Redis, { hash, bytes }: Packed): Promise<void> {
  if ((await redis.expire(keyOf(hash), KEPT)) === 0) await redis.set(keyOf(hash), bytes, 'EX', KEPT);
}

export async function fetchArtefact(redis: Redis, hash: string): Promise<Structure> {
  const bytes = await redis.getBuffer(keyOf(hash));
  if (bytes === null) throw new Error('the artefact is no longer in Redis');
  return unpack(hash, bytes);
}
