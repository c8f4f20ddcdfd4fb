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
import type { Entry } from '../runtime/journal.ts';
import type { Manifest } from '../runtime/contract/manifest.ts';
import { hasPrivate } from '../runtime/private.ts';
import { atRest, dataKey, fromRest } from './at-rest.ts';
import { lockFolder } from './folder-lock.ts';
import { Refusal } from './terminal/terminal.ts';

const SESSION = 'session.json';
const STATE = /^state-\d+\.bin$/;
/** What came for later than the state. */
const COMING = /^coming-\d+\.bin$/;

interface Written extends Omit<KeptSession, 'state' | 'coming'> {
  format: 1;
  twin: string;
  fingerprint: string;
  file: string;
  coming?: string;
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
  const kept = written && keptIn(folder, written);
  let number = Number(/\d+/.exec(written?.file ?? '')?.[0] ?? 0);
  return {
    kept,
    save: (session) => {
      number += 1;
      const { state, coming = [], ...rest } = session;
      const written = { ...rest, twin: manifest.name, fingerprint: manifest.stateFingerprint };
      const later = coming.length === 0 ? undefined : atRest(bytesOf(coming), 'state');
      writeSession(folder, number, atRest(state, 'state'), written, later);
    },
  };
}

function keptIn(folder: string, { coming: later, ...written }: Written): KeptSession {
  const state = fromRest(join(folder, written.file), 'state');
  if (later === undefined) return { ...written, state };
  const coming = comingOf(fromRest(join(folder, later), 'state'));
  if (coming === undefined) throw damaged(join(folder, later));
  return { ...written, state, coming };
}

/** Entries as JSON: columns are lists of numbers there. */
const bytesOf = (coming: readonly Entry[]): Uint8Array =>
  Buffer.from(
    JSON.stringify(coming, (_, value: unknown) =>
      value instanceof Float64Array || value instanceof Uint32Array ? Array.from(value) : value,
    ),
  );

function comingOf(bytes: Uint8Array): Entry[] | undefined {
  try {
    const found = JSON.parse(new TextDecoder().decode(bytes)) as Entry[];
    return found.map((entry) =>
      entry.kind === 'column'
        ? {
            ...entry,
            ...(entry.instances === undefined ? {} : { instances: Uint32Array.from(entry.instances) }),
            values: Float64Array.from(entry.values),
          }
        : entry,
    );
  } catch {
    return undefined;
  }
}

const damaged = (path: string): Refusal =>
  new Refusal(`${path} is damaged: begin with an empty folder, or put back a copy of this one`);

/** The file of the state that a folder holds, and how its twin ran, for those who carry it over; undefined where it holds none. */
export function stateIn(folder: string): { file: string; mode: KeptSession['mode'] } | undefined {
  const written = readSession(folder);
  return written && { file: join(folder, written.file), mode: written.mode };
}

/** Puts a state of another version into a folder, in the place of the one it holds. Whoever does has locked it since before that was read. */
export function replaceState(folder: string, bytes: Uint8Array, manifest: Manifest): void {
  // What came for later was written for the other version; so little is not carried over.
  const { file, format: _, coming: __, ...rest } = readSession(folder)!;
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
  if (found === undefined || !existsSync(join(folder, found.file))) throw damaged(path);
  return found;
}

function parsed(text: string): Written | undefined {
  try {
    const found = JSON.parse(text) as Written;
    const isWhole =
      found.format === 1 &&
      STATE.test(found.file) &&
      basename(found.file) === found.file &&
      (found.coming === undefined || COMING.test(found.coming)) &&
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
  session: Omit<Written, 'format' | 'file' | 'coming'>,
  coming?: Uint8Array,
): void {
  const file = `state-${number}.bin`;
  const later = coming === undefined ? undefined : `coming-${number}.bin`;
  durable(join(folder, file), state);
  if (coming !== undefined) durable(join(folder, later!), coming);
  const written: Written = {
    format: 1,
    ...session,
    file,
    ...(later === undefined ? {} : { coming: later }),
  };
  const partial = join(folder, `${SESSION}.partial`);
  durable(partial, `${JSON.stringify(written)}\n`);
  renameSync(partial, join(folder, SESSION));
  for (const name of readdirSync(folder))
    if ((STATE.test(name) || COMING.test(name)) && name !== file && name !== later)
      rmSync(join(folder, name), { force: true });
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
