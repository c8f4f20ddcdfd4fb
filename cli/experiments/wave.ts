/**
 * Many runs that threads take for themselves, some at a time, from memory that they share: nobody waits for a message in between. Which thread takes
 * which does not show in the results.
 */
import type { Job } from './job.ts';

export type Run = Job['runs'][number] & { structure: number };

/** Runs in their order, made when they are asked for: an array of them, or what can tell each. */
export interface Runs {
  readonly length: number;
  at(position: number): Run | undefined;
}

/** Those from one position up to another. */
export const runsFrom = (runs: Runs, from: number, to: number): Run[] =>
  Array.from({ length: Math.min(to, runs.length) - from }, (_, n) => runs.at(from + n)!);

/** Both in shared memory. */
export interface Wave {
  /** The next run that nobody has taken, and how many there are: what is called off is as if there were no more. */
  state: Int32Array;
  /** Of each run: its number, structure and seed, how many values, and those. */
  runs: Float64Array;
  stride: number;
  workers: number;
}

const HEAD = 4;
/** Runs in a wave: what they take in memory, and what passes between two, hardly counts. */
export const MOST_IN_WAVE = 50_000;

export function waveOf(runs: readonly Run[], workers: number): Wave {
  const stride = HEAD + runs.reduce((most, { values }) => Math.max(most, values.length), 0);
  const wave: Wave = {
    state: new Int32Array(new SharedArrayBuffer(8)),
    runs: new Float64Array(new SharedArrayBuffer(8 * stride * runs.length)),
    stride,
    workers,
  };
  wave.state[1] = runs.length;
  runs.forEach(({ run, structure, seed, values }, n) => {
    wave.runs.set([run, structure, seed, values.length, ...values], n * stride);
  });
  return wave;
}

/** From now on nobody takes any. */
export const callOff = ({ state }: Wave): number => Atomics.exchange(state, 1, 0);

/**
 * The next ones, of one structure, in order: at most `most`, and fewer towards the end, so that all threads end together. Undefined where there are
 * none. `lanes`: how many of a structure go side by side, in as much time as one.
 */
export function takeFrom(wave: Wave, most: number, lanes: (structure: number) => number): Job | undefined {
  const { state, runs, stride, workers } = wave;
  for (;;) {
    const [at, end] = [Atomics.load(state, 0), Atomics.load(state, 1)];
    if (at >= end) return undefined;
    const structure = runs[at * stride + 1]!;
    const together = lanes(structure);
    const share = Math.ceil((end - at) / (2 * workers));
    const size = Math.max(together, Math.min(share, most));
    let to = at;
    while (to < end && to < at + size - (size % together) && runs[to * stride + 1] === structure) to += 1;
    if (Atomics.compareExchange(state, 0, at, to) !== at) continue;
    return { structure, runs: Array.from({ length: to - at }, (_, n) => runOf(wave, at + n)) };
  }
}

function runOf({ runs, stride }: Wave, at: number): Job['runs'][number] {
  const from = at * stride;
  const [run, , seed, count] = runs.subarray(from, from + HEAD) as unknown as [
    number,
    number,
    number,
    number,
  ];
  return { run, seed, values: [...runs.subarray(from + HEAD, from + HEAD + count)] };
}
