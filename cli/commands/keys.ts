import { existsSync, writeFileSync } from 'node:fs';
import { newKeyPair, readPublicKey, readSigningKey } from '../../bundles/keys.ts';
import { readText } from '../trust.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';

const PASSPHRASE = 'POLLUX_KEY_PASSPHRASE';

/** `NAME.key` for its owner alone, and `NAME.pub` for everyone. Neither is overwritten. */
export function newKeys(name: string, terminal: Terminal): ExitCode {
  const files = { private: `${name}.key`, public: `${name}.pub` };
  for (const file of Object.values(files))
    if (existsSync(file)) throw new Refusal(`${file} is there already: choose another name`);
  const passphrase = process.env[PASSPHRASE];
  const { privateKey, publicKey, id } = newKeyPair(passphrase);
  writeFileSync(files.private, privateKey, { mode: 0o600, flag: 'wx' });
  writeFileSync(files.public, publicKey, { flag: 'wx' });
  terminal.out(`${files.public}  ${id}\n`);
  terminal.err(`Sign with ${files.private}, and keep it to yourself; hand out ${files.public}.\n`);
  if ((passphrase ?? '') === '')
    terminal.err(`${files.private} has no passphrase: set ${PASSPHRASE} to have one.\n`);
  return Exit.fine;
}

/** The name of a key, either half of it. */
export function showKey(file: string, terminal: Terminal): ExitCode {
  const pem = readText(file, 'key');
  const key = pem.includes('PUBLIC KEY') ? readPublicKey(pem) : readSigningKey(pem, process.env[PASSPHRASE]);
  if ('problem' in key) throw new Refusal(`${file}: ${key.problem}`);
  terminal.out(`${key.id}\n`);
  return Exit.fine;
}

export function signingKeyAt(file: string): Exclude<ReturnType<typeof readSigningKey>, { problem: string }> {
  const key = readSigningKey(readText(file, 'key'), process.env[PASSPHRASE]);
  if ('problem' in key) throw new Refusal(`${file}: ${key.problem}`);
  return key;
}
