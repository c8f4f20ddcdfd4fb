/** States to go back to. */
export interface CheckpointSettings {
  /** s between checkpoints, at least. */
  interval: number;
  /** Most that are kept; 0 for a run that never goes back. */
  limit: number;
  /** When full: `all` keeps every other one and doubles the interval; `recent` forgets the oldest. */
  keep: 'all' | 'recent';
}

export interface Checkpoint {
  /** s; the state is the one after all that happened at that time, before anything set from outside afterwards. */
  time: number;
  state: Uint8Array;
}

export function createCheckpoints(settings: CheckpointSettings) {
  let interval = settings.interval;
  let kept: Checkpoint[] = [];
  const next = (): number => {
    if (settings.limit === 0) return Infinity;
    return kept.length === 0 ? -Infinity : kept.at(-1)!.time + interval;
  };
  return {
    /** The time, s, from which one is due. */
    next,
    due: (time: number): boolean => time >= next(),
    add: (time: number, state: Uint8Array): void => {
      kept.push({ time, state });
      if (kept.length <= Math.max(settings.limit, 2)) return;
      if (settings.keep === 'recent') kept.shift();
      else {
        kept = kept.filter((_, i) => i % 2 === 0);
        interval *= 2;
      }
    },
    /** The latest at or before `time`; `strictly` before. */
    before: (time: number, strictly = false): Checkpoint | undefined =>
      kept.findLast((c) => (strictly ? c.time < time : c.time <= time)),
    /** Forgets those later than `time`. */
    cut: (time: number): void => {
      kept = kept.filter((c) => c.time <= time);
    },
    /** Forgets the oldest, of three or more; returns whether it did. */
    dropOldest: (): boolean => kept.length > 2 && kept.shift() !== undefined,
    /** Time of the oldest: nothing before it can be revised. */
    oldest: (): number => kept[0]?.time ?? Infinity,
    clear: (): void => {
      kept = [];
    },
    list: (): readonly Checkpoint[] => kept,
  };
}
