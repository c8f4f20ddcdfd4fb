/**
 * Events → variables and handlers. An event is a number that counts how often it was emitted, with a variable for each of
 * its values; who listens reacts to a change of that number.
 */
import {
  isCommandCall,
  isEmitAction,
  type Action as ActionTree,
  type CommandCall,
  type EmitAction,
  type EventDecl,
  type EventValue,
  type OnStatement,
  type RampStep,
  type ScheduledAction,
} from '../../../grammar/generated/ast.ts';
import { documentationOf } from '../../1-parse/documentation.ts';
import { eventOf, parameterOf } from '../../1-parse/names/events.ts';
import { sourceOf } from '../../1-parse/source.ts';
import { NO_UNIT } from '../../model/asset.ts';
import type { Action, AssetType, Handler, Loop } from '../../model/asset.ts';
import type { Expression, Reference, ValueType } from '../../model/expression.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { displayUnit, quantityOf, valueType } from '../display.ts';
import { openArrays, pathOf } from '../paths.ts';
import { lowerAction } from './assets.ts';
import { lowerExpression, needed, referenceTo } from './expressions.ts';

const COUNT: ValueType = { base: 'integer', dimension: '1', scale: 'either' };

export function lowerEvent(tree: EventDecl, asset: AssetType, analysis: Analysis): void {
  const common = { role: 'state', final: false, hidden: true, source: sourceOf(tree) } as const;
  const doc = documentationOf(tree);
  const zero = (type: ValueType): Expression => ({ kind: 'number', value: 0, type, source: sourceOf(tree) });
  asset.variables.push({
    ...common,
    name: tree.name,
    type: COUNT,
    quantity: '',
    unit: NO_UNIT,
    doc,
    value: zero(COUNT),
  });
  const table = analysis.tableOf(tree);
  for (const parameter of tree.parameters) {
    const type = analysis.declaredType(parameter);
    asset.variables.push({
      ...common,
      name: `${tree.name}.${parameter.name}`,
      type: valueType(type),
      quantity: quantityOf(type, table),
      unit: displayUnit(type, table),
      doc: '',
      value: zero(valueType(type)),
    });
  }
  asset.events.push({
    name: tree.name,
    command: tree.kind === 'command',
    parameters: tree.parameters.map(({ name }) => name),
    doc,
    source: sourceOf(tree),
  });
}

export function lowerActions(
  trees: readonly (ActionTree | Exclude<ScheduledAction, RampStep>)[],
  analysis: Analysis,
): Action[] {
  return trees.flatMap((tree) =>
    isEmitAction(tree) || isCommandCall(tree) ? lowerEmit(tree, analysis) : [lowerAction(tree, analysis)],
  );
}

function lowerEmit(tree: EmitAction | CommandCall, analysis: Analysis): Action[] {
  const event = needed(eventOf(tree.target), 'an event');
  const target = referenceTo(tree.target, analysis);
  const source = sourceOf(tree);
  const before: Expression = { kind: 'variable', reference: target, type: COUNT, source };
  const one: Expression = { kind: 'number', value: 1, type: COUNT, source };
  const next: Expression = { kind: 'binary', operator: '+', left: before, right: one, type: COUNT, source };
  return [
    { target, value: next, source },
    ...tree.arguments.map((argument) => {
      const parameter = needed(
        event.parameters.find((each) => each.name === argument.name),
        'a parameter',
      );
      const type = analysis.declaredType(parameter);
      const value = lowerExpression(argument.value, analysis, type);
      return { target: valueOfEvent(target, argument.name), value, source: sourceOf(argument) };
    }),
  ];
}

/** `press[2].jam` → `press[2].jam.position`. */
function valueOfEvent(event: Reference, name: string): Reference {
  const last = needed(event.segments.at(-1), 'a name');
  return { ...event, segments: [...event.segments.slice(0, -1), { name: `${last.name}.${name}` }] };
}

/** A value of `on jam(position)` where it is read. */
export function referenceToValue(value: EventValue, analysis: Analysis): Reference {
  needed(parameterOf(value), 'a parameter');
  return valueOfEvent(referenceTo(value.$container.event, analysis), value.name);
}

export function lowerOn(tree: OnStatement, loops: Loop[], analysis: Analysis): Handler {
  const path = needed(pathOf(tree.event), 'an event');
  const source = sourceOf(tree.event);
  const reference = referenceTo(tree.event, analysis);
  const count: Expression = { kind: 'variable', reference, type: COUNT, source };
  const condition: Expression =
    openArrays(path).length === 0
      ? count
      : { kind: 'reduction', operator: 'sum', body: count, type: COUNT, source };
  return {
    kind: 'on',
    name: `on ${textOf(tree.event)}`,
    loops,
    condition,
    ...(tree.condition === undefined ? {} : { guard: lowerExpression(tree.condition, analysis) }),
    actions: lowerActions(tree.actions, analysis),
    doc: documentationOf(tree),
    source: sourceOf(tree),
  };
}
