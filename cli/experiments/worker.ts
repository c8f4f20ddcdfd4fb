/** A worker thread: is given structures as it starts, then jobs; answers each. */
import { parentPort, workerData } from 'node:worker_threads';
import { jobRunner } from './job.ts';
import type { Job, Structure } from './job.ts';

const { experiment, structures } = workerData as { experiment: string; structures: Structure[] };
const run = jobRunner(experiment, structures);
parentPort!.on('message', (job: Job) => parentPort!.postMessage(run(job)));
