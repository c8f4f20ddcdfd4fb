/** References → the variable, sensor or alarm that they lead to, with an index for each of its dimensions. */
import type { Index, Reference } from '../../model/expression.ts';
import type { SourceRange } from '../../model/source.ts';
import type { FlatIndex, FlatTarget } from '../../ir/flat-expression.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { indexOutside, notConstant, sizesDiffer, starOutside } from '../../diagnostics/flattening.ts';
import { constant } from '../instances/instances.ts';
import type { Group } from '../instances/instances.ts';
import { follow, linkOf } from './links.ts';
import { loopName } from '../../ir/expressions.ts';
import { hasSizes } from './shapes.ts';
import { whole as wholeIndex } from './vectors.ts';
import type { Scope } from './scope.ts';
import type { Flattening } from '../flattening.ts';

/** A variable, sensor or alarm that a reference leads to, with indexes for all of its dims. */
export interface Place {
  group: Group;
  name: string;
  index: FlatIndex[];
}

export function placeOf(
  flattening: Flattening,
  reference: Reference,
  scope: Scope,
  source: SourceRange,
): Place {
  // Most are one name of what is there once.
  if (reference.segments.length === 1) {
    const { name } = reference.segments[0]!;
    const sizes = hasSizes(reference) ? scope.group.sizes.get(name) : undefined;
    if (sizes === undefined) return { group: scope.group, name, index: [...scope.index] };
  }
  let { group } = scope;
  let index = [...scope.index];
  let star = 0;
  const at = [...(scope.at ?? [])];
  const add = (name: string, written: Index | undefined, size: number) => {
    if (written?.kind === 'whole') index.push(wholeIndex(flattening, written, size, at, scope, name, source));
    else index.push(translate(flattening, name, written, size, scope, () => (star += 1) - 1, source));
  };
  for (const segment of reference.segments.slice(0, -1)) {
    const link = linkOf(group, segment.name);
    if (link) {
      ({ group, index } = follow(flattening, group, link, segment.index, index, scope, source));
      continue;
    }
    const child = group.children.get(segment.name);
    if (!child) throw new Error(`The checked model lacks ${group.type.name}.${segment.name}`);
    if (child.size !== undefined) add(segment.name, segment.index, child.size);
    group = child;
  }
  const last = reference.segments.at(-1)!;
  const sizes = hasSizes(reference) ? group.sizes.get(last.name) : undefined;
  sizes?.forEach((size, axis) => add(last.name, axis === 0 ? last.index : last.column, size));
  return { group, name: last.name, index };
}

function translate(
  flattening: Flattening,
  name: string,
  written: Index | undefined,
  size: number,
  scope: Scope,
  nextStar: () => number,
  source: SourceRange,
): FlatIndex {
  const outside = (low: number, high: number) => {
    flattening.diagnostics.push(report(indexOutside, { name, low, high, size }, source));
    return 0;
  };
  if (written?.kind === 'constant' || written?.kind === 'fixed') {
    const value = written.kind === 'constant' ? written.value : constant(written.value, scope.group);
    if (value === undefined || !Number.isInteger(value)) {
      const holes = { what: `The index of '${name}'`, why: 'it is not a whole number made of fixed values' };
      flattening.diagnostics.push(report(notConstant, holes, source));
      return 0;
    }
    return value < 1 || value > size ? outside(value, value) : value - 1;
  }
  if (written?.kind === 'loop') {
    const loop = scope.loops.find((one) => one.variable === scope.named.get(written.variable));
    if (!loop) throw new Error(`The checked model lacks the for variable ${written.variable}`);
    const low = loop.from + written.offset;
    const high = loop.to - 1 + written.offset;
    return low < 0 || high >= size
      ? outside(low + 1, high + 1)
      : { loop: loop.variable, offset: written.offset };
  }
  const position = nextStar();
  const asked = scope.each?.[position];
  if (asked !== undefined) return asked;
  if (!scope.stars) {
    flattening.diagnostics.push(report(starOutside, { name: `${name}[*]` }, source));
    return 0;
  }
  let loop = scope.stars[position];
  if (!loop) {
    loop = { variable: loopName(scope.used.count), from: 0, to: size };
    scope.used.count += 1;
    scope.stars.push(loop);
  } else if (loop.to !== size)
    flattening.diagnostics.push(report(sizesDiffer, { sizes: [loop.to, size] }, source));
  return { loop: loop.variable, offset: 0 };
}

/** The variable that an action or an equation's side writes. */
export function targetOf(
  flattening: Flattening,
  reference: Reference,
  scope: Scope,
  source: SourceRange,
): FlatTarget {
  const { group, name, index } = placeOf(flattening, reference, scope, source);
  return { variable: group.variables.get(name)!, index };
}
