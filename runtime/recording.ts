/**
 * Rows → columns of numbers, of bounded length. When full, a recording is thinned by pairs of rows: of each pair's values, series by
 * series, the smaller and the larger stay, in the order they came (min–max), so that peaks survive.
 */
import type { Manifest } from './contract/manifest.ts';
import { count } from './contract/elements.ts';
import { elementName } from './names.ts';
import type { Twin } from './twin.ts';

/** A value that is recorded as time passes. */
export interface Series {
  /** Element name, or `probe:3` and `probe:3[2]`. */
  id: string;
  read: (twin: Twin) => number;
}

export interface RecordingSettings {
  /** Most rows; default 20,000. */
  rows?: number;
  /** When full: `thin` keeps the whole span with fewer rows; `ring` forgets the oldest quarter. Default `thin`. */
  full?: 'thin' | 'ring';
}

/** Rows in the order of time; `times` and columns have as many numbers. */
export interface Recording {
  readonly series: readonly string[];
  length(): number;
  times(): Float64Array;
  /** undefined when there is no such series. */
  column(id: string): Float64Array | undefined;
  /** Stops listening. */
  close(): void;
}

/** Every visible variable element of a model that is worth a column: not parameters, which are in the manifest. */
export function variableSeries(
  manifest: Manifest,
  accept: (variable: number) => boolean = () => true,
): Series[] {
  return manifest.variables.flatMap(({ name, dims, address, visible }, variable) =>
    visible && accept(variable)
      ? Array.from({ length: count(dims) }, (_, element) => ({
          id: elementName(name, dims, element),
          read: ({ machine }: Twin): number => machine.numbers[address / 8 + element]!,
        }))
      : [],
  );
}

export const probeSeries = (manifest: Manifest): Series[] =>
  manifest.probes.flatMap(({ dims, first, private: isPrivate }, probe) =>
    Array.from({ length: isPrivate === true ? 0 : count(dims) }, (_, instance) => ({
      id:
        dims.length === 0
          ? `probe:${probe}`
          : elementName(`probe:${probe}${'[]'.repeat(dims.length)}`, dims, instance, first),
      read: (twin: Twin): number => twin.probe(probe, instance),
    })),
  );

/** Listens to a twin's rows. Values at both sides of a jump are two rows of the same time. */
export function record(twin: Twin, series: readonly Series[], settings: RecordingSettings = {}): Recording {
  const limit = Math.max(16, settings.rows ?? 20_000);
  let capacity = Math.min(limit, 1024);
  let times = new Float64Array(capacity);
  const columns = series.map(() => new Float64Array(capacity));
  let length = 0;
  const positions = new Map(series.map(({ id }, i) => [id, i]));

  const grow = (): void => {
    capacity = Math.min(limit, capacity * 2);
    const larger = (old: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const made = new Float64Array(capacity);
      made.set(old);
      return made;
    };
    times = larger(times);
    columns.forEach((column, i) => (columns[i] = larger(column)));
  };
  const thin = (): void => {
    if (settings.full === 'ring') {
      const gone = Math.ceil(length / 4);
      times.copyWithin(0, gone, length);
      for (const column of columns) column.copyWithin(0, gone, length);
      length -= gone;
      return;
    }
    const groups = Math.floor(length / 4);
    for (const column of columns)
      for (let group = 0; group < groups; group += 1) {
        let low = 4 * group;
        let high = low;
        for (let i = low + 1; i < 4 * group + 4; i += 1) {
          if (column[i]! < column[low]!) low = i;
          if (column[i]! > column[high]!) high = i;
        }
        const [first, second] = [column[Math.min(low, high)]!, column[Math.max(low, high)]!];
        column[2 * group] = first;
        column[2 * group + 1] = low === high ? column[4 * group + 3]! : second;
      }
    for (let group = 0; group < groups; group += 1) {
      times[2 * group] = times[4 * group]!;
      times[2 * group + 1] = times[4 * group + 3]!;
    }
    for (let i = 4 * groups; i < length; i += 1) {
      times[i - 2 * groups] = times[i]!;
      for (const column of columns) column[i - 2 * groups] = column[i]!;
    }
    length -= 2 * groups;
  };

  const close = twin.listen({
    row: (time) => {
      if (length === capacity) {
        if (capacity < limit) grow();
        else thin();
      }
      times[length] = time;
      for (let i = 0; i < columns.length; i += 1) columns[i]![length] = series[i]!.read(twin);
      length += 1;
    },
    revised: (time, including) => {
      while (length > 0 && (times[length - 1]! > time || (including && times[length - 1] === time)))
        length -= 1;
    },
  });
  return {
    series: series.map(({ id }) => id),
    length: () => length,
    times: () => times.subarray(0, length),
    column: (id) => {
      const at = positions.get(id);
      return at === undefined ? undefined : columns[at]!.subarray(0, length);
    },
    close,
  };
}

/**
 * Rows between two times, thinned to at most `points`: in each of points / 2 spans of time the rows where a series has its
 * smallest and largest value stay. Positions of the rows, ascending, for one column.
 */
export function decimate(
  times: Float64Array,
  column: Float64Array,
  from: number,
  to: number,
  points: number,
): number[] {
  const low = lowerBound(times, from);
  let high = lowerBound(times, to);
  while (high < times.length && times[high] === to) high += 1;
  if (high - low <= points) return Array.from({ length: high - low }, (_, i) => low + i);
  const buckets = Math.max(1, Math.floor(points / 2));
  const kept: number[] = [];
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const start = low + Math.floor(((high - low) * bucket) / buckets);
    const end = low + Math.floor(((high - low) * (bucket + 1)) / buckets);
    let smallest = start;
    let largest = start;
    for (let i = start + 1; i < end; i += 1) {
      if (column[i]! < column[smallest]!) smallest = i;
      if (column[i]! > column[largest]!) largest = i;
    }
    kept.push(Math.min(smallest, largest));
    if (smallest !== largest) kept.push(Math.max(smallest, largest));
  }
  return kept;
}

/** Position of the first of ascending times that is not before `time`. */
export function lowerBound(times: Float64Array, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
