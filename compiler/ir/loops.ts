/** Loops while they run. */
import type { FlatIndex, FlatLoop } from './flat-expression.ts';

/** Values of the loop variables, and in an expression of the lets around. */
export type Counters = ReadonlyMap<string, number>;

export const indexAt = (index: FlatIndex, counters: Counters): number =>
  typeof index === 'number' ? index : counters.get(index.loop)! + index.offset;

/** How often each loop runs. */
export const extents = (loops: readonly FlatLoop[]): number[] =>
  loops.map(({ from, to }) => Math.max(0, to - from));

/** Every combination of the loops as they run, the last one fastest. */
export function* rounds(loops: readonly FlatLoop[], around: Counters = new Map()): Generator<Counters> {
  const [first, ...rest] = loops;
  if (!first) {
    yield around;
    return;
  }
  const { variable, from, to, descending } = first;
  for (let step = 0; step < to - from; step += 1)
    yield* rounds(rest, new Map(around).set(variable, descending ? to - 1 - step : from + step));
}

/** The same combinations as instances are numbered: all loops go up. */
export const instancesOf = (loops: readonly FlatLoop[]): Generator<Counters> =>
  rounds(loops.map(({ variable, from, to }) => ({ variable, from, to })));
