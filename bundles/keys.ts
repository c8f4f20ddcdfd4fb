/** Ed25519 keys as PEM, and their names: a key is called by the SHA-256 of its public half (SPKI, DER). */
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { sha256 } from './digest.ts';

/** The half that tells who signed. */
export interface PublicKey {
  /** 64 hex digits. */
  id: string;
  key: KeyObject;
  /** SPKI, DER. */
  bytes: Uint8Array;
}

/** The half that signs, and the public one. */
export interface SigningKey {
  id: string;
  key: KeyObject;
  public: PublicKey;
}

/** PEM of both halves. With a passphrase the private one is encrypted. */
export function newKeyPair(passphrase?: string): { privateKey: string; publicKey: string; id: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const cipher = passphrase === undefined || passphrase === '' ? {} : { cipher: 'aes-256-cbc', passphrase };
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }) as string,
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }) as string,
    id: publicKeyOf(publicKey).id,
  };
}

/** PEM → an ed25519 key, or what is wrong with it, in words. */
export function readPublicKey(pem: string): PublicKey | { problem: string } {
  if (pem.includes('PRIVATE KEY'))
    return { problem: 'it is a private key: name its public half (.pub), and keep this one to yourself' };
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519'
      ? publicKeyOf(key)
      : { problem: `it is a key of ${key.asymmetricKeyType}; bundles are signed with ed25519` };
  } catch {
    return { problem: 'it is no public key in PEM (pollux keys new makes one)' };
  }
}

/** PEM, encrypted or not → an ed25519 key that can sign, or what is wrong with it, in words. */
export function readSigningKey(pem: string, passphrase?: string): SigningKey | { problem: string } {
  if (pem.includes('PUBLIC KEY')) return { problem: 'it is a public key: signing needs the private half' };
  if (pem.includes('ENCRYPTED') && (passphrase ?? '') === '')
    return { problem: 'it is protected by a passphrase: set POLLUX_KEY_PASSPHRASE' };
  try {
    const key = createPrivateKey({ key: pem, format: 'pem', passphrase: passphrase ?? '' });
    if (key.asymmetricKeyType !== 'ed25519')
      return { problem: `it is a key of ${key.asymmetricKeyType}; bundles are signed with ed25519` };
    const half = publicKeyOf(createPublicKey(key));
    return { id: half.id, key, public: half };
  } catch {
    return {
      problem: pem.includes('ENCRYPTED')
        ? 'POLLUX_KEY_PASSPHRASE is not its passphrase'
        : 'it is no private key in PEM (pollux keys new makes one)',
    };
  }
}

/** A public key from its SPKI bytes, or undefined when they are none of ed25519. */
export function publicKeyFrom(bytes: Uint8Array): PublicKey | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(bytes), format: 'der', type: 'spki' });
    const read = publicKeyOf(key);
    // There is one way to write a key.
    return key.asymmetricKeyType === 'ed25519' && Buffer.compare(read.bytes, bytes) === 0 ? read : undefined;
  } catch {
    return undefined;
  }
}

function publicKeyOf(key: KeyObject): PublicKey {
  const bytes = new Uint8Array(key.export({ type: 'spki', format: 'der' }));
  return { id: sha256(bytes), key, bytes };
}

/** As it is shown: enough of it to tell keys apart. */
export const shortId = (id: string): string => id.slice(0, 16);
