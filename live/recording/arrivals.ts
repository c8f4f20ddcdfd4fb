/** What comes in live → a recording that can be replayed: a row a time, ascending. */
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { isPrivateBinding } from '../../runtime/private.ts';
import type { Arrival } from '../receiver.ts';
import { createRecording } from './index.ts';
import { columnsFor } from './samples.ts';
import type { Target } from './samples.ts';

export interface ArrivalRecorder {
  add(arrival: Arrival): void;
  /** Samples that came too late to be put where they belong. */
  close(): { rows: number; tooLate: number };
}

/** ms that a row waits for samples that come late. */
const PATIENCE = 10_000;
/** ms that are written in a row. */
const BLOCK = 1000;

/** `epoch`: ms since 1970 at time 0. Throws a `RecordingError` with words for the user. */
export async function recordArrivals(
  file: string,
  manifest: Manifest,
  epoch: number,
): Promise<ArrivalRecorder> {
  const targets: Target[] = [];
  const column = new Map<number, number>();
  manifest.bindings.forEach((bound, binding) => {
    const { direction, target } = bound;
    if (isPrivateBinding(manifest, bound)) return;
    if (direction !== 'from' || (target.kind !== 'sensor' && target.kind !== 'input')) return;
    targets.push(target);
    column.set(binding, targets.length);
  });
  const writer = await createRecording(file, columnsFor(manifest, targets));
  /** By column: of thousands of sensors that send each at its own time there are many rows with few values. */
  const waiting: { time: number; cells: Map<number, number> }[] = [];
  const row = new Float64Array(targets.length + 1).fill(NaN);
  let written = -Infinity;
  let rows = 0;
  let tooLate = 0;
  const writeUpTo = (time: number): void => {
    let n = 0;
    while (n < waiting.length && waiting[n]!.time <= time) n += 1;
    for (const { time: at, cells } of waiting.splice(0, n)) {
      row[0] = at;
      for (const [column, value] of cells) row[column] = value;
      writer.write(row);
      for (const column of cells.keys()) row[column] = NaN;
      written = at;
      rows += 1;
    }
  };
  return {
    add: ({ binding, time, value }) => {
      const at = column.get(binding);
      if (at === undefined) return;
      const seconds = (time - epoch) / 1000;
      if (seconds <= written) {
        tooLate += 1;
        return;
      }
      let n = waiting.length;
      while (n > 0 && waiting[n - 1]!.time >= seconds) n -= 1;
      let own = waiting[n];
      if (own?.time !== seconds) waiting.splice(n, 0, (own = { time: seconds, cells: new Map() }));
      own.cells.set(at, value);
      // In blocks, since taking rows from the front is the work of all that wait; small ones, since nothing else is done meanwhile.
      if (waiting[0]!.time < seconds - (PATIENCE + BLOCK) / 1000) {
        writeUpTo(seconds - PATIENCE / 1000);
        writer.flush?.();
      }
    },
    close: () => {
      try {
        writeUpTo(Infinity);
      } finally {
        writer.close();
      }
      return { rows, tooLate };
    },
  };
}
