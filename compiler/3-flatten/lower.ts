import type { CheckedModel } from '../model/checked-model.ts';
import type { Loop } from '../model/asset.ts';
import type { Expression, Index, Reference } from '../model/expression.ts';
import type { SourceRange } from '../model/source.ts';
import type { FlatAlarm, FlatSensor, FlatVariable } from '../ir/flat-system.ts';
import type {
  FlatDelay,
  FlatExpression,
  FlatIndex,
  FlatLoop,
  FlatTable,
  FlatStream,
  FlatWindow,
  FlatTarget,
} from '../ir/flat-expression.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { report } from '../diagnostics/diagnostic.ts';
import {
  derivativeMissing,
  indexOutside,
  notConstant,
  sizesDiffer,
  starOutside,
} from '../diagnostics/flattening.ts';
import { lowerDraw } from './draws.ts';
import { lowerWindow } from './windows.ts';
import type { DrawPlace } from './draws.ts';
import { measure, statistic } from './measures.ts';
import type { Statistics } from './measures.ts';
import { constant, nameOf } from './instances.ts';
import type { Constraints } from './index-reduction.ts';
import type { Group } from './instances.ts';
import type { Box } from './box.ts';
import { follow, linkOf, lowerLinked, Unlinked } from './links.ts';
import { fold, loopName, number } from '../ir/expressions.ts';
import { letIn } from '../ir/lets.ts';
import { lowerDelay } from './delays.ts';
import { hasSizes, rankOf, starsOf } from './shapes.ts';
import type { Sizes } from './shapes.ts';
import { lowerLookup } from './tables.ts';
import { isListed, lowerLinear, reduce, sizesIn, whole as wholeIndex } from './vectors.ts';

/** What the steps of flattening share. */
export interface Flattening {
  model: CheckedModel;
  /** The root first. */
  groups: Group[];
  variables: FlatVariable[];
  sensors: FlatSensor[];
  alarms: FlatAlarm[];
  tables: FlatTable[];
  delays: FlatDelay[];
  streams: FlatStream[];
  windows: FlatWindow[];
  /** Found by index reduction. */
  constraints: Constraints[];
  /** States whose start is looked for. */
  startsFree: Set<number>;
  statistics: Statistics;
  diagnostics: Diagnostic[];
  /** Arrays of unknowns that joins cut into pieces which are determined apart. */
  cuts?: ReadonlyMap<number, Box[]>;
}

/** Where an expression stands: in one (or any) instance of a group, inside loops. */
export interface Scope {
  group: Group;
  /** An index for each dim of the group. */
  index: FlatIndex[];
  /** `for` variables of the model to flat loop variables. */
  named: ReadonlyMap<string, string>;
  /** All flat loops around. */
  loops: readonly FlatLoop[];
  /** Number of loop variables used so far, shared by everything inside one equation. */
  used: { count: number };
  /** Loops that `[*]` made here, by position; absent where no `[*]` may stand. */
  stars?: FlatLoop[];
  /** Which of those that a link leads to `[*]` means: each in turn, inside of a reduction. */
  linked?: number;
  /** Slots of what items carry, in steps of a process. */
  items?: ReadonlyMap<string, number>;
  /** What draws, where numbers may be drawn. */
  draws?: DrawPlace;
  /** Which element is asked for of what is a vector as a whole, and which of what goes one by one. */
  at?: readonly FlatIndex[];
  each?: readonly FlatIndex[];
  /** Lets that are vectors: their elements are written where they are asked for. */
  vectors?: ReadonlyMap<string, VectorLocal>;
  /** Values of lets that are plain numbers. */
  locals?: ReadonlyMap<string, FlatExpression>;
}

export interface VectorLocal {
  value: Expression;
  scope: Scope;
  sizes: Sizes;
}

/** Any instance of a group: a loop for each of its dims. */
export function scopeOf(group: Group): Scope {
  const loops = group.dims.map((size, at) => ({ variable: loopName(at), from: 0, to: size }));
  return {
    group,
    index: loops.map((loop) => ({ loop: loop.variable, offset: 0 })),
    named: new Map(),
    loops,
    used: { count: loops.length },
  };
}

/** Adds `for` loops; undefined when a range is not constant or empty. */
export function within(flattening: Flattening, scope: Scope, loops: readonly Loop[]): Scope | undefined {
  const named = new Map(scope.named);
  const flat = [...scope.loops];
  for (const loop of loops) {
    const from = bound(flattening, loop.from, scope.group);
    const to = bound(flattening, loop.to, scope.group);
    if (from === undefined || to === undefined || to < from) return undefined;
    const variable = loopName(flat.length);
    named.set(loop.variable, variable);
    flat.push({ variable, from: from - 1, to });
  }
  return { ...scope, named, loops: flat, used: { count: flat.length } };
}

function bound(flattening: Flattening, expression: Expression, group: Group): number | undefined {
  const value = constant(expression, group);
  if (value !== undefined && Number.isInteger(value)) return value;
  const why = value === undefined ? 'it is not made of fixed values' : `it is ${value}, no whole number`;
  flattening.diagnostics.push(report(notConstant, { what: 'The range of a for', why }, expression.source));
  return undefined;
}

const smoothnessOf = ({ smooth }: { smooth?: true }): { smooth?: true } => (smooth ? { smooth } : {});

export function lower(flattening: Flattening, expression: Expression, around: Scope): FlatExpression {
  const scope =
    around.at && around.at.length > 0 && rankOf(expression) === 0 ? { ...around, at: [] } : around;
  const inner = (one: Expression) => lower(flattening, one, scope);
  switch (expression.kind) {
    case 'number':
      return number(expression.value);
    case 'boolean':
      return number(expression.value ? 1 : 0);
    case 'time':
      return { kind: 'time' };
    case 'loop': {
      const loop = scope.named.get(expression.variable);
      if (loop === undefined)
        throw new Error(`The checked model lacks the for variable ${expression.variable}`);
      return { kind: 'position', loop, offset: 1 };
    }
    case 'unary':
      return fold({ kind: 'unary', operator: expression.operator, operand: inner(expression.operand) });
    case 'binary': {
      const { operator } = expression;
      const sides = { left: inner(expression.left), right: inner(expression.right) };
      return fold({ kind: 'binary', operator, ...sides, ...smoothnessOf(expression) });
    }
    case 'conditional':
      return fold({
        kind: 'conditional',
        condition: inner(expression.condition),
        then: inner(expression.then),
        else: inner(expression.else),
      });
    case 'call':
      return {
        kind: 'call',
        function: expression.function,
        arguments: expression.arguments.map(inner),
        ...smoothnessOf(expression),
      };
    case 'window':
      return lowerWindow(flattening, expression, scope);
    case 'draw':
      return lowerDraw(flattening, expression, scope);
    case 'delay':
      return lowerDelay(flattening, expression, scope, inner);
    case 'lookup':
      return {
        ...lowerLookup(flattening, expression, expression.arguments.map(inner)),
        ...smoothnessOf(expression),
      };
    case 'linear':
      return lowerLinear(flattening, expression, scope);
    case 'local': {
      const vector = scope.vectors?.get(expression.name);
      if (vector) {
        const { at, each, loops, used, stars } = scope;
        return lower(flattening, vector.value, { ...vector.scope, at, each, loops, used, stars });
      }
      return scope.locals?.get(expression.name) ?? { kind: 'local', name: expression.name };
    }
    case 'let': {
      const { name, body } = expression;
      const vectors = new Map(scope.vectors);
      vectors.delete(name);
      if (rankOf(expression.value) > 0) {
        const sizes = sizesIn(flattening, expression.value, scope);
        vectors.set(name, { value: expression.value, scope, sizes });
        return lower(flattening, body, { ...scope, vectors });
      }
      const value = lower(flattening, expression.value, { ...scope, at: [] });
      const locals = new Map(scope.locals);
      if (value.kind === 'number') locals.set(name, value);
      else locals.delete(name);
      return letIn(name, value, lower(flattening, body, { ...scope, locals, vectors }));
    }
    case 'statistic':
      return statistic(flattening, expression, scope);
    case 'variable':
      try {
        return variable(flattening, expression, scope);
      } catch (error) {
        if (error instanceof Unlinked) return number(0);
        throw error;
      }
    case 'reduction': {
      const linked = lowerLinked(flattening, expression, scope);
      if (linked) return linked;
      if (starsOf(expression.body) === 0 && rankOf(expression.body) > 0)
        return reduceWhole(flattening, expression, scope);
      const stars: FlatLoop[] = [];
      const body = lower(flattening, expression.body, { ...scope, stars, each: [] });
      const elements = stars.reduce((product, loop) => product * (loop.to - loop.from), 1);
      const over = (operator: 'sum' | 'product' | 'min' | 'max' | 'any' | 'all', of = body): FlatExpression =>
        stars.length === 0 ? of : { kind: 'reduction', operator, loops: stars, body: of };
      switch (expression.operator) {
        case 'mean':
          return { kind: 'binary', operator: '/', left: over('sum'), right: number(elements) };
        case 'count':
          return over('sum', { kind: 'conditional', condition: body, then: number(1), else: number(0) });
        default:
          return over(expression.operator);
      }
    }
  }
}

/** `sum(x)`: over all elements of a vector as a whole. */
function reduceWhole(
  flattening: Flattening,
  { operator, body }: Extract<Expression, { kind: 'reduction' }>,
  scope: Scope,
): FlatExpression {
  const sizes = sizesIn(flattening, body, scope).shape;
  const listed = isListed(body, scope);
  const term = (at: FlatIndex[]) => lower(flattening, body, { ...scope, at });
  switch (operator) {
    case 'mean': {
      const count = sizes.reduce((product, size) => product * size, 1);
      return {
        kind: 'binary',
        operator: '/',
        left: reduce('sum', scope, sizes, listed, term),
        right: number(count),
      };
    }
    case 'count':
      return reduce('sum', scope, sizes, listed, (at) => ({
        kind: 'conditional',
        condition: term(at),
        then: number(1),
        else: number(0),
      }));
    default:
      return reduce(operator, scope, sizes, listed, term);
  }
}

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

function variable(
  flattening: Flattening,
  expression: Extract<Expression, { kind: 'variable' }>,
  scope: Scope,
): FlatExpression {
  const { reference, source } = expression;
  if (reference.target.kind === 'item') {
    const slot = scope.items?.get(reference.segments.at(-1)!.name);
    if (slot === undefined) throw new Error('The checked model reads an item outside of a process');
    return { kind: 'attribute', slot };
  }
  const { group, name, index } = placeOf(flattening, reference, scope, source);
  const load = (id: number): FlatExpression => ({ kind: 'load', variable: id, index });
  if (reference.target.kind === 'measure')
    return measure(flattening, group, `${name}.${reference.target.field}`, index);
  if (reference.target.kind === 'alarm') return load(flattening.alarms[group.alarms.get(name)!]!.active);
  if (reference.target.kind === 'sensor') {
    const sensor = flattening.sensors[group.sensors.get(name)!]!;
    const declared = group.type.sensors.find((one) => one.name === name)!;
    switch (reference.target.field) {
      case 'measured':
        return load(sensor.measured);
      case 'predicted':
        return load(sensor.predicted);
      case 'stale':
        return load(sensor.stale);
      case 'age': {
        const when: FlatExpression = { kind: 'sampled', sensor: group.sensors.get(name)!, index };
        // Before the first sample: as long as the run has lasted.
        const known: FlatExpression = { kind: 'binary', operator: '==', left: when, right: when };
        const last: FlatExpression = { kind: 'conditional', condition: known, then: when, else: number(0) };
        return { kind: 'binary', operator: '-', left: { kind: 'time' }, right: last };
      }
      case 'residual':
        return { kind: 'binary', operator: '-', left: load(sensor.measured), right: load(sensor.predicted) };
      case 'outOfRange': {
        if (!declared.range) return number(0);
        const there: Scope = {
          group,
          index: index.slice(0, group.dims.length),
          named: new Map(),
          loops: scope.loops,
          used: scope.used,
        };
        return outside(
          load(sensor.measured),
          lower(flattening, declared.range.low, there),
          lower(flattening, declared.range.high, there),
        );
      }
    }
  }
  const fixed = group.fixed.get(name);
  const sizes = group.sizes.get(name) ?? [];
  const own = index.slice(index.length - sizes.length);
  if (fixed && own.every((one) => typeof one === 'number'))
    return number(fixed[own.reduce((position, at, axis) => position * sizes[axis]! + at, 0)]!);
  const id = group.variables.get(name);
  if (id === undefined) throw new Error(`The checked model lacks ${group.type.name}.${name}`);
  if (expression.modifier !== 'der') return load(id);
  const { partner } = flattening.variables[id]!;
  if (partner !== undefined) return load(partner);
  flattening.diagnostics.push(report(derivativeMissing, { name: nameOf(group, name) }, source));
  return number(0);
}

export function outside(value: FlatExpression, low: FlatExpression, high: FlatExpression): FlatExpression {
  return {
    kind: 'binary',
    operator: 'or',
    left: { kind: 'binary', operator: '<', left: value, right: low },
    right: { kind: 'binary', operator: '>', left: value, right: high },
  };
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
