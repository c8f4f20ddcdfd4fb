import type { DisplayUnit } from './asset.ts';
import type { Expression, Reference, ValueType } from './expression.ts';
import type { SourceRange } from './source.ts';

/** Process flow as written: what items of a process live through, and what they use. Times are in s, drawn ones included. */
export interface Process {
  name: string;
  /** Most items inside at a time; absent: a thousand. */
  limit?: number;
  items: ItemValue[];
  steps: ProcessStep[];
  doc: string;
  source: SourceRange;
}

export interface ItemValue {
  name: string;
  type: ValueType;
  unit: DisplayUnit;
  value: Expression;
  doc: string;
  source: SourceRange;
}

export interface Need {
  resource: Reference;
  units: number;
  source: SourceRange;
}

/** A place of the same process by name. */
export type Destination = { kind: 'leave' } | { kind: 'place'; name: string };

export type ProcessStep = { text: string; source: SourceRange } & (
  | {
      kind: 'arrive';
      interval?: Expression;
      first?: Expression;
      once: boolean;
      /** Of what comes once: not before this. */
      from?: Expression;
      condition?: Expression;
      until?: Expression;
      group?: Expression;
      most?: Expression;
    }
  | {
      kind: 'queue';
      name: string;
      /** Items stay until they are taken. */
      store: boolean;
      capacity?: Expression;
      order: 'fifo' | 'lifo' | 'lowest' | 'highest';
      key?: Expression;
      full: 'block' | 'balk' | Destination;
      patience?: Expression;
      gaveUp: Destination;
      doc: string;
    }
  | { kind: 'convey'; name: string; length: Expression; speed: Expression; spacing: Expression; doc: string }
  | {
      kind: 'use';
      needs: Need[];
      duration: Expression;
      setup?: { duration: Expression; kind: Expression };
      priority?: Expression;
      preempts: boolean;
    }
  | { kind: 'seize'; needs: Need[]; priority?: Expression; preempts: boolean }
  | { kind: 'release'; needs: Need[] }
  | { kind: 'wait'; duration: Expression }
  | { kind: 'waitUntil'; condition: Expression }
  | {
      kind: 'choose';
      options: { probability?: Expression; condition?: Expression; to: Destination }[];
    }
  | { kind: 'go'; to: Destination }
  | { kind: 'station'; name: string }
  | { kind: 'batch'; size: Expression }
  | { kind: 'unbatch' }
  | { kind: 'split'; copies: Expression }
  /** By name within the asset. */
  | { kind: 'take'; store: string; units: number }
  | { kind: 'make'; process: string; count: number }
  | { kind: 'leave' }
  | { kind: 'exit'; name: string }
  | { kind: 'set'; target: Reference; value: Expression }
);

/** Units on duty from each of these times on (s since the start, ascending, the first at 0); the last ones, from `cycle` on, come again each week. */
export interface Roster {
  changes: RosterChange[];
  /** Position in `changes` whose week repeats; it is a week long. */
  cycle: number;
}
export interface RosterChange {
  time: number;
  /** Absent: all. Several shifts at one time add up. */
  units?: Expression[];
}

export interface Resource {
  name: string;
  /** Units; absent: one. */
  size?: Expression;
  breaks?: { after: Expression; of: 'time' | 'busy' | 'uses'; repair?: Expression; crew: Need[] };
  interrupted: 'resume' | 'restart' | 'leave';
  shifts?: Roster;
  doc: string;
  source: SourceRange;
}
