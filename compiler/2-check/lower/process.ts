/** Processes and resources → the model's. */
import {
  isBreakClause,
  isInterruptedClause,
  isItemDecl,
  isLimitStep,
  isRepairClause,
  isShiftsClause,
  type Choice,
  type Destination as DestinationTree,
  type Expression as Tree,
  type ItemDecl,
  type Need as NeedTree,
  type ProcessDecl,
  type ProcessStep as StepTree,
  type ResourceDecl,
} from '../../../grammar/generated/ast.ts';
import { documentationOf } from '../../1-parse/documentation.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type { Destination, ItemValue, Need, Process, ProcessStep, Resource } from '../../model/process.ts';
import type { Expression } from '../../model/expression.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { displayUnit, valueType } from '../display.ts';
import { plain } from '../environment.ts';
import { target } from '../members.ts';
import { TIME_TYPE } from '../rules/events.ts';
import { PLAIN } from '../type.ts';
import { lowerAction } from './assets.ts';
import { lowerRoster } from './calendar.ts';
import { lowerExpression, needed, referenceTo } from './expressions.ts';

export function lowerProcess(tree: ProcessDecl, analysis: Analysis): Process {
  const limit = tree.steps.find(isLimitStep);
  return {
    name: tree.name,
    ...(limit === undefined ? {} : { limit: Number(plain(limit.limit)) }),
    items: tree.steps.filter(isItemDecl).map((item) => lowerItem(item, analysis)),
    steps: tree.steps
      .filter((step) => !isLimitStep(step) && !isItemDecl(step))
      .map((step) => lowerStep(step, analysis)),
    doc: documentationOf(tree),
    source: sourceOf(tree),
  };
}

function lowerItem(tree: ItemDecl, analysis: Analysis): ItemValue {
  const type = analysis.typeOf(tree.value);
  const table = analysis.tableOf(tree);
  return {
    name: tree.name,
    type: valueType(type),
    unit: displayUnit(type, table),
    value: lowerExpression(tree.value, analysis),
    doc: documentationOf(tree),
    source: sourceOf(tree),
  };
}

function lowerNeed(tree: NeedTree, analysis: Analysis): Need {
  return {
    resource: referenceTo(tree.resource, analysis),
    units: Number(plain(tree.units ?? '1')),
    source: sourceOf(tree),
  };
}

function destination(tree: DestinationTree | undefined): Destination {
  if (tree === undefined || tree.leaves) return { kind: 'leave' };
  return { kind: 'place', name: needed(target(tree.place), 'a place').name };
}

function lowerStep(tree: StepTree, analysis: Analysis): ProcessStep {
  const common = { text: textOf(tree), source: sourceOf(tree) };
  const value = (of: Tree | undefined, type = TIME_TYPE): Expression => lowerExpression(of, analysis, type);
  const optional = <K extends string>(
    key: K,
    of: Tree | undefined,
    type = TIME_TYPE,
  ): { [P in K]?: Expression } =>
    (of === undefined ? {} : { [key]: value(of, type) }) as { [P in K]?: Expression };
  const needs = (of: readonly NeedTree[]): Need[] => of.map((need) => lowerNeed(need, analysis));
  switch (tree.$type) {
    case 'ArriveStep':
      return {
        kind: 'arrive',
        ...optional('interval', tree.interval),
        ...optional('first', tree.once ?? tree.first),
        once: tree.once !== undefined,
        ...(tree.once === undefined ? {} : optional('from', tree.first)),
        ...optional('condition', tree.condition),
        ...optional('until', tree.until),
        ...optional('group', tree.group, PLAIN),
        ...optional('most', tree.most, PLAIN),
        ...common,
      };
    case 'QueueStep':
      return {
        kind: 'queue',
        name: tree.name,
        store: tree.store,
        ...optional('capacity', tree.capacity, PLAIN),
        order: tree.order ?? 'fifo',
        ...optional('key', tree.key),
        full: tree.overflow === undefined ? (tree.full ?? 'block') : destination(tree.overflow),
        ...optional('patience', tree.patience),
        gaveUp: destination(tree.gaveUp),
        doc: documentationOf(tree),
        ...common,
      };
    case 'ConveyStep':
      return {
        kind: 'convey',
        name: tree.name,
        length: value(tree.length),
        speed: value(tree.speed),
        spacing: value(tree.spacing),
        doc: documentationOf(tree),
        ...common,
      };
    case 'UseStep':
      return {
        kind: 'use',
        needs: needs(tree.needs),
        duration: value(tree.duration),
        ...(tree.setup === undefined
          ? {}
          : { setup: { duration: value(tree.setup), kind: value(tree.kind) } }),
        ...optional('priority', tree.priority, PLAIN),
        preempts: tree.preempts,
        ...common,
      };
    case 'SeizeStep':
      return {
        kind: 'seize',
        needs: needs(tree.needs),
        ...optional('priority', tree.priority, PLAIN),
        preempts: tree.preempts,
        ...common,
      };
    case 'ReleaseStep':
      return { kind: 'release', needs: needs(tree.needs), ...common };
    case 'WaitStep':
      return tree.condition === undefined
        ? { kind: 'wait', duration: value(tree.duration), ...common }
        : { kind: 'waitUntil', condition: value(tree.condition), ...common };
    case 'ChooseStep':
      return { kind: 'choose', options: tree.options.map((option) => choice(option, analysis)), ...common };
    case 'GoStep':
      return { kind: 'go', to: destination(tree.to), ...common };
    case 'StationStep':
      return { kind: 'station', name: tree.name, ...common };
    case 'BatchStep':
      return { kind: 'batch', size: value(tree.size, PLAIN), ...common };
    case 'UnbatchStep':
      return { kind: 'unbatch', ...common };
    case 'SplitStep':
      return { kind: 'split', copies: value(tree.copies, PLAIN), ...common };
    case 'TakeStep':
      return {
        kind: 'take',
        store: needed(target(tree.store), 'a store').name,
        units: Number(plain(tree.units ?? '1')),
        ...common,
      };
    case 'MakeStep':
      return {
        kind: 'make',
        process: needed(target(tree.process), 'a process').name,
        count: Number(plain(tree.count ?? '1')),
        ...common,
      };
    case 'ExitStep':
      return { kind: 'exit', name: tree.name, ...common };
    case 'SetAction': {
      const { target: to, value: written } = lowerAction(tree, analysis);
      return { kind: 'set', target: to, value: written, ...common };
    }
    default:
      return { kind: 'leave', ...common };
  }
}

function choice(
  tree: Choice,
  analysis: Analysis,
): { probability?: Expression; condition?: Expression; to: Destination } {
  const to = destination(tree.to);
  if (tree.when === undefined) return { to };
  const value = lowerExpression(tree.when, analysis, PLAIN);
  return value.type.base === 'boolean' ? { condition: value, to } : { probability: value, to };
}

export function lowerResource(tree: ResourceDecl, analysis: Analysis): Resource {
  const breaks = tree.clauses.find(isBreakClause);
  const repair = tree.clauses.find(isRepairClause);
  const shifts = tree.clauses.find(isShiftsClause);
  return {
    name: tree.name,
    ...(tree.size === undefined ? {} : { size: lowerExpression(tree.size, analysis, PLAIN) }),
    ...(breaks === undefined
      ? {}
      : {
          breaks: {
            after: lowerExpression(breaks.life, analysis, breaks.clock === 'uses' ? PLAIN : TIME_TYPE),
            of: breaks.clock ?? 'time',
            ...(repair === undefined
              ? {}
              : { repair: lowerExpression(repair.duration, analysis, TIME_TYPE) }),
            crew: (repair?.needs ?? []).map((need) => lowerNeed(need, analysis)),
          },
        }),
    interrupted: tree.clauses.find(isInterruptedClause)?.policy ?? 'resume',
    ...(shifts === undefined ? {} : { shifts: lowerRoster(shifts, analysis) }),
    doc: documentationOf(tree),
    source: sourceOf(tree),
  };
}
