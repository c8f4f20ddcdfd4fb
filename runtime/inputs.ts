/**
 * What inputs follow in a scenario: ramps, profiles, recordings. Where one bends or jumps, the step ends, and the input is put on its next
 * line. Which lines those are follows from the time and from saved variables alone: what each input follows, its value, slope and since when.
 */
import type { ManifestDrive } from './contract/studies.ts';
import type { Machine } from './machine.ts';
import { count, elementAt } from './contract/elements.ts';

export interface Inputs {
  /** What inputs are at time 0 by what they follow from then on, where that says so. */
  values(): { variable: number; element: number; value: number }[];
  /** The lines on which inputs begin, at time 0; what was given in the place of a first value stays. */
  begin(given: readonly { variable: number; element: number }[]): void;
  /** Time of the next bend or jump after the present time; Infinity for none. */
  next(): number;
  /** Whether one lies at the time. */
  due(time: number): boolean;
  /** Puts what is due at the time on its next line. */
  apply(time: number): void;
  /** Someone set an element: it follows nothing any more. */
  letGo(variable: number, element: number): void;
}

interface Follower {
  drive: ManifestDrive;
  /** Position among the scenario's, plus one. */
  number: number;
  element: number;
  /** Positions in memory, by f64. */
  place: number;
  by: number;
  line?: { value: number; since: number; slope: number };
}

/** Where a drive is at a time: the last point at or before it, by round and position; the next point's time. */
interface Where {
  round: number;
  point: number;
  next: number;
}

/** What inputs follow in a scenario; undefined where none follows anything. */
export function createInputs(machine: Machine, drives: readonly ManifestDrive[]): Inputs | undefined {
  const { manifest, numbers } = machine;
  const driven = manifest.variables.some((variable) => variable.driven !== undefined);
  if (!driven) return undefined;
  const at = (variable: number, element: number): number =>
    manifest.variables[variable]!.address / 8 + element;
  const followers: Follower[] = drives.flatMap((drive, position) => {
    const { dims, driven: cells } = manifest.variables[drive.variable]!;
    const elements =
      drive.index === undefined ? [...Array(count(dims)).keys()] : [elementAt(dims, drive.index)];
    return elements.map((element) => ({
      drive,
      number: position + 1,
      element,
      place: at(drive.variable, element),
      by: at(cells!.by, element),
      ...(cells!.line === undefined
        ? {}
        : {
            line: {
              value: at(cells!.line.value, element),
              since: at(cells!.line.since, element),
              slope: at(cells!.line.slope, element),
            },
          }),
    }));
  });

  const follow = (follower: Follower, time: number): void => {
    const { drive, number, place, by, line } = follower;
    numbers[by] = number;
    // What begins where the input is goes on from its value, and is found again by the line it was put on.
    const begins = drive.values[0] ?? numbers[place]!;
    const { from, to } = segmentAt(drive, time, begins);
    const slope = slopeOf(drive, from, to);
    numbers[place] = from.value + slope * (time - from.time);
    if (line === undefined) return;
    numbers[line.slope] = slope;
    numbers[line.value] = from.value;
    numbers[line.since] = from.time;
  };

  /** Time of the next point that matters to a follower. */
  const nextOf = ({ drive, number, by }: Follower, now: number): number => {
    if (drive.start > now) return drive.start;
    return numbers[by] === number ? whereAt(drive, now).next : Infinity;
  };
  const isDue = (follower: Follower, time: number): boolean => {
    const { drive, number, by } = follower;
    if (drive.start === time) return time > 0;
    return drive.start < time && numbers[by] === number && isPoint(drive, time);
  };

  return {
    values: () =>
      followers.flatMap(({ drive, element }) => {
        if (drive.start !== 0 || drive.values[0] === null) return [];
        return [{ variable: drive.variable, element, value: valueAt(drive, 0) }];
      }),
    begin: (given) => {
      for (const follower of followers) {
        const { drive, element } = follower;
        const isGiven = given.some((one) => one.variable === drive.variable && one.element === element);
        if (drive.start === 0 && !(isGiven && drive.values[0] !== null)) follow(follower, 0);
      }
    },
    next: () => {
      const now = machine.time();
      return followers.reduce((first, follower) => Math.min(first, nextOf(follower, now)), Infinity);
    },
    due: (time) => followers.some((follower) => isDue(follower, time)),
    apply: (time) => {
      for (const follower of followers.filter((one) => isDue(one, time))) follow(follower, time);
    },
    letGo: (variable, element) => {
      const cells = manifest.variables[variable]!.driven;
      if (cells === undefined) return;
      numbers[at(cells.by, element)] = 0;
      if (cells.line !== undefined) numbers[at(cells.line.slope, element)] = 0;
    },
  };
}

const timeOf = ({ start, times, period = 0 }: ManifestDrive, round: number, point: number): number =>
  start + (round * period + times[point]!);

/** The last point at or before a time; -1 before the first of all. */
function whereAt(drive: ManifestDrive, time: number): Where {
  const { start, times, period } = drive;
  const last = times.length - 1;
  const rounds = period === undefined ? 0 : Math.floor((time - start - times[0]!) / period);
  // The quotient may be off by rounding, never by more than one.
  for (const round of period === undefined ? [0] : [rounds + 1, rounds, rounds - 1]) {
    if (timeOf(drive, round, 0) > time) continue;
    let low = 0;
    let high = last;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (timeOf(drive, round, middle) <= time) low = middle;
      else high = middle - 1;
    }
    const next =
      low < last
        ? timeOf(drive, round, low + 1)
        : period === undefined
          ? Infinity
          : timeOf(drive, round + 1, 0);
    return { round, point: low, next };
  }
  return { round: 0, point: -1, next: timeOf(drive, 0, 0) };
}

const isPoint = (drive: ManifestDrive, time: number): boolean => {
  const { round, point } = whereAt(drive, time);
  return point >= 0 && timeOf(drive, round, point) === time;
};

interface Point {
  time: number;
  value: number;
}

function slopeOf({ between }: ManifestDrive, from: Point, to: Point | undefined): number {
  if (to === undefined || between === 'previous') return 0;
  return (to.value - from.value) / (to.time - from.time);
}

function valueAt(drive: ManifestDrive, time: number): number {
  const { from, to } = segmentAt(drive, time, NaN);
  return from.value + slopeOf(drive, from, to) * (time - from.time);
}

/** The points around a time; `begins`: what stands in the place of a first value that is not said. */
function segmentAt(drive: ManifestDrive, time: number, begins: number): { from: Point; to?: Point } {
  const { values, period } = drive;
  const value = (point: number): number => values[point] ?? begins;
  const { round, point, next } = whereAt(drive, time);
  if (point < 0) return { from: { time, value: value(0) } };
  const from = { time: timeOf(drive, round, point), value: value(point) };
  if (point < values.length - 1) return { from, to: { time: next, value: value(point + 1) } };
  return period === undefined ? { from } : { from, to: { time: next, value: value(0) } };
}
