/** States to go back to, in pages: what did not change from one to the next is kept once. */
import { isAlike } from './alike.ts';
import type { Alike } from './alike.ts';
import { STATE_PAGE as PAGE } from './contract/beside.ts';
import { joined } from './snapshot.ts';

/** Which states of the past are held. Times in s. */
export interface CheckpointSettings {
  /** s between checkpoints, at least. */
  interval: number;
  /** Most that are kept; 0 for a run that never goes back. */
  limit: number;
  /** Most bytes that they take together; two are kept whatever they take. */
  bytes: number;
  /** When full: `all` keeps every other one and doubles the interval; `recent` forgets the oldest. */
  keep: 'all' | 'recent';
  /** What was measured can be offered again by whoever goes back to the start: of a long past it is not held. */
  again?: true;
}

/** The time of the state before the first instant, to which what comes late for time 0 goes back. */
export const UNBEGUN = -Infinity;

/** A state of the past. */
export interface Checkpoint {
  /** s, or `UNBEGUN`; the state is the one after all that happened at that time, before anything set from outside afterwards. */
  readonly time: number;
  /** Put together anew each time. */
  readonly state: Uint8Array;
}

interface Kept {
  time: number;
  pages: readonly Uint8Array[];
}

/** `alike`: whether a page is one that is kept. */
export function createCheckpoints(settings: CheckpointSettings, alike: Alike = isAlike) {
  let interval = settings.interval;
  let kept: readonly Kept[] = [];
  /** In how many of them a page stands. */
  const uses = new Map<Uint8Array, number>();
  let bytes = 0;
  /** Pages that nobody has any more, to be written to again; what another twin was given is not among them. */
  const free: Uint8Array[] = [];
  const shared = new WeakSet<Uint8Array>();
  const share = (all: readonly Kept[]): void => {
    for (const { pages } of all) for (const page of pages) shared.add(page);
  };
  const next = (): number => {
    if (settings.limit === 0) return Infinity;
    const { time = UNBEGUN } = kept.at(-1) ?? {};
    // The first instant's is due at once, also where no other one ever is.
    return time === UNBEGUN ? UNBEGUN : time + interval;
  };
  const hold = (pages: readonly Uint8Array[], by: 1 | -1): void => {
    for (const page of pages) {
      // A page may stand at many places of one state.
      const before = uses.get(page) ?? 0;
      if (before === 0) bytes += page.length;
      if (before + by > 0) uses.set(page, before + by);
      else {
        uses.delete(page);
        bytes -= page.length;
        if (page.length === PAGE && !shared.has(page)) free.push(page);
      }
    }
  };
  const keepOnly = (wanted: (one: Kept, at: number) => boolean): void => {
    const left: Kept[] = [];
    kept.forEach((one, at) => {
      if (wanted(one, at)) left.push(one);
      else hold(one.pages, -1);
    });
    kept = left;
  };
  const isFull = (): boolean =>
    kept.length > Math.max(settings.limit, 2) || (bytes > settings.bytes && kept.length > 2);
  const put = (one: Kept): void => {
    hold(one.pages, 1);
    kept = [...kept, one];
    while (isFull()) {
      if (settings.keep === 'recent') keepOnly((_, at) => at > 0);
      else {
        keepOnly((_, at) => at % 2 === 0);
        interval *= 2;
      }
    }
  };
  /** What will go gives its room to the next one. Returns whether that one stays. */
  const makeRoom = (): boolean => {
    const count = kept.length;
    if (count < Math.max(settings.limit, 2)) return true;
    if (settings.keep === 'recent') {
      keepOnly((_, at) => at > 0);
      return true;
    }
    keepOnly((_, at) => at % 2 === 0);
    interval *= 2;
    return count % 2 === 0;
  };
  return {
    /** Whether any is ever kept. */
    keeps: settings.limit > 0,
    /** The time, s, from which one is due. */
    next,
    due: (time: number): boolean => time >= next(),
    /** The state in parts, which are copied. */
    add: (time: number, parts: readonly Uint8Array[]): void => {
      if (settings.limit === 0 || !makeRoom()) return;
      put({ time, pages: paged(parts, kept.at(-1)?.pages, free, alike) });
      free.length = Math.min(free.length, kept.at(-1)!.pages.length);
    },
    /** The latest at or before `time`; `strictly` before. */
    before: (time: number, strictly = false): Checkpoint | undefined => {
      const found = kept.findLast((c) => (strictly ? c.time < time : c.time <= time));
      return found && whole(found);
    },
    /** The first of a run that has begun. */
    first: (): Checkpoint | undefined => {
      const found = kept.find(({ time }) => time > UNBEGUN);
      return found && whole(found);
    },
    /** Forgets those later than `time`. */
    cut: (time: number): void => keepOnly((c) => c.time <= time),
    /** Forgets the oldest, of three or more; returns whether it did. */
    dropOldest: (): boolean => {
      if (kept.length <= 2) return false;
      keepOnly((_, at) => at > 0);
      return true;
    },
    /** Time of the oldest: nothing before it can be revised. */
    oldest: (): number => kept[0]?.time ?? Infinity,
    isEmpty: (): boolean => kept.length === 0,
    clear: (): void => keepOnly(() => false),
    /** Of another twin of the same kind: they are shared, and nobody writes to them. */
    adopt: (others: readonly Kept[]): void => {
      share(others);
      others.forEach(put);
    },
    list: (): readonly Kept[] => {
      share(kept);
      return kept;
    },
    bytes: (): number => bytes,
  };
}
export type Checkpoints = ReturnType<typeof createCheckpoints>;

/** Copies of the parts in pages, or those that are alike: of the state before, at the same place, or of this one, at the place before. */
function paged(
  parts: readonly Uint8Array[],
  before: readonly Uint8Array[] = [],
  free: Uint8Array[],
  alike: Alike,
): Uint8Array[] {
  const pages: Uint8Array[] = [];
  for (const part of parts)
    for (let at = 0; at < part.length; at += PAGE) {
      const page = part.subarray(at, at + PAGE);
      const known = [before[pages.length], pages.at(-1)].find((one) => one !== undefined && alike(page, one));
      pages.push(known ?? copyOf(page, free));
    }
  return pages;
}

function copyOf(page: Uint8Array, free: Uint8Array[]): Uint8Array {
  const room = page.length === PAGE ? free.pop() : undefined;
  if (room === undefined) return page.slice();
  room.set(page);
  return room;
}

function whole({ time, pages }: Kept): Checkpoint {
  return {
    time,
    get state() {
      return joined(pages);
    },
  };
}
