/** Samples offered as columns: what becomes of each is what would have become of it alone. */
import type { Entry, Target } from '../journal.ts';
import { count } from '../contract/elements.ts';
import type { Manifest } from '../contract/manifest.ts';
import type { Policy } from '../plan.ts';
import { inOrder, isAscending } from './sample-columns.ts';
import type { OfferResult, SampleColumns } from '../twin.ts';

type Became = Record<OfferResult, number>;

/** How things stand when they come. */
export interface Standing {
  manifest: Manifest;
  policies: ReadonlyMap<string, Policy>;
  journal: {
    has(time: number, what: Target): boolean;
    hasAny(time: number, sensor: number): boolean;
    room(length: number): Float64Array;
  };
  /** s: what is shown, and what is committed; -1 before the first instant. */
  shown: number;
  committed: number;
  stopped: boolean;
  /** Whether the past can be gone over again from before a time. */
  isHeld(time: number): boolean;
  nextSequence(): number;
}

export interface Judged {
  became: Became;
  /** What is to be entered, and the earliest time of it, and of what is not past. */
  coming: Entry[];
  earliest: number;
  late: number;
}

/** Fewer of one time are entered one by one. */
export const FEW = 4;

export function judged(columns: SampleColumns, standing: Standing): Judged {
  const { sensor, instances, time: times, values } = columns;
  const declared = standing.manifest.sensors[sensor];
  if (declared === undefined) throw new RangeError(`There is no sensor ${sensor}.`);
  const most = count(declared.dims);
  if (
    values.length > (instances?.length ?? most) ||
    (typeof times !== 'number' && values.length > times.length)
  )
    throw new RangeError(`There are more values (${values.length}) than instances or times for them.`);
  for (let i = 0; i < values.length && instances !== undefined; i += 1)
    if (!(instances[i]! >= 0 && instances[i]! < most))
      throw new RangeError(`${declared.name} has no instance ${instances[i]!}.`);
  const whole = typeof times === 'number' ? asOne({ ...columns, time: times }, standing) : undefined;
  return whole ?? oneByOne(columns, standing);
}

/** All of one time, where nothing tells one from another; else undefined. */
function asOne(
  { sensor, instances, time, values }: SampleColumns & { time: number },
  standing: Standing,
): Judged | undefined {
  const { journal, policies, committed, stopped, isHeld, nextSequence } = standing;
  const { length } = values;
  if (length < FEW || !Number.isFinite(time) || journal.hasAny(time, sensor)) return undefined;
  if (instances !== undefined && !(instances.length === length && isAscending(instances))) return undefined;
  const own = journal.room(length);
  own.set(values);
  if (!areFinite(own)) return undefined;
  const all = (what: 'onTime' | 'revised' | 'dropped'): Became => ({ ...none(), [what]: length });
  const dropped: Judged = { became: all('dropped'), coming: [], earliest: Infinity, late: Infinity };
  if (stopped || time < 0) return dropped;
  const isLate = time <= committed;
  if (isLate) {
    if (!isHeld(time)) return dropped;
    // Who waits for how long is said of each.
    for (let i = 0; i < length; i += 1)
      if (policies.get(`${sensor}/${instances?.[i] ?? i}`)?.late?.policy === 'drop') return undefined;
  }
  // Ascending from 0 without a gap.
  const isWhole = instances === undefined || instances[length - 1] === length - 1;
  return {
    became: all(isLate ? 'revised' : 'onTime'),
    coming: [
      {
        time,
        after: false,
        sequence: nextSequence(),
        kind: 'column',
        sensor,
        ...(isWhole ? {} : { instances: Uint32Array.from(instances) }),
        values: own,
      },
    ],
    earliest: time,
    late: isLate ? time : Infinity,
  };
}

function oneByOne({ sensor, instances, time: times, values }: SampleColumns, standing: Standing): Judged {
  const { journal, policies, shown, committed, stopped, isHeld, nextSequence } = standing;
  const became = none();
  /** Taken so far: by time, instances and their values. */
  const taken = new Map<number, Map<number, number>>();
  let [earliest, late] = [Infinity, Infinity];
  const fate = (instance: number, time: number, value: number): OfferResult => {
    if (!Number.isFinite(value) || !Number.isFinite(time)) return 'notANumber';
    if (taken.get(time)?.has(instance) || journal.has(time, { kind: 'sample', sensor, instance }))
      return 'duplicate';
    if (stopped || time < 0) return 'dropped';
    if (time <= committed) {
      const after = policies.get(`${sensor}/${instance}`)?.late;
      const tooLate = after?.policy === 'drop' && shown - time > after.after;
      if (tooLate || !isHeld(time)) return 'dropped';
      late = Math.min(late, time);
    }
    let there = taken.get(time);
    if (there === undefined) taken.set(time, (there = new Map()));
    there.set(instance, value);
    earliest = Math.min(earliest, time);
    return time <= committed ? 'revised' : 'onTime';
  };
  for (let i = 0; i < values.length; i += 1)
    became[fate(instances?.[i] ?? i, typeof times === 'number' ? times : times[i]!, values[i]!)] += 1;
  const coming = [...taken].flatMap(([time, there]): Entry[] => {
    if (there.size >= FEW) {
      const column = inOrder(Uint32Array.from(there.keys()), Float64Array.from(there.values()));
      return [{ time, after: false, sequence: nextSequence(), kind: 'column', sensor, ...column }];
    }
    return [...there].map(([instance, value]) => ({
      time,
      after: false,
      sequence: nextSequence(),
      kind: 'sample',
      sensor,
      instance,
      value,
    }));
  });
  return { became, coming, earliest, late };
}

export const none = (): Became => ({ onTime: 0, revised: 0, dropped: 0, duplicate: 0, notANumber: 0 });

/** A sum is a number where all are; four sums wait less for each other than one. Should it be too large, each is looked at. */
function areFinite(values: Float64Array): boolean {
  let [a, b, c, d] = [0, 0, 0, 0];
  const four = values.length - (values.length % 4);
  for (let i = 0; i < four; i += 4) {
    a += values[i]!;
    b += values[i + 1]!;
    c += values[i + 2]!;
    d += values[i + 3]!;
  }
  for (let i = four; i < values.length; i += 1) a += values[i]!;
  return Number.isFinite(a + b + c + d) || values.every(Number.isFinite);
}
