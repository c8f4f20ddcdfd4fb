/** Loops while they run. */
import type { FlatIndex } from './flat-expression.ts';

/** Values of the loop variables, and in an expression of the lets around. */
export type Counters = ReadonlyMap<string, number>;

export const indexAt = (index: FlatIndex, counters: Counters): number =>
  typeof index === 'number' ? index : counters.get(index.loop)! + index.offset;
