/**
 * Finished runs on disk, a line each, so that a stopped experiment goes on where it was. The first line holds the key of
 * what ran; lines that were cut off when the process was killed are passed over.
 */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import canonicalize from 'canonicalize';
import type { RunResult } from '../../runtime/experiments/one-run.ts';
import type { Done, Structure } from './job.ts';

/** Nothing is written before this (ms), as long as it is not much (characters): a short experiment leaves no trace. */
const PATIENCE = 2000;
const MOST_WAITING = 1 << 20;

export interface Journal {
  readonly file: string;
  /** What came together. */
  add(results: Done['results']): void;
  /** Writes what is waiting; says whether there is a file. */
  flush(): boolean;
  remove(): void;
}

export const journalFile = (name: string, key: string): string =>
  join('.pollux', 'experiments', `${name}-${key.slice(0, 12)}.jsonl`);

/** The same text, seed and data give the same key. */
export function keyOf(
  structures: readonly Structure[],
  more: unknown,
  variants: Iterable<readonly number[]>,
): string {
  const hash = createHash('sha256');
  hash.update(canonical(more));
  for (const values of variants) hash.update(Float64Array.from(values));
  for (const { manifest, wasm } of structures) {
    hash.update(canonical(manifest));
    if (!(wasm instanceof WebAssembly.Module)) hash.update(wasm);
  }
  return hash.digest('hex');
}

/** Where something is written says nothing about what it is. */
const canonical = (value: unknown): string =>
  canonicalize(
    JSON.parse(
      JSON.stringify(value, (key, inner: unknown) =>
        key === 'source' || key === 'sources' || key === 'doc' ? undefined : inner,
      ),
    ),
  ) ?? '';

const BLOCK = 1 << 16;

/**
 * What a file holds that is to be a journal: nothing that could be lost, the runs of this experiment, those of another, or something that
 * is no journal.
 */
export function journalAt(file: string, key: string): 'nothing' | 'own' | 'another' | 'noJournal' {
  if (!existsSync(file)) return 'nothing';
  if (!statSync(file).isFile()) return 'noJournal';
  const first = beginningOf(file).split('\n', 1)[0]!;
  const own = firstLine(key);
  if (first.trim() === '' && statSync(file).size < own.length) return 'nothing';
  const found = parse(first)?.['key'];
  if (typeof found === 'string') return found === key ? 'own' : 'another';
  // Its only line was cut off.
  return own.startsWith(first) && statSync(file).size < own.length ? 'nothing' : 'noJournal';
}

const firstLine = (key: string): string => JSON.stringify({ key }) + '\n';

/** Tells of each run that a journal holds; returns false when there is none, or one of another experiment. Only some lines are held at a time. */
export function readJournal(
  file: string,
  key: string,
  tell: (run: number, result: RunResult) => void,
): boolean {
  if (!existsSync(file)) return false;
  let isFirst = true;
  for (const line of linesOf(file)) {
    const found = parse(line);
    if (isFirst && found?.['key'] !== key) return false;
    isFirst = false;
    const { run, values, trouble } = found ?? {};
    if (typeof run !== 'number' || !Array.isArray(values)) continue;
    tell(run, {
      values: values.map(decodeNumber),
      ...(typeof trouble === 'string' ? { trouble } : {}),
    });
  }
  return !isFirst;
}

/** More than a first line has. */
function beginningOf(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const block = Buffer.alloc(4096);
    return block.toString('utf8', 0, readSync(descriptor, block));
  } finally {
    closeSync(descriptor);
  }
}

function* linesOf(file: string): Generator<string> {
  const descriptor = openSync(file, 'r');
  try {
    const decoder = new StringDecoder('utf8');
    const block = Buffer.alloc(BLOCK);
    let rest = '';
    for (;;) {
      const read = readSync(descriptor, block);
      if (read === 0) break;
      const lines = (rest + decoder.write(block.subarray(0, read))).split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
    yield rest + decoder.end();
  } finally {
    closeSync(descriptor);
  }
}

/** @param goesOn whether the file holds runs of the same experiment, which stay in it */
export function createJournal(file: string, key: string, goesOn: boolean): Journal {
  const started = performance.now();
  // The last line may have been cut off.
  let waiting = goesOn ? '\n' : '';
  let begun = goesOn;
  const line = (run: number, { values, trouble }: RunResult): string =>
    JSON.stringify({ run, values: values.map(encodeNumber), ...(trouble === undefined ? {} : { trouble }) }) +
    '\n';
  const flush = (): boolean => {
    if (!begun) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, firstLine(key));
      begun = true;
    }
    appendFileSync(file, waiting);
    waiting = '';
    return begun;
  };
  return {
    file,
    add: (results) => {
      waiting += results.map(({ run, result }) => line(run, result)).join('');
      if (performance.now() - started > PATIENCE || waiting.length > MOST_WAITING) flush();
    },
    flush,
    remove: () => rmSync(file, { force: true }),
  };
}

function parse(line: string | undefined): Record<string, unknown> | undefined {
  try {
    const found: unknown = JSON.parse(line ?? '');
    return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** JSON has no number for these. */
export const encodeNumber = (value: number): number | string =>
  Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value);
export const decodeNumber = (value: unknown): number => Number(value);
