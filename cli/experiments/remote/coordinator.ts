/**
 * Runs on workers anywhere, as a pool: blocks of runs go into a queue under the name of their content, and their results are
 * taken by that name. So a block counts once, however often it was begun, and whoever asks again finds what is done already.
 */
import { Queue, QueueEvents } from 'bullmq';
import type { Job as QueuedJob } from 'bullmq';
import type { Redis } from 'ioredis';
import { Refusal } from '../../terminal/terminal.ts';
import type { Structure } from '../job.ts';
import type { Pool, Run, Runs } from '../pool.ts';
import { runsFrom } from '../wave.ts';
import { KEPT, pack, publish } from './artefacts.ts';
import { blockName, blockOf, blockSize, decodeResults, parseFailure, PREFIX, queueName } from './blocks.ts';
import type { Block, BlockProgress, BlockResult } from './blocks.ts';
import { connections } from './connection.ts';
import type { Address } from './connection.ts';
import { ENGINE, engineText } from './engine.ts';
import { BEAT, present } from './presence.ts';

/** How often a block is begun again when a run in it fails. Killed workers do not count here but in the worker's own limit. */
const ATTEMPTS = 3;
/** Commands on their way at once. */
const CHUNK = 200;
/** Blocks sent at once: of a thousand runs each. */
const BLOCKS = 20;
/** How long to wait for news before asking whether to stop, ms. */
const PAUSE = 100;

export interface RemoteOptions {
  address: Address;
  /** What a run sets, in words. */
  describe(run: Run): string;
  /** Sentences for who watches. */
  tell(text: string): void;
}

export async function openRemotePool(
  experiment: string,
  structures: readonly Structure[],
  { address, describe, tell }: RemoteOptions,
): Promise<Pool> {
  const links = await connections(address, tell);
  const redis = links.main;
  const options = { prefix: PREFIX, skipVersionCheck: true };
  const queue = new Queue<Block, BlockResult>(queueName(ENGINE), { ...options, connection: links.another() });
  const events = new QueueEvents(queueName(ENGINE), { ...options, connection: links.another() });
  queue.on('error', () => {});
  events.on('error', () => {});
  await Promise.all([queue.waitUntilReady(), events.waitUntilReady()]);
  const packed = structures.map(pack);
  const publishAll = async (): Promise<void> => {
    for (const each of packed) await publish(redis, each);
  };
  const watching = watchWorkers(redis, tell);
  const taken = new Set<string>();

  return {
    run: async (runs, done, stopped) => {
      /** From which run up to which, by name of the block: what it holds is made anew when it is wanted. */
      const waiting = new Map<string, { from: number; to: number }>();
      const blockFrom = (part: Run[]): Block => blockOf(packed[part[0]!.structure]!.hash, experiment, part);
      let from = 0;
      for (const part of parts(runs)) {
        waiting.set(blockName(blockFrom(part)), { from, to: from + part.length });
        from += part.length;
      }
      let failure: Refusal | undefined;
      const take = (name: string, result: BlockResult): void => {
        const found = waiting.get(name);
        if (found === undefined) return;
        waiting.delete(name);
        taken.add(name);
        const results = decodeResults(result);
        done(runsFrom(runs, found.from, found.to).map(({ run }, at) => ({ run, result: results[at]! })));
      };
      /** What became of a block; those that are not known are asked for. */
      const look = async (name: string): Promise<'absent' | 'failed' | 'there'> => {
        const job = (await queue.getJob(name)) as QueuedJob<Block, BlockResult> | undefined;
        if (job === undefined) return 'absent';
        if (job.finishedOn === undefined) return 'there';
        if (job.failedReason) {
          const part = waiting.get(name);
          if (part !== undefined) failure ??= failureOf(job, runsFrom(runs, part.from, part.to), describe);
          return 'failed';
        }
        take(name, job.returnvalue);
        return 'there';
      };
      const onCompleted = ({ jobId }: { jobId: string }): void => {
        if (waiting.has(jobId)) void look(jobId).catch(() => {});
      };
      events.on('completed', onCompleted);
      events.on('failed', onCompleted);
      /** Takes what is done, asks for what is not there; a failed one only the first time. */
      const survey = async (first: boolean): Promise<void> => {
        await publishAll();
        const absent: string[] = [];
        for (const names of chunks([...waiting.keys()])) {
          const states = await Promise.all(names.map((name) => queue.getJobState(name)));
          for (const [at, name] of names.entries()) {
            const state = states[at];
            if (state === 'failed' && first) await queue.remove(name);
            if (state === 'unknown' || (state === 'failed' && first)) absent.push(name);
            else if (state === 'completed' || state === 'failed') await look(name);
          }
        }
        for (const names of chunks(absent, BLOCKS))
          await queue.addBulk(
            names.flatMap((name) => {
              const part = waiting.get(name);
              if (part === undefined) return [];
              const data = blockFrom(runsFrom(runs, part.from, part.to));
              return { name: experiment, data, opts: jobOptions(name) };
            }),
          );
      };
      try {
        await survey(true);
        let next = performance.now() + BEAT;
        while (waiting.size > 0 && failure === undefined && !stopped()) {
          await new Promise((go) => setTimeout(go, PAUSE));
          if (performance.now() < next) continue;
          // News may be lost with a connection, and blocks with a Redis that keeps nothing.
          if (!links.lost()) await survey(false);
          next = performance.now() + BEAT;
        }
      } finally {
        events.off('completed', onCompleted);
        events.off('failed', onCompleted);
        // What nobody has begun is taken back; what is at work comes to its end and is kept for the next time.
        if (!links.lost())
          for (const names of chunks([...waiting.keys()]))
            await Promise.all(names.map((name) => queue.remove(name).catch(() => 0)));
      }
      if (failure !== undefined) throw failure;
    },
    close: async () => {
      watching.stop();
      // Results are in the journal or in the table by now.
      if (!links.lost())
        for (const names of chunks([...taken]))
          await Promise.all(names.map((name) => queue.remove(name).catch(() => 0)));
      await Promise.all([queue.close(), events.close()]).catch(() => {});
      links.close();
    },
  };
}

const jobOptions = (name: string) => ({
  jobId: name,
  attempts: ATTEMPTS,
  backoff: { type: 'fixed', delay: 200 },
  removeOnComplete: { age: KEPT },
  removeOnFail: { age: KEPT },
  stackTraceLimit: 0,
});

/** Runs of one structure that follow each other. */
function* parts(runs: Runs): Generator<Run[]> {
  const size = blockSize(runs.length);
  let part: Run[] = [];
  for (let at = 0; at < runs.length; at += 1) {
    const run = runs.at(at)!;
    if (part.length > 0 && (part.length >= size || part[0]!.structure !== run.structure)) {
      yield part;
      part = [];
    }
    part.push(run);
  }
  if (part.length > 0) yield part;
}

function* chunks<T>(all: readonly T[], size = CHUNK): Generator<T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

/** Names the run, if it is known, and what it sets. */
function failureOf(
  { failedReason, progress, attemptsMade }: QueuedJob<Block, BlockResult>,
  runs: readonly Run[],
  describe: (run: Run) => string,
): Refusal {
  const told = parseFailure(failedReason);
  const at = told?.run ?? (progress as Partial<BlockProgress> | null)?.run;
  const run = runs.find((one) => one.run === at);
  const where =
    run === undefined
      ? `one of the runs ${runs[0]!.run + 1} to ${runs.at(-1)!.run + 1}`
      : `run ${run.run + 1} (${describe(run)})`;
  return new Refusal(
    told === undefined
      ? `${where} ends every worker that takes it, which happened too often (${failedReason}): it may need more memory than they have. ${KEPT_TEXT}`
      : `${where} failed ${attemptsMade} times: ${told.message}. ${KEPT_TEXT}`,
  );
}
const KEPT_TEXT = 'What is finished is kept; --resume goes on there';

/** Says when nobody is there who could do the work, and why not. */
function watchWorkers(redis: Redis, tell: (text: string) => void): { stop(): void } {
  let before = '';
  const look = async (): Promise<void> => {
    const all = await present(redis);
    const fitting = all.filter(
      ({ version, engine }) => version === ENGINE.version && engine === ENGINE.engine,
    );
    const threads = fitting.reduce((sum, one) => sum + one.threads, 0);
    const others = [...new Set(all.map((one) => `${one.name} runs Pollux ${engineText(one)}`))];
    const text =
      fitting.length > 0
        ? `${fitting.length} ${fitting.length === 1 ? 'worker' : 'workers'} with ${threads} ${threads === 1 ? 'thread' : 'threads'}`
        : all.length === 0
          ? 'waiting for workers: there is none yet. Start some with pollux worker --redis'
          : `waiting for workers: ${others.join(', ')}, and this is ${engineText(ENGINE)}. Only equal ones give the same bits, so it gets no runs: start workers of this version`;
    if (text !== before) tell(text);
    before = text;
  };
  const quietly = (): void => void look().catch(() => {});
  quietly();
  const timer = setInterval(quietly, BEAT);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
