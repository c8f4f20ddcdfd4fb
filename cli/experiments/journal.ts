/**
 * Finished runs on disk, a line each, so that a stopped experiment goes on where it was. The first line holds the key of
 * what ran; lines that were cut off when the process was killed are passed over.
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import canonicalize from 'canonicalize';
import type { RunResult } from '../../runtime/experiments/one-run.ts';
import type { Structure } from './job.ts';

/** Nothing is written before this (ms): a short experiment leaves no trace. */
const PATIENCE = 2000;

export interface Journal {
  readonly file: string;
  add(run: number, result: RunResult): void;
  /** Writes what is waiting; says whether there is a file. */
  flush(): boolean;
  remove(): void;
}

export const journalFile = (name: string, key: string): string =>
  join('.pollux', 'experiments', `${name}-${key.slice(0, 12)}.jsonl`);

/** The same text, seed and data give the same key. */
export function keyOf(structures: readonly Structure[], more: unknown): string {
  const hash = createHash('sha256');
  hash.update(canonical(more));
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

/** What a journal holds; undefined when there is none, or one of another experiment. */
export function readJournal(file: string, key: string): Map<number, RunResult> | undefined {
  if (!existsSync(file)) return undefined;
  const [first, ...lines] = readFileSync(file, 'utf8').split('\n');
  if (parse(first)?.['key'] !== key) return undefined;
  const found = new Map<number, RunResult>();
  for (const line of lines) {
    const { run, values, trouble } = parse(line) ?? {};
    if (typeof run !== 'number' || !Array.isArray(values)) continue;
    found.set(run, {
      values: values.map(decodeNumber),
      ...(typeof trouble === 'string' ? { trouble } : {}),
    });
  }
  return found;
}

export function createJournal(file: string, key: string, known: ReadonlyMap<number, RunResult>): Journal {
  const started = performance.now();
  let waiting = '';
  let begun = false;
  const line = (run: number, { values, trouble }: RunResult): string =>
    JSON.stringify({ run, values: values.map(encodeNumber), ...(trouble === undefined ? {} : { trouble }) }) +
    '\n';
  const flush = (): boolean => {
    if (!begun) {
      mkdirSync(dirname(file), { recursive: true });
      const before = [...known].map(([run, result]) => line(run, result)).join('');
      writeFileSync(file, JSON.stringify({ key }) + '\n' + before);
      begun = true;
    }
    appendFileSync(file, waiting);
    waiting = '';
    return begun;
  };
  return {
    file,
    add: (run, result) => {
      waiting += line(run, result);
      if (performance.now() - started > PATIENCE) flush();
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
