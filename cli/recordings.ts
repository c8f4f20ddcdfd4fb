/** Files of a folder or of a revision → the recordings among them, which drive both versions in a review. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, relative, sep } from 'node:path';
import { openRecording, RecordingError, samplerOf } from '../live/recording/index.ts';
import type { FileColumn, RecordedSample } from '../live/recording/index.ts';
import { SpooledRows } from '../live/recording/spool.ts';
import type { Recording } from '../review/recorded.ts';
import { unitReader } from './read-unit.ts';
import { gitBytes } from './git.ts';
import { Refusal } from './terminal/terminal.ts';

const EXTENSIONS = new Set(['.csv', '.parquet']);
const PASSED_OVER = /^(node_modules|dist|out|build|\..*)$/;
/** bytes: what is longer is named with --recording. */
const LONGEST = 20_000_000;
const LONGEST_NAMED = 200_000_000;
const MOST = 20;

export interface RecordingFile {
  /** For people. */
  name: string;
  /** Where it lies on the disk; one of a revision does not. */
  path?: string;
  /** Read anew each time: none is held. */
  bytes(): Uint8Array;
}

const onDisk = (name: string, path: string): RecordingFile => ({
  name,
  path,
  bytes: () => readFileSync(path),
});

/** What lies in a folder, in the order of names. */
export function filesIn(folder: string): RecordingFile[] {
  const found: RecordingFile[] = [];
  const walk = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true }).toSorted((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = join(at, entry.name);
      if (entry.isDirectory() && !PASSED_OVER.test(entry.name)) walk(path);
      else if (entry.isFile() && EXTENSIONS.has(extname(entry.name)) && statSync(path).size <= LONGEST)
        found.push(onDisk(relative(folder, path).split(sep).join('/'), path));
    }
  };
  walk(folder);
  return found;
}

/** The same of a commit; `within` is the folder's path in the repository. */
export function filesAt(commit: string, top: string, within: string): RecordingFile[] {
  const listed = gitBytes(['ls-tree', '-r', '-z', '-l', commit, '--', within === '' ? '.' : within], top);
  return new TextDecoder()
    .decode(listed)
    .split('\0')
    .flatMap((line): RecordingFile[] => {
      const [, type, , size, path] = /^\d+ (\w+) (\w+) +(\S+)\t(.*)$/s.exec(line) ?? [];
      if (path === undefined || type !== 'blob' || !EXTENSIONS.has(extname(path))) return [];
      if (path.split('/').some((part) => PASSED_OVER.test(part)) || Number(size) > LONGEST) return [];
      const name = within === '' ? path : path.slice(within.length + 1);
      return [{ name, bytes: () => gitBytes(['show', `${commit}:${path}`], top) }];
    });
}

export function namedFile(path: string): RecordingFile {
  if (!existsSync(path) || !statSync(path).isFile()) throw new Refusal(`there is no recording ${path}`);
  if (statSync(path).size > LONGEST_NAMED)
    throw new Refusal(
      `${path} has more than ${LONGEST_NAMED} bytes, and both versions are driven by all of it: name a part of it`,
    );
  return onDisk(path, path);
}

/**
 * Their rows are put aside, and read again by each run. `close`: nobody asks for them any more.
 * @param named whether somebody asked for them: then one that cannot be read is refused, else it is passed over
 */
export async function readRecordings(
  files: readonly RecordingFile[],
  named: boolean,
): Promise<{ recordings: Recording[]; close: () => void }> {
  const recordings: Recording[] = [];
  const aside: SpooledRows[] = [];
  const close = (): void => aside.forEach((rows) => rows.close());
  const readUnit = unitReader();
  for (const file of files) {
    try {
      const { columns, rows } = await rowsOf(file);
      aside.push(rows);
      recordings.push({
        name: file.name,
        feed: (manifest, names) => {
          try {
            const known = columns.map((column) => ({ ...column, name: names(column.name) }));
            const { used, restart, take } = samplerOf(known, manifest, readUnit);
            function* samples(): Generator<RecordedSample> {
              restart();
              for (const values of rows) yield* take({ line: 0, values });
            }
            let length = 0;
            for (const { time } of samples()) length = time;
            return {
              names: used.map(({ name }) => name),
              length,
              samples: { [Symbol.iterator]: samples },
            };
          } catch (error) {
            if (error instanceof RecordingError) return undefined;
            throw error;
          }
        },
      });
    } catch (error) {
      if (error instanceof RecordingError && !named) continue;
      close();
      if (error instanceof RecordingError) throw new Refusal(error.message);
      throw error;
    }
    if (!named && recordings.length === MOST) break;
  }
  return { recordings, close };
}

/** All rows that can be used. What reads them reads files, so the bytes of a revision become one for that time. */
async function rowsOf(file: RecordingFile): Promise<{ columns: FileColumn[]; rows: SpooledRows }> {
  if (file.path !== undefined) return rowsIn(file.path, file.name);
  const folder = mkdtempSync(join(tmpdir(), 'pollux-recording-'));
  try {
    const path = join(folder, `recording${extname(file.name)}`);
    writeFileSync(path, file.bytes(), { mode: 0o600 });
    return await rowsIn(path, file.name);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function rowsIn(path: string, name: string): Promise<{ columns: FileColumn[]; rows: SpooledRows }> {
  const { columns, rows } = await openRecording(path).catch((error: unknown) => {
    throw error instanceof RecordingError
      ? new RecordingError(error.message.replaceAll(path, name))
      : new RecordingError(`${name} cannot be read`);
  });
  if (!columns.some((column) => TIMES.test(column.name)))
    throw new RecordingError(`${name} has no column of times, so it is no recording`);
  const aside = new SpooledRows(columns.length);
  try {
    for await (const { values, bad } of rows()) if (bad === undefined) aside.take(values);
  } catch (error) {
    aside.close();
    throw error;
  }
  return { columns, rows: aside };
}

/** Tables of other things have none, and are not read to their end. */
const TIMES = /^(time|t|time_s|timestamp|ts)$/i;

/** Names what a review depends on beside its texts. */
export const digestOf = (files: readonly RecordingFile[]): string[] =>
  files.map((file) => `${file.name} ${digestOfFile(file)}`);

/** A file on the disk is read in pieces. */
export function digestOfFile({ path, bytes }: RecordingFile): string {
  const hash = createHash('sha256');
  if (path === undefined) return hash.update(bytes()).digest('hex');
  const descriptor = openSync(path, 'r');
  try {
    const block = Buffer.alloc(1 << 20);
    for (let read = 0; (read = readSync(descriptor, block)) > 0;) hash.update(block.subarray(0, read));
  } finally {
    closeSync(descriptor);
  }
  return hash.digest('hex');
}
