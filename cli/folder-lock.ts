/**
 * One process at a time writes to a folder: a file in it says who. One that was killed leaves the file behind; whoever comes next sees that it is gone.
 * Of another machine, or another container, one only sees that it was there lately.
 */
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Refusal } from './terminal/terminal.ts';

const FILE = 'in-use.json';
/** ms after which a process elsewhere that has said nothing is held to be gone, and after which a live one says something. */
const SILENCE = 60_000;
export const REFRESH = 10_000;

interface Holder {
  pid: number;
  host: string;
  /** What tells a process from a later one of the same number; '' where the system does not say. */
  started: string;
  /** ISO 8601. */
  since: string;
}

export interface FolderLock {
  /** To be called every now and then (`REFRESH`): it is still used. */
  refresh(): void;
  release(): void;
}

/** @throws Refusal where another process uses the folder; it names it. */
export function lockFolder(folder: string): FolderLock {
  const path = join(folder, FILE);
  const own = JSON.stringify({
    pid: process.pid,
    host: hostname(),
    started: startOf(process.pid),
    since: new Date().toISOString(),
  } satisfies Holder);
  const draft = join(folder, `${FILE}.${hostname()}.${process.pid}`);
  writeFileSync(draft, own, { mode: 0o600 });
  try {
    // Several may come at once: each may find that another was faster.
    for (let tries = 0; ; tries += 1) {
      if (place(draft, path, own)) break;
      if (tries >= 20) throw new Refusal(`${folder} is in use by processes that come and go`);
      const text = read(path);
      if (text === undefined) continue;
      const why = inUse(path, text);
      if (why !== undefined) throw new Refusal(`${folder} is in use by ${why}`);
      if (takeOver(draft, path, text)) break;
      pause();
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    refresh: () => {
      if (read(path) === own) utimesSync(path, new Date(), new Date());
    },
    release: () => {
      if (read(path) === own) rmSync(path, { force: true });
    },
  };
}

/** All of it at once, where nothing is there; returns whether. */
function place(draft: string, path: string, text: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
  }
  // Not every file system has a second name for a file.
  try {
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Puts a file in the place of one that was left behind; returns whether. One process at a time does, as it looks once more whether that is still the
 * one which was left.
 */
function takeOver(draft: string, path: string, left: string): boolean {
  const guard = `${path}.next`;
  if (!place(draft, guard, '')) {
    // Whoever was there may have been killed just then.
    const age = Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > SILENCE) rmSync(guard, { force: true });
    return false;
  }
  try {
    if (read(path) !== left) return false;
    renameSync(draft, path);
    return true;
  } finally {
    rmSync(guard, { force: true });
  }
}

/** So long that another has done what it does, ms. */
const A_MOMENT = 20;
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, A_MOMENT);
}

/** Who uses it, in words, and what to do; undefined where nobody does any more. */
function inUse(path: string, text: string): string | undefined {
  const holder = parsed(text);
  const silent = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  if (holder === undefined)
    return silent > SILENCE ? undefined : 'a process that has not said yet which it is: try again';
  const { pid, host, started, since } = holder;
  if (host === hostname()) {
    if (!isAlive(pid) || startOf(pid) !== started) return undefined;
    return `another pollux (process ${pid}, since ${since}): stop it, or name another folder`;
  }
  if (silent > SILENCE) return undefined;
  return (
    `another pollux on ${host} (process ${pid}, since ${since}), which was there ${Math.max(0, Math.round(silent / 1000))} s ago: stop it, or name another folder; ` +
    `if it is gone, the folder is free ${SILENCE / 1000} s after its last sign`
  );
}

function parsed(text: string): Holder | undefined {
  try {
    const found = JSON.parse(text) as Holder;
    const isHolder =
      Number.isInteger(found.pid) &&
      found.pid > 0 &&
      [found.host, found.started, found.since].every((one) => typeof one === 'string' && one.length < 300);
    return isHolder ? found : undefined;
  } catch {
    return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process began, as Linux counts it; the name before it may hold spaces and brackets. */
function startOf(pid: number): string {
  const stat = read(`/proc/${pid}/stat`);
  return stat === undefined ? '' : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '');
}
