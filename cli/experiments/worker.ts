/** A worker thread: is given structures as it starts, then jobs, each of which it answers, or waves, of which it takes what it can. */
import { parentPort, workerData } from 'node:worker_threads';
import { jobRunner, lanesOf } from './job.ts';
import type { Done, Job, Structure, Subject } from './job.ts';
import { takeFrom } from './wave.ts';
import type { Wave } from './wave.ts';

/** Results go in one message as long as they take less time than this, ms: short enough to show progress. */
const TOLD = 50;
/** So long is what is taken at once, ms: long against taking it, short enough for all threads to end together. */
const TAKEN = 4;

const { subject, structures } = workerData as { subject: Subject; structures: Structure[] };
const run = jobRunner(subject, structures);
const lanes = structures.map((structure) => lanesOf(subject, structure));

function takeAll(wave: Wave): void {
  let done: Done = { results: [], took: 0 };
  let most = 1;
  for (;;) {
    const job = takeFrom(wave, most, (structure) => lanes[structure] ?? 1);
    if (job === undefined) break;
    const { results, took } = run(job);
    most = Math.floor((TAKEN * results.length) / took) || 1;
    done.results.push(...results);
    done.took += took;
    if (done.took < TOLD) continue;
    parentPort!.postMessage({ ...done, more: true });
    done = { results: [], took: 0 };
  }
  parentPort!.postMessage(done);
}

parentPort!.on('message', (message: Job | Wave) => {
  if ('state' in message) takeAll(message);
  else parentPort!.postMessage(run(message));
});
