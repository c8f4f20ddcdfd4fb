/** Processes, through which items flow, and what they seize. */
import type { SourceRange } from './manifest.ts';

/** Processes, queues and resources, where there are any. */
export interface ManifestFlow {
  /** Its events end steps; otherwise it runs freely between the times at which somebody looks. */
  coupled: boolean;
  /**
   * Records of items, `bytes` each from `address` on, as many as the i32 at `made` says; the i32 at `free` leads to those that are
   * none now, each to the next one by `next`. Within a record: i32 `code`, `instance`, `place` (the record of the queue or belt
   * that it is in), `list` (that it waits in, of a place, a resource, a store or a step), `pending` (`use` of the step whose units
   * it keeps until it has found its next place), f64 `arrived`; 0 is none. i32 `members` leads to the items that were packed into
   * it, chained by `next`, and `previous` of the first of these to those that were packed into it before.
   */
  items: {
    address: number;
    bytes: number;
    made: number;
    free: number;
    code: number;
    instance: number;
    next: number;
    previous: number;
    list: number;
    members: number;
    pending: number;
    arrived: number;
    place: number;
  };
  processes: ManifestProcess[];
  /** Variables that hold how many items are in a queue or on a belt. */
  queues: {
    name: string;
    dims: number[];
    length: number;
    capacity?: number;
    records: { address: number; bytes: number };
    /** Lists of its items and of those who wait for some, where it is a store. */
    store?: { address: number; bytes: number };
    doc: string;
    source: SourceRange;
  }[];
  belts: {
    name: string;
    dims: number[];
    length: number;
    records: { address: number; bytes: number };
    doc: string;
    source: SourceRange;
  }[];
  resources: ManifestResource[];
  /** What is asked of values that steps and places go by. */
  values: ManifestFlowValue[];
}

/** `The probability in 'choose a -> x' of job`. */
export interface ManifestFlowValue {
  what: string;
  name: string;
  dims: number[];
  /** Where it must lie; without, it must be a number. */
  low?: number;
  high?: number;
  /** A condition, or a time (s). */
  is?: 'condition' | 'time';
  source: SourceRange;
}

/** Ways of items through steps. */
export interface ManifestProcess {
  name: string;
  dims: number[];
  /** Most items inside at a time. */
  limit: number;
  /** Code of its first step. */
  firstCode: number;
  inside: number;
  arrived: number;
  left: number;
  steps: {
    kind: string;
    /** As written: `use filler for 2 s`. */
    text: string;
    source: SourceRange;
    /** Steps that may follow, where that is not the next one alone. */
    to?: number[];
    queue?: number;
    belt?: number;
    resources?: number[];
    /** Where a use ends: its number from 1, among those of all processes. */
    use?: number;
    /** Where items go when there is no place, and when they give up. */
    full?: number;
    gaveUp?: number;
  }[];
  doc: string;
  source: SourceRange;
}

/** What items seize, in all its instances: machines, people, tools. */
export interface ManifestResource {
  /** `line[].robot` */
  name: string;
  dims: number[];
  /** Variables: units busy, items that wait for one, units down. */
  busy: number;
  waiting: number;
  down?: number;
  /** Where it is known when compiled. */
  units?: number;
  doc: string;
  source: SourceRange;
}
