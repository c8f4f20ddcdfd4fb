/**
 * Data at rest, encrypted: AES-256-GCM under a key of its own for each file, which lies before it, wrapped by ours.
 *
 * | bytes | what |
 * | --- | --- |
 * | 0–7 | `PLXCRYPT` |
 * | 8 | format, 1 |
 * | 9–24 | which key: the first half of its SHA-256 |
 * | 25–36 | nonce of the wrapped key |
 * | 37–84 | the file's key, wrapped, with its tag |
 * | 85–96 | nonce of the content |
 * | 97– | content with its tag |
 *
 * What stands before is authenticated with what follows, so no byte can be changed. Wrapping by key makes a change of key cheap,
 * and no key ever meets the same nonce twice.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

const MAGIC = Buffer.from('PLXCRYPT');
const FORMAT = 1;
const HEADER = 25;
const NONCE = 12;
const TAG = 16;
const KEY = 32;

/** A key for data at rest, and the 16 bytes by which files tell that it is theirs. */
export interface DataKey {
  bytes: Buffer;
  id: Buffer;
}

/** A key is 32 bytes in base64 or in hex. */
export function readDataKey(text: string): DataKey | { problem: string } {
  const plain = text.trim();
  const bytes = /^[0-9a-f]{64}$/i.test(plain) ? Buffer.from(plain, 'hex') : Buffer.from(plain, 'base64');
  if (bytes.length !== KEY || (!/^[0-9a-f]{64}$/i.test(plain) && !/^[\w+/-]{43}=?$/.test(plain)))
    return { problem: 'it is no key of 32 bytes in base64 or hex (openssl rand -base64 32 makes one)' };
  return { bytes, id: createHash('sha256').update('pollux data key').update(bytes).digest().subarray(0, 16) };
}

/** By its first bytes. */
export const isEncrypted = (bytes: Uint8Array): boolean => MAGIC.equals(bytes.subarray(0, MAGIC.length));

/** `what` says what it is, such as `state`: what was encrypted as one thing is not taken for another. */
export function encrypt(content: Uint8Array, key: DataKey, what: string): Uint8Array {
  const { begin, piece, end } = encrypting(key, what);
  return new Uint8Array(Buffer.concat([begin, piece(content), end()]));
}

/** The same of what comes in pieces: what stands before them, what each of them becomes, and what stands behind. */
export function encrypting(
  key: DataKey,
  what: string,
): { begin: Uint8Array; piece(content: Uint8Array): Uint8Array; end(): Uint8Array } {
  const header = Buffer.concat([MAGIC, Buffer.of(FORMAT), key.id]);
  const own = randomBytes(KEY);
  const wrapped = seal(own, wrappingKey(key), randomBytes(NONCE), Buffer.concat([header, Buffer.from(what)]));
  const before = Buffer.concat([header, wrapped]);
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', own, nonce).setAAD(Buffer.concat([before, Buffer.from(what)]));
  return {
    begin: Buffer.concat([before, nonce]),
    piece: (content) => cipher.update(content),
    end: () => Buffer.concat([cipher.final(), cipher.getAuthTag()]),
  };
}

/** What `encrypt` made, as the same `what`; else what is wrong, in words: another key, another thing, a changed byte. */
export function decrypt(
  bytes: Uint8Array,
  key: DataKey,
  what: string,
): { content: Uint8Array } | { problem: string } {
  const opened = decrypting(bytes.subarray(0, BEFORE), bytes.length, key, what);
  if ('problem' in opened) return opened;
  const content = opened.piece(bytes.subarray(BEFORE, -TAG));
  const problem = opened.end(bytes.subarray(-TAG));
  return problem === undefined ? { content: new Uint8Array(content) } : { problem };
}

/** Bytes before the content, and behind it. */
export const BEFORE = HEADER + NONCE + KEY + TAG + NONCE;
export const BEHIND = TAG;

/** The same in pieces, of `length` bytes in all. Nothing of what comes out may be used before the end has said that there is no problem. */
export function decrypting(
  before: Uint8Array,
  length: number,
  key: DataKey,
  what: string,
): { piece(sealed: Uint8Array): Uint8Array; end(tag: Uint8Array): string | undefined } | { problem: string } {
  const all = Buffer.from(before);
  if (!isEncrypted(before)) return { problem: 'it is not encrypted by Pollux' };
  if (all[MAGIC.length] !== FORMAT)
    return { problem: 'it is encrypted in a way that this Pollux does not know' };
  if (length < BEFORE + BEHIND) return { problem: 'it was cut off' };
  const header = all.subarray(0, HEADER);
  if (!header.subarray(MAGIC.length + 1).equals(key.id))
    return { problem: 'it was encrypted with another key' };
  const problem = `it was changed since it was encrypted, or is no ${what}`;
  const end = BEFORE - NONCE;
  const own = open(all.subarray(HEADER, end), wrappingKey(key), Buffer.concat([header, Buffer.from(what)]));
  if (own === undefined) return { problem };
  const decipher = createDecipheriv('aes-256-gcm', own, all.subarray(end, BEFORE), {
    authTagLength: TAG,
  }).setAAD(Buffer.concat([all.subarray(0, end), Buffer.from(what)]));
  return {
    piece: (sealed) => decipher.update(sealed),
    end: (tag) => {
      try {
        decipher.setAuthTag(tag).final();
        return undefined;
      } catch {
        return problem;
      }
    },
  };
}

const wrappingKey = ({ bytes }: DataKey): Buffer =>
  Buffer.from(hkdfSync('sha256', bytes, '', 'pollux data key, wrapping', KEY));

function seal(content: Uint8Array, key: Buffer, nonce: Buffer, context: Buffer): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context);
  return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

function open(sealed: Buffer, key: Buffer, context: Buffer): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG })
    .setAAD(context)
    .setAuthTag(sealed.subarray(-TAG));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE, -TAG)), decipher.final()]);
  } catch {
    return undefined;
  }
}
