/** Whose bundles may run here. */
import { readPublicKey, shortId } from './keys.ts';
import type { PublicKey } from './keys.ts';
import type { SealedBundle } from './open.ts';
import { signersOf } from './sign.ts';
import { isObject, readStrict } from './strict-json.ts';

/** A key that is trusted here, under a name, for some bundles or all. */
export interface TrustedKey {
  name: string;
  key: PublicKey;
  /** Names of twins, such as `waterworks.*`; all when left out. */
  bundles?: readonly string[];
}

/** Whose bundles may run. */
export interface TrustPolicy {
  keys: readonly TrustedKey[];
  /** Whether a bundle has to be signed by one of the keys. */
  required: boolean;
}

/** A bundle that may run, and who signed it. */
export interface Judged {
  /** Keys of all signatures, with the name under which each is trusted. */
  signers: { id: string; trustedAs?: string }[];
}

/** Whether a bundle may run by a policy, and who signed it; else why not, in words. Keys that are not known are told, and count for nothing. */
export function judge(sealed: SealedBundle, policy: TrustPolicy): Judged | { problem: string } {
  const found = signersOf(sealed);
  if ('problem' in found) return found;
  const { name } = sealed.contents;
  const signers = found.keys.map(({ id }) => {
    const known = policy.keys.find(({ key, bundles }) => key.id === id && covers(bundles, name));
    return { id, ...(known === undefined ? {} : { trustedAs: known.name }) };
  });
  if (!policy.required || signers.some(({ trustedAs }) => trustedAs !== undefined)) return { signers };
  const wanted = policy.keys.filter(({ bundles }) => covers(bundles, name)).map((key) => key.name);
  const asked =
    policy.keys.length === 0
      ? 'no key is trusted here: name one with --trust, or in pollux.trust.json'
      : wanted.length === 0
        ? `no key is trusted for ${name}`
        : `trusted for it are ${wanted.join(', ')}`;
  if (signers.length === 0) return { problem: `it is not signed, and has to be; ${asked}` };
  const ids = signers.map(({ id }) => shortId(id)).join(', ');
  const elsewhere = policy.keys.find(({ key }) => signers.some(({ id }) => id === key.id));
  if (elsewhere !== undefined)
    return { problem: `it is signed by ${elsewhere.name}, who is not trusted for ${name}; ${asked}` };
  return { problem: `it is signed by key ${ids}, which is not trusted; ${asked}` };
}

const covers = (patterns: readonly string[] | undefined, name: string): boolean =>
  patterns === undefined ||
  patterns.some((pattern) =>
    pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );

/**
 * `pollux.trust.json`: `{ "format": 1, "require": true, "keys": [{ "name": "release", "key": "release.pub" }] }`. A key is a
 * file beside it, or PEM.
 */
export function readTrust(
  text: string,
  readFile: (name: string) => string | undefined,
): TrustPolicy | { problem: string } {
  const read = readStrict(text);
  if ('problem' in read) return read;
  const { value } = read;
  if (!isObject(value) || value['format'] !== 1) return { problem: 'lacks "format": 1' };
  const unknown = Object.keys(value).find((name) => !['format', 'require', 'keys', '$schema'].includes(name));
  // A word that is not understood may have been meant to forbid something.
  if (unknown !== undefined) return { problem: `has ${JSON.stringify(unknown)}, which means nothing here` };
  const { require: required = true, keys } = value;
  if (typeof required !== 'boolean') return { problem: 'has a "require" that is neither true nor false' };
  if (!Array.isArray(keys)) return { problem: 'lacks "keys"' };
  const trusted: TrustedKey[] = [];
  for (const one of keys as unknown[]) {
    if (!isObject(one) || typeof one['name'] !== 'string' || typeof one['key'] !== 'string')
      return { problem: 'has a key without "name" and "key"' };
    const { name, key, bundles, ...others } = one as { name: string; key: string; bundles?: unknown };
    if (Object.keys(others).length > 0)
      return {
        problem: `has ${JSON.stringify(Object.keys(others)[0])} in ${name}, which means nothing here`,
      };
    if (
      bundles !== undefined &&
      !(Array.isArray(bundles) && bundles.every((each) => typeof each === 'string'))
    )
      return { problem: `has "bundles" of ${name} that are no list of names` };
    const pem = key.includes('-----BEGIN') ? key : readFile(key);
    if (pem === undefined) return { problem: `names the key ${key}, which is not there` };
    const half = readPublicKey(pem);
    if ('problem' in half) return { problem: `names the key ${name}: ${half.problem}` };
    trusted.push({ name, key: half, ...(bundles === undefined ? {} : { bundles: bundles as string[] }) });
  }
  return { keys: trusted, required };
}
