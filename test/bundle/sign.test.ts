/** Signatures: what was signed runs, what was changed in any byte does not, and who may be trusted is said by policy. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readArchive, writeArchive } from '../../bundles/archive.ts';
import type { Entry } from '../../bundles/archive.ts';
import { newKeyPair, readPublicKey, readSigningKey } from '../../bundles/keys.ts';
import type { PublicKey, SigningKey } from '../../bundles/keys.ts';
import { openBundle, readSealed, unseal } from '../../bundles/open.ts';
import type { SealedBundle } from '../../bundles/open.ts';
import { signBundle } from '../../bundles/sign.ts';
import { judge, readTrust } from '../../bundles/trust.ts';
import type { TrustPolicy } from '../../bundles/trust.ts';
import { forged, madeTank } from './made.ts';

interface Pair {
  signing: SigningKey;
  public: PublicKey;
  pem: string;
}
function pair(): Pair {
  const { privateKey, publicKey, id } = newKeyPair();
  const signing = readSigningKey(privateKey);
  const half = readPublicKey(publicKey);
  if ('problem' in signing || 'problem' in half) throw new Error('a new key can be read');
  expect([signing.id, half.id]).toEqual([id, id]);
  return { signing, public: half, pem: publicKey };
}
const release = pair();
const second = pair();
const stranger = pair();
const sealedOf = (bytes: Uint8Array): SealedBundle => {
  const sealed = readSealed(bytes);
  if ('problem' in sealed) throw new Error(sealed.problem);
  return sealed;
};
const signedBy = (bytes: Uint8Array, key: SigningKey): Uint8Array => {
  const signed = signBundle(sealedOf(bytes), key);
  if ('problem' in signed) throw new Error(signed.problem);
  return signed.bytes;
};
const policy = (...keys: Pair[]): TrustPolicy => ({
  keys: keys.map((each, i) => ({ name: `key ${i}`, key: each.public })),
  required: true,
});
/** All that is done before a bundle runs. */
function problemOf(bytes: Uint8Array, trust: TrustPolicy): string | undefined {
  const sealed = readSealed(bytes);
  if ('problem' in sealed) return sealed.problem;
  const judged = judge(sealed, trust);
  if ('problem' in judged) return judged.problem;
  const opened = unseal(sealed);
  return 'problem' in opened ? opened.problem : undefined;
}

const made = madeTank();
const signed = signedBy(made.bytes, release.signing);

it('a signature changes neither what is in a bundle nor its digest', () => {
  expect(openBundle(signed)).toMatchObject({ digest: made.digest });
  expect(problemOf(signed, policy(release))).toBeUndefined();
  expect(signedBy(signed, release.signing)).toEqual(signed);
});

it('is a DSSE envelope that others can check', () => {
  const entry = (readArchive(signed) as Entry[]).at(-1)!;
  const envelope = JSON.parse(new TextDecoder().decode(entry.packed)) as {
    payload: string;
    payloadType: string;
    signatures: { keyid: string; sig: string }[];
  };
  const payload = Buffer.from(envelope.payload, 'base64');
  const type = envelope.payloadType;
  // By the words of the specification: "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body.
  const due = Buffer.concat([Buffer.from(`DSSEv1 ${type.length} ${type} ${payload.length} `), payload]);
  const [only] = envelope.signatures;
  expect(verify(null, due, createPublicKey(release.pem), Buffer.from(only!.sig, 'base64'))).toBe(true);
  expect(payload.equals(made.files['bundle.json']!)).toBe(true);
});

describe('a bundle that was changed is refused', () => {
  it('in every byte', () => {
    const twice = signedBy(signed, second.signing);
    const trust = policy(release, second);
    expect(problemOf(twice, trust)).toBeUndefined();
    // All that `problemOf` does, digests before signatures: which of them refuses is no matter here, and they take less time.
    const isRefused = (bytes: Uint8Array): boolean => {
      const sealed = readSealed(bytes);
      return 'problem' in sealed || 'problem' in unseal(sealed) || 'problem' in judge(sealed, trust);
    };
    const copy = twice.slice();
    const accepted: number[] = [];
    for (let at = 0; at < twice.length; at += 1) {
      copy[at] = twice[at]! ^ (1 << (at % 8));
      if (!isRefused(copy)) accepted.push(at);
      copy[at] = twice[at]!;
    }
    expect(twice.length).toBeGreaterThan(5000);
    expect(accepted).toEqual([]);
    // Thousands of signatures: on a busy machine that is minutes.
  }, 600_000);

  it('in length, at either end', () => {
    for (const cut of [1, 22, 500])
      expect([
        problemOf(signed.subarray(cut), policy(release)),
        problemOf(signed.subarray(0, -cut), policy(release)),
      ]).toEqual([expect.any(String), expect.any(String)]);
  });

  const entriesOf = (bytes: Uint8Array): Map<string, Entry> =>
    new Map((readArchive(bytes) as Entry[]).map((entry) => [entry.name, entry]));
  const evil = new TextEncoder().encode('evil();\n');
  /** Someone who knows the format makes the list fit, and leaves the signature. */
  const resealed = (change: (files: Record<string, Uint8Array>) => void): Uint8Array =>
    forged(made, change, [entriesOf(signed).get('signatures.json')!]);

  it.each<[string, (files: Record<string, Uint8Array>) => unknown, string]>([
    ['another runner', (f) => (f['run.mjs'] = evil), 'run.mjs was changed after it was signed'],
    [
      'one file less',
      (f) => delete f['sbom.cdx.json'],
      'sbom.cdx.json was taken out of it after it was signed',
    ],
    ['one file more', (f) => (f['zz.mjs'] = evil), 'zz.mjs was added to it after it was signed'],
  ])('by name: %s', (_, change, problem) => {
    expect(problemOf(resealed(change), policy(release))).toBe(problem);
    // Also where nobody is trusted: a signature that is there has to fit.
    expect(problemOf(resealed(change), { keys: [], required: false })).toBe(problem);
  });

  it('with the signature of another bundle', () => {
    const other = madeTank({ artefact: { ...made2.artefact } });
    const entries = [...entriesOf(other.bytes).values(), entriesOf(signed).get('signatures.json')!];
    expect(problemOf(writeArchive(entries), policy(release))).toMatch(/was changed after it was signed/);
  });

  it('with its signature taken off', () => {
    expect(problemOf(made.bytes, policy(release))).toBe(
      'it is not signed, and has to be; trusted for it are key 0',
    );
  });
});

const made2 = (() => {
  const opened = openBundle(made.bytes);
  if ('problem' in opened) throw new Error(opened.problem);
  const { artefact } = opened;
  return { artefact: { ...artefact, manifest: { ...artefact.manifest, title: 'Another' } } };
})();

describe('who is trusted', () => {
  it.each<[string, Uint8Array, TrustPolicy, string | undefined]>([
    ['one of two', signedBy(signed, stranger.signing), policy(release), undefined],
    ['nothing is required', made.bytes, { keys: [], required: false }, undefined],
    [
      'a stranger',
      signedBy(made.bytes, stranger.signing),
      policy(release, second),
      `it is signed by key ${stranger.public.id.slice(0, 16)}, which is not trusted; trusted for it are key 0, key 1`,
    ],
    [
      'nobody yet',
      signed,
      { keys: [], required: true },
      `it is signed by key ${release.public.id.slice(0, 16)}, which is not trusted; no key is trusted here: name one with --trust, or in pollux.trust.json`,
    ],
    [
      'someone for other twins',
      signed,
      { keys: [{ name: 'north', key: release.public, bundles: ['gas.*'] }], required: true },
      'it is signed by north, who is not trusted for water.T1; no key is trusted for water.T1',
    ],
    [
      'someone for these twins',
      signed,
      { keys: [{ name: 'south', key: release.public, bundles: ['gas.*', 'water.*'] }], required: true },
      undefined,
    ],
  ])('%s', (_, bytes, trust, problem) => expect(problemOf(bytes, trust)).toBe(problem));

  const files = (name: string): string | undefined => (name === 'r.pub' ? release.pem : undefined);
  it('is read from a file', () => {
    const trust = readTrust('{"format":1,"keys":[{"name":"release","key":"r.pub"}]}', files);
    expect(trust).toMatchObject({
      required: true,
      keys: [{ name: 'release', key: { id: release.public.id } }],
    });
  });
  it.each([
    ['{', 'is not JSON'],
    ['{}', 'lacks "format": 1'],
    ['{"format":1}', 'lacks "keys"'],
    ['{"format":1,"keys":[],"requires":true}', 'has "requires", which means nothing here'],
    ['{"format":1,"keys":[],"require":"yes"}', 'has a "require" that is neither true nor false'],
    ['{"format":1,"keys":[{"name":"a"}]}', 'has a key without "name" and "key"'],
    ['{"format":1,"keys":[{"name":"a","key":"gone.pub"}]}', 'names the key gone.pub, which is not there'],
    [
      '{"format":1,"keys":[{"name":"a","key":"r.pub","bundle":["x"]}]}',
      'has "bundle" in a, which means nothing here',
    ],
  ])('%s', (text, problem) => expect(readTrust(text, files)).toEqual({ problem }));
});

describe('keys', () => {
  it('may have a passphrase', () => {
    const { privateKey, id } = newKeyPair('open sesame');
    expect(readSigningKey(privateKey, 'open sesame')).toMatchObject({ id });
    expect(readSigningKey(privateKey, 'sesame')).toEqual({
      problem: 'POLLUX_KEY_PASSPHRASE is not its passphrase',
    });
    expect(readSigningKey(privateKey)).toEqual({
      problem: 'it is protected by a passphrase: set POLLUX_KEY_PASSPHRASE',
    });
  });
  it('of other kinds, and other halves, are refused in words', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }) as string;
    expect(readPublicKey(pem)).toEqual({ problem: 'it is a key of rsa; bundles are signed with ed25519' });
    expect(readPublicKey('hello')).toHaveProperty('problem');
    expect(readPublicKey(newKeyPair().privateKey)).toMatchObject({
      problem: expect.stringContaining('private key'),
    });
    expect(readSigningKey(release.pem)).toEqual({
      problem: 'it is a public key: signing needs the private half',
    });
  });
  it('sign as ed25519 does (RFC 8032, test 1)', () => {
    const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
    const der = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex');
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const read = readSigningKey(key.export({ type: 'pkcs8', format: 'pem' }) as string);
    if ('problem' in read) throw new Error(read.problem);
    expect(sign(null, Buffer.alloc(0), read.key).toString('hex')).toBe(
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    );
    expect(Buffer.from(read.public.bytes).subarray(-32).toString('hex')).toBe(
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    );
  });
});
