/** How far a live twin is behind the clock → what is said of it: once when it cannot keep up, and once when it can again. */
import type { Said } from '../../preview/protocol.ts';
import { say } from '../said.ts';

/** s behind from which it is said, and up to which it has caught up; the twin waits a little for its samples anyway. */
const BEHIND = 3;
const CAUGHT_UP = 1;

export function createPace() {
  let told = false;
  return {
    /** `behind`: s. A twin that has stopped is not behind. */
    look: (behind: number, stopped: boolean): Said | undefined => {
      if (stopped) return undefined;
      if (!told && behind > BEHIND) {
        told = true;
        return say('behind', String(Math.round(behind)));
      }
      if (!told || behind > CAUGHT_UP) return undefined;
      told = false;
      return say('caughtUp');
    },
  };
}
