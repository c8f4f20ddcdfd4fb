/** Who hears of a run, and what was told already: nothing is told twice when time is gone over again. */
import type { RunEvent } from './describe.ts';
import type { Instance } from './events/due.ts';
import type { ColumnTaken, SampleTaken } from './events/instant.ts';
import { instanceOf } from './samples/sample-columns.ts';

/** What a host may hear. All values may be read while being told. */
export interface TwinListener {
  /** A row is due, with everything evaluated at `time`: an output time, or one side of a jump. */
  row?: (time: number, side: RowSide) => void;
  /** A committed time or an extra one, and both sides of what happens there. */
  accepted?: (time: number) => void;
  event?: (event: RunEvent) => void;
  sample?: (taken: SampleTaken) => void;
  /** Samples that came as a column, all together; whoever does not listen to columns hears of each sample. */
  column?: (taken: ColumnTaken) => void;
  /**
   * These handlers fire together, as one microstep; everything may be read as they read it. Told also when time is gone over again,
   * unlike all else.
   */
  firing?: (fired: readonly Instance[]) => void;
  /** They have, and everything is evaluated. */
  fired?: (fired: readonly Instance[]) => void;
  /** The past changed: forget rows and events later than `time`, and those at it too when `including`. */
  revised?: (time: number, including: boolean) => void;
}
/** `before` and `after` are the sides of a jump. */
export type RowSide = 'only' | 'before' | 'after';

export function createTelling() {
  const listeners = new Set<TwinListener>();
  let nextId = 1;
  /** Everything before this time was told, and what is at it when `all`. */
  let time = -1;
  let all = false;
  return {
    add: (listener: TwinListener): (() => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Whether anyone wants to see times within steps. */
    any: (): boolean => {
      for (const { row, accepted } of listeners) if (row !== undefined || accepted !== undefined) return true;
      return false;
    },
    /** Whether anyone hears of every step. */
    eachStep: (): boolean => {
      for (const { accepted } of listeners) if (accepted !== undefined) return true;
      return false;
    },
    /** Whether anyone hears of what happens, apart from samples. */
    heard: (): boolean => {
      for (const { row, accepted, event, firing } of listeners)
        if (row !== undefined || accepted !== undefined || event !== undefined || firing !== undefined)
          return true;
      return false;
    },
    firing: (fired: readonly Instance[]): void => {
      for (const listener of listeners) listener.firing?.(fired);
    },
    fired: (fired: readonly Instance[]): void => {
      for (const listener of listeners) listener.fired?.(fired);
    },
    time: (): number => time,
    silent: (at: number): boolean => at < time || (at === time && all),
    /** Everything up to and at a time has been told; never goes back. */
    upTo: (at: number): void => {
      if (at < time) return;
      time = at;
      all = true;
    },
    /** More is about to happen at a time that was told. */
    reopen: (at: number): void => {
      if (at > time) return;
      time = at;
      all = false;
    },
    to: (tell: (listener: TwinListener) => void): void => {
      for (const listener of listeners) tell(listener);
    },
    column: (taken: ColumnTaken): void => {
      for (const { column, sample } of listeners)
        if (column !== undefined) column(taken);
        else if (sample !== undefined)
          taken.values.forEach((measured, at) =>
            sample({
              sensor: taken.sensor,
              instance: instanceOf(taken, at),
              time: taken.time,
              measured,
              predicted: taken.predicted[at]!,
            }),
          );
    },
    /** Whether anyone hears of handlers that fire together. */
    followed: (): boolean => {
      for (const { firing, fired } of listeners) if (firing !== undefined || fired !== undefined) return true;
      return false;
    },
    event: (event: Omit<RunEvent, 'id'>): void => {
      const full: RunEvent = { id: nextId, ...event };
      nextId += 1;
      for (const listener of listeners) listener.event?.(full);
    },
    revise: (at: number, including: boolean): void => {
      if (at > time) return;
      time = at;
      all = !including;
      for (const listener of listeners) listener.revised?.(at, including);
    },
  };
}
export type Telling = ReturnType<typeof createTelling>;
