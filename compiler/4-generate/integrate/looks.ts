/** What stages of a step look at besides. */
import type { StageLooks } from '../beyond.ts';
import { setGlobal } from '../wasm/index.ts';
import type { Statement } from '../wasm/index.ts';

/** No stage of the step to come has looked yet. */
export const unseen = (looks: Pick<StageLooks, 'seen'> | undefined): Statement[] =>
  looks === undefined ? [] : [setGlobal(looks.seen, 0)];
