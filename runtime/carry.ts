/**
 * The state of one version of a twin → that of another, by the paths of what they have in common. What changes while a twin
 * runs is carried: states, discrete values, what was set from outside, timers, samples, random streams. A parameter that
 * nobody set takes the value that the new version gives it.
 */
import type { Manifest, ManifestVariable } from './contract/manifest.ts';
import type { Region } from './contract/layout.ts';
import type { KernelFactory } from './load.ts';
import { createCrossings } from './events/locate.ts';
import { Cell } from './machine.ts';
import type { Machine } from './machine.ts';
import { count } from './contract/elements.ts';
import { elementNames } from './names.ts';
import { saved } from './saved.ts';
import { savedScenario, writeSnapshot } from './snapshot.ts';
import { timeText } from './trouble.ts';
import { createTwin } from './twin.ts';

export interface Version {
  manifest: Manifest;
  kernel: KernelFactory;
}

export interface Carried {
  /** Fits the new version. */
  state: Uint8Array;
  /** s */
  time: number;
  scenario: string | null;
  /** Elements whose value went over. */
  carried: number;
  /** What the new version has and the old one had not: as at a start. */
  begins: string[];
  /** Parameters that nobody set, and that the new version gives another value (SI; null: private). */
  defaults: { name: string; before: number | null; after: number | null }[];
  /** What would be lost, and why. */
  lost: { name: string; why: string }[];
}

/**
 * In words why nothing can be carried. `offered`: samples came from outside to the run whose state it is; else the model made them, and steps
 * ended where it did.
 */
export function carry(
  from: Version,
  to: Version,
  bytes: Uint8Array,
  offered: 'all' | 'none' = 'none',
): Carried | { problem: string } {
  const number = savedScenario(bytes);
  if (number === undefined) return { problem: 'This is not a saved state of a twin.' };
  const before = from.manifest.scenarios[number]?.name;
  const scenario = to.manifest.scenarios.some(({ name }) => name === before) ? before : undefined;
  const old = createTwin({
    ...from,
    ...(before === undefined ? {} : { scenario: before }),
    settings: { offered },
  });
  const plain = createTwin({ ...from, ...(before === undefined ? {} : { scenario: before }) });
  const wrong = old.restore(bytes);
  if (wrong !== undefined) return { problem: wrong };
  // The new version begins at the time that was shown: what went on before, within a step, went on by the old one.
  old.land();
  plain.advance(0);
  const fresh = createTwin({ ...to, ...(scenario === undefined ? {} : { scenario }) });
  fresh.advance(0);
  const trouble = fresh.trouble();
  if (trouble !== undefined) return { problem: `The new version cannot start: ${trouble.message}` };
  const report: Carried = {
    state: bytes,
    time: old.time(),
    scenario: scenario ?? null,
    carried: 0,
    begins: [],
    defaults: [],
    lost: [],
  };
  if (before !== undefined && scenario === undefined)
    report.lost.push({
      name: before,
      why: 'the new version has no such scenario; what it would still do is left out',
    });
  const stopped = old.trouble();
  if (stopped !== undefined)
    report.lost.push({
      name: `what was to happen at ${timeText(old.time())}`,
      why: `the run had stopped then: ${stopped.message}`,
    });
  const machines = { old: old.machine, plain: plain.machine, next: fresh.machine };
  const same = from.manifest.stateFingerprint === to.manifest.stateFingerprint && scenario === before;
  if (same) copyAll(machines, report);
  else copyByName(machines, report);
  const { next } = machines;
  next.setTime(machines.old.time());
  // Steps are chosen anew; what happened at this instant has happened.
  next.cells.set(machines.old.cells);
  next.cells[Cell.stepSize] = 0;
  // What is computed from parameters that were set follows them.
  next.kernel.parameters();
  next.evaluate();
  next.kernel.crossings();
  next.kernel.sides?.(0);
  const known = createCrossings(next);
  known.begin.set(next.crossings);
  const index =
    scenario === undefined ? undefined : to.manifest.scenarios.findIndex(({ name }) => name === scenario);
  const state = saved(writeSnapshot(next, known, index, old.time()), undefined);
  const check = createTwin({ ...to, ...(scenario === undefined ? {} : { scenario }) });
  const unfit = check.restore(state) ?? check.trouble()?.message;
  return unfit === undefined
    ? { ...report, state }
    : { problem: `The new version cannot go on from there: ${unfit}` };
}

interface Machines {
  old: Machine;
  /** The old version at its start. */
  plain: Machine;
  next: Machine;
}

/** Nothing but values has changed. */
function copyAll(machines: Machines, report: Carried): void {
  const { old, next } = machines;
  const defaults = next.numbers.slice();
  next.bytes.set(old.bytes.subarray(0, old.manifest.layout.savedBytes));
  next.manifest.variables.forEach((variable) => {
    if (
      variable.role !== 'parameter' &&
      variable.role !== 'input' &&
      variable.role !== 'state' &&
      variable.role !== 'discrete'
    )
      return;
    elementNames(variable.name, variable.dims).forEach((name, element) => {
      const at = variable.address / 8 + element;
      if (isDefault(machines, variable, element, at)) {
        next.numbers[at] = defaults[at]!;
        tellDefault(report, variable, name, old.numbers[at]!, defaults[at]!);
      } else report.carried += 1;
    });
  });
}

const tellDefault = (
  report: Carried,
  { private: secret }: ManifestVariable,
  name: string,
  before: number,
  after: number,
): void => {
  if (Object.is(before, after)) return;
  report.defaults.push(secret === true ? { name, before: null, after: null } : { name, before, after });
};

/** Of a parameter or an input: nobody has set it, and it has the value that its text gives it. */
function isDefault(
  { old, plain }: Machines,
  variable: ManifestVariable,
  element: number,
  at: number,
): boolean {
  if (variable.role !== 'parameter' && variable.role !== 'input') return false;
  const flag = givenAt(old.manifest, variable, element);
  return old.bytes[flag] === plain.bytes[flag] && Object.is(old.numbers[at], plain.numbers[at]);
}

/** Byte that says whether an element was given from outside. */
function givenAt({ layout }: Manifest, { role, address }: ManifestVariable, element: number): number {
  const order = ['parameters', 'inputs', 'discretes', 'states'] as const;
  const own = { parameter: 0, input: 1, discrete: 2, state: 3 }[role as 'parameter'];
  const before = order.slice(0, own).reduce((total, region) => total + layout[region].count, 0);
  return layout.given.address + before + (address - layout[order[own]!].address) / 8 + element;
}

function copyByName(machines: Machines, report: Carried): void {
  const [from, to] = [machines.old.manifest, machines.next.manifest];
  const machine = new Set([...ofFlow(from), ...ofFlow(to)]);
  copyVariables(machines, report, machine);
  copyHandlers(machines, report);
  copySensors(machines);
  copyStreams(machines);
  const inside = (from.flow?.processes ?? []).reduce(
    (total, { inside: variable }) => total + sumOf(machines.old, from.variables[variable]!),
    0,
  );
  if (from.flow !== undefined)
    report.lost.push({
      name: from.flow.processes.map(({ name }) => name).join(', '),
      why: `processes begin anew: ${inside} items inside and all counts of theirs`,
    });
  if (windowBytes(from) > 0)
    report.lost.push({ name: 'statistics over windows', why: 'they see their values anew' });
}

const sumOf = ({ numbers }: Machine, { address, dims }: ManifestVariable): number =>
  numbers.subarray(address / 8, address / 8 + count(dims)).reduce((a, b) => a + b, 0);

/** What lies between the random streams and the flags belongs to statistics over windows. */
const windowBytes = ({ layout: { streams, streamBytes, given } }: Manifest): number =>
  given.address - (streams.address + Math.ceil((streams.count * streamBytes) / 8) * 8);

/** Names of the variables that tell what the machine of the process flow does. */
function ofFlow({ flow, variables }: Manifest): string[] {
  if (flow === undefined) return [];
  const ids = [
    ...flow.processes.flatMap(({ inside, arrived, left }) => [inside, arrived, left]),
    ...[...flow.queues, ...flow.belts].map(({ length }) => length),
    ...flow.resources.flatMap(({ busy, waiting, down }) => [
      busy,
      waiting,
      ...(down === undefined ? [] : [down]),
    ]),
  ];
  return ids.map((id) => variables[id]!.name);
}

const KEPT = new Set<ManifestVariable['role']>(['parameter', 'input', 'state', 'discrete']);

function copyVariables(machines: Machines, report: Carried, flow: ReadonlySet<string>): void {
  const { old, next } = machines;
  const kept = ({ role, name }: ManifestVariable): boolean => KEPT.has(role) && !flow.has(name);
  const targets = new Map(next.manifest.variables.filter(kept).map((variable) => [variable.name, variable]));
  const known = new Set<string>();
  for (const variable of old.manifest.variables.filter(kept)) {
    known.add(variable.name);
    const target = targets.get(variable.name);
    const wasSet = (element: number): boolean =>
      !isDefault(machines, variable, element, variable.address / 8 + element);
    const names = elementNames(variable.name, variable.dims);
    const why = target === undefined ? 'the new version has no such thing' : whyUnlike(variable, target);
    if (target === undefined || why !== undefined) {
      for (const [element, name] of names.entries())
        if (wasSet(element) && variable.visible) report.lost.push({ name, why: why! });
      continue;
    }
    const places = new Map(elementNames(target.name, target.dims).map((name, element) => [name, element]));
    names.forEach((name, element) => {
      const place = places.get(name);
      if (place === undefined) {
        if (wasSet(element)) report.lost.push({ name, why: 'the new version has fewer of them' });
        return;
      }
      places.delete(name);
      const [at, there] = [variable.address / 8 + element, target.address / 8 + place];
      if (!wasSet(element)) {
        tellDefault(report, variable, name, old.numbers[at]!, next.numbers[there]!);
        return;
      }
      const value = relabelled(old.numbers[at]!, variable, target);
      if (value === undefined) {
        const label = variable.labels![old.numbers[at]!] ?? '';
        report.lost.push({ name, why: `it is in ${label}, which the new version does not have` });
        return;
      }
      next.numbers[there] = value;
      next.bytes[givenAt(next.manifest, target, place)] =
        old.bytes[givenAt(old.manifest, variable, element)]!;
      report.carried += 1;
    });
    if (target.visible) report.begins.push(...places.keys());
  }
  for (const [name, { dims, visible }] of targets)
    if (!known.has(name) && visible) report.begins.push(...elementNames(name, dims));
}

function whyUnlike(before: ManifestVariable, after: ManifestVariable): string | undefined {
  const kinds = {
    parameter: 'a parameter',
    input: 'an input',
    state: 'a state',
    discrete: 'a discrete value',
  };
  const kind = ({ role }: ManifestVariable): string => kinds[role as keyof typeof kinds];
  if (before.role !== after.role) return `it was ${kind(before)} and is ${kind(after)} now`;
  if (before.base !== after.base) return `it was a ${before.base} and is a ${after.base} now`;
  if (before.dimension !== after.dimension)
    return `it was in ${before.unit.label || 'no unit'} and is in ${after.unit.label || 'no unit'} now`;
  if (before.dims.length !== after.dims.length) return 'it is an array of another kind now';
  return (before.labels === undefined) === (after.labels === undefined)
    ? undefined
    : 'its values mean something else now';
}

/** Modes go by name. */
function relabelled(
  value: number,
  { labels }: ManifestVariable,
  target: ManifestVariable,
): number | undefined {
  if (labels === undefined || target.labels === undefined) return value;
  const place = target.labels.indexOf(labels[value] ?? '');
  return place < 0 ? undefined : place;
}

/** Those of one name by their order. */
function pairs<Item extends { name: string; dims: number[]; offset: number }>(
  before: readonly Item[],
  after: readonly Item[],
  sameKind: (a: Item, b: Item) => boolean = () => true,
): { item: Item; target: Item; from: number; to: number; name: string }[] {
  const places = new Map<string, { item: Item; at: number }>();
  const keyed = (
    items: readonly Item[],
    use: (key: string, name: string, item: Item, at: number) => void,
  ): void => {
    const seen = new Map<string, number>();
    for (const item of items)
      elementNames(item.name, item.dims).forEach((name, element) => {
        const nth = seen.get(name) ?? 0;
        seen.set(name, nth + 1);
        use(`${name}\n${nth}`, name, item, item.offset + element);
      });
  };
  keyed(before, (key, _, item, at) => places.set(key, { item, at }));
  const found: ReturnType<typeof pairs<Item>> = [];
  keyed(after, (key, name, target, to) => {
    const place = places.get(key);
    if (place !== undefined && sameKind(place.item, target))
      found.push({ item: place.item, target, from: place.at, to, name });
  });
  return found;
}

function copyHandlers({ old, next }: Machines, report: Carried): void {
  const now = old.time();
  const { handlers } = next.manifest;
  for (const { kind, dims, offset, scheduled, renewed, oneCount } of handlers)
    for (let i = 0; i < (oneCount ? Math.min(1, count(dims)) : count(dims)); i += 1) {
      const at = offset + i;
      // A new clock begins with its next tick; what was scheduled for the past is over.
      if (renewed) next.ticks[at]! += now;
      else if (kind === 'every') next.ticks[at] = Math.max(1, next.ticks[at]!);
      else if (scheduled !== undefined) next.ticks[at] = scheduled.time <= now ? 1 : 0;
    }
  const named = pairs(
    old.manifest.handlers,
    handlers,
    (a, b) => a.kind === b.kind && a.renewed === b.renewed,
  );
  const found = [...named, ...sameClocks(old, next, named)];
  const counted = new Set<number>();
  for (const { item, target, from, to } of found) {
    next.truths[to] = old.truths[from]!;
    next.since[to] = old.since[from]!;
    if (target.scheduled !== undefined && target.scheduled.time !== now) continue;
    const ticks = old.ticks[item.oneCount ? item.offset : from]!;
    const cell = target.oneCount ? target.offset : to;
    // Of those that ticked apart and are counted as one, the next to tick has it.
    next.ticks[cell] = counted.has(cell) ? Math.min(next.ticks[cell]!, ticks) : ticks;
    counted.add(cell);
  }
  const carried = new Set(found.map(({ from }) => from));
  for (const { name, dims, offset, hasDuration } of old.manifest.handlers)
    elementNames(name, dims).forEach((full, i) => {
      if (hasDuration && !carried.has(offset + i) && !Number.isNaN(old.since[offset + i]!))
        report.lost.push({ name: full, why: 'its time was running, and the new version has no such rule' });
    });
}

type Pair = ReturnType<typeof pairs<Manifest['handlers'][number]>>[number];

/** An `every` goes by how its period is written. Of the others of an asset those are the same that tick at the same times, by their order. */
function sameClocks(old: Machine, next: Machine, named: readonly Pair[]): Pair[] {
  const [before, after] = [new Set(named.map(({ from }) => from)), new Set(named.map(({ to }) => to))];
  // What a period depends on.
  next.setTime(old.time());
  next.kernel.parameters();
  for (const machine of [old, next]) machine.evaluate();
  const clocksOf = (machine: Machine, taken: ReadonlySet<number>) =>
    machine.manifest.handlers.flatMap((item, which) => {
      if (item.kind !== 'every' || item.renewed) return [];
      return elementNames(item.name, item.dims).flatMap((name, element) => {
        const at = item.offset + element;
        if (taken.has(at)) return [];
        const period = machine.kernel.interval(which, element);
        const phase = Math.max(0, machine.kernel.phase(which, element) || 0);
        // But for what is lost when units are converted.
        const times = [period, phase].map((seconds) => seconds.toPrecision(12));
        return [{ item, at, name, key: [name.slice(0, name.lastIndexOf('every ')), ...times].join('\n') }];
      });
    });
  const waiting = new Map<string, { item: Pair['item']; at: number }[]>();
  for (const { key, item, at } of clocksOf(old, before))
    waiting.set(key, [...(waiting.get(key) ?? []), { item, at }]);
  return clocksOf(next, after).flatMap(({ key, item: target, at: to, name }) => {
    const one = waiting.get(key)?.shift();
    return one === undefined ? [] : [{ item: one.item, target, from: one.at, to, name }];
  });
}

function copySensors({ old, next }: Machines): void {
  for (const { dims, offset } of next.manifest.sensors)
    for (let i = 0; i < count(dims); i += 1)
      next.samples[offset + i] = Math.max(1, next.samples[offset + i]!);
  for (const { from, to } of pairs(old.manifest.sensors, next.manifest.sensors)) {
    next.samples[to] = old.samples[from]!;
    next.sampleTimes[to] = old.sampleTimes[from]!;
  }
}

function copyStreams({ old, next }: Machines): void {
  const place = ({ address }: Region, bytes: number, at: number): number => address + bytes * at;
  const [a, b] = [old.manifest.layout, next.manifest.layout];
  for (const { from, to } of pairs(old.manifest.streams, next.manifest.streams)) {
    const start = place(a.streams, a.streamBytes, from);
    next.bytes.set(old.bytes.subarray(start, start + a.streamBytes), place(b.streams, b.streamBytes, to));
  }
}
