/** Runs in any number of threads → their results by run: who ran which, and when, does not show in them. */
import { Worker } from 'node:worker_threads';
import { workerFile } from '../worker-file.ts';
import { jobRunner } from './job.ts';
import type { Done, Job, Structure, Subject } from './job.ts';
import { callOff, MOST_IN_WAVE, runsFrom, waveOf } from './wave.ts';
import type { Runs, Wave } from './wave.ts';

export type { Run, Runs } from './wave.ts';

export interface Pool {
  /** In order, as far as `stopped`, asked between batches, says no. `done` is told of each batch as it comes. */
  run(runs: Runs, done: (results: Done['results']) => void, stopped: () => boolean): Promise<void>;
  close(): Promise<void>;
}

/** Of one message between threads, ms: long against what a message costs, short enough to show progress. */
const BATCH = 50;
const MOST_IN_BATCH = 1000;
/** Work shorter than this (ms) is done before threads have started; once there is more, what is shorter than a message. */
const SHORT = 300;
const SHORT_LATER = 4;

/** ms after which a thread that has been called off is not waited for any more: what it was at is lost. */
const GRACE = 1000;

/**
 * `workers`: threads besides this one; 1 or less: all in this thread. They start when they are first needed. `busy` does the
 * work of this thread, in which it hears nothing.
 */
export function openPool(
  subject: Subject,
  structures: readonly Structure[],
  workers: number,
  busy: <Result>(work: () => Result) => Result = (work) => work(),
): Pool {
  const here = jobRunner(subject, structures);
  const threads: Thread[] = [];
  const opened = performance.now();
  // The first runs say how long the others will take.
  let each = NaN;
  return {
    run: async (runs, done, stopped) => {
      let next = 0;
      const take = (): Job | undefined => {
        if (next >= runs.length || stopped()) return undefined;
        const share = Math.ceil((runs.length - next) / Math.max(workers, 1));
        const size = wholeLanes(Math.max(1, Math.min(MOST_IN_BATCH, share, Math.floor(BATCH / each) || 1)));
        const all = runsFrom(runs, next, next + size);
        const { structure } = all[0]!;
        const other = all.findIndex((run) => run.structure !== structure);
        const taken = other < 0 ? all : all.slice(0, other);
        next += taken.length;
        return { structure, runs: taken };
      };
      const finish = ({ results, took }: Done): void => {
        each = took / results.length;
        done(results);
      };
      const isShort = (): boolean => {
        if (Number.isNaN(each)) return true;
        const short = performance.now() - opened < SHORT ? SHORT : SHORT_LATER;
        return each * (runs.length - next) < short;
      };
      while (workers <= 1 || isShort()) {
        const job = take();
        if (job === undefined) return;
        // However short runs have been, the next may take hours.
        finish(busy(() => here(job)));
        // Lets Ctrl-C be heard.
        await new Promise(setImmediate);
      }
      while (next < runs.length && !stopped()) {
        const count = Math.min(workers, runs.length - next);
        while (threads.length < count) threads.push(startThread(subject, structures));
        const wave = waveOf(runsFrom(runs, next, next + MOST_IN_WAVE), count);
        next += MOST_IN_WAVE;
        const told = (results: Done): void => {
          finish(results);
          if (stopped()) callOff(wave);
        };
        const all = threads.slice(0, count).map((thread) => thread.takes(wave, told));
        const late = tooLate(stopped);
        await Promise.race([Promise.all(all), late.came]).finally(() => {
          callOff(wave);
          late.forget();
        });
      }
    },
    close: async () => {
      await Promise.all(threads.map(({ stop }) => stop()));
    },
  };
}

/** Comes a while after it was stopped. */
function tooLate(stopped: () => boolean): { came: Promise<void>; forget: () => void } {
  let timer: NodeJS.Timeout;
  const came = new Promise<void>((resolve) => {
    let since: number | undefined;
    timer = setInterval(() => {
      if (!stopped()) return;
      since ??= performance.now();
      if (performance.now() - since > GRACE) resolve();
    }, GRACE / 8);
  });
  return { came, forget: () => clearInterval(timer) };
}

/** Replicas go in eights where they go side by side, so more than eight are a multiple of it. */
const wholeLanes = (size: number): number => (size < 8 ? size : size - (size % 8));

/** A run leaves little behind, and soon: collected in small portions (MB) it costs as much time, and 100 MB a thread less memory. */
const YOUNG = 8;

export interface Thread {
  do(job: Job): Promise<Done>;
  /** As many of these runs as it can get; `told` of them as they are done. */
  takes(wave: Wave, told: (done: Done) => void): Promise<void>;
  stop(): Promise<unknown>;
}

export function startThread(subject: Subject, structures: readonly Structure[]): Thread {
  const worker = new Worker(workerFile(import.meta.url, 'experiment-worker'), {
    workerData: { subject, structures },
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
  });
  let waiting: { told: (done: Done) => void; reject: (error: unknown) => void } | undefined;
  worker.on('message', (done: Done) => waiting?.told(done));
  worker.on('error', (error) => waiting?.reject(error));
  worker.on('exit', () => waiting?.reject(new Error('the thread ended before its runs')));
  return {
    do: (job) =>
      new Promise((resolve, reject) => {
        waiting = { told: resolve, reject };
        worker.postMessage(job);
      }),
    takes: (wave, told) =>
      new Promise((resolve, reject) => {
        waiting = {
          told: (done) => {
            if (done.results.length > 0) told(done);
            if (done.more !== true) resolve();
          },
          reject,
        };
        worker.postMessage(wave);
      }),
    stop: () => worker.terminate(),
  };
}
