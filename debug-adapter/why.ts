/** What fired, or what a value is → the conditions, values and earlier events that led to it, as a tree of sentences. */
import { loads } from '../compiler/ir/expressions.ts';
import type { Block, FlatSystem } from '../compiler/ir/flat-system.ts';
import type { FlatIndex, FlatLoop } from '../compiler/ir/flat-expression.ts';
import type { Manifest, SourceRange } from '../runtime/contract/manifest.ts';
import { elementOfInstance, handlerName } from '../runtime/describe.ts';
import { count, elementAt, indexOf } from '../runtime/contract/elements.ts';
import { elementName } from '../runtime/names.ts';
import { timeText } from '../runtime/trouble.ts';
import { linesOf } from './places.ts';
import { isBefore } from './travel.ts';
import type { Firing, Place } from './travel.ts';
import { textOf } from './variables.ts';
import type { Element } from './variables.ts';

export interface Cause {
  text: string;
  source?: SourceRange;
  because: Cause[];
}

export interface Known {
  manifest: Manifest;
  system: FlatSystem;
  texts: ReadonlyMap<string, string>;
  history: readonly Firing[];
  /** What is older than this was forgotten. */
  isForgotten: boolean;
  /** SI, at the moment that is looked at. */
  read: (element: Element) => number;
  scenario?: number;
}

const DEEPEST = 6;
const WIDEST = 4;
/** How far equations are followed until something that changes at events. */
const MOST_EQUATIONS = 60;

export function whyFires(known: Known, firing: Firing): Cause {
  return fires(known, firing, 0, new Set());
}

export function whyIs(known: Known, element: Element, place: Place): Cause {
  return isSo(known, element, known.read(element), place, 0, new Set());
}

const NOUNS = {
  when: 'when',
  at: 'at',
  rule: 'rule',
  on: 'on',
  raise: 'alarm raised',
  clear: 'alarm cleared',
  range: 'outside its range',
  every: 'every',
  scheduled: 'scenario',
} as const;

function fires(known: Known, firing: Firing, depth: number, seen: Set<string>): Cause {
  const { manifest } = known;
  const handler = manifest.handlers[firing.handler]!;
  const name = handlerName(manifest, firing.handler, firing.instance);
  const when = `at t = ${timeText(firing.time)}${firing.microstep === 0 ? '' : `, microstep ${firing.microstep}`}`;
  const text = `${name} (${NOUNS[handler.kind]}) ${when}`;
  const key = `${firing.time} ${firing.index}`;
  const cause: Cause = { text, source: handler.source, because: [] };
  if (seen.has(key) || depth > DEEPEST) return cause;
  seen.add(key);
  if (handler.kind === 'scheduled') {
    cause.because.push({ text: 'the scenario says so at this time', because: [] });
    return cause;
  }
  if (handler.kind === 'every') {
    cause.because.push({ text: `its time has come: ${lineOf(known, firing)}`, because: [] });
    return cause;
  }
  const place: Place = { time: firing.time, index: firing.index };
  const held = firing.since === undefined ? '' : `, and had held since t = ${timeText(firing.since)}`;
  const condition: Cause = { text: `${lineOf(known, firing)}: it had become true${held}`, because: [] };
  cause.because.push(condition);
  const { reads = [], sets, dims } = handler;
  reads.forEach((variable, n) => {
    const { labels, visible, dims: own } = manifest.variables[variable]!;
    if (!visible && manifest.alarms.some(({ active }) => active === variable)) return;
    const element = elementOfInstance(own, dims, firing.instance);
    if (element === undefined) return;
    // A transition leaves the mode that it names: what led into it says more.
    if (labels !== undefined && sets.includes(variable) && reads.length > 1 && depth > 2) return;
    condition.because.push(isSo(known, { variable, element }, firing.reads[n]!, place, depth + 1, seen));
  });
  return cause;
}

function isSo(
  known: Known,
  { variable, element }: Element,
  value: number,
  place: Place,
  depth: number,
  seen: Set<string>,
): Cause {
  const { manifest } = known;
  const described = manifest.variables[variable]!;
  const name = elementName(described.name, described.dims, element);
  const cause: Cause = {
    text: `${name} = ${textOf(manifest, variable, value)}`,
    source: described.source,
    because: [],
  };
  if (depth > DEEPEST) return cause;
  const setter = lastChange(known, { variable, element }, place);
  if (setter !== undefined) {
    const change = setter.changes.find((one) => one.variable === variable && one.element === element)!;
    const how = described.role === 'state' ? 'started anew as' : 'set to';
    const set = fires(known, setter, depth + 1, seen);
    cause.because.push({ ...set, text: `${how} ${textOf(manifest, variable, change.after)} by ${set.text}` });
  }
  if (described.role === 'state' || described.role === 'algebraic' || described.role === 'derivative') {
    const { sources, changing } = eventful(known, { variable, element }, place);
    if (described.role === 'state')
      cause.because.push({
        text: `moves by its equation${changing.length === 0 ? '' : ', which depends on'}`,
        because: changing.map((one) => changed(known, one, depth, seen)),
      });
    else {
      for (const one of changing) cause.because.push(changed(known, one, depth, seen));
      if (changing.length === 0 && sources.length > 0)
        cause.because.push({ text: `computed from ${namesOf(manifest, sources)}`, because: [] });
    }
  } else if (setter === undefined) cause.because.push({ text: atStart(known, variable), because: [] });
  return cause;
}

function changed(
  known: Known,
  one: { element: Element; setter: Firing },
  depth: number,
  seen: Set<string>,
): Cause {
  const { manifest } = known;
  const { variable, element } = one.element;
  const { name, dims, source } = manifest.variables[variable]!;
  const change = one.setter.changes.find((each) => each.variable === variable && each.element === element)!;
  const set = fires(known, one.setter, depth + 1, seen);
  return {
    text: `${elementName(name, dims, element)} = ${textOf(manifest, variable, change.after)}, set by ${set.text}`,
    source,
    because: set.because,
  };
}

function atStart({ manifest, isForgotten, scenario }: Known, variable: number): string {
  const { role } = manifest.variables[variable]!;
  if (isForgotten) return 'not changed as far back as is remembered';
  if (role === 'parameter') return 'a parameter';
  const own = scenario === undefined ? undefined : manifest.scenarios[scenario];
  if (own?.drives?.some((drive) => drive.variable === variable) === true)
    return `follows what scenario ${own.name} says`;
  if (own?.settings.some((setting) => setting.variable === variable) === true)
    return `given by scenario ${own.name}`;
  return 'not changed since the start';
}

function lastChange({ history }: Known, { variable, element }: Element, place: Place): Firing | undefined {
  for (let at = history.length - 1; at >= 0; at -= 1) {
    const one = history[at]!;
    if (!isBefore(one, place)) continue;
    if (one.changes.some((change) => change.variable === variable && change.element === element)) return one;
  }
  return undefined;
}

/** Through equations back to what changes at events: which of it has, the latest first. */
function eventful(
  known: Known,
  from: Element,
  place: Place,
): { sources: Element[]; changing: { element: Element; setter: Firing }[] } {
  const { manifest, system } = known;
  const sources: Element[] = [];
  const seen = new Set<string>();
  const open: Element[] = [from];
  for (let at = 0; at < open.length && seen.size < MOST_EQUATIONS; at += 1) {
    const here = open[at]!;
    const key = `${here.variable}/${here.element}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const { role } = manifest.variables[here.variable]!;
    const partner = role === 'state' ? system.variables[here.variable]?.partner : undefined;
    if (at > 0 && (role === 'parameter' || role === 'input' || role === 'discrete' || role === 'state')) {
      sources.push(here);
      if (role !== 'state') continue;
    }
    // States of others count by what sets them anew, not by all that moves them.
    if (at > 0 && role === 'state') continue;
    const defined = partner === undefined ? here : { variable: partner, element: here.element };
    open.push(...needs(system, defined));
  }
  const changing = sources
    .flatMap((element) => {
      const setter = lastChange(known, element, place);
      return setter === undefined ? [] : [{ element, setter }];
    })
    .toSorted((a, b) => (isBefore(a.setter, b.setter) ? 1 : -1))
    .slice(0, WIDEST);
  return { sources, changing };
}

/** What an equation reads to compute an element. */
function needs(system: FlatSystem, { variable, element }: Element): Element[] {
  const index = indexOf(system.variables[variable]!.dims, element);
  for (const block of [...system.dynamics, ...system.outputs]) {
    const found = read(system, block, variable, index);
    if (found !== undefined) return found;
  }
  return [];
}

function read(
  system: FlatSystem,
  block: Block,
  variable: number,
  index: readonly number[],
): Element[] | undefined {
  const targets = block.kind === 'assign' ? [block.target] : block.unknowns;
  for (const target of targets) {
    if (target.variable !== variable) continue;
    const at = new Map<string, number>();
    const fits = target.index.every((one, axis) => {
      if (typeof one === 'number') return one === index[axis];
      at.set(one.loop, index[axis]! - one.offset);
      return true;
    });
    if (!fits || !block.loops.every((loop) => isWithin(loop, at.get(loop.variable)))) continue;
    const expressions = block.kind === 'assign' ? [block.value] : block.residuals;
    return expressions.flatMap((expression) =>
      loads(expression).flatMap(({ load, loops }) =>
        load.variable === variable ? [] : elementsAt(system, load.variable, load.index, at, loops),
      ),
    );
  }
  return undefined;
}

const isWithin = ({ from, to }: FlatLoop, at: number | undefined): boolean =>
  at === undefined || (at >= from && at < to);

function elementsAt(
  system: FlatSystem,
  variable: number,
  index: readonly FlatIndex[],
  at: ReadonlyMap<string, number>,
  loops: readonly FlatLoop[],
): Element[] {
  const { dims } = system.variables[variable]!;
  let found: number[][] = [[]];
  index.forEach((one, axis) => {
    const loop = typeof one === 'number' ? undefined : loops.find(({ variable: name }) => name === one.loop);
    const choices =
      typeof one === 'number'
        ? [one]
        : at.has(one.loop)
          ? [at.get(one.loop)! + one.offset]
          : Array.from(
              { length: (loop?.to ?? 1) - (loop?.from ?? 0) },
              (_, i) => (loop?.from ?? 0) + i + one.offset,
            );
    found = found.flatMap((before) => choices.map((choice) => [...before, choice])).slice(0, MOST_EQUATIONS);
    if (axis >= dims.length) found = [];
  });
  return found
    .filter((each) => each.every((i, axis) => i >= 0 && i < dims[axis]!))
    .map((each) => ({ variable, element: elementAt(dims, each) }))
    .filter(({ element }) => element < count(dims));
}

function namesOf(manifest: Manifest, elements: readonly Element[]): string {
  const names = elements.slice(0, WIDEST).map(({ variable, element }) => {
    const { name, dims } = manifest.variables[variable]!;
    return elementName(name, dims, element);
  });
  return `${names.join(', ')}${elements.length > WIDEST ? ', …' : ''}`;
}

/** The condition as it is written: its line, without what follows. */
function lineOf({ manifest, texts }: Known, { handler }: Firing): string {
  const described = manifest.handlers[handler]!;
  const { source, kind } = described;
  const text = texts.get(source.uri) ?? '';
  const [first, last] = linesOf(described, texts);
  const lines =
    kind === 'raise' || kind === 'clear'
      ? text.split('\n').slice(first - 1, last)
      : text.slice(source.start, source.end).split('\n');
  const own = kind === 'rule' ? lines.find((line) => line.trimStart().startsWith('when')) : lines[0];
  return (own ?? described.name)
    .trim()
    .replace(/\s*(\{|->).*$/, '')
    .replace(/\s*\/\/.*$/, '');
}

/** As lines, each level further in. */
export const causeLines = ({ text, because }: Cause, depth = 0): string[] => [
  `${depth === 0 ? '' : `${'  '.repeat(depth - 1)}↳ `}${text}`,
  ...because.flatMap((one) => causeLines(one, depth + 1)),
];
