/** A worker thread: is given `Given[]`; answers with their final hashes, one by one as it has them. */
import { parentPort, workerData } from 'node:worker_threads';
import { finalHash } from './final-hash.ts';
import type { Given } from './final-hash.ts';

for (const given of workerData as Given[]) parentPort!.postMessage(finalHash(given));
