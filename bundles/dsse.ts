/**
 * Signatures as DSSE envelopes (secure-systems-lab/dsse, protocol 1). The public key lies beside each signature, so that a
 * change is seen by everyone; whether the key is to be trusted is decided elsewhere. An envelope has one spelling.
 */
import { sign as signBytes, verify as verifyBytes } from 'node:crypto';
import { publicKeyFrom } from './keys.ts';
import type { PublicKey, SigningKey } from './keys.ts';
import { isObject, readCanonical, writeCanonical } from './strict-json.ts';

/** What is signed, and by whom. */
export interface Envelope {
  payload: Uint8Array;
  payloadType: string;
  /** By key. Each of them fits. */
  signatures: { key: PublicKey; signature: Uint8Array }[];
}

const MOST_SIGNATURES = 16;

/** What is signed: the type counts too (pre-authentication encoding). */
function authenticated(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ]);
}

/** Signs what DSSE authenticates, the payload and its type, by ed25519. */
export function signature(
  payloadType: string,
  payload: Uint8Array,
  key: SigningKey,
): Envelope['signatures'][number] {
  const bytes = signBytes(null, authenticated(payloadType, payload), key.key);
  return { key: key.public, signature: new Uint8Array(bytes) };
}

/** The envelope as canonical JSON, signatures in order of their keys. */
export function writeEnvelope({ payload, payloadType, signatures }: Envelope): Uint8Array {
  return writeCanonical({
    payload: base64(payload),
    payloadType,
    signatures: signatures
      .toSorted((a, b) => (a.key.id < b.key.id ? -1 : 1))
      .map((each) => ({
        keyid: each.key.id,
        publicKey: base64(each.key.bytes),
        sig: base64(each.signature),
      })),
  });
}

/** An envelope all of whose signatures fit, or in words what is wrong. */
export function readEnvelope(bytes: Uint8Array, payloadType: string): Envelope | { problem: string } {
  const read = readCanonical(bytes);
  if ('problem' in read) return read;
  const { value } = read;
  if (!isObject(value) || typeof value['payload'] !== 'string' || !Array.isArray(value['signatures']))
    return { problem: 'is no envelope of signatures' };
  if (value['payloadType'] !== payloadType) return { problem: 'signs something else than a bundle' };
  const given: unknown[] = value['signatures'];
  if (given.length === 0 || given.length > MOST_SIGNATURES)
    return { problem: `has ${given.length} signatures; there are 1 to ${MOST_SIGNATURES}` };
  const payload = new Uint8Array(Buffer.from(value['payload'], 'base64'));
  const due = authenticated(payloadType, payload);
  const envelope: Envelope = { payload, payloadType, signatures: [] };
  for (const one of given) {
    if (!isObject(one)) return { problem: 'is no envelope of signatures' };
    const { keyid, publicKey, sig } = one;
    const key =
      typeof publicKey === 'string'
        ? publicKeyFrom(new Uint8Array(Buffer.from(publicKey, 'base64')))
        : undefined;
    if (key === undefined || key.id !== keyid || typeof sig !== 'string')
      return { problem: 'has a signature whose key was changed' };
    const signed = new Uint8Array(Buffer.from(sig, 'base64'));
    if (!verifyBytes(null, due, key.key, signed))
      return { problem: `has a signature of key ${key.id.slice(0, 16)} that does not fit` };
    envelope.signatures.push({ key, signature: signed });
  }
  if (new Set(envelope.signatures.map(({ key }) => key.id)).size !== given.length)
    return { problem: 'has two signatures of one key' };
  // Base64 and the order of signatures leave room to write the same thing in another way.
  return Buffer.compare(writeEnvelope(envelope), bytes) === 0
    ? envelope
    : { problem: 'is not as pollux sign writes it' };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
