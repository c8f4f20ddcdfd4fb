/**
 * Where the machine of the process flow keeps its things: records of fixed size in one piece of the saved region. A
 * thing is known by the address of its record; 0 is none. Sources, items, units and belts all begin as an actor does.
 */
import type { FlatFlow, FlatStep } from '../../ir/process.ts';
import type { FlatLoop } from '../../ir/flat-expression.ts';

/** What can stand in the list of events. `list`: the waiting list that it is in. */
export const Actor = { position: 0, code: 4, instance: 8, next: 12, previous: 16, list: 20 } as const;

export const Item = {
  ...Actor,
  /** Queue or belt that it is in. */
  place: 24,
  /** Items that were packed into it, chained by `next`. */
  members: 28,
  /** Units that it gives back when it has found its next place: position of the use + 1. */
  pending: 32,
  /** The unit that it repairs; on a belt, its number there. */
  unit: 36,
  rank: 40,
  order: 48,
  arrived: 56,
  entered: 64,
  /** s of an interrupted delay that are left; negative: none. */
  left: 72,
  /** Where it goes when it gives up. */
  gaveUp: 80,
  /** The source has made the next one for it. */
  refilled: 84,
  /** It waits in front of units without a queue, and keeps those it has till then. */
  keeps: 88,
  /** It cannot go on, and is counted among those that block units. */
  blocks: 92,
  attributes: 96,
} as const;
/** Of the first of the items that are packed into another, which need these for nothing else. */
export const Packed = {
  /** What the item had in it before they were packed into it: a batch of batches. */
  before: Actor.previous,
  /** How many batches of one were made of it since. */
  alone: Item.unit,
} as const;
/** `previous` of a shift is its resource, `next` the boundary to come; of a belt's actor, `previous` is the belt. */
export const Shift = { ...Actor, week: 24, size: 32 } as const;
export const Source = { ...Actor, made: 24, truth: 28, size: 32 } as const;
/** A waiting list stands at the beginning of what is waited for. */
export const List = { head: 0, tail: 4, count: 8, size: 16 } as const;
/** Of a store: its items, and those who wait for some. */
export const STORE_BYTES = 2 * List.size;
export const Place = {
  ...List,
  /** Places taken or promised. */
  taken: 16,
  /** Addresses of the length, of its statistic, of the times waited, and of their histogram. */
  length: 20,
  level: 24,
  tally: 28,
  histogram: 32,
  /** Of a belt: its actor; 0 for a queue. */
  belt: 40,
  capacity: 48,
  headway: 56,
  travel: 64,
  /** When the last item came on and went off. */
  lastOn: 72,
  lastOff: 80,
  /** Items that came on and that went off, and those at the end that wait for the one before. */
  on: 88,
  off: 92,
  riders: 96,
  size: 112,
} as const;
export const Resource = {
  ...List,
  onDuty: 12,
  taken: 16,
  capacity: 20,
  down: 24,
  busyCell: 28,
  busyLevel: 32,
  waitingCell: 36,
  waitingLevel: 40,
  downCell: 44,
  downLevel: 48,
  units: 52,
  unitCount: 56,
  onDutyCell: 60,
  onDutyLevel: 64,
  size: 72,
} as const;
/** One unit of a resource whose units are known one by one. */
export const Unit = {
  ...Actor,
  resource: 24,
  holder: 28,
  /** See `UnitState`. */
  state: 32,
  /** It broke while its holder was elsewhere; it goes down when it is given back. */
  broken: 36,
  /** s of work, or uses, until it breaks. */
  life: 40,
  /** When it will break, should it work on until then. */
  due: 48,
  /** Kind of the last item, for setups. */
  kind: 56,
  size: 64,
} as const;
export const UnitState = { idle: 0, held: 1, working: 2, down: 3 } as const;

export const Header = {
  /** Bytes of the nearest events. */
  near: 0,
  readyHead: 4,
  readyTail: 8,
  free: 12,
  fresh: 16,
  steps: 20,
  trouble: 24,
  detail: 28,
  instance: 32,
  sequence: 40,
  /** An actor: statistics begin anew. */
  warmUp: 48,
  /** Events in the heap. */
  later: 72,
  /** Order of the last event that was moved there. */
  spilled: 80,
  /** What stopped the flow, where it is a number. */
  value: 88,
  size: 96,
} as const;
/** An entry of the heap, and of the list of the nearest events, of which there are so many at most. */
export const EVENT_BYTES = 24;
export const NEAR_BYTES = 16;
export const NEAREST = 32;
/** Entries in front of that list whose times are no numbers. */
export const AHEAD_OF_NEAR = 10;
/** s */
export const WEEK = 7 * 86400;

export interface FlowPlan {
  address: number;
  bytes: number;
  header: number;
  /** By process and step of kind `arrive`. */
  sources: Map<string, number>;
  queues: number[];
  belts: number[];
  beltActors: number[];
  resources: number[];
  units: number[];
  shifts: number[];
  /** Lists of items that wait in a step (wait, batch), by process and step. */
  lists: Map<string, number>;
  /** By queue, for those that are stores: two lists, of items in it and of those who wait for some. 0: none. */
  stores: number[];
  near: number;
  events: number;
  eventCapacity: number;
  items: number;
  itemCapacity: number;
  itemBytes: number;
  /** Code of the first step of each process; those after it follow. */
  codes: number[];
  /** Codes of other actors, by position. */
  unitCodes: number[];
  shiftCodes: number[];
  beltCodes: number[];
  warmUpCode: number;
  codeCount: number;
}

export const instancesOf = (loops: readonly FlatLoop[]): number =>
  loops.reduce((total, { from, to }) => total * (to - from), 1);
export const stepKey = (process: number, step: number): string => `${process}/${step}`;
const waits = (step: FlatStep): boolean => step.kind === 'wait' || step.kind === 'batch';

export function planFlow(flow: FlatFlow, start: number): FlowPlan {
  let end = Math.ceil(start / 8) * 8;
  const address = end;
  const take = (bytes: number): number => {
    const at = end;
    end += Math.ceil(bytes / 8) * 8;
    return at;
  };
  const header = take(Header.size);
  const sources = new Map<string, number>();
  const lists = new Map<string, number>();
  let actors = 0;
  flow.processes.forEach(({ steps, loops }, process) =>
    steps.forEach((step, at) => {
      const instances = instancesOf(loops);
      if (step.kind === 'arrive') {
        sources.set(stepKey(process, at), take(Source.size * instances));
        actors += instances;
      } else if (waits(step)) lists.set(stepKey(process, at), take(List.size * instances));
    }),
  );
  const queues = flow.queues.map(({ loops }) => take(Place.size * instancesOf(loops)));
  const stores = flow.queues.map(({ loops, store }) => (store ? take(STORE_BYTES * instancesOf(loops)) : 0));
  const belts = flow.belts.map(({ loops }) => take(Place.size * instancesOf(loops)));
  const beltActors = flow.belts.map(({ loops }) => take(24 * instancesOf(loops)));
  const resources = flow.resources.map(({ loops }) => take(Resource.size * instancesOf(loops)));
  const unitCounts = flow.resources.map(({ loops, units = 0 }) => units * instancesOf(loops));
  const units = unitCounts.map((count) => take(Unit.size * count));
  const shifts = flow.resources.map(({ loops, shifts: known }) =>
    known ? take(Shift.size * instancesOf(loops)) : 0,
  );
  const unitCount = unitCounts.reduce((a, b) => a + b, 0);
  const others = [...flow.belts, ...flow.resources.filter((one) => one.shifts)].reduce(
    (total, { loops }) => total + instancesOf(loops),
    unitCount,
  );
  const itemCapacity = flow.processes.reduce(
    (total, { limit, loops, internal }) => total + (internal ? 0 : limit * instancesOf(loops)),
    unitCount,
  );
  const eventCapacity = itemCapacity + actors + others + 1;
  // An entry lies in one line of the cache.
  const near =
    Math.ceil(take(NEAR_BYTES * (AHEAD_OF_NEAR + NEAREST) + 8) / NEAR_BYTES) * NEAR_BYTES +
    NEAR_BYTES * AHEAD_OF_NEAR;
  const events = take(EVENT_BYTES * (eventCapacity + 3));
  const itemBytes = Item.attributes + 8 * flow.attributes;
  const items = take(itemBytes * itemCapacity);

  let code = 1;
  const next = (count: number): number => (code += count) - count;
  return {
    address,
    bytes: end - address,
    header,
    sources,
    queues,
    belts,
    beltActors,
    resources,
    units,
    shifts,
    lists,
    stores,
    near,
    events,
    eventCapacity,
    items,
    itemCapacity,
    itemBytes,
    codes: flow.processes.map(({ steps }) => next(steps.length)),
    unitCodes: flow.resources.map(() => next(1)),
    shiftCodes: flow.resources.map(() => next(1)),
    beltCodes: flow.belts.map(() => next(1)),
    warmUpCode: next(1),
    codeCount: code,
  };
}
