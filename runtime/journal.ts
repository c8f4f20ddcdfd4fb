/**
 * What came from outside, with its time: values set and samples offered. Going over time again takes them from here, so a
 * run depends on when things happened, not on when they became known.
 */
import { bytesOfColumn, holds, oneColumnEach } from './samples/sample-columns.ts';
import type { SampleColumn } from './samples/sample-columns.ts';

export type Entry = {
  /** s */
  time: number;
  /**
   * false: belongs to what happens at its time, before all else. true: set after all else at that time had happened already.
   */
  after: boolean;
  /** Order of arrival. */
  sequence: number;
} &
  /** `measured`: came as data, not from a person, and is not worth an event. */
  (
    | { kind: 'set'; variable: number; element: number; value: number; measured?: true }
    | { kind: 'sample'; sensor: number; instance: number; value: number }
    | SampleColumn
    /** A command: position in `manifest.events`, and its values (SI). */
    | { kind: 'call'; command: number; instance: number; values: readonly number[] }
  );

/** What a value is for. */
export type Target =
  | { kind: 'set'; variable: number; element: number }
  | { kind: 'sample'; sensor: number; instance: number }
  | { kind: 'call'; command: number; instance: number; values: readonly number[] };

export interface Journal {
  /** Nothing of them is written to again. */
  entries(): readonly Entry[];
  /** About what they take. */
  bytes(): number;
  add(entry: Entry): void;
  /** Many at once, in whatever order. */
  addAll(entries: readonly Entry[]): void;
  /** Time of the next entry not yet applied; Infinity for none. */
  next(): number;
  /**
   * The entries to apply together at a time, in an order that does not depend on arrival of samples; marks them applied. Of a sensor of which
   * there are columns then all is one column.
   */
  take(time: number, after: boolean): Entry[];
  /** The state is now one committed at `time`, before all `after` entries of that time, or after them (`all`). */
  rewind(time: number, all?: boolean): void;
  /** Forgets values set later than `time`, and keeps samples: someone takes another way from there. */
  forgetSets(time: number): void;
  /** Forgets what was said for the same time and thing, and is not applied yet: something else takes its place. */
  forget(time: number, what: Target): void;
  /** Forgets everything up to `time`: no state before it is kept. */
  forgetBefore(time: number): void;
  /**
   * Where what has been applied takes more than `most` bytes, forgets what was measured before some time up to `until`, so that half of
   * them stay: whoever goes back further has it offered again. What people have said stays.
   */
  forgetMeasured(most: number, until: number): void;
  /** s: what was measured from then on is here. */
  heldFrom(): number;
  /** Of a journal whose entries these are. */
  holdFrom(time: number): void;
  forgetAll(): void;
  /** Whether the same thing came already for the same time. */
  has(time: number, what: Target): boolean;
  /** Room for so many values of a column, from one that was forgotten if there is any. */
  room(length: number): Float64Array;
  /** Whether anything came already for that sensor and that time. */
  hasAny(time: number, sensor: number): boolean;
}

/** Of a time. */
interface Known {
  /** Of elements. */
  keys: Set<number> | undefined;
  columns: SampleColumn[] | undefined;
}

const same = (entry: Entry, what: Target): boolean =>
  what.kind === 'call'
    ? entry.kind === 'call' &&
      entry.command === what.command &&
      entry.instance === what.instance &&
      entry.values.every((value, at) => value === what.values[at])
    : what.kind === 'sample'
      ? entry.kind === 'sample' && entry.sensor === what.sensor && entry.instance === what.instance
      : entry.kind === 'set' && entry.variable === what.variable && entry.element === what.element;

/** Values are set before commands that may read them; what was measured then comes last. */
const rank = { set: 0, call: 1, sample: 2, column: 2 } as const;

/** Columns of a sensor come before its single samples. */
const firstOf = (entry: SampleColumn | Extract<Entry, { kind: 'sample' }>): number =>
  entry.kind === 'column' ? -1 : entry.instance;

/** So many forgotten columns are written to again. */
const MOST_FREE = 64;

/** Bytes of an entry, with what is noted of it. */
const ENTRY_BYTES = 150;

const bytesOf = (entry: Entry): number => ENTRY_BYTES + (entry.kind === 'column' ? bytesOfColumn(entry) : 0);

const order = (a: Entry, b: Entry): number => {
  if (a.time !== b.time) return a.time - b.time;
  if (a.after !== b.after) return a.after ? 1 : -1;
  if (rank[a.kind] !== rank[b.kind]) return rank[a.kind] - rank[b.kind];
  if ((a.kind === 'sample' || a.kind === 'column') && (b.kind === 'sample' || b.kind === 'column'))
    return a.sensor - b.sensor || firstOf(a) - firstOf(b) || a.sequence - b.sequence;
  return a.sequence - b.sequence;
};

const isMeasured = (entry: Entry): boolean =>
  entry.kind === 'sample' || entry.kind === 'column' || (entry.kind === 'set' && entry.measured === true);

/** One number for a sensor's or a variable's element; elements are fewer than 2³², and what is measured is told from what is set by its sign. */
const keyOf = (what: Target): number | undefined =>
  what.kind === 'call'
    ? undefined
    : what.kind === 'sample'
      ? what.sensor * 2 ** 32 + what.instance
      : -1 - (what.variable * 2 ** 32 + what.element);

/** An empty journal. Times are s of the run. */
export function createJournal(): Journal {
  let entries: Entry[] = [];
  let applied = 0;
  let heldFrom = -Infinity;
  /** Values of columns that nobody has any more; those of another twin's are not among them. */
  const free: Float64Array[] = [];
  const shared = new WeakSet<Float64Array>();
  let bytes = 0;
  /** Of what was applied. */
  let appliedBytes = 0;
  /** What there is for each time, as at one time there may be as many samples as sensors. */
  let known = new Map<number, Known>();
  const note = (entry: Entry): void => {
    bytes += bytesOf(entry);
    if (entry.kind === 'call') return;
    let there = known.get(entry.time);
    if (there === undefined) known.set(entry.time, (there = { keys: undefined, columns: undefined }));
    if (entry.kind === 'column') (there.columns ??= []).push(entry);
    else (there.keys ??= new Set()).add(keyOf(entry)!);
  };
  const noteAnew = (): void => {
    known = new Map();
    bytes = 0;
    entries.forEach(note);
  };
  const weigh = (): void => {
    appliedBytes = 0;
    for (let at = 0; at < applied; at += 1) appliedBytes += bytesOf(entries[at]!);
  };
  /** Position before which all others stand that are not later. */
  const placeOf = (entry: Entry): number => {
    let [low, high] = [0, entries.length];
    if (high > 0 && order(entry, entries[high - 1]!) >= 0) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order(entry, entries[middle]!) < 0) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  const rewind = (time: number, all = false): void => {
    applied = entries.findIndex((entry) => entry.time > time || (!all && entry.time === time && entry.after));
    if (applied < 0) applied = entries.length;
    weigh();
  };
  return {
    entries: () => {
      for (const entry of entries) if (entry.kind === 'column') shared.add(entry.values);
      free.length = 0;
      return entries;
    },
    room: (length) => {
      const at = free.findIndex((values) => values.length === length);
      if (at < 0) return new Float64Array(length);
      const [values] = free.splice(at, 1);
      return values!;
    },
    bytes: () => bytes,
    add: (entry) => {
      const at = placeOf(entry);
      // Something older than what was applied stands where it belongs; the caller goes back in time and rewinds to it.
      entries.splice(at, 0, entry);
      if (at < applied) {
        applied += 1;
        appliedBytes += bytesOf(entry);
      }
      note(entry);
    },
    addAll: (more) => {
      const sorted = more.toSorted(order);
      const before = applied;
      const first = sorted[0];
      if (first === undefined) return;
      const at = placeOf(first);
      const after = entries.splice(at);
      let from = 0;
      for (const entry of sorted) {
        while (from < after.length && order(after[from]!, entry) <= 0) entries.push(after[from++]!);
        if (at + from < before) {
          applied += 1;
          appliedBytes += bytesOf(entry);
        }
        entries.push(entry);
        note(entry);
      }
      while (from < after.length) entries.push(after[from++]!);
    },
    next: () => entries[applied]?.time ?? Infinity,
    take: (time, after) => {
      const taken: Entry[] = [];
      for (
        let entry = entries[applied];
        entry !== undefined && entry.time <= time && entry.after === after;
        entry = entries[applied]
      ) {
        taken.push(entry);
        applied += 1;
        appliedBytes += bytesOf(entry);
        if (after) break;
      }
      return oneColumnEach(taken);
    },
    rewind,
    forgetSets: (time) => {
      const keeps = (entry: Entry): boolean => isMeasured(entry) || entry.time <= time;
      applied -= entries.slice(0, applied).filter((entry) => !keeps(entry)).length;
      entries = entries.filter(keeps);
      noteAnew();
      weigh();
    },
    forget: (time, what) => {
      entries = entries.filter((entry, i) => i < applied || entry.time !== time || !same(entry, what));
      noteAnew();
    },
    forgetBefore: (time) => {
      const first = entries.findIndex((entry) => entry.time >= time);
      const gone = Math.min(first < 0 ? entries.length : first, applied);
      let last = NaN;
      for (const entry of entries.splice(0, gone)) {
        bytes -= bytesOf(entry);
        appliedBytes -= bytesOf(entry);
        if (entry.kind === 'column' && free.length < MOST_FREE && !shared.has(entry.values))
          free.push(entry.values);
        if (entry.time !== last) known.delete(entry.time);
        last = entry.time;
      }
      // Of the last of these times some may stay.
      for (let at = 0; entries[at]?.time === last; at += 1) {
        bytes -= bytesOf(entries[at]!);
        note(entries[at]!);
      }
      applied -= gone;
    },
    forgetMeasured: (most, until) => {
      if (appliedBytes <= most) return;
      let first = 0;
      for (let left = appliedBytes; first < applied - 1 && left > most / 2; first += 1)
        left -= bytesOf(entries[first]!);
      const from = Math.min(until, entries[first]!.time);
      const goes = (entry: Entry, at: number): boolean =>
        at < applied && entry.time < from && isMeasured(entry);
      const gone = entries.filter(goes).length;
      if (gone === 0) return;
      entries = entries.filter((entry, at) => !goes(entry, at));
      applied -= gone;
      weigh();
      heldFrom = Math.max(heldFrom, from);
      noteAnew();
    },
    heldFrom: () => heldFrom,
    holdFrom: (time) => {
      heldFrom = time;
    },
    forgetAll: () => {
      heldFrom = -Infinity;
      entries = [];
      applied = 0;
      bytes = 0;
      appliedBytes = 0;
      known = new Map();
    },
    hasAny: (time, sensor) => {
      const there = known.get(time);
      if (there === undefined) return false;
      if (there.columns?.some((column) => column.sensor === sensor) === true) return true;
      const [low, high] = [sensor * 2 ** 32, (sensor + 1) * 2 ** 32];
      for (const key of there.keys ?? []) if (key >= low && key < high) return true;
      return false;
    },
    has: (time, what) => {
      const key = keyOf(what);
      if (key !== undefined) {
        const there = known.get(time);
        if (there === undefined) return false;
        return (
          there.keys?.has(key) === true ||
          (what.kind === 'sample' &&
            there.columns?.some((one) => one.sensor === what.sensor && holds(one, what.instance)) === true)
        );
      }
      for (let i = entries.length - 1; i >= 0 && entries[i]!.time >= time; i -= 1)
        if (entries[i]!.time === time && same(entries[i]!, what)) return true;
      return false;
    },
  };
}
