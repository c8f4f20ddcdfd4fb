/** Steps of a process → the stations that are drawn, and the ways between them. Steps without a place of their own are passed over. */
import type { ProcessInfo, ProcessStep } from '../protocol.ts';
import { words } from '../words.ts';

export type StationKind = 'arrive' | 'queue' | 'belt' | 'use' | 'wait' | 'choose' | 'other' | 'leave';

export interface Station {
  kind: StationKind;
  /** For people: `infeed`, `filler`, `22 min`. */
  name: string;
  /** As written. */
  text: string;
  /** What stands behind its first word: `22 min` of `wait 22 min`, `12 as pallet` of `batch 12 as pallet`. */
  detail: string;
  steps: number[];
  /** The step that says most about it. */
  main: ProcessStep;
}

export interface Way {
  from: number;
  to: number;
  /** Where there is no place, or who waited gives up. */
  kind: 'on' | 'full' | 'gaveUp';
  label: string;
}

export interface ProcessGraph {
  stations: Station[];
  ways: Way[];
  /** By step: its station; −1 where it has none. */
  stationOf: number[];
}

/** Takes no time and has no place. */
const passing = new Set(['refill', 'assign', 'set', 'go', 'release', 'keep']);

export function processGraph({ steps }: ProcessInfo): ProcessGraph {
  const stations: Station[] = [];
  const stationOf = steps.map(() => -1);
  let i = 0;
  while (i < steps.length) {
    const first = steps[i]!;
    let end = i + 1;
    while (end < steps.length && sameLine(first, steps[end]!)) end++;
    const group = steps.slice(i, end);
    if (!group.every(({ kind }) => passing.has(kind))) {
      const own = Array.from({ length: end - i }, (_, at) => i + at);
      const station = stationFrom(group, own);
      // All ways out of one name are one.
      const known = station.kind === 'leave' ? stations.findIndex((each) => each.text === station.text) : -1;
      if (known < 0) stations.push(station);
      else stations[known]!.steps.push(...own);
      for (const step of own) stationOf[step] = known < 0 ? stations.length - 1 : known;
    }
    i = end;
  }
  const ways = waysOf(steps, stations, stationOf);
  return reachable(stations, ways, stationOf);
}

const sameLine = (one: ProcessStep, other: ProcessStep): boolean =>
  one.text === other.text && one.source.line === other.source.line && other.kind !== 'leave';

function stationFrom(group: readonly ProcessStep[], steps: number[]): Station {
  const has = (kind: string): ProcessStep | undefined => group.find((step) => step.kind === kind);
  const { text } = group[0]!;
  const make = (kind: StationKind, main: ProcessStep, name: string): Station => ({
    kind,
    main,
    name,
    text,
    detail: text.replace(/^\S+\s*/, ''),
    steps,
  });
  const entered = has('enter');
  if (entered?.place) return make(entered.place.belt ? 'belt' : 'queue', entered, entered.place.name);
  const seized = has('seize');
  if (seized) return make('use', seized, [...new Set(seized.resources?.map(({ name }) => name))].join(' + '));
  const arrives = has('arrive');
  if (arrives) return make('arrive', arrives, text.replace(/^arrive /, ''));
  const leaves = has('leave');
  if (leaves) return make('leave', leaves, text.replace(/^exit /, ''));
  const chooses = has('choose');
  if (chooses) return make('choose', chooses, text.replace(/^choose /, ''));
  const delay = has('delay') ?? has('wait');
  return delay ? make('wait', delay, words.waits) : make('other', group[0]!, text.split(' ')[0]!);
}

function waysOf(
  steps: readonly ProcessStep[],
  stations: readonly Station[],
  stationOf: readonly number[],
): Way[] {
  const ways = new Map<string, Way>();
  const add = (from: number, step: number, kind: Way['kind'], label: string): void => {
    const to = resolve(steps, stationOf, step);
    if (to < 0 || to === from) return;
    const key = `${from} ${to} ${kind}`;
    const known = ways.get(key);
    if (known === undefined) ways.set(key, { from, to, kind, label });
    else if (label && !known.label.split(', ').includes(label))
      known.label = [known.label, label].filter(Boolean).join(', ');
  };
  stations.forEach((station, at) => {
    if (station.kind === 'leave') return;
    const last = station.steps.at(-1)!;
    const { kind, to } = steps[last]!;
    if (to === undefined) add(at, last + 1, 'on', '');
    else {
      const labels = kind === 'choose' ? optionsOf(station.text, to.length) : [];
      to.forEach((step, option) => add(at, step, 'on', labels[option] ?? ''));
      if (kind === 'choose' && !/\belse\b|…$/.test(station.text)) add(at, last + 1, 'on', '');
    }
    for (const step of station.steps) {
      const { full, gaveUp } = steps[step]!;
      if (full !== undefined) add(at, full, 'full', '');
      if (gaveUp !== undefined) add(at, gaveUp, 'gaveUp', '');
    }
  });
  return [...ways.values()];
}

/** The station that an item comes to from a step on. */
function resolve(steps: readonly ProcessStep[], stationOf: readonly number[], from: number): number {
  const seen = new Set<number>();
  for (let step = from; step < steps.length && !seen.has(step);) {
    seen.add(step);
    if (stationOf[step]! >= 0) return stationOf[step]!;
    const { kind, to } = steps[step]!;
    step = kind === 'go' && to?.[0] !== undefined ? to[0] : step + 1;
  }
  return -1;
}

/** `choose 2 % -> scrap, else -> leave` → `2 %`, `else`; nothing where the text does not say so many. */
function optionsOf(text: string, count: number): string[] {
  const parts = text.replace(/^choose /, '').split(/->/);
  const labels = parts.slice(0, -1).map((part, i) => (i === 0 ? part : part.replace(/^[^,]*,/, '')).trim());
  return labels.length === count && !text.endsWith('…') ? labels : [];
}

/** Ways out that nothing leads to, such as `give up` where nobody does, are left away. */
function reachable(
  stations: readonly Station[],
  ways: readonly Way[],
  stationOf: readonly number[],
): ProcessGraph {
  const kept = stations.flatMap((station, at) =>
    station.kind !== 'leave' || ways.some(({ to }) => to === at) ? [at] : [],
  );
  const place = (at: number): number => kept.indexOf(at);
  return {
    stations: kept.map((at) => stations[at]!),
    ways: ways.map((way) => ({ ...way, from: place(way.from), to: place(way.to) })),
    stationOf: stationOf.map((at) => (at < 0 ? -1 : place(at))),
  };
}
