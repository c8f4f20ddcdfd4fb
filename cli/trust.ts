/** `--trust`, `--trust-file`, `--require-signature` and `pollux.trust.json` → whose bundles may run. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { readPublicKey } from '../bundles/keys.ts';
import { readSealed, unseal } from '../bundles/open.ts';
import type { OpenedBundle, SealedBundle } from '../bundles/open.ts';
import { judge, readTrust } from '../bundles/trust.ts';
import type { Judged, TrustedKey, TrustPolicy } from '../bundles/trust.ts';
import { Refusal } from './terminal/terminal.ts';

export interface TrustOptions {
  /** Files of public keys. */
  trust?: string[];
  trustFile?: string;
  requireSignature?: boolean;
}

const TRUST_FILE = 'pollux.trust.json';

/** A key on the command line means that one of those is required; without anything said, nothing is. */
export function policyOf(options: TrustOptions, environment: NodeJS.ProcessEnv = process.env): TrustPolicy {
  const given = (options.trust ?? []).map((file): TrustedKey => {
    const key = readPublicKey(readText(file, 'key'));
    if ('problem' in key) throw new Refusal(`--trust ${file}: ${key.problem}`);
    return { name: basename(file, '.pub'), key };
  });
  const file = options.trustFile ?? environment['POLLUX_TRUST'] ?? nearest(TRUST_FILE);
  const written =
    file === undefined || (given.length > 0 && options.trustFile === undefined) ? undefined : policyIn(file);
  return {
    keys: [...given, ...(written?.keys ?? [])],
    required: options.requireSignature === true || given.length > 0 || written?.required === true,
  };
}

function policyIn(file: string): TrustPolicy {
  const folder = dirname(resolve(file));
  const read = readTrust(readText(file, 'trust file'), (name) => {
    const path = resolve(folder, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  });
  if ('problem' in read) throw new Refusal(`${file} ${read.problem}`);
  return read;
}

function nearest(name: string): string | undefined {
  for (let folder = resolve('.'); ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return join(folder, name);
    if (dirname(folder) === folder) return undefined;
  }
}

export function readText(file: string, what: string): string {
  if (!existsSync(file) || !statSync(file).isFile()) throw new Refusal(`there is no ${what} ${file}`);
  return readFileSync(file, 'utf8');
}

/** A bundle that was read and judged, and not unpacked. */
export function sealedAt(path: string): SealedBundle {
  const sealed = readSealed(readBundle(path));
  if ('problem' in sealed) throw new Refusal(`${path} cannot be used: ${sealed.problem}`);
  return sealed;
}

/** A bundle that may run here: judged first, unpacked then. */
export function trustedBundle(path: string, options: TrustOptions): OpenedBundle & Judged {
  const sealed = sealedAt(path);
  const judged = judge(sealed, policyOf(options));
  if ('problem' in judged) throw new Refusal(`${path} may not run: ${judged.problem}`);
  return { ...openedFrom(path, sealed), ...judged };
}

/** A bundle to look at, whoever made it. */
export const anyBundle = (path: string): OpenedBundle => openedFrom(path, sealedAt(path));

function openedFrom(path: string, sealed: SealedBundle): OpenedBundle {
  const opened = unseal(sealed);
  if (!('problem' in opened)) return opened;
  const { version } = sealed.contents.builder;
  const skew =
    version === packageJson.version
      ? ''
      : `; Pollux ${version} built it, and this is ${packageJson.version}: build it anew from its sources, or run it with that version`;
  throw new Refusal(`${path} cannot be used: ${opened.problem}${skew}`);
}

function readBundle(path: string): Uint8Array {
  if (!existsSync(path) || !statSync(path).isFile()) throw new Refusal(`there is no bundle ${path}`);
  return readFileSync(path);
}
