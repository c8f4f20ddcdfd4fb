/**
 * What came from outside, with its time: values set and samples offered. Going over time again takes them from here, so a
 * run depends on when things happened, not on when they became known.
 */
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
    /** A command: position in `manifest.events`, and its values (SI). */
    | { kind: 'call'; command: number; instance: number; values: readonly number[] }
  );

/** What a value is for. */
export type Target =
  | { kind: 'set'; variable: number; element: number }
  | { kind: 'sample'; sensor: number; instance: number }
  | { kind: 'call'; command: number; instance: number; values: readonly number[] };

export interface Journal {
  entries(): readonly Entry[];
  add(entry: Entry): void;
  /** Time of the next entry not yet applied; Infinity for none. */
  next(): number;
  /** The entries to apply together at a time, in an order that does not depend on arrival of samples; marks them applied. */
  take(time: number, after: boolean): Entry[];
  /** The state is now one committed at `time`, before all `after` entries of that time, or after them (`all`). */
  rewind(time: number, all?: boolean): void;
  /** Forgets values set later than `time`, and keeps samples: someone takes another way from there. */
  forgetSets(time: number): void;
  /** Forgets what was said for the same time and thing, and is not applied yet: something else takes its place. */
  forget(time: number, what: Target): void;
  /** Forgets everything up to `time`: no state before it is kept. */
  forgetBefore(time: number): void;
  forgetAll(): void;
  /** Whether the same thing came already for the same time. */
  has(time: number, what: Target): boolean;
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
const rank = { set: 0, call: 1, sample: 2 } as const;

const order = (a: Entry, b: Entry): number => {
  if (a.time !== b.time) return a.time - b.time;
  if (a.after !== b.after) return a.after ? 1 : -1;
  if (a.kind !== b.kind) return rank[a.kind] - rank[b.kind];
  if (a.kind === 'sample' && b.kind === 'sample')
    return a.sensor - b.sensor || a.instance - b.instance || a.sequence - b.sequence;
  return a.sequence - b.sequence;
};

export function createJournal(): Journal {
  let entries: Entry[] = [];
  let applied = 0;
  const rewind = (time: number, all = false): void => {
    applied = entries.findIndex((entry) => entry.time > time || (!all && entry.time === time && entry.after));
    if (applied < 0) applied = entries.length;
  };
  return {
    entries: () => entries,
    add: (entry) => {
      let at = entries.length;
      // Something older than what was applied stands where it belongs; the caller goes back in time and rewinds to it.
      while (at > 0 && order(entry, entries[at - 1]!) < 0) at -= 1;
      entries.splice(at, 0, entry);
      if (at < applied) applied += 1;
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
        if (after) break;
      }
      return taken;
    },
    rewind,
    forgetSets: (time) => {
      const keeps = (entry: Entry): boolean => entry.kind === 'sample' || entry.time <= time;
      applied -= entries.slice(0, applied).filter((entry) => !keeps(entry)).length;
      entries = entries.filter(keeps);
    },
    forget: (time, what) => {
      entries = entries.filter((entry, i) => i < applied || entry.time !== time || !same(entry, what));
    },
    forgetBefore: (time) => {
      const first = entries.findIndex((entry) => entry.time >= time);
      const gone = Math.min(first < 0 ? entries.length : first, applied);
      entries.splice(0, gone);
      applied -= gone;
    },
    forgetAll: () => {
      entries = [];
      applied = 0;
    },
    has: (time, what) => {
      for (let i = entries.length - 1; i >= 0 && entries[i]!.time >= time; i -= 1)
        if (entries[i]!.time === time && same(entries[i]!, what)) return true;
      return false;
    },
  };
}
