/**
 * The state of a served twin in a folder: saved again and again, each time all of it or nothing, and taken up at the next start.
 * `session.json` names the file that holds the state; it is put in place last, so whatever ends the process leaves a whole one.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import type { KeptSession } from '../live/session/contract.ts';
import type { Manifest } from '../runtime/contract/manifest.ts';
import { hasPrivate } from '../runtime/private.ts';
import { atRest, dataKey, fromRest } from './at-rest.ts';
import { lockFolder } from './folder-lock.ts';
import { Refusal } from './terminal/terminal.ts';

const SESSION = 'session.json';
const STATE = /^state-\d+\.bin$/;

interface Written extends Omit<KeptSession, 'state'> {
  format: 1;
  twin: string;
  fingerprint: string;
  file: string;
}

export interface StateFolder {
  /** What was kept, if anything was. */
  kept: KeptSession | undefined;
  save: (session: KeptSession) => void;
  /** To be called every now and then while it is used (see `folder-lock.ts`), and when it is not any more. */
  refresh: () => void;
  release: () => void;
}

/** @throws Refusal where it cannot be used, another process uses it, or it holds the state of another version */
export function stateFolder(folder: string, manifest: Manifest): StateFolder {
  if (existsSync(folder) && !statSync(folder).isDirectory()) throw new Refusal(`${folder} is no folder`);
  if (hasPrivate(manifest) && dataKey() === undefined)
    throw new Refusal(
      `the state of ${manifest.name} holds private data, and so is kept encrypted only: set POLLUX_DATA_KEY or POLLUX_DATA_KEY_FILE`,
    );
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = lockFolder(folder);
  try {
    return { ...openedFolder(folder, manifest), ...lock };
  } catch (error) {
    lock.release();
    throw error;
  }
}

function openedFolder(folder: string, manifest: Manifest): Pick<StateFolder, 'kept' | 'save'> {
  const written = readSession(folder);
  if (written !== undefined && written.fingerprint !== manifest.stateFingerprint)
    throw new Refusal(
      `${folder} holds the state of another version of ${written.twin}: carry it over (pollux upgrade ${folder} --from OLD --to NEW), or begin with an empty folder`,
    );
  const kept =
    written === undefined ? undefined : { ...written, state: fromRest(join(folder, written.file), 'state') };
  let number = Number(/\d+/.exec(written?.file ?? '')?.[0] ?? 0);
  return {
    kept,
    save: (session) => {
      number += 1;
      const { state, ...rest } = session;
      writeSession(folder, number, atRest(state, 'state'), {
        ...rest,
        twin: manifest.name,
        fingerprint: manifest.stateFingerprint,
      });
    },
  };
}

/** The file of the state that a folder holds, for those who carry it over; undefined where it holds none. */
export function stateIn(folder: string): string | undefined {
  const written = readSession(folder);
  return written && join(folder, written.file);
}

/** Puts a state of another version into a folder, in the place of the one it holds. Whoever does has locked it since before that was read. */
export function replaceState(folder: string, bytes: Uint8Array, manifest: Manifest): void {
  const { file, format: _, ...rest } = readSession(folder)!;
  const number = Number(/\d+/.exec(file)![0]) + 1;
  writeSession(folder, number, bytes, {
    ...rest,
    twin: manifest.name,
    fingerprint: manifest.stateFingerprint,
    // What was set is in the state, and may mean nothing in a restart of the new version.
    settings: [],
  });
}

function readSession(folder: string): Written | undefined {
  const path = join(folder, SESSION);
  if (!existsSync(path)) return undefined;
  const found = parsed(readFileSync(path, 'utf8'));
  if (found === undefined || !existsSync(join(folder, found.file)))
    throw new Refusal(`${path} is damaged: begin with an empty folder, or put back a copy of this one`);
  return found;
}

function parsed(text: string): Written | undefined {
  try {
    const found = JSON.parse(text) as Written;
    const isWhole =
      found.format === 1 &&
      STATE.test(found.file) &&
      basename(found.file) === found.file &&
      typeof found.fingerprint === 'string' &&
      Number.isFinite(found.epoch) &&
      Array.isArray(found.settings) &&
      Array.isArray(found.acknowledged ?? []) &&
      Array.isArray(found.shelved ?? []) &&
      (found.shelved ?? []).every((one) => Array.isArray(one));
    return isWhole ? found : undefined;
  } catch {
    return undefined;
  }
}

function writeSession(
  folder: string,
  number: number,
  state: Uint8Array,
  session: Omit<Written, 'format' | 'file'>,
): void {
  const file = `state-${number}.bin`;
  durable(join(folder, file), state);
  const written: Written = { format: 1, ...session, file };
  const partial = join(folder, `${SESSION}.partial`);
  durable(partial, `${JSON.stringify(written)}\n`);
  renameSync(partial, join(folder, SESSION));
  for (const name of readdirSync(folder))
    if (STATE.test(name) && name !== file) rmSync(join(folder, name), { force: true });
}

/** On the disk when it returns, so that the name which is put in place afterwards names something whole. */
function durable(path: string, content: Uint8Array | string): void {
  writeFileSync(path, content, { mode: 0o600 });
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
