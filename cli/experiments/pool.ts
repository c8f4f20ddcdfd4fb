/** Runs in any number of threads → their results by run: who ran which, and when, does not show in them. */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { jobRunner } from './job.ts';
import type { Done, Job, Structure } from './job.ts';

export interface Work {
  experiment: string;
  structures: readonly Structure[];
  /** In order; runs that are known already are not in it. */
  runs: readonly (Job['runs'][number] & { structure: number })[];
  /** Threads besides this one; 1 or less: all in this thread. */
  workers: number;
  /** Told of each batch as it comes. */
  done(results: Done['results']): void;
  /** Asked between batches. */
  stopped(): boolean;
}

/** Of one message between threads, ms: long against what a message costs, short enough to show progress. */
const BATCH = 50;
const MOST_IN_BATCH = 1000;
/** Work shorter than this (ms) is done before threads have started. */
const SHORT = 300;

export async function runAll(work: Work): Promise<void> {
  const here = jobRunner(work.experiment, work.structures);
  let next = 0;
  // The first runs say how long the others will take.
  let each = NaN;
  const take = (): Job | undefined => {
    if (next >= work.runs.length || work.stopped()) return undefined;
    const size = Math.max(1, Math.min(MOST_IN_BATCH, Math.floor(BATCH / each) || 1));
    const { structure } = work.runs[next]!;
    const runs: Job['runs'] = [];
    while (next < work.runs.length && runs.length < size && work.runs[next]!.structure === structure)
      runs.push(work.runs[next++]!);
    return { structure, runs };
  };
  const finish = ({ results, took }: Done): void => {
    each = took / results.length;
    work.done(results);
  };
  const started = performance.now();
  const isShort = (): boolean => {
    const spent = performance.now() - started;
    return next < 3 || (spent < SHORT && each * (work.runs.length - next) < SHORT);
  };
  while (work.workers <= 1 || isShort()) {
    const job = take();
    if (job === undefined) return;
    finish(here(job));
    // Lets Ctrl-C be heard.
    await new Promise(setImmediate);
  }
  const count = Math.min(work.workers, work.runs.length - next);
  await Promise.all(Array.from({ length: count }, () => thread(work, take, finish)));
}

function thread(
  { experiment, structures }: Work,
  take: () => Job | undefined,
  finish: (done: Done) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile(), { workerData: { experiment, structures } });
    const give = (): void => {
      const job = take();
      if (job !== undefined) worker.postMessage(job);
      else void worker.terminate().then(() => resolve());
    };
    worker.on('message', (done: Done) => {
      finish(done);
      give();
    });
    worker.on('error', reject);
    give();
  });
}

/** Beside this file as a source; in the distribution this is a chunk, and the worker an entry point of its own. */
function workerFile(): URL {
  const places = ['./worker.ts', './experiment-worker.mjs', '../experiment-worker.mjs'];
  return places.map((place) => new URL(place, import.meta.url)).find((place) => existsSync(place))!;
}
