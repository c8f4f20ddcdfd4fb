/** A thread beside that of a review: makes runs of each portion that it is handed, as long as there are any. */
import { parentPort } from 'node:worker_threads';
import { runMaker } from '../../review/asked-runs.ts';
import type { AskedRun } from '../../review/asked-runs.ts';
import type { LoadableArtefact } from '../../runtime/load.ts';
import { makeWhatIsLeft } from './portion.ts';
import type { Portion } from './portion.ts';

const artefacts = new Map<number, LoadableArtefact>();
const make = runMaker();

parentPort!.on('message', ({ next, runs, fresh, dropped }: Portion) => {
  for (const number of dropped) artefacts.delete(number);
  for (const [number, artefact] of fresh) artefacts.set(number, artefact);
  makeWhatIsLeft(
    next,
    runs.length,
    (at) => {
      const { artefact, asked } = runs[at]!;
      return make({ ...asked, artefact: artefacts.get(artefact)! } as AskedRun);
    },
    (answer) => parentPort!.postMessage(answer),
  );
});
