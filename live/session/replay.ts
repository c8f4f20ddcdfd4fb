/** Recorded samples, as if they came in live: each is offered when the twin is about to pass its time. */

export interface RecordedSample {
  /** Position in `manifest.bindings`, or the target itself. */
  target:
    | { kind: 'sensor'; sensor: number; instance: number }
    | { kind: 'input'; variable: number; element: number };
  /** s from the start of the recording. */
  time: number;
  /** SI */
  value: number;
}

export interface Replay {
  /** s; end of the recording. */
  duration: number;
  /** Those not handed out before with a time up to `time`, ascending. */
  take(time: number): RecordedSample[];
  restart(): void;
}

export function createReplay(samples: readonly RecordedSample[]): Replay {
  const ordered = samples.toSorted((a, b) => a.time - b.time);
  let next = 0;
  return {
    duration: ordered.at(-1)?.time ?? 0,
    take: (time) => {
      const first = next;
      while (next < ordered.length && ordered[next]!.time <= time) next += 1;
      return ordered.slice(first, next);
    },
    restart: () => {
      next = 0;
    },
  };
}
