/** `dist/cli/pollux.mjs` as a process: arguments → exit code and output. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

export const repository = join(import.meta.dirname, '..', '..');
export const command = join(repository, 'dist', 'cli', 'pollux.mjs');
export const example = (path: string): string => join(repository, 'examples', path);

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

export interface Surroundings {
  cwd?: string;
  input?: string | Uint8Array;
  environment?: Record<string, string>;
  /** A Node other than the one of the tests. */
  node?: string;
}

/** Any file of JavaScript, in an environment that has no more than it must. */
export function script(
  file: string,
  args: readonly string[],
  { cwd, input, environment, node }: Surroundings = {},
): Ended {
  const { status, stdout, stderr } = spawnSync(node ?? process.execPath, [file, ...args], {
    cwd: cwd ?? repository,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    input: input ?? '',
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
  });
  return { code: status, out: stdout, err: stderr };
}

export const pollux = (args: readonly string[], surroundings?: Surroundings): Ended =>
  script(command, args, surroundings);

/** A folder that is gone after the file's tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pollux-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The hash that a run prints last. */
export function hashIn(text: string): string {
  const found = /state ([0-9a-f]{16})/.exec(text)?.[1];
  if (found === undefined) throw new Error(`there is no state hash in:\n${text}`);
  return found;
}
