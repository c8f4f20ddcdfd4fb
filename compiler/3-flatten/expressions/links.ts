import type { Link } from '../../model/asset.ts';
import type { Expression, Index, Reference } from '../../model/expression.ts';
import type { SourceRange } from '../../model/source.ts';
import type { FlatExpression, FlatIndex } from '../../ir/flat-expression.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { indexOutside, notConstant } from '../../diagnostics/flattening.ts';
import { linkDiffers, linkEmpty, wrongCountOfLink } from '../../diagnostics/links.ts';
import { number } from '../../ir/expressions.ts';
import { constant } from '../instances/instances.ts';
import type { Group } from '../instances/instances.ts';
import { lower } from './lower.ts';
import type { Flattening } from '../flattening.ts';
import type { Scope } from './scope.ts';

/** A part that a link leads to: its group, and the indexes beyond those of the asset that gave the link. */
export interface Target {
  group: Group;
  index: number[];
}

export interface Given {
  targets: Target[];
  /** How many dims of the link's owner are those of the asset that gave it. */
  shared: number;
}

/** A link leads nowhere: said already. */
export class Unlinked extends Error {}

export function linkOf(group: Group, name: string): Link | undefined {
  return group.type.links.find((link) => link.name === name);
}

/** What a link leads to, in every instance of its owner alike. */
export function given(flattening: Flattening, group: Group, link: Link): Given {
  const known = flattening.links.get(group)?.get(link);
  if (known !== undefined) return known;
  const found = findGiven(flattening, group, link);
  const ofGroup = flattening.links.get(group) ?? new Map<Link, Given>();
  flattening.links.set(group, ofGroup.set(link, found));
  return found;
}

function findGiven(flattening: Flattening, group: Group, link: Link): Given {
  const placed = (group.overrides.get(link.name) ?? []).filter((one) => one.parts);
  const last = placed.at(-1);
  if (!last) return { targets: [], shared: 0 };
  const say = (diagnostic: ReturnType<typeof report>) => flattening.diagnostics.push(diagnostic);
  if (placed.some((one) => one.pins.some((pin) => pin !== undefined)))
    say(report(linkDiffers, { name: link.name }, last.source));
  const targets = last.parts!.flatMap((part) => partsOf(last.writer, part));
  const [low, high] = link.count
    ? [constant(link.count.low, group) ?? 0, constant(link.count.high, group) ?? Infinity]
    : [1, 1];
  if (targets.length < low || targets.length > high)
    say(report(wrongCountOfLink, { name: link.name, given: targets.length, low, high }, last.source));
  return { targets, shared: last.writer.dims.length };
}

function partsOf(writer: Group, reference: Reference): Target[] {
  let found: Target[] = [{ group: writer, index: [] }];
  for (const segment of reference.segments)
    found = found.flatMap(({ group, index }) => {
      const child = group.children.get(segment.name);
      if (!child) return [];
      if (child.size === undefined) return [{ group: child, index }];
      const one =
        segment.index?.kind === 'constant' ? segment.index.value : fixedIndex(segment.index, writer);
      const all = Array.from({ length: child.size }, (_, at) => at);
      return (one === undefined ? all : all.filter((at) => at === one - 1)).map((at) => ({
        group: child,
        index: [...index, at],
      }));
    });
  return found;
}

const fixedIndex = (index: Index | undefined, writer: Group) =>
  index?.kind === 'fixed' ? constant(index.value, writer) : undefined;

/** Through a link to the part that it leads to. */
export function follow(
  flattening: Flattening,
  group: Group,
  link: Link,
  written: Index | undefined,
  index: readonly FlatIndex[],
  scope: Scope,
  source: SourceRange,
): { group: Group; index: FlatIndex[] } {
  const { targets, shared } = given(flattening, group, link);
  const at = position(flattening, link, written, scope, source);
  const target = targets[at];
  if (!target) {
    const holes = { name: link.name, low: at + 1, high: at + 1, size: targets.length };
    flattening.diagnostics.push(report(indexOutside, holes, source));
    throw new Unlinked();
  }
  return { group: target.group, index: [...index.slice(0, shared), ...target.index] };
}

function position(
  flattening: Flattening,
  link: Link,
  written: Index | undefined,
  scope: Scope,
  source: SourceRange,
): number {
  if (!link.count) return 0;
  if (written?.kind === 'constant') return written.value - 1;
  const value = fixedIndex(written, scope.group);
  if (value !== undefined) return value - 1;
  if (written?.kind === 'all' && scope.linked !== undefined) return scope.linked;
  const why = 'what a link leads to differs from one to the next; take a number, or [*] inside of sum(…)';
  flattening.diagnostics.push(report(notConstant, { what: `The index of '${link.name}'`, why }, source));
  throw new Unlinked();
}

type Reduction = Extract<Expression, { kind: 'reduction' }>;

/** `sum(feeds[*].level)`: one term for each that the link leads to; undefined where no `[*]` is of a link. */
export function lowerLinked(
  flattening: Flattening,
  expression: Reduction,
  scope: Scope,
): FlatExpression | undefined {
  if (scope.linked !== undefined) return undefined;
  const found = starOf(expression.body, scope.group);
  if (!found) return undefined;
  const { targets } = given(flattening, found.group, found.link);
  const { operator } = expression;
  const terms = targets.map((_, linked) =>
    lower(flattening, operator === 'mean' ? { ...expression, operator: 'sum' } : expression, {
      ...scope,
      linked,
    }),
  );
  const join = (sign: '+' | '*' | 'and' | 'or', none: number): FlatExpression =>
    terms.length === 0
      ? number(none)
      : terms.reduce((left, right) => ({ kind: 'binary', operator: sign, left, right }));
  switch (operator) {
    case 'sum':
    case 'count':
      return join('+', 0);
    case 'product':
      return join('*', 1);
    case 'any':
      return join('or', 0);
    case 'all':
      return join('and', 1);
  }
  if (terms.length === 0) {
    flattening.diagnostics.push(report(linkEmpty, { name: found.link.name, operator }, expression.source));
    return number(0);
  }
  if (operator === 'mean')
    return { kind: 'binary', operator: '/', left: join('+', 0), right: number(terms.length) };
  return terms.reduce((left, right) => ({ kind: 'call', function: operator, arguments: [left, right] }));
}

/** The first `[*]` of a link in an expression. */
function starOf(node: unknown, group: Group): { group: Group; link: Link } | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  if ('kind' in node && node.kind === 'variable' && 'reference' in node) {
    let place: Group | undefined = group;
    for (const { name, index } of (node.reference as Reference).segments) {
      const link: Link | undefined = place && linkOf(place, name);
      if (place && link) return index?.kind === 'all' ? { group: place, link } : undefined;
      place = place?.children.get(name);
    }
    return undefined;
  }
  for (const value of Object.values(node)) {
    const found = starOf(value, group);
    if (found) return found;
  }
  return undefined;
}
