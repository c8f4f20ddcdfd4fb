/** States and recordings on disk, encrypted where a key is given. */
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  BEFORE,
  BEHIND,
  decrypt,
  decrypting,
  encrypt,
  encrypting,
  isEncrypted,
  readDataKey,
} from '../bundles/envelope.ts';
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

const lockedText = (file: string): string =>
  `${file} is encrypted: set POLLUX_DATA_KEY or POLLUX_DATA_KEY_FILE to its key`;

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
  if (key === undefined) throw new Refusal(lockedText(file));
  const opened = decrypt(bytes, key, kind);
  if ('problem' in opened) throw new Refusal(`${file} cannot be read: ${opened.problem}`);
  return opened.content;
}

/** Encrypts what somebody else has written, in pieces, so that a recording may be larger than memory. */
export function encryptFile(named: string, kind: Kind): void {
  const key = dataKey();
  if (key === undefined || beginsEncrypted(named)) return;
  const file = realpathSync(named);
  const part = `${file}.${process.pid}.part`;
  try {
    writePieces(part, statSync(file).mode & 0o777, function* () {
      const { begin, piece, end } = encrypting(key, kind);
      yield begin;
      for (const plain of piecesOf(file)) yield piece(plain);
      yield end();
    });
    renameSync(part, file);
  } finally {
    rmSync(part, { force: true });
  }
}

/** Gives a recording to those who read files by name: decrypted, in a folder of its own that is gone afterwards. */
export async function withPlainFile<Result>(
  file: string,
  use: (path: string) => Promise<Result>,
): Promise<Result> {
  if (!beginsEncrypted(file)) return use(file);
  const key = dataKey();
  if (key === undefined) throw new Refusal(lockedText(file));
  const folder = mkdtempSync(join(tmpdir(), 'pollux-plain-'));
  try {
    const plain = join(folder, basename(file));
    decryptFile(file, plain, key);
    return await use(plain);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function decryptFile(file: string, into: string, key: DataKey): void {
  const { size } = statSync(file);
  const refuse = (problem: string): never => {
    throw new Refusal(`${file} cannot be read: ${problem}`);
  };
  const only = (from: number, to: number): Buffer => Buffer.concat([...piecesOf(file, from, to)]);
  const opened = decrypting(only(0, BEFORE), size, key, 'recording');
  if ('problem' in opened) return refuse(opened.problem);
  writePieces(into, 0o600, function* () {
    for (const sealed of piecesOf(file, BEFORE, size - BEHIND)) yield opened.piece(sealed);
  });
  const problem = opened.end(only(size - BEHIND, size));
  if (problem !== undefined) refuse(problem);
}

const PIECE = 1 << 20;

/** Valid until the next. */
function* piecesOf(file: string, from = 0, to = Infinity): Generator<Buffer> {
  const handle = openSync(file, 'r');
  try {
    const piece = Buffer.alloc(PIECE);
    for (let at = from; at < to;) {
      const read = readSync(handle, piece, 0, Math.min(PIECE, to - at), at);
      if (read === 0) return;
      yield piece.subarray(0, read);
      at += read;
    }
  } finally {
    closeSync(handle);
  }
}

function writePieces(file: string, mode: number, pieces: () => Iterable<Uint8Array>): void {
  const handle = openSync(file, 'w', mode);
  try {
    for (const piece of pieces())
      for (let at = 0; at < piece.length;) at += writeSync(handle, piece, at, piece.length - at);
  } finally {
    closeSync(handle);
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
