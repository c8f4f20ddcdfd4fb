/** Events and commands: who emits, calls and listens, and with which values. */
import {
  isOnStatement,
  type ButtonWidget,
  type CommandCall,
  type EmitAction,
  type EventDecl,
  type Expression,
  type OnStatement,
} from '../../../grammar/generated/ast.ts';
import { closestNames } from '../../1-parse/names/closest-names.ts';
import { eventOf } from '../../1-parse/names/events.ts';
import { sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import * as signals from '../../diagnostics/signals.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { valueOf } from '../constants.ts';
import { displayUnit, quantityOf } from '../display.ts';
import { requireBoolean } from '../infer/infer.ts';
import { kindOf } from '../members.ts';
import { requireFit } from '../mismatch.ts';
import { featureOf, openArrays, pathOf } from '../paths.ts';

export function valuesOfEventMustBeDistinct(event: EventDecl, analysis: Analysis): void {
  const seen = new Set<string>();
  for (const parameter of event.parameters) {
    if (!parameter?.name) continue;
    if (seen.has(parameter.name))
      analysis.report(signals.parameterTwice, { name: parameter.name, event: event.name }, parameter);
    seen.add(parameter.name);
  }
}

export function listenedMustBeEvent(on: OnStatement, analysis: Analysis): void {
  const event = mustBeEvent(on, on.event, 'on', analysis);
  if (on.condition !== undefined) requireBoolean(on.condition, 'What follows when', analysis);
  if (event === undefined || on.values.length === 0) return;
  const text = textOf(on.event);
  const path = pathOf(on.event);
  const values = on.values.flatMap((value) => value?.name ?? []);
  if (path !== undefined && openArrays(path).length > 0) {
    analysis.report(signals.valuesOfMany, { text, values }, on.event);
    return;
  }
  for (const value of on.values) if (value?.name) mustBeParameter(value, value.name, event, text, analysis);
}

export function emittedMustBeEvent(emit: EmitAction | CommandCall | ButtonWidget, analysis: Analysis): void {
  const calls = emit.$type !== 'EmitAction';
  const word = emit.$type === 'ButtonWidget' ? 'button' : calls ? 'at' : 'emit';
  const event = mustBeEvent(emit, emit.target, word, analysis);
  if (event === undefined) return;
  const text = textOf(emit.target);
  if (calls && event.kind !== 'command') {
    analysis.report(signals.commandExpected, { name: text }, emit.target);
    return;
  }
  const given = new Set<string>();
  for (const argument of emit.arguments) {
    if (!argument?.name || !mustBeParameter(argument, argument.name, event, text, analysis)) continue;
    if (given.has(argument.name)) problem(argument, event, text, `is given ${argument.name} twice`, analysis);
    given.add(argument.name);
    const parameter = event.parameters.find(({ name }) => name === argument.name)!;
    const type = analysis.declaredType(parameter);
    const table = analysis.tableOf(parameter);
    const place = {
      text: `'${argument.name}'`,
      type,
      quantity: quantityOf(type, table),
      unit: displayUnit(type, table),
    };
    const fits = requireFit(argument.value, place, analysis);
    if (fits && emit.$type === 'ButtonWidget' && valueOf(argument.value, analysis) === undefined) {
      const holes = { name: argument.name, text: textOf(argument.value) };
      analysis.report(signals.buttonValueChanges, holes, argument.value);
    }
  }
  if (emit.$type === 'ButtonWidget') return;
  const missing = event.parameters.filter(({ name }) => name && !given.has(name)).map(({ name }) => name);
  if (missing.length > 0 && emit.arguments.every((argument) => argument?.name))
    problem(emit, event, text, `needs ${missing.join(' and ')}`, analysis);
}

function mustBeEvent(
  node: OnStatement | EmitAction | CommandCall | ButtonWidget,
  path: Expression | undefined,
  word: string,
  analysis: Analysis,
): EventDecl | undefined {
  const feature = featureOf(pathOf(path));
  const event = eventOf(path);
  if (event !== undefined || feature === undefined || path === undefined) return event;
  const holes = { text: textOf(path), what: kindOf(feature), word: isOnStatement(node) ? 'on' : word };
  analysis.report(signals.eventExpected, holes, path);
  return undefined;
}

function mustBeParameter(
  node: { $type: string; name: string } & Parameters<Analysis['report']>[2],
  name: string,
  event: EventDecl,
  text: string,
  analysis: Analysis,
): boolean {
  const names = event.parameters.flatMap((parameter) => parameter?.name ?? []);
  if (names.includes(name)) return true;
  const place = sourceOfProperty(node, 'name');
  const fixes = closestNames(name, names, 1).map((close) => ({
    title: `Change to '${close}'`,
    edits: [{ uri: uriOf(node), start: place.start, end: place.end, text: close }],
  }));
  const holes = { event: text, problem: `has no value ${name}`, parameters: names };
  analysis.report(signals.valuesOfEvent, holes, node, { place, fixes });
  return false;
}

function problem(
  node: Parameters<Analysis['report']>[2],
  event: EventDecl,
  text: string,
  what: string,
  analysis: Analysis,
): void {
  const parameters = event.parameters.flatMap((parameter) => parameter?.name ?? []);
  analysis.report(signals.valuesOfEvent, { event: text, problem: what, parameters }, node);
}
