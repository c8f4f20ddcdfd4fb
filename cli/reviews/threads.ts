/** The runs of a review, made in this thread and in others beside it: who made which, and when, does not show in what comes out. */
import { Worker } from 'node:worker_threads';
import { runMaker } from '../../review/asked-runs.ts';
import type { AskedRun, Asking, RunOutcome } from '../../review/asked-runs.ts';
import type { LoadableArtefact } from '../../runtime/load.ts';
import { workerFile } from '../worker-file.ts';
import { makeWhatIsLeft } from './portion.ts';
import type { Answer, HandedRun, Portion } from './portion.ts';

/** @param threads this one, and others: they start when first there are several runs at a time, and end with the review */
export async function madeInThreads<Value>(asking: Asking<Value>, threads: number): Promise<Value> {
  const others: OtherThread[] = [];
  const make = runMaker();
  const load = loader();
  const madeOf = async (asked: readonly AskedRun[]): Promise<readonly RunOutcome[]> => {
    const runs = asked.map((each) => load(each));
    const wanted = Math.min(threads, runs.length) - 1;
    if (wanted < 1) return runs.map(({ run }) => make(run));
    while (others.length < wanted) others.push(startThread());
    return madeTogether(runs, make, others.slice(0, wanted));
  };
  try {
    let step = asking.next();
    while (step.done !== true) step = asking.next(await madeOf(step.value));
    return step.value;
  } finally {
    await Promise.all(others.map(({ stop }) => stop()));
  }
}

interface LoadedRun {
  /** Of its artefact. */
  number: number;
  run: AskedRun;
}

/** Numbers artefacts, and compiles each once for all threads. */
function loader(): (asked: AskedRun) => LoadedRun {
  const known = new WeakMap<LoadableArtefact, { number: number; artefact: LoadableArtefact }>();
  let count = 0;
  return (asked) => {
    const { manifest, wasm } = asked.artefact;
    let found = known.get(asked.artefact);
    if (found === undefined) {
      const module =
        wasm instanceof WebAssembly.Module ? wasm : new WebAssembly.Module(wasm as Uint8Array<ArrayBuffer>);
      found = { number: (count += 1), artefact: { manifest, wasm: module } };
      known.set(asked.artefact, found);
    }
    return { number: found.number, run: { ...asked, artefact: found.artefact } };
  };
}

/** Throws what the first of them that failed has thrown, as if they were made one after the other. */
async function madeTogether(
  runs: readonly LoadedRun[],
  make: (run: AskedRun) => RunOutcome,
  others: readonly OtherThread[],
): Promise<RunOutcome[]> {
  const next = new Int32Array(new SharedArrayBuffer(4));
  const answers: Answer[] = [];
  let came = 0;
  // Behind the last that anybody has taken, or will.
  let end = runs.length;
  return new Promise((resolve, reject) => {
    const hear = (answer: Answer): void => {
      answers[answer.at] = answer;
      came += 1;
      if ('error' in answer) end = Math.min(end, Atomics.exchange(next, 0, runs.length));
      if (came < end) return;
      for (const other of others) other.rest();
      const failed = answers.find((each) => 'error' in each);
      if (failed !== undefined && 'error' in failed) reject(failed.error);
      else resolve(answers.map((each) => (each as { outcome: RunOutcome }).outcome));
    };
    for (const other of others) other.takePart(next, runs, hear, reject);
    makeWhatIsLeft(next, runs.length, (at) => make(runs[at]!.run), hear);
  });
}

interface OtherThread {
  takePart(
    next: Int32Array,
    runs: readonly LoadedRun[],
    hear: (answer: Answer) => void,
    fail: (error: unknown) => void,
  ): void;
  /** What it says from now on is of no interest. */
  rest(): void;
  stop(): Promise<unknown>;
}

/** Artefacts that a thread holds, besides those that it needs at the time. */
const HELD = 8;

function startThread(): OtherThread {
  const worker = new Worker(workerFile(import.meta.url, 'review-worker'));
  const held = new Set<number>();
  let part: { hear: (answer: Answer) => void; fail: (error: unknown) => void } | undefined;
  let failure: unknown;
  const fail = (error: unknown): void => {
    failure ??= error;
    part?.fail(failure);
  };
  worker.on('message', (answer: Answer) => part?.hear(answer));
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('a thread ended before its runs')));
  return {
    takePart: (next, runs, hear, failed) => {
      part = { hear, fail: failed };
      if (failure !== undefined) failed(failure);
      const needed = new Map(runs.map(({ number, run }) => [number, run.artefact]));
      const fresh = [...needed].filter(([number]) => !held.has(number));
      const dropped = [...held].filter((number) => !needed.has(number)).slice(0, -HELD);
      for (const number of dropped) held.delete(number);
      for (const [number] of fresh) held.add(number);
      const handed = runs.map(({ number, run: { artefact: _, ...asked } }) => ({ artefact: number, asked }));
      worker.postMessage({ next, runs: handed as HandedRun[], fresh, dropped } satisfies Portion);
    },
    rest: () => (part = undefined),
    stop: () => worker.terminate(),
  };
}
