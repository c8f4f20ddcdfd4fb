/** Work in slices: whoever shares the thread stays responsive. */

/** What is computed beside the run that is shown. */
export interface Beside {
  done(): boolean;
  /** Goes on for about so many ms by the clock. */
  work(now: () => number, limit: number): void;
}

/**
 * Calls `go` with numbers of steps that take a millisecond or so, until it says that there is no more to do or about `limit` ms
 * have passed. `first` steps to begin with, at most `most`.
 */
export function inPortions(
  now: () => number,
  limit: number,
  { first, most }: { first: number; most: number },
  go: (steps: number) => boolean,
): void {
  const begun = now();
  for (let steps = first; ;) {
    const portion = now();
    const isDone = go(steps);
    const ended = now();
    if (isDone || ended - begun >= limit) return;
    if (ended - portion < 1 && steps < most) steps *= 2;
    else if (ended - portion > 3 && steps > 1) steps >>= 1;
  }
}
