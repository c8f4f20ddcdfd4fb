/** States and recordings on disk, encrypted where a key is given. */
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { decrypt, encrypt, isEncrypted, readDataKey } from '../bundles/envelope.ts';
import type { DataKey } from '../bundles/envelope.ts';
import { Refusal } from './terminal/terminal.ts';
import { readText } from './trust.ts';

export type Kind = 'state' | 'recording';

/** POLLUX_DATA_KEY, or the file that POLLUX_DATA_KEY_FILE names. */
export function dataKey(environment: NodeJS.ProcessEnv = process.env): DataKey | undefined {
  const file = environment['POLLUX_DATA_KEY_FILE'];
  const said = environment['POLLUX_DATA_KEY'];
  if ((said ?? '') !== '' && (file ?? '') !== '')
    throw new Refusal('POLLUX_DATA_KEY and POLLUX_DATA_KEY_FILE are both set: set one of them');
  const text = (said ?? '') !== '' ? said : (file ?? '') !== '' ? readText(file!, 'key') : undefined;
  if (text === undefined) return undefined;
  const key = readDataKey(text);
  if ('problem' in key) throw new Refusal(`the data key cannot be used: ${key.problem}`);
  return key;
}

/** As it is written to disk: encrypted where there is a key. */
export function atRest(bytes: Uint8Array, kind: Kind): Uint8Array {
  const key = dataKey();
  return key === undefined ? bytes : encrypt(bytes, key, kind);
}

/** What was written by `atRest`, or by nobody's key. */
export function fromRest(file: string, kind: Kind): Uint8Array {
  const bytes = readFileSync(file);
  if (!isEncrypted(bytes)) return bytes;
  const key = dataKey();
  if (key === undefined)
    throw new Refusal(`${file} is encrypted: set POLLUX_DATA_KEY or POLLUX_DATA_KEY_FILE to its key`);
  const opened = decrypt(bytes, key, kind);
  if ('problem' in opened) throw new Refusal(`${file} cannot be read: ${opened.problem}`);
  return opened.content;
}

/** Encrypts in place what somebody else has written. */
export function encryptFile(file: string, kind: Kind): void {
  const bytes = readFileSync(file);
  if (!isEncrypted(bytes)) writeFileSync(file, atRest(bytes, kind));
}

/** Gives a recording to those who read files by name: decrypted, in a folder of its own that is gone afterwards. */
export async function withPlainFile<Result>(
  file: string,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  if (!beginsEncrypted(file)) return use(file);
  const bytes = fromRest(file, 'recording');
  const folder = mkdtempSync(join(tmpdir(), 'pollux-plain-'));
  try {
    const plain = join(folder, basename(file));
    writeFileSync(plain, bytes, { mode: 0o600 });
    return await use(plain);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** By its first bytes, as recordings may be larger than memory. What is not there is left to those who read it. */
function beginsEncrypted(file: string): boolean {
  if (!existsSync(file) || !statSync(file).isFile()) return false;
  const start = Buffer.alloc(64);
  const handle = openSync(file, 'r');
  try {
    return isEncrypted(start.subarray(0, readSync(handle, start)));
  } finally {
    closeSync(handle);
  }
}
