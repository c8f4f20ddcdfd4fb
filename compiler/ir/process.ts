import type { FlatExpression, FlatIndex, FlatLoop, FlatTarget } from './flat-expression.ts';
import type { VariableId } from './flat-system.ts';
import type { DisplayUnit } from '../model/asset.ts';
import type { SourceRange } from '../model/source.ts';

/**
 * Process flow: what items live through, as primitive steps that one machine carries out (4-generate/process). Counters,
 * queue lengths and busy units are ordinary discrete variables, which the machine alone writes. `use`, breakdowns and labels
 * can no longer occur here: they are seize, delay and release, processes of their own, and positions of steps.
 */
export interface FlatFlow {
  processes: FlatProcess[];
  queues: FlatQueue[];
  belts: FlatBelt[];
  resources: FlatResource[];
  /** Statistics that somebody asks for. */
  levels: FlatLevel[];
  tallies: FlatTally[];
  /**
   * Equations, conditions or requirements read what the flow changes, or the flow reads what changes continuously: then each
   * of its events ends a step. Otherwise it runs freely between the times at which somebody looks.
   */
  coupled: boolean;
  /** Values of items, beside their priority. */
  attributes: number;
}

export interface FlatProcess {
  /** `line[].bottle`; `[]` for each loop. */
  name: string;
  /** Its instances, row-major. */
  loops: FlatLoop[];
  /** Most items inside one instance at a time. */
  limit: number;
  steps: FlatStep[];
  /** Where items begin that others make. */
  start: StepId;
  uses: FlatUse[];
  inside: VariableId;
  arrived: VariableId;
  left: VariableId;
  /** What its items carry, by slot from 1. */
  attributes: { name: string; slot: number; unit: DisplayUnit }[];
  /** Resources that its items seize, and the slots in which an item keeps how many units of each it holds. */
  held: { resource: number; slot: number }[];
  /** Made by the compiler: repairs. Its items are no items of the modeller. */
  internal: boolean;
  doc: string;
  source: SourceRange;
}

/** One of the instances of a queue, belt or resource: by position in `FlatFlow`, and an index for each of its dims. */
export interface FlatPlace {
  id: number;
  index: FlatIndex[];
}

export interface FlatNeed {
  resource: FlatPlace;
  units: FlatExpression;
}

/** Position of a step within its process. */
export type StepId = number;

export type FlatStep = {
  source: SourceRange;
  /** `queue infeed`, `use filler`: for people. */ text: string;
} & (
  | {
      kind: 'arrive';
      /** s between arrivals. */
      interval?: FlatExpression;
      /** An item is made when the one before has gone on. */
      demand?: true;
      /** s: time of the first arrival; absent: one interval after the start. */
      first?: FlatExpression;
      /** Of what comes once: not before this, s. */
      from?: FlatExpression;
      /** No arrival later than this, s. */
      until?: FlatExpression;
      /** Items at each arrival, and at most in all. */
      group?: FlatExpression;
      most?: FlatExpression;
      /** An item arrives each time that this becomes true. */
      condition?: FlatExpression;
      arrived: VariableId;
    }
  /** Behind the first step in which an item can stay: the source makes the next one. */
  | { kind: 'refill'; arrive: StepId }
  | { kind: 'assign'; slot: number; value: FlatExpression }
  /** All values are found before one is written. */
  | { kind: 'set'; writes: { target: FlatTarget; value: FlatExpression }[] }
  /** A place in a queue or on a belt; where there is none the item waits in front, or goes to another step. */
  | { kind: 'reserve'; place: FlatPlace; on: 'queue' | 'belt'; full: 'block' | StepId }
  /** The place that was reserved is taken. `patience` (s): after it the item gives up and goes to `gaveUp`. */
  | { kind: 'enter'; place: FlatPlace; on: 'queue' | 'belt'; patience?: FlatExpression; gaveUp?: StepId }
  /** From one end of the belt to the other; then off it, in order. */
  | { kind: 'ride'; place: FlatPlace }
  | { kind: 'alight'; place: FlatPlace }
  | {
      kind: 'seize';
      needs: FlatNeed[];
      /** Waiting items are served in ascending order of this, then of their coming. */
      rank?: FlatExpression;
      /** Last come, first served. */
      lifo: boolean;
      preempts: boolean;
      /** Position of the use that it begins, in this process. */
      use?: number;
    }
  | {
      kind: 'delay';
      duration: FlatExpression;
      use?: number;
      /** Added where the unit had another kind before. */
      setup?: { duration: FlatExpression; kind: FlatExpression };
    }
  /** The delay of a use is over: it keeps its units until the item has found its next place. */
  | { kind: 'finish'; use: number }
  | { kind: 'release'; needs: FlatNeed[] }
  | {
      kind: 'choose';
      /** Uniform in (0, 1), once an item; absent without probabilities. */
      draw?: FlatExpression;
      options: { probability?: FlatExpression; condition?: FlatExpression; to: StepId }[];
    }
  | { kind: 'go'; to: StepId }
  | { kind: 'wait'; condition: FlatExpression }
  | { kind: 'batch'; size: FlatExpression }
  | { kind: 'unbatch' }
  | { kind: 'split'; copies: FlatExpression }
  /** It stays in the store until it is taken; then it goes on at `taken`. Ascending in rank, then in coming. */
  | { kind: 'keep'; place: FlatPlace; rank?: FlatExpression; lifo: boolean; taken: StepId }
  /** Waits until so many are in the store. */
  | { kind: 'take'; place: FlatPlace; units: number }
  /** So many items of a process (by position) begin. */
  | { kind: 'make'; process: number; count: number }
  /** Adds one to each of the counters for each item. `tally`: whether the time inside counts. */
  | {
      kind: 'leave';
      counters: VariableId[];
      tally: boolean;
      /** Where items may leave that never had a place: the arrival that then makes the next one. */
      refill?: StepId;
    }
  /** The unit that the item is about works again. */
  | { kind: 'repaired' }
);

/** What a `use` is made of. */
export interface FlatUse {
  needs: FlatNeed[];
  seize: StepId;
  delay: StepId;
  /** What becomes of an item whose unit breaks, or is taken from it. */
  interrupted: 'resume' | 'restart' | StepId;
}

export interface FlatQueue {
  name: string;
  dims: number[];
  loops: FlatLoop[];
  /** Absent: without end. */
  capacity?: FlatExpression;
  /** Items stay in it until they are taken. */
  store: boolean;
  length: VariableId;
  doc: string;
  source: SourceRange;
}

/** Items ride in line; those behind one that cannot go on close up. */
export interface FlatBelt {
  name: string;
  dims: number[];
  loops: FlatLoop[];
  /** s from end to end, and s between one item and the next. */
  travel: FlatExpression;
  headway: FlatExpression;
  length: VariableId;
  doc: string;
  source: SourceRange;
}

export interface FlatResource {
  name: string;
  dims: number[];
  loops: FlatLoop[];
  /** Units: those that are known one by one have a fixed number. */
  capacity: FlatExpression;
  units: number | undefined;
  busy: VariableId;
  waiting: VariableId;
  /** Of the busy ones, those whose item is done and has nowhere to go. */
  blocked: VariableId;
  down?: VariableId;
  breaks?: {
    /** s, or uses. */
    after: FlatExpression;
    of: 'time' | 'busy' | 'uses';
    /** Position of the process that repairs it. */
    repair: number;
  };
  /** How many units are on duty at most from which time (s) on; those from `cycle` on come again each week. */
  shifts?: { changes: { time: number; units: FlatExpression }[]; cycle: number };
  /** Units that are on duty; where there are shifts. */
  onDuty?: VariableId;
  doc: string;
  source: SourceRange;
}

/** On duty are as many as there are. */
export const ALL_UNITS = 2 ** 30;

/** Time-weighted: dims of the variable, then [integral, since, most, start, value at the start]. */
export interface FlatLevel {
  variable: VariableId;
  statistic: VariableId;
}

/** Times of items: in a process, or in a queue. Its dims, then [count, sum, sum of squares, least, most]. */
export interface FlatTally {
  of: { kind: 'process' | 'queue' | 'belt'; id: number };
  statistic: VariableId;
  /** Counts by size, for quantiles: its dims, then buckets. */
  histogram?: VariableId;
}
