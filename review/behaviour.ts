/** Two versions → what they do differently in the same scenario with the same random numbers, or driven by the same recording. */
import type { Artefact } from '../runtime/contract/manifest.ts';
import { valueText } from '../runtime/describe.ts';
import { parseElementName } from '../runtime/names.ts';
import type { RunEvent } from '../runtime/describe.ts';
import { scenarioRun, together } from './asked-runs.ts';
import type { Asking } from './asked-runs.ts';
import { shortName } from './names.ts';
import { traceRecorded } from './recorded.ts';
import type { Recording } from './recorded.ts';
import type { Kpi } from './kpis.ts';
import type { TestDifference } from './requirements.ts';
import type { Signal, Trace, TraceSettings } from './trace.ts';

export interface Tolerance {
  /** Share of the signal's size: the span of its declared range, or of its values in the version before. */
  relative: number;
  /** Absolute tolerances (SI) by signal name, or by its name without indexes. */
  absolute: Readonly<Record<string, number>>;
  /** Share of the run by which something may come earlier or later. */
  time: number;
}
export const USUAL_TOLERANCE: Tolerance = { relative: 1e-3, absolute: {}, time: 1e-4 };

export interface SignalDifference {
  name: string;
  /** For people, in the signal's unit. */
  unit: string;
  sensor: boolean;
  /** s: where it first leaves the tolerance. */
  first: number;
  /** s: where it differs most. */
  at: number;
  /** In the shown unit. */
  before: number;
  after: number;
  /** Largest difference and tolerance, in the shown unit (differences have no offset). */
  largest: number;
  tolerance: number;
  text: string;
  /** Both signals, thinned, in the shown unit: for pictures. */
  picture: { times: number[]; before: number[]; after: number[] };
}

export interface EventDifference {
  name: string;
  severity: RunEvent['severity'];
  kind: RunEvent['kind'];
  /** s: times before and after. */
  before: number[];
  after: number[];
}

export interface ScenarioDifference {
  root: string;
  /** Its qualified name; of a recording its file. */
  scenario: string;
  /** For people: `calm`, `recording june.csv`. */
  title: string;
  /** What drove both: what a scenario says, or what a recording has. */
  driver: 'scenario' | 'recording';
  /** No bit differs. */
  same: boolean;
  signals: SignalDifference[];
  /** Compared, those within tolerance too. */
  compared: number;
  /** More signals than are looked at. */
  leftOut: number;
  /** Alarms and rules that fire at other times, more often, or not any more. */
  events: EventDifference[];
  /** Why a run stopped early. */
  stopped: { before?: string; after?: string };
  /** s */
  duration: { before: number; after: number };
}

/** It came to its end before, and stops now: what it then lacks is no difference of its own. */
export const stopsNow = ({ stopped }: ScenarioDifference): boolean =>
  stopped.after !== undefined && stopped.before === undefined;

export interface Behaviour {
  scenarios: ScenarioDifference[];
  tests: TestDifference[];
  kpis: Kpi[];
  /** Scenarios that only one version has. */
  gone: string[];
  fresh: string[];
}

/** Names of the version before → names after, for elements: `pump[2].temp`. */
export type NameMap = (name: string) => string;

/**
 * One scenario of a version, to be run in others with rows at the same times, and what differs there. The version before runs once, however many
 * it is compared with. `names` leads from its elements to those of the other, `nameAfter` is what the scenario is called there.
 */
export function scenarioComparison(
  root: string,
  before: Artefact,
  scenario: string,
  tolerance: Tolerance = USUAL_TOLERANCE,
): (after: Artefact, names: NameMap, nameAfter?: string) => Asking<ScenarioDifference> {
  const at = indexOf(before, scenario);
  const settings: TraceSettings = { outputPeriod: outputPeriod(before, at) };
  let was: Trace | undefined;
  return function* (after, names, nameAfter = scenario) {
    const run = (also: readonly number[]): Asking<Trace> =>
      scenarioRun(after, indexOf(after, nameAfter), { ...settings, also });
    const missing = was === undefined ? [scenarioRun(before, at, settings)] : [];
    const traces = yield* together([...missing, run([])]);
    const now = traces.at(-1)!;
    was ??= traces[0]!;
    const compared = compareTraces(root, was, now, names, tolerance);
    const lonely = lonelyMoments(compared, was, now, tolerance);
    return lonely.length === 0 ? compared : compareTraces(root, was, yield* run(lonely), names, tolerance);
  };
}

/**
 * Where something happens in the version before alone, or a moment apart, the version after has no row, and what it measured at that moment lies
 * between two of its own, or comes a little later. So where they seem to differ it is looked at there, too.
 */
function lonelyMoments(
  { signals }: ScenarioDifference,
  before: Trace,
  after: Trace,
  tolerance: Tolerance,
): number[] {
  if (signals.length === 0) return [];
  const [rows, others] = [rowTimes(before), rowTimes(after)];
  const [end, known] = [others.at(-1) ?? 0, new Set(others)];
  const missing = [...new Set(rows)].filter((time) => time < end && !known.has(time));
  if (signals.some(({ first, at }) => [first, at].some((time) => missing.includes(time)))) return missing;
  const reach = tolerance.time * before.duration;
  return missing.filter((time) => others[rowBehind(others, time - reach)]! > time + reach);
}

const rowTimes = ({ signals }: Trace): Float64Array =>
  signals.values().next().value?.times ?? new Float64Array();

/** Both versions, driven by what a recording has. Nothing where it feeds one of them with nothing. */
export function compareRecorded(
  root: string,
  before: Artefact,
  after: Artefact,
  recording: Recording,
  names: NameMap,
  tolerance: Tolerance = USUAL_TOLERANCE,
): { difference: ScenarioDifference; oneSided: string[] } | undefined {
  const same: NameMap = (name) => name;
  const [a, b] = [recording.feed(before.manifest, same), recording.feed(after.manifest, names)];
  if (a === undefined || b === undefined) return undefined;
  const duration = Math.max(a.length, b.length);
  if (!(duration > 0)) return undefined;
  const [fedBefore, fedAfter] = [new Set(a.names.map(names)), new Set(b.names)];
  const was = traceRecorded(before, recording.name, a, duration);
  const now = traceRecorded(after, recording.name, b, duration);
  const compared = compareTraces(root, was, now, names, tolerance);
  const lonely = lonelyMoments(compared, was, now, tolerance);
  const again = (): Trace => traceRecorded(after, recording.name, b, duration, lonely);
  return {
    difference: {
      ...(lonely.length === 0 ? compared : compareTraces(root, was, again(), names, tolerance)),
      title: `recording ${recording.name}`,
      driver: 'recording',
    },
    oneSided: [
      ...[...fedBefore].filter((name) => !fedAfter.has(name)),
      ...[...fedAfter].filter((name) => !fedBefore.has(name)),
    ],
  };
}

const indexOf = ({ manifest }: Artefact, name: string): number =>
  manifest.scenarios.findIndex((each) => each.name === name);

/** As long as the text says, so that a row of one version has a partner in the other. */
const outputPeriod = ({ manifest }: Artefact, scenario: number): number => {
  const { outputPeriod: said, duration } = manifest.scenarios[scenario]!;
  return said ?? duration / 200;
};

function compareTraces(
  root: string,
  before: Trace,
  after: Trace,
  names: NameMap,
  tolerance: Tolerance,
): ScenarioDifference {
  const signals: SignalDifference[] = [];
  let compared = 0;
  for (const [name, signal] of before.signals) {
    const other = after.signals.get(names(name));
    if (other === undefined) continue;
    compared += 1;
    const difference = compareSignals(signal, other, before.duration, tolerance);
    if (difference !== undefined) signals.push(difference);
  }
  signals.sort((a, b) => a.first - b.first || b.largest / b.tolerance - a.largest / a.tolerance);
  const events = compareEvents(before, after, names, tolerance.time * before.duration);
  return {
    root,
    scenario: before.scenario,
    title: shortName(before.scenario),
    driver: 'scenario',
    same: signals.length === 0 && events.length === 0 && before.hash === after.hash,
    signals,
    compared,
    leftOut: before.leftOut,
    events,
    stopped: {
      ...(before.trouble === undefined ? {} : { before: before.trouble.message }),
      ...(after.trouble === undefined ? {} : { after: after.trouble.message }),
    },
    duration: { before: before.duration, after: after.duration },
  };
}

/**
 * A signal differs where the value before is further than the tolerance from every value that the version after takes
 * within the time tolerance: so a step that comes a moment later is no difference, and one that is higher is. Where only one has a row, as at an
 * event of its own, the other counts as taking all values between its rows to either side.
 */
export function compareSignals(
  a: Signal,
  b: Signal,
  duration: number,
  tolerance: Tolerance,
): SignalDifference | undefined {
  const size = sizeOf(a);
  const absolute =
    tolerance.absolute[a.name] ?? tolerance.absolute[parseElementName(a.name).name.replaceAll('[]', '')];
  const allowed = a.base === 'number' ? (absolute ?? tolerance.relative * size) : 0.5;
  const reach = tolerance.time * duration;
  const end = Math.min(a.times.at(-1) ?? 0, b.times.at(-1) ?? 0);
  let first = -1;
  let worst = -1;
  let largest = 0;
  let low = 0;
  for (let i = 0; i < a.times.length; i += 1) {
    const time = a.times[i]!;
    if (time > end) break;
    const value = a.values[i]!;
    while (low < b.times.length && b.times[low]! < time - reach) low += 1;
    const distance = distanceTo(b, value, time, reach, low);
    if (!(distance > allowed)) continue;
    if (first < 0) first = i;
    if (distance > largest) [largest, worst] = [distance, i];
  }
  if (first < 0) return undefined;
  if (worst < 0) [worst, largest] = [first, Infinity];
  const { factor, offset, label } = a.unit;
  const shown = (value: number): number => value / factor - offset;
  const [before, after] = [a.values[worst]!, valueAt(b, a.times[worst]!)];
  return {
    name: b.name,
    unit: label,
    sensor: a.sensor,
    first: a.times[first]!,
    at: a.times[worst]!,
    before: shown(before),
    after: shown(after),
    largest: largest / factor,
    tolerance: allowed / factor,
    text: `${valueText(before, a.unit, a.base, 4, a.labels)} → ${valueText(after, b.unit, b.base, 4, b.labels)}`,
    picture: picture(a, b, shown, (value) => value / b.unit.factor - b.unit.offset),
  };
}

/** What a difference is measured by. A signal that stands still is measured by its own value. */
function sizeOf({ low, high, values }: Signal): number {
  if (low !== undefined && high !== undefined && high > low && Number.isFinite(high - low)) return high - low;
  let smallest = Infinity;
  let largest = -Infinity;
  for (const value of values) {
    if (value < smallest) smallest = value;
    if (value > largest) largest = value;
  }
  if (largest > smallest) return largest - smallest;
  return Math.abs(largest) > 0 && Number.isFinite(largest) ? Math.abs(largest) : 1;
}

function distanceTo(b: Signal, value: number, time: number, reach: number, from: number): number {
  const now = valueAt(b, time);
  // No value on both sides is no difference; on one side it is one.
  if (!Number.isFinite(value) || !Number.isFinite(now))
    return Object.is(value, now) || (Number.isNaN(value) && Number.isNaN(now)) ? 0 : Infinity;
  let smallest = now;
  let largest = now;
  const next = rowBehind(b.times, time);
  if (b.base === 'number' && next > 0 && b.times[next - 1]! < time && next < b.times.length) {
    // Only one version has a row here. The other may bend or jump on its way from row to row, so all between these two counts as taken.
    smallest = Math.min(b.values[next - 1]!, b.values[next]!);
    largest = Math.max(b.values[next - 1]!, b.values[next]!);
  }
  for (let i = from; i < b.times.length && b.times[i]! <= time + reach; i += 1) {
    smallest = Math.min(smallest, b.values[i]!);
    largest = Math.max(largest, b.values[i]!);
  }
  return value < smallest ? smallest - value : value > largest ? value - largest : 0;
}

/** Straight between rows; numbers that only jump keep the value of the row before. */
export function valueAt({ times, values, base }: Signal, time: number): number {
  if (times.length === 0) return NaN;
  const next = Math.max(1, rowBehind(times, time));
  const low = next - 1;
  if (base !== 'number' || next >= times.length || times[low]! >= time || times[next]! === times[low]!)
    return values[low]!;
  const share = (time - times[low]!) / (times[next]! - times[low]!);
  return values[low]! + share * (values[next]! - values[low]!);
}

/** The first row after a time; as many as there are where none is. */
function rowBehind(times: ArrayLike<number>, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

const POINTS = 120;

function picture(
  a: Signal,
  b: Signal,
  showA: (value: number) => number,
  showB: (value: number) => number,
): SignalDifference['picture'] {
  const [from, to] = [a.times[0] ?? 0, Math.max(a.times.at(-1) ?? 0, b.times.at(-1) ?? 0)];
  const times = Array.from({ length: POINTS + 1 }, (_, n) => from + ((to - from) * n) / POINTS);
  const round = (value: number): number => Number(value.toPrecision(6));
  return {
    times: times.map(round),
    before: times.map((time) => round(showA(valueAt(a, time)))),
    after: times.map((time) => round(showB(valueAt(b, time)))),
  };
}

/** Firings are paired in order; what comes within the time tolerance is the same. */
function compareEvents(before: Trace, after: Trace, names: NameMap, reach: number): EventDifference[] {
  const found = new Map<string, EventDifference>();
  const collect = (
    happened: Trace['happened'],
    side: 'before' | 'after',
    nameOf: (text: string) => string,
  ): void => {
    for (const { name, severity, kind, times } of happened.values()) {
      const key = `${kind} ${nameOf(name)}`;
      const entry = found.get(key) ?? { name: nameOf(name), severity, kind, before: [], after: [] };
      found.set(key, entry);
      // Two that have one name now are told of in the order of their times.
      entry[side] = entry[side].length === 0 ? times : [...entry[side], ...times].sort((a, b) => a - b);
    }
  };
  collect(before.happened, 'before', names);
  collect(after.happened, 'after', (name) => name);
  const end = Math.min(before.duration, after.duration) - reach;
  const rank = { alarm: 0, rule: 1, event: 2, range: 3, sensor: 4, command: 5, trouble: 6 } as const;
  return [...found.values()]
    .filter((entry) => {
      const [a, b] = [entry.before.filter((t) => t <= end), entry.after.filter((t) => t <= end)];
      return a.length !== b.length || a.some((time, n) => Math.abs(time - b[n]!) > reach);
    })
    .toSorted((a, b) => rank[a.kind] - rank[b.kind] || (a.name < b.name ? -1 : 1));
}
