/** A worker thread: is given structures as it starts, then jobs; answers each. */
import { parentPort, workerData } from 'node:worker_threads';
import { jobRunner } from './job.ts';
import type { Job, Structure, Subject } from './job.ts';

const { subject, structures } = workerData as { subject: Subject; structures: Structure[] };
const run = jobRunner(subject, structures);
parentPort!.on('message', (job: Job) => parentPort!.postMessage(run(job)));
