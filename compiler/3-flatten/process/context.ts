/** What is known of a flow while it is made: places, resources and processes by group and name. */
import type { Expression } from '../../model/expression.ts';
import type { Resource } from '../../model/process.ts';
import type { Block, VariableId } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatIndex } from '../../ir/flat-expression.ts';
import type { FlatBelt, FlatProcess, FlatQueue, FlatResource } from '../../ir/process.ts';
import { toldOrNone } from '../events/doubts.ts';
import { placeAt } from '../expressions/draws.ts';
import { inline } from '../algebra/inline.ts';
import { join } from '../instances/instances.ts';
import type { Group } from '../instances/instances.ts';
import { lower } from '../expressions/lower.ts';
import { scopeOf } from '../expressions/scope.ts';
import { elementAt } from '../expressions/vectors.ts';
import type { Flattening } from '../flattening.ts';
import type { Scope } from '../expressions/scope.ts';

export interface Known {
  queues: FlatQueue[];
  belts: FlatBelt[];
  resources: FlatResource[];
  processes: FlatProcess[];
  /** By group and name. */
  places: Map<string, number>;
  lines: Map<string, number>;
  used: Map<string, number>;
  numbers: Map<string, number>;
  declared: { group: Group; resource: Resource }[];
}

export interface FlowContext {
  flattening: Flattening;
  running: readonly Block[];
  known: Known;
}

export const keyOf = (group: Group, name: string): string => `${group.path}/${name}`;
export const variable = (group: Group, name: string): VariableId => group.variables.get(name) ?? -1;

/** An expression for any instance of a group, with what it draws, and lets written out; of one with several numbers the `element`. */
export function valueIn(
  { flattening, running }: FlowContext,
  group: Group,
  expression: Expression,
  drawn: string,
  items?: ReadonlyMap<string, number>,
  element?: readonly FlatIndex[],
): FlatExpression {
  const base = scopeOf(group);
  const scope: Scope = {
    ...base,
    draws: placeAt(join(group.path, drawn), base.loops, expression.source),
    ...(items === undefined ? {} : { items }),
  };
  const lowered =
    element === undefined
      ? lower(flattening, expression, scope)
      : elementAt(flattening, expression, scope, element);
  const value = inline(flattening, running, lowered, base.loops);
  return toldOrNone(value, flattening.tables);
}
