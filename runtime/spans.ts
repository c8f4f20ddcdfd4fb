/** How far steps may go that are not taken one by one: those of the kernel's loop, and those that are left to the host, for many twins at once. */
import type { Checkpoints } from './checkpoints.ts';
import type { Dues } from './events/due.ts';
import type { Journal } from './journal.ts';
import type { Telling } from './listeners.ts';
import type { createLooks } from './looks.ts';
import type { Loop, Span } from './loop.ts';
import { Cell } from './machine.ts';
import type { Machine } from './machine.ts';
import type { Flight } from './take-off.ts';

/** What a step must not go past. */
interface Bounds {
  /** Undefined where all steps are taken one by one. */
  loop: Loop | undefined;
  dues: Dues;
  journal: Journal;
  checkpoints: Checkpoints;
  looks: ReturnType<typeof createLooks>;
  telling: Telling;
  /** s */
  duration: number;
  /** Somebody needs to see each step, as what happens in it is part of the state. */
  isFollowed: () => boolean;
}

export interface Spans {
  /** For steps that are handed over, up to `goal` (s); undefined where none may be. */
  forOthers(goal: number): Span | undefined;
  /** For so many steps of the kernel at the most. `heard`: whatever happens is left to the host. Undefined where it may take none. */
  forKernel(goal: number, most: number, heard: boolean): Span | undefined;
  /** Whether a step in flight, begun for somebody who looked, may as well be taken by the kernel. */
  mayRetake(flight: Flight, goal: number): boolean;
}

/** From the committed state, each. */
export function createSpans(machine: Machine, bounds: Bounds): Spans {
  const { loop, dues, journal, checkpoints, looks, telling, duration, isFollowed } = bounds;
  const { cells } = machine;

  /** The next time that someone wants to see, after the committed one. */
  const nextLook = (): number => (telling.any() ? looks.after(machine.time()) : Infinity);

  /** Next to a pole each step is looked at. */
  const isCut = (): boolean => cells[Cell.cut] !== 0;

  const upTo = (due: number, goal: number): Omit<Span, 'most' | 'heard'> => ({
    limit: Math.min(due, duration),
    before: Math.min(due, journal.next(), nextLook()),
    bound: goal,
    after: checkpoints.next(),
  });

  return {
    forOthers: (goal) => {
      if (loop === undefined || telling.eachStep() || isCut() || isFollowed()) return undefined;
      const due = dues.next();
      return due <= machine.time() ? undefined : { ...upTo(due, goal), most: Infinity, heard: true };
    },
    forKernel: (goal, most, heard) => {
      if (loop === undefined || telling.eachStep() || isCut() || isFollowed()) return undefined;
      const alone = loop.alone && !heard && !telling.heard();
      const due = alone ? dues.others() : dues.next();
      return due <= machine.time() ? undefined : { ...upTo(due, goal), most, heard: !alone };
    },
    mayRetake: (flight, goal) =>
      loop?.ready() === true &&
      flight.to <= goal &&
      journal.next() > flight.to &&
      cells[Cell.blind] === 0 &&
      !isCut() &&
      !isFollowed() &&
      !telling.heard(),
  };
}
