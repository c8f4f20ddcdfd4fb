/** Samples of one time of many instances of a sensor: numbers side by side, in the order of the instances. */
import type { Entry } from '../journal.ts';

export interface SampleColumn {
  kind: 'column';
  sensor: number;
  /** Ascending; left out where they are the first ones, as a rule all. */
  instances?: Uint32Array;
  /** SI. Nobody writes to them. */
  values: Float64Array;
}

type ColumnEntry = Extract<Entry, { kind: 'column' }>;
type SampleEntry = Extract<Entry, { kind: 'sample' }>;

export const bytesOfColumn = ({ instances, values }: SampleColumn): number =>
  values.byteLength + (instances?.byteLength ?? 0);

export const instanceOf = ({ instances }: SampleColumn, at: number): number => instances?.[at] ?? at;

/** Whether a sample of the instance is among them. */
export function holds({ instances, values }: SampleColumn, instance: number): boolean {
  if (instances === undefined) return instance < values.length;
  let [low, high] = [0, instances.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (instances[middle]! < instance) low = middle + 1;
    else high = middle;
  }
  return instances[low] === instance;
}

/** So many single samples of a sensor at one time are taken as a column. */
const MANY = 16;

/** Of entries of one time, in order: where a sensor has a column, or many samples, all of its samples as one. */
export function oneColumnEach(entries: Entry[]): Entry[] {
  if (entries.length < MANY && !entries.some(({ kind }) => kind === 'column')) return entries;
  const result: Entry[] = [];
  for (let at = 0; at < entries.length;) {
    const first = entries[at]!;
    if (!isSampled(first)) {
      result.push(first);
      at += 1;
      continue;
    }
    // A sensor's columns come first, then what came alone.
    const parts: (ColumnEntry | SampleEntry)[] = [];
    for (let entry: Entry | undefined = first; entry !== undefined; entry = entries[at]) {
      if (!isSampled(entry) || entry.sensor !== first.sensor) break;
      parts.push(entry);
      at += 1;
    }
    const { time, after, sequence, sensor } = first;
    if (first.kind === 'column' && parts.length === 1) result.push(first);
    else if (first.kind === 'sample' && parts.length < MANY) result.push(...parts);
    else result.push({ time, after, sequence, kind: 'column', sensor, ...joined(parts) });
  }
  return result;
}

const isSampled = (entry: Entry): entry is ColumnEntry | SampleEntry =>
  entry.kind === 'column' || entry.kind === 'sample';

function joined(parts: readonly (ColumnEntry | SampleEntry)[]): Pick<SampleColumn, 'instances' | 'values'> {
  const length = parts.reduce((sum, part) => sum + (part.kind === 'column' ? part.values.length : 1), 0);
  const instances = new Uint32Array(length);
  const values = new Float64Array(length);
  let to = 0;
  for (const part of parts)
    if (part.kind === 'sample') {
      instances[to] = part.instance;
      values[to] = part.value;
      to += 1;
    } else
      for (let i = 0; i < part.values.length; i += 1) {
        instances[to] = instanceOf(part, i);
        values[to] = part.values[i]!;
        to += 1;
      }
  return inOrder(instances, values);
}

/** Of different instances. */
export function inOrder(
  instances: Uint32Array,
  values: Float64Array,
): { instances?: Uint32Array; values: Float64Array } {
  if (isAscending(instances))
    return instances.at(-1) === instances.length - 1 ? { values } : { instances, values };
  const places = placesInOrder(instances);
  return inOrder(
    Uint32Array.from(places, (at) => instances[at]!),
    Float64Array.from(places, (at) => values[at]!),
  );
}

/** So many times as much room as there are instances takes less than sorting them. */
const ROOMY = 8;

/** Positions of different instances in their order. */
function placesInOrder(instances: Uint32Array): Uint32Array {
  let most = 0;
  for (const instance of instances) most = Math.max(most, instance);
  if (most >= ROOMY * instances.length)
    return Uint32Array.from(instances.keys()).sort((a, b) => instances[a]! - instances[b]!);
  // A place and one more, for none.
  const placeOf = new Uint32Array(most + 1);
  for (let at = 0; at < instances.length; at += 1) placeOf[instances[at]!] = at + 1;
  const places = new Uint32Array(instances.length);
  let to = 0;
  for (const place of placeOf)
    if (place > 0) {
      places[to] = place - 1;
      to += 1;
    }
  return places;
}

export function isAscending(instances: ArrayLike<number>): boolean {
  for (let i = 1; i < instances.length; i += 1) if (!(instances[i - 1]! < instances[i]!)) return false;
  return true;
}
