/**
 * An instant at which samples came to nothing is gone over again, from the last checkpoint, in small steps: so nothing need be kept of what
 * samples change. On that way nothing is told twice, and nobody stops.
 */
import type { Telling } from '../listeners.ts';

export function createAgain(telling: Telling) {
  /** s: the instant, and how much was told at it already. */
  let at = -Infinity;
  let left = 0;
  let told = 0;
  return {
    /** An instant begins. */
    begin: (): void => {
      told = 0;
    },
    /** The present one is to be gone over again. */
    from: (time: number): void => {
      at = time;
      left = told;
    },
    /** Whether the time lies on the way there. */
    isBefore: (time: number): boolean => time < at,
    /** Whether the time is to be gone through with care. */
    isCareful: (time: number): boolean => time <= at,
    /** Whether something that happens now is to be told; counts it. */
    tells: (time: number): boolean => {
      if (telling.silent(time)) return false;
      if (left > 0 && time === at) {
        left -= 1;
        return false;
      }
      told += 1;
      return true;
    },
  };
}
