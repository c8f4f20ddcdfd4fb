/**
 * The run that another one is compared with: a branch of the run as it is, or one of another scenario. It is computed to its
 * end beside the run that is shown, a little at a time, and does not change when parameters, scenario or text do.
 */
import { lowerBound, record } from '../../runtime/recording.ts';
import type { Recording, Series } from '../../runtime/recording.ts';
import type { Twin } from '../../runtime/twin.ts';
import { inPortions } from './portions.ts';
import type { Beside } from './portions.ts';

export type Columns = Pick<Recording, 'times' | 'column'>;

export interface Reference extends Columns, Beside {
  /** What it is a run of, for people. */
  readonly label: string;
  /** s; how far it is known. */
  computed(): number;
  close(): void;
}

/** Numbers that a reference may hold. */
const RECORDED = 2e6;

/** `before` is what is known of the run already; the twin goes on from there. */
export function createReference(
  label: string,
  twin: Twin,
  series: readonly Series[],
  end: number,
  before?: Columns,
): Reference {
  const rows = Math.max(500, Math.min(20_000, Math.floor(RECORDED / Math.max(series.length, 1))));
  const recording = record(twin, series, { rows });
  // Rows of a step in flight are ahead of the state that a branch starts with; it makes them again.
  const known = before === undefined ? 0 : lowerBound(before.times(), twin.time());
  const pastTimes = before?.times().slice(0, known);
  const past = new Map(
    before === undefined ? [] : series.map(({ id }) => [id, before.column(id)?.slice(0, known)] as const),
  );
  const joined = (first: Float64Array | undefined, second: Float64Array): Float64Array => {
    if (first === undefined || first.length === 0) return second;
    const all = new Float64Array(first.length + second.length);
    all.set(first);
    all.set(second, first.length);
    return all;
  };
  let stopped = false;
  const done = (): boolean => stopped || twin.time() >= end;
  return {
    label,
    times: () => joined(pastTimes, recording.times()),
    column: (id) => {
      const column = recording.column(id);
      return column === undefined ? undefined : joined(past.get(id), column);
    },
    computed: () => twin.time(),
    done,
    work: (now, limit) => {
      inPortions(now, limit, { first: 16, most: 4096 }, (steps) => {
        const { reason } = twin.advance(end, { steps });
        stopped = reason === 'trouble' || reason === 'end';
        return done();
      });
    },
    close: recording.close,
  };
}
