/** What passes between the thread of a review and those beside it: runs of which each takes the next, from memory that they share. */
import type { AskedRun, RunOutcome } from '../../review/asked-runs.ts';
import type { LoadableArtefact } from '../../runtime/load.ts';

export interface Portion {
  /** In shared memory: the position of the next run that nobody has taken. */
  next: Int32Array;
  runs: HandedRun[];
  /** Artefacts that the thread has not had yet, by number, and those that it can forget. */
  fresh: [number: number, artefact: LoadableArtefact][];
  dropped: number[];
}
/** An artefact goes to a thread once, however many of its runs. */
export interface HandedRun {
  artefact: number;
  asked: WithoutArtefact<AskedRun>;
}
type WithoutArtefact<Run> = Run extends unknown ? Omit<Run, 'artefact'> : never;

/** Of the run at a position: its outcome, or what was thrown. */
export type Answer = { at: number } & ({ outcome: RunOutcome } | { error: unknown });

/** Takes and makes runs until there are no more. */
export function makeWhatIsLeft(
  next: Int32Array,
  runs: number,
  make: (at: number) => RunOutcome,
  tell: (answer: Answer) => void,
): void {
  for (;;) {
    const at = Atomics.add(next, 0, 1);
    if (at >= runs) return;
    let answer: Answer;
    try {
      answer = { at, outcome: make(at) };
    } catch (error) {
      answer = { at, error };
    }
    tell(answer);
  }
}
