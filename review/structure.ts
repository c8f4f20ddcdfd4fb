/** Two checked models → what changed in what they declare: not in how it is written, where, or in which order. */
import type { DisplayUnit } from '../compiler/model/asset.ts';
import type { CheckedModel } from '../compiler/model/checked-model.ts';
import type { SourceRange } from '../compiler/model/source.ts';
import { valueText } from '../runtime/describe.ts';
import { PRIVATE_TEXT } from '../runtime/private.ts';
import { canonical, plainNames } from './canonical.ts';
import { declarationsOf } from './declarations.ts';
import type { Declaration } from './declarations.ts';
import { shortName } from './names.ts';
import { findRenames, renamedNames } from './renames.ts';
import type { Renames } from './renames.ts';

export interface Change {
  kind: 'added' | 'removed' | 'changed' | 'renamed';
  /** `param`, `equation`, `sensor`, … */
  subject: string;
  /** `Pump.cooling`; for a renamed one the name after. */
  path: string;
  /** The name before, when it was renamed. */
  before?: string;
  /** One line for people: `75 W/K → 80 W/K`. */
  text: string;
  /** Which fields differ, where only some do: `value`, `range`. */
  fields: string[];
  /** As written. */
  oldText?: string;
  newText?: string;
  oldSource?: SourceRange;
  newSource?: SourceRange;
  /** Where it would stand in the texts before, for one that is added to an asset there. */
  insertAt?: { uri: string; at: number };
}

export interface Side {
  model: CheckedModel;
  textOf: (uri: string) => string | undefined;
  own: (uri: string) => boolean;
}

export interface Structure {
  changes: Change[];
  renames: Renames;
}

/** Two models, declaration by declaration; what was renamed is found first, so that it is one change. */
export function compareStructure(base: Side, head: Side): Structure {
  const declared = ({ model, textOf, own }: Side, names = plainNames(model)): Declaration[] =>
    declarationsOf(model, names, textOf, own);
  const now = declared(head);
  const renames = findRenames(base.model, declared(base), now, (names) => declared(base, names));
  const old = declared(base, renamedNames(base.model, renames));
  return { changes: changesBetween(old, now, base, head, renames), renames };
}

/** Modes are a chart, and a state that says in which mode it is: to whoever wrote them one declaration. */
function withoutTwins(changes: readonly Change[]): Change[] {
  const key = ({ kind, path, oldSource, newSource }: Change): string =>
    [kind, path, oldSource?.uri, oldSource?.start, newSource?.uri, newSource?.start].join('\n');
  const charts = new Set(changes.filter(({ subject }) => subject === 'chart').map(key));
  return changes
    .filter((each) => !(each.subject === 'state' && charts.has(key(each))))
    .map((each) => (each.subject === 'chart' ? { ...each, subject: 'modes' } : each));
}

function changesBetween(
  old: readonly Declaration[],
  now: readonly Declaration[],
  base: Side,
  head: Side,
  renames: Renames,
): Change[] {
  const changes: Change[] = [];
  const ownerNow = ({ kind, owner }: Declaration): string =>
    (kind === 'requirement' ? renames.tests.get(owner) : renames.declarations.get(owner)) ?? owner;
  const nameNow = ({ kind, owner, name, about }: Declaration): string =>
    (kind === 'test'
      ? renames.tests.get(name)
      : owner === ''
        ? renames.declarations.get(name)
        : (about ?? renames.members.get(`${owner} ${name}`))) ?? name;
  const slot = (each: Declaration, owner: string, name: string): string => `${each.kind} ${owner} ${name}`;
  const waiting = new Map<string, Declaration[]>();
  const slotNow = (each: Declaration): string =>
    slot(each, each.owner, each.owner === '' ? each.name : (each.about ?? each.name));
  for (const each of now) push(waiting, slotNow(each), each);
  const gone: Declaration[] = [];
  const pairs: Pair[] = [];
  const placeNow = (each: Declaration): Declaration[] =>
    waiting.get(slot(each, ownerNow(each), nameNow(each))) ?? [];
  // Where several have one name, as tests of several packages may, those that are the same go first.
  const known = new Map<Declaration, Declaration>();
  for (const each of old) {
    const there = placeNow(each);
    const at = there.findIndex(({ key }) => key === each.key);
    if (at >= 0) known.set(each, there.splice(at, 1)[0]!);
  }
  for (const each of old) {
    const found = known.get(each) ?? placeNow(each).shift();
    if (found === undefined) gone.push(each);
    else pairs.push([each, found]);
  }
  const fresh = now.filter((each) => (waiting.get(slotNow(each)) ?? []).includes(each));
  // Things without a name of their own: the same meaning elsewhere in the asset, or all that is left of a kind.
  for (const sameMeaning of [true, false])
    for (const each of [...gone]) {
      const rivals = gone.filter((other) => other.kind === each.kind && other.owner === each.owner);
      const others = fresh.filter((other) => other.kind === each.kind && other.owner === ownerNow(each));
      const found = sameMeaning
        ? others.find(({ key }) => key === each.key)
        : isUnnamed(each) && rivals.length === 1 && others.length === 1
          ? others[0]
          : undefined;
      if (found === undefined || (sameMeaning && !isUnnamed(each))) continue;
      gone.splice(gone.indexOf(each), 1);
      fresh.splice(fresh.indexOf(found), 1);
      pairs.push([each, found]);
    }
  const moved = new Set<Declaration>();
  for (const [was, is, those] of packagesRenamed(pairs, gone, now)) {
    const [first, last] = those[0]!;
    for (const [before] of those) moved.add(before);
    changes.push({
      kind: 'renamed',
      subject: 'package',
      path: is,
      before: was,
      text: `${was} → ${is}`,
      fields: ['name'],
      oldSource: first.source,
      newSource: last.source,
    });
  }
  for (const [before, after] of pairs) {
    const renamed = !isUnnamed(before) && before.name !== after.name && !moved.has(before);
    // In another package it is only the package that says what changed.
    const [was, is] = before.path === after.path ? [before.name, after.name] : [before.path, after.path];
    if (renamed)
      changes.push({
        kind: 'renamed',
        subject: after.kind,
        path: is,
        before: was,
        text: `${was} → ${is}`,
        fields: ['name'],
        oldText: before.text,
        newText: after.text,
        oldSource: before.source,
        newSource: after.source,
      });
    if (before.key !== after.key || isShownOtherwise(before, after))
      changes.push(changed(before, after, base, head, renames));
  }
  const inside = (each: Declaration, all: readonly Declaration[]): boolean =>
    all.some(
      (other) =>
        other !== each && (other.name === each.owner || other.path === each.owner) && other.owner === '',
    );
  for (const each of gone)
    if (!inside(each, gone))
      changes.push({
        kind: 'removed',
        subject: each.kind,
        path: each.path,
        text: each.text,
        fields: [],
        oldText: each.text,
        oldSource: each.source,
      });
  for (const each of fresh)
    if (!inside(each, fresh))
      changes.push({
        kind: 'added',
        subject: each.kind,
        path: each.path,
        text: each.text,
        fields: [],
        newText: each.text,
        newSource: each.source,
        ...insertionPoint(each, old, ownerNow, base),
      });
  const place = ({ newSource, oldSource }: Change): SourceRange => (newSource ?? oldSource)!;
  return withoutTwins(changes).toSorted((a, b) => {
    const [x, y] = [place(a), place(b)];
    return x.uri < y.uri ? -1 : x.uri > y.uri ? 1 : x.start - y.start || (a.kind < b.kind ? -1 : 1);
  });
}

type Pair = [before: Declaration, after: Declaration];

/** Packages of which all that was declared, two or more, is now in one that is new, under the names that it had. */
function packagesRenamed(
  pairs: readonly Pair[],
  gone: readonly Declaration[],
  now: readonly Declaration[],
): [was: string, is: string, those: Pair[]][] {
  const packageOf = ({ owner, name, kind }: Declaration): string | undefined =>
    owner === '' && kind !== 'test' && kind !== 'view' && name.includes('.')
      ? name.slice(0, name.lastIndexOf('.'))
      : undefined;
  const byPackage = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const was = packageOf(pair[0]);
    if (was !== undefined) push(byPackage, was, pair);
  }
  const still = new Set(now.map(packageOf));
  return [...byPackage].flatMap(([was, all]): [string, string, Pair[]][] => {
    if (still.has(was) || gone.some((each) => packageOf(each) === was)) return [];
    const those = all.filter(([before, after]) => shortName(before.name) === shortName(after.name));
    const [is, ...others] = new Set(those.map(([, after]) => packageOf(after)));
    if (is === undefined || others.length > 0 || those.length < 2) return [];
    if (pairs.some(([before, after]) => packageOf(after) === is && packageOf(before) !== was)) return [];
    return [[was, is, those]];
  });
}

/** Before the brace that closes the asset; for what stands at the top, at the end of the file. */
function insertionPoint(
  { owner, source: { uri } }: Declaration,
  old: readonly Declaration[],
  ownerNow: (each: Declaration) => string,
  base: Side,
): Pick<Change, 'insertAt'> {
  const whole = base.textOf(uri);
  if (owner === '') return whole === undefined ? {} : { insertAt: { uri, at: whole.length } };
  const asset = old.find(
    (each) => each.kind === 'asset' && ownerNow({ ...each, owner: each.name }) === owner,
  );
  return asset === undefined ? {} : { insertAt: { uri: asset.source.uri, at: asset.source.end - 1 } };
}

const UNNAMED = new Set(['equation', 'when', 'at', 'every', 'requirement', 'binding', 'view', 'join']);
const isUnnamed = ({ kind }: Declaration): boolean => UNNAMED.has(kind);

function changed(before: Declaration, after: Declaration, base: Side, head: Side, renames: Renames): Change {
  const names = { old: renamedNames(base.model, renames), now: plainNames(head.model) };
  const [a, b] = [before.node as Record<string, unknown>, after.node as Record<string, unknown>];
  const fields = [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((field) => field !== 'name' && field !== 'source' && field !== 'doc')
    .filter(
      (field) =>
        canonical({ [field]: a[field] }, before.owner || contextIn(a), names.old) !==
        canonical({ [field]: b[field] }, after.owner || contextIn(b), names.now),
    );
  if (isShownOtherwise(before, after)) fields.push(SHOWN_UNIT);
  return {
    kind: 'changed',
    subject: after.kind,
    path: after.path,
    text:
      valueChange(a, b, fields) ??
      unitChange(before, after, fields) ??
      apart(before.text, after.text).join(' → '),
    fields,
    oldText: before.text,
    newText: after.text,
    oldSource: before.source,
    newSource: after.source,
  };
}

/** Two long texts as far as they differ, with a few words around that. */
export function apart(a: string, b: string): [string, string] {
  if (Math.max(a.length, b.length) <= LONG) return [a, b];
  const [x, y] = [a.split(' '), b.split(' ')];
  let same = 0;
  while (same < Math.min(x.length, y.length) && x[same] === y[same]) same += 1;
  let end = 0;
  while (end < Math.min(x.length, y.length) - same && x.at(-1 - end) === y.at(-1 - end)) end += 1;
  const cut = (words: readonly string[]): string => {
    const [from, to] = [Math.max(same - AROUND, 0), Math.min(words.length - end + AROUND, words.length)];
    return `${from > 0 ? '… ' : ''}${words.slice(from, to).join(' ')}${to < words.length ? ' …' : ''}`;
  };
  return [cut(x), cut(y)];
}
const LONG = 100;
const AROUND = 3;

/** Of a change by which people read other numbers, and the values are the same. */
const SHOWN_UNIT = 'unit';

/** Where neither text says a unit, which one is shown comes of how numbers are written, and says nothing. */
const isShownOtherwise = ({ shown: was }: Declaration, { shown: is }: Declaration): boolean =>
  was !== undefined && is !== undefined && (was.said || is.said) && was.unit !== is.unit;

function unitChange(
  { shown: was }: Declaration,
  { shown: is }: Declaration,
  fields: readonly string[],
): string | undefined {
  if (fields.length !== 1 || fields[0] !== SHOWN_UNIT) return undefined;
  return `shown in ${was?.unit || '1'} → ${is?.unit || '1'}, the values are the same`;
}

const contextIn = (node: Record<string, unknown>): string =>
  typeof node['asset'] === 'string' ? node['asset'] : '';

/** `75 W/K → 80 W/K`, both in the unit that the new text shows; old and new as written where that differs. */
function valueChange(
  a: Record<string, unknown>,
  b: Record<string, unknown>,
  fields: readonly string[],
): string | undefined {
  if (fields.length !== 1 || fields[0] !== 'value') return undefined;
  if (a['exposure'] === 'private' || b['exposure'] === 'private')
    return `${PRIVATE_TEXT} → another value ${PRIVATE_TEXT}`;
  const [x, y] = [numberIn(a['value']), numberIn(b['value'])];
  const unit = b['unit'] as DisplayUnit | undefined;
  if (x === undefined || y === undefined || unit === undefined) return undefined;
  const base = (b['type'] as { base: 'number' | 'integer' | 'boolean' }).base;
  return `${valueText(x, unit, base, 6)} → ${valueText(y, unit, base, 6)}`;
}

function numberIn(expression: unknown): number | undefined {
  if (typeof expression !== 'object' || expression === null || !('kind' in expression)) return undefined;
  if (expression.kind === 'number' && 'value' in expression) return Number(expression.value);
  if (expression.kind === 'boolean' && 'value' in expression) return expression.value === true ? 1 : 0;
  return undefined;
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
