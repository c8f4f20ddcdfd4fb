/**
 * Where steps work. A kernel that says where it does so spares the runtime copies of its own: a million states are eight megabytes, and so
 * is each copy of them.
 */
import type { Kernel } from '../contract/kernel.ts';
import type { Manifest } from '../contract/manifest.ts';

/** As many numbers each as there are states. */
export interface Work {
  /** The states that the step in flight started from. */
  readonly before: Float64Array;
  /** Each method leaves them in `before` by itself. */
  readonly isKept: boolean;
  /** Nothing touches it while a step is in flight. */
  readonly spare: Float64Array;
  /** Between steps nothing is in these, nor in the others. */
  readonly others: readonly [Float64Array, Float64Array];
}

/** Views of the memory of a kernel; arrays of their own where the artefact does not say where its steps work. */
export function workOf({ work, layout }: Manifest, { memory }: Kernel): Work {
  const { count } = layout.states;
  const at = (place: number | undefined): Float64Array =>
    place === undefined ? new Float64Array(count) : new Float64Array(memory, place, count);
  const nth = (n: number): number | undefined => work && work.before + 8 * n * count;
  return {
    before: at(nth(0)),
    isKept: work !== undefined,
    spare: at(work?.spare),
    others: [at(nth(1)), at(nth(2))],
  };
}

/** The states at the end of a step in flight. They are copied only when another time of it is shown. */
export function endOf({ states, work }: { states: Float64Array; work: Work }) {
  let isCopied = false;
  return {
    /** They are in memory now. */
    reached: (): void => {
      isCopied = false;
    },
    /** Before others come into memory. */
    leave: (): void => {
      if (isCopied) return;
      work.spare.set(states);
      isCopied = true;
    },
    put: (): void => {
      if (isCopied) states.set(work.spare);
    },
  };
}
