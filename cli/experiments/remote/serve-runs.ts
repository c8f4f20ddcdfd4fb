/**
 * A worker: takes blocks of runs from the queue, runs them in threads and answers. This thread only talks to Redis, so
 * the locks of blocks are renewed however long a run takes, and expire when the process is gone.
 */
import { hostname } from 'node:os';
import { randomBytes } from 'node:crypto';
import { WaitingError, Worker } from 'bullmq';
import type { Job as QueuedJob } from 'bullmq';
import type { Done } from '../job.ts';
import { startThread } from '../pool.ts';
import type { Thread } from '../pool.ts';
import { fetchArtefact } from './artefacts.ts';
import { encodeResults, parseFailure, PREFIX, queueName, runsOf } from './blocks.ts';
import type { Block, BlockFailure, BlockProgress, BlockResult } from './blocks.ts';
import { connections } from './connection.ts';
import type { Address } from './connection.ts';
import { ENGINE } from './engine.ts';
import { announce, BEAT, withdraw } from './presence.ts';
import type { Structure } from '../job.ts';

/** After so many workers that ended while they had it, a block is given up. */
const MOST_ENDED = 5;
/** Artefacts, and threads that have one, kept for what comes next. */
const MOST_KEPT = 8;
/** Of one message to a thread, ms. */
const BATCH = 100;
/** Least time between two words about progress, ms. */
const TOLD = 1000;

export interface ServeOptions {
  address: Address;
  threads: number;
  /** ms after which a worker that is silent counts as gone. */
  lock: number;
  tell(text: string): void;
}

export interface Serving {
  name: string;
  /** Gives back what is begun. */
  stop(): Promise<void>;
}

export async function serveRuns({ address, threads, lock, tell }: ServeOptions): Promise<Serving> {
  const links = await connections(address, tell);
  const redis = links.main;
  const name = `${hostname()}-${process.pid}-${randomBytes(2).toString('hex')}`;
  let stopping = false;
  const artefacts = new Map<string, Promise<Structure>>();
  const artefact = (hash: string): Promise<Structure> => {
    const found = artefacts.get(hash) ?? fetchArtefact(redis, hash);
    // The latest used is the last.
    artefacts.delete(hash);
    artefacts.set(hash, found);
    found.catch(() => artefacts.delete(hash));
    for (const oldest of artefacts.keys()) if (artefacts.size > MOST_KEPT) artefacts.delete(oldest);
    return found;
  };
  const idle: { key: string; thread: Thread }[] = [];
  const busy = new Set<Thread>();
  const withThread = async <T>(block: Block, use: (thread: Thread) => Promise<T>): Promise<T> => {
    const key = `${block.artefact} ${block.experiment}`;
    const at = idle.findIndex((one) => one.key === key);
    const thread =
      at < 0
        ? startThread(block.experiment, [await artefact(block.artefact)])
        : idle.splice(at, 1)[0]!.thread;
    busy.add(thread);
    try {
      const result = await use(thread);
      idle.push({ key, thread });
      if (idle.length > MOST_KEPT) void idle.shift()!.thread.stop();
      return result;
    } catch (error) {
      // Whatever it has left behind goes with it.
      void thread.stop();
      throw error;
    } finally {
      busy.delete(thread);
    }
  };

  const work = async (job: QueuedJob<Block, BlockResult>, token?: string): Promise<BlockResult> => {
    const runs = runsOf(job.data);
    // Something went wrong with it before: now it is told at each run which one it is.
    const careful = job.attemptsMade > 0 || job.stalledCounter > 0;
    const results: Done['results'] = [];
    let told = performance.now();
    let each = NaN;
    while (results.length < runs.length) {
      if (stopping) {
        await job.moveToWait(token);
        throw new WaitingError();
      }
      const at = results.length;
      const size = careful ? 1 : Math.max(1, Math.min(runs.length - at, Math.floor(BATCH / each) || 1));
      if (careful || performance.now() - told > TOLD) {
        const progress: BlockProgress = { done: at, run: runs[at]!.run, worker: name };
        await job.updateProgress(progress);
        told = performance.now();
      }
      const batch = runs.slice(at, at + size);
      try {
        const done = await withThread(job.data, (thread) => thread.do({ structure: 0, runs: batch }));
        each = done.took / batch.length;
        results.push(...done.results);
      } catch (error) {
        if (stopping) continue;
        const failure: BlockFailure = { run: batch[0]!.run, message: messageOf(error) };
        throw new Error(JSON.stringify(failure));
      }
    }
    return encodeResults(results.map(({ result }) => result));
  };
  const worker = new Worker<Block, BlockResult>(queueName(ENGINE), work, {
    name,
    prefix: PREFIX,
    skipVersionCheck: true,
    connection: links.another(),
    concurrency: threads,
    lockDuration: lock,
    stalledInterval: lock / 2,
    maxStalledCount: MOST_ENDED,
  });
  worker.on('error', () => {});
  worker.on('completed', (job) => tell(`${job.data.experiment}: runs ${rangeOf(job.data)} done`));
  worker.on('failed', (job, { message }) => {
    if (job !== undefined) tell(`${job.data.experiment}: ${failureText(message, job.data)}`);
  });
  await worker.waitUntilReady();
  const here = { ...ENGINE, name, threads };
  await announce(redis, here);
  const beat = setInterval(() => void announce(redis, here).catch(() => {}), BEAT);
  return {
    name,
    stop: async () => {
      stopping = true;
      clearInterval(beat);
      await withdraw(redis, name).catch(() => {});
      await Promise.all([...busy].map((thread) => thread.stop()));
      await worker.close();
      await Promise.all(idle.map(({ thread }) => thread.stop()));
      links.close();
    },
  };
}

const rangeOf = ({ runs }: Block): string =>
  runs.length === 1 ? `${runs[0]!.run + 1}` : `${runs[0]!.run + 1}–${runs.at(-1)!.run + 1}`;

function failureText(reason: string, block: Block): string {
  const told = parseFailure(reason);
  return told === undefined
    ? `runs ${rangeOf(block)} failed: ${reason}`
    : `run ${told.run + 1} failed: ${told.message}`;
}

const messageOf = (error: unknown): string => {
  if ((error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY')
    return 'it needs more memory than a thread has';
  return error instanceof Error ? error.message : String(error);
};
