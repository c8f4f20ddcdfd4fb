/**
 * A checked model → what tests can reach in it: each rule, branch, mode, transition, alarm, step and requirement once, by where it is written, however
 * many types inherit it and however many instances there are.
 */
import type { AssetType, Handler } from './model/asset.ts';
import type { CheckedModel } from './model/checked-model.ts';
import type { Expression } from './model/expression.ts';
import type { SourceRange } from './model/source.ts';
import { sidesIn } from './3-flatten/shown/branches.ts';
import type { IsWritten } from './3-flatten/shown/branches.ts';

export const POINT_KINDS = ['rule', 'branch', 'mode', 'transition', 'alarm', 'step', 'requirement'] as const;
export type PointKind = (typeof POINT_KINDS)[number];

/** Something that can be reached in one or two ways, each of which counts by itself. */
export interface Point {
  kind: PointKind;
  /** With the type it stands in: `Pump.tripHot`. */
  name: string;
  source: SourceRange;
  /** `fires`, `then`, `raised` …; `keyOf` makes keys of them. */
  ways: string[];
}

/** A line that does something: as soon as its type is part of what runs, or when what it belongs to has happened. */
export interface Line {
  source: SourceRange;
  by: { asset: string } | { key: string };
}

export interface Coverable {
  points: Point[];
  lines: Line[];
}

export const keyOf = ({ uri, start }: SourceRange, what: string): string => `${uri}#${start} ${what}`;

/** Conditionals that the text has as such: `if` stands at their start, or before the condition of chosen equations. */
export function writtenIn(textOf: (uri: string) => string | undefined): IsWritten {
  return (whole, condition) => {
    const text = textOf(whole.uri);
    if (text === undefined) return false;
    if (condition.start > whole.start) return /^if\b/.test(text.slice(whole.start, whole.start + 3));
    return (
      condition.start === whole.start &&
      condition.end === whole.end &&
      /\bif\s*$/.test(text.slice(Math.max(0, whole.start - 40), whole.start))
    );
  };
}

/** What tests could reach in the texts that are asked for, by the places where it is written. */
export function coverableOf(
  model: CheckedModel,
  textOf: (uri: string) => string | undefined,
  isAsked: (uri: string) => boolean,
): Coverable {
  const isWritten = writtenIn(textOf);
  const points = new Map<string, Point>();
  const lines = new Map<string, Line>();
  const add = (kind: PointKind, name: string, source: SourceRange, ...ways: string[]): void => {
    const key = keyOf(source, `${kind} ${ways.join()}`);
    if (isAsked(source.uri) && !points.has(key)) points.set(key, { kind, name, source, ways });
  };
  const there = (source: SourceRange, asset: string): void => {
    // By type, as a line of a base is there with each type that inherits it.
    if (isAsked(source.uri)) lines.set(keyOf(source, asset), { source, by: { asset } });
  };
  for (const asset of Object.values(model.assets)) {
    const short = asset.name.slice(asset.name.lastIndexOf('.') + 1);
    const named = (name: string): string => `${short}.${name}`;
    for (const expression of expressionsIn(asset))
      for (const { source } of sidesIn(expression, isWritten))
        add('branch', `${short}: if in line ${source.line}`, source, 'then', 'else');
    for (const handler of asset.handlers) {
      const kind = kindOf(handler, textOf);
      if (kind === undefined) continue;
      add(kind, named(handler.name), handler.source, ...(handler.duration ? ['armed'] : []), 'fires');
      const key = keyOf(handler.source, 'fires');
      for (const { source } of handler.actions)
        if (isAsked(source.uri)) lines.set(keyOf(source, key), { source, by: { key } });
    }
    for (const { name, source } of asset.alarms) add('alarm', named(name), source, 'raised', 'cleared');
    for (const { name, labels, sources = [], hidden } of asset.variables)
      if (!hidden)
        sources.forEach((source, at) => add('mode', named(`${name}.${labels![at + 1]!}`), source, 'entered'));
    for (const { name, steps } of asset.processes)
      for (const { text, source } of steps) add('step', named(`${name}: ${text}`), source, 'passed');
    for (const { role, value, values, source, hidden, labels } of asset.variables)
      if (!hidden && labels === undefined && (role === 'let' || role === 'state') && (value ?? values))
        there(source, asset.name);
    for (const { source } of [...asset.equations, ...asset.sensors]) there(source, asset.name);
  }
  for (const { name, requirements } of model.tests)
    for (const { text, source } of requirements) add('requirement', `${name}: ${text}`, source, 'asked');
  const inOrder = <T extends { source: SourceRange }>(all: Iterable<T>): T[] =>
    [...all].sort((a, b) =>
      a.source.uri === b.source.uri ? a.source.start - b.source.start : a.source.uri < b.source.uri ? -1 : 1,
    );
  return { points: inOrder(points.values()), lines: inOrder(lines.values()) };
}

/** What the compiler makes for itself stands in the text as something else. */
function kindOf(
  { kind, name, source }: Handler,
  textOf: (uri: string) => string | undefined,
): 'rule' | 'transition' | undefined {
  const text = textOf(source.uri)?.slice(source.start, source.start + 12) ?? '';
  if (!/^(when|else|at|every|on|after|rule|for)\b/.test(text)) return undefined;
  return kind !== 'rule' && / -> /.test(name) ? 'transition' : 'rule';
}

function expressionsIn(asset: AssetType): Expression[] {
  const all: (Expression | undefined)[] = [
    ...asset.variables.flatMap(({ value, values = [] }) => [value, ...values]),
    ...asset.equations.flatMap(({ left, right }) => [left, right]),
    ...asset.handlers.flatMap(({ condition, guard, duration, offset, actions }) => [
      condition,
      guard,
      duration,
      offset,
      ...actions.flatMap((action) => [action.value, action.guard]),
    ]),
    ...asset.sensors.flatMap(({ target, period }) => [target, period]),
    ...asset.alarms.flatMap(({ raise, clear }) => [
      raise.condition,
      raise.duration,
      clear?.condition,
      clear?.duration,
    ]),
  ];
  return all.filter((each) => each !== undefined);
}
