/** What passes through Redis: blocks of runs, named by their content, and their results. */
import { createHash } from 'node:crypto';
import type { RunResult } from '../../../runtime/experiments/one-run.ts';
import { decodeNumber, encodeNumber } from '../journal.ts';
import type { Job } from '../job.ts';
import type { Engine } from './engine.ts';

/** Before every key; the braces keep them on one node of a cluster. */
export const PREFIX = '{pollux}';

/** Workers of another engine never see what is for this one. */
export const queueName = ({ version, engine }: Engine): string => `runs-${version}-${engine}`;

export interface Block {
  /** Hash of its bytes. */
  artefact: string;
  experiment: string;
  runs: { run: number; values: (number | string)[]; seed: number }[];
}

/** A block's result: for each run its values, and why it stopped early where it did. */
export type BlockResult = { values: (number | string)[]; trouble?: string }[];

/** What a worker is at; tells which run it was when it dies. */
export interface BlockProgress {
  /** Runs done. */
  done: number;
  /** The run that is next. */
  run: number;
  worker: string;
}

/** Why a block failed, as the message of its error. */
export interface BlockFailure {
  run: number;
  message: string;
}

export const blockOf = (artefact: string, experiment: string, runs: Job['runs']): Block => ({
  artefact,
  experiment,
  runs: runs.map(({ run, values, seed }) => ({ run, values: values.map(encodeNumber), seed })),
});

export const runsOf = ({ runs }: Block): Job['runs'] =>
  runs.map(({ run, values, seed }) => ({ run, values: values.map(decodeNumber), seed }));

export const encodeResults = (results: readonly RunResult[]): BlockResult =>
  results.map(({ values, trouble }) => ({
    values: values.map(encodeNumber),
    ...(trouble === undefined ? {} : { trouble }),
  }));

export const decodeResults = (results: BlockResult): RunResult[] =>
  results.map(({ values, trouble }) => ({
    values: values.map(decodeNumber),
    ...(trouble === undefined ? {} : { trouble }),
  }));

/** The same runs of the same artefact have the same name, whoever asks for them and when. */
export const blockName = (block: Block): string =>
  createHash('sha256').update(JSON.stringify(block)).digest('hex').slice(0, 40);

/** Blocks of many short runs, or of single long ones: some two hundred, so that the last ones do not keep all waiting. */
export const blockSize = (runs: number): number => Math.min(1000, Math.max(1, Math.ceil(runs / 256)));

export function parseFailure(reason: string): BlockFailure | undefined {
  try {
    const { run, message } = JSON.parse(reason) as Partial<BlockFailure>;
    return typeof run === 'number' && typeof message === 'string' ? { run, message } : undefined;
  } catch {
    return undefined;
  }
}
