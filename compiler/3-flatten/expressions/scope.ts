/** Where an expression stands when it is flattened: in which instances, inside which loops, with what around it. */
import type { Loop } from '../../model/asset.ts';
import type { Expression } from '../../model/expression.ts';
import type { FlatExpression, FlatIndex, FlatLoop } from '../../ir/flat-expression.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { notConstant } from '../../diagnostics/flattening.ts';
import type { DrawPlace } from './draws.ts';
import { constant } from '../instances/instances.ts';
import type { Group } from '../instances/instances.ts';
import { loopName } from '../../ir/expressions.ts';
import type { Sizes } from './shapes.ts';
import type { Flattening } from '../flattening.ts';

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
  if (loops.length === 0) return { ...scope, used: { count: scope.loops.length } };
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
