/** How far a live twin is behind the clock → what is said of it: once when it cannot keep up, and once when it can again. */
import type { Said } from '../../preview/protocol.ts';
import { timeText } from '../../runtime/trouble.ts';
import { say } from '../said.ts';

/** s behind from which it is said, and up to which it has caught up; the twin waits a little for its samples anyway. */
const BEHIND = 3;
const CAUGHT_UP = 1;

export function createPace() {
  let told = false;
  return {
    /** Why it will be behind is said already. */
    expect: (): void => {
      told = true;
    },
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

/** s by which the machine's clock goes on or back against one that only counts, from which it was set, or the machine slept. */
const STEP = 3;

/** The machine's clock beside one that never goes back → when it was set: by how many ms, and what is said of it. */
export function createClockSteps(now: () => number, wall: () => number) {
  let offset = wall() - now();
  return {
    look: (): { by: number; said: Said } | undefined => {
      const by = wall() - now() - offset;
      if (Math.abs(by) < STEP * 1000) return undefined;
      offset += by;
      return { by, said: say(by > 0 ? 'clockOn' : 'clockBack', timeText(Math.round(Math.abs(by) / 1000))) };
    },
  };
}
