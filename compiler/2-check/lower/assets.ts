/** Assets with inheritance applied → `AssetType`. */
import {
  isAlarmDecl,
  isAtStatement,
  isCorrelatedDecl,
  isDrawExpr,
  isEquation,
  isEventDecl,
  isOnStatement,
  isEveryStatement,
  isForStatement,
  isJoinStatement,
  isIfStatement,
  isInitialStatement,
  isItemDecl,
  isListLiteral,
  isModesDecl,
  isPartDecl,
  isProcessDecl,
  isResourceDecl,
  isRuleDecl,
  isSensorDecl,
  isVariableDecl,
  isWhenStatement,
  type AlarmDecl,
  type AssetDecl,
  type AtStatement,
  type Equation as EquationTree,
  type EveryStatement,
  type ForStatement,
  type Override as OverrideTree,
  type PartDecl,
  type RuleDecl,
  type SensorDecl,
  type SetAction,
  type Trigger as TriggerTree,
  type VariableDecl,
  type WhenStatement,
} from '../../../grammar/generated/ast.ts';
import type { AstNode } from 'langium';
import { documentationOf } from '../../1-parse/documentation.ts';
import { sourceOf, sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import type {
  Action,
  Alarm,
  AssetType,
  Handler,
  Loop,
  Override,
  Part,
  Sensor,
  Trigger,
  Variable,
} from '../../model/asset.ts';
import type { DrawExpression, Expression } from '../../model/expression.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { displayUnit, quantityOf, valueType } from '../display.ts';
import { qualifiedName, target } from '../members.ts';
import { featureOf, isLink, pathOf } from '../paths.ts';
import { UNKNOWN, type Type } from '../type.ts';
import { lowerCorrelation } from './correlated.ts';
import { lowerDraw } from './distributions.ts';
import { lowerActions, lowerEvent, lowerOn } from './events.ts';
import { lowerModes } from './modes.ts';
import { rememberOverTime } from './over-time.ts';
import { lowerLink, lowerLinked } from './links.ts';
import { lowerJoin } from './ports.ts';
import { lowerIf } from './if-equations.ts';
import { firstModesAs } from './first-modes.ts';
import { lowerInitial } from './initially.ts';
import { lowerProcess, lowerResource } from './process.ts';
import { elementOverrides, lowerSized } from './vectors.ts';
import { lowerExpression, lowerRange, lowerValue, needed, referenceTo } from './expressions.ts';

/** @param known what was lowered already: bases are what others inherit from, in chains of any length */
export function lowerAsset(
  asset: AssetDecl,
  analysis: Analysis,
  known: Map<AssetDecl, AssetType>,
): AssetType {
  const old = known.get(asset);
  if (old !== undefined) return old;
  const base = target(asset.base);
  const inherited = base === undefined ? undefined : lowerAsset(base, analysis, known);
  const lowered: AssetType = {
    name: qualifiedName(asset),
    abstract: asset.abstract,
    doc: documentationOf(asset),
    variables: [...(inherited?.variables ?? [])],
    parts: [...(inherited?.parts ?? [])],
    equations: [...(inherited?.equations ?? [])],
    initial: [...(inherited?.initial ?? [])],
    handlers: [...(inherited?.handlers ?? [])],
    sensors: [...(inherited?.sensors ?? [])],
    alarms: [...(inherited?.alarms ?? [])],
    joins: [...(inherited?.joins ?? [])],
    links: [...(inherited?.links ?? [])],
    ...(asset.port ? { port: true as const } : {}),
    correlations: [...(inherited?.correlations ?? [])],
    events: [...(inherited?.events ?? [])],
    resources: [...(inherited?.resources ?? [])],
    processes: [...(inherited?.processes ?? [])],
    charts: [...(inherited?.charts ?? [])],
    source: sourceOf(asset),
    place: sourceOfProperty(asset, 'name'),
  };
  for (const override of asset.overrides) applyToInherited(override, lowered, analysis);
  for (const member of asset.members) lowerMember(member, [], lowered, analysis);
  rememberOverTime(asset, lowered, analysis);
  known.set(asset, lowered);
  return lowered;
}

/** `extends Pump(load = 4 kN, bearing.wear = 0)`: the inherited member takes the value itself. */
function applyToInherited(tree: OverrideTree, asset: AssetType, analysis: Analysis): void {
  for (const override of lowerOverride(tree, analysis)) {
    const [first, ...rest] = override.target.segments;
    const name = needed(first, 'a name').name;
    if (rest.length === 0) {
      const written = lowerValue(tree.value, targetType(tree, analysis), analysis);
      asset.variables = asset.variables.map((variable) =>
        variable.name === name ? { ...variable, value: undefined, values: undefined, ...written } : variable,
      );
    } else {
      const inner = { ...override, target: { ...override.target, segments: rest } };
      asset.parts = asset.parts.map((part) =>
        part.name === name ? { ...part, overrides: [...part.overrides, inner] } : part,
      );
    }
  }
}

function lowerMember(
  member: AssetDecl['members'][number],
  loops: Loop[],
  asset: AssetType,
  analysis: Analysis,
): void {
  if (isVariableDecl(member)) asset.variables.push(lowerVariable(member, analysis));
  else if (isPartDecl(member) && member.link) asset.links.push(lowerLink(member, analysis));
  else if (isPartDecl(member)) asset.parts.push(lowerPart(member, analysis));
  else if (isSensorDecl(member)) asset.sensors.push(lowerSensor(member, analysis));
  else if (isAlarmDecl(member)) asset.alarms.push(lowerAlarm(member, analysis));
  else if (isJoinStatement(member)) asset.joins.push(lowerJoin(member, loops, analysis));
  else if (isCorrelatedDecl(member)) asset.correlations.push(lowerCorrelation(member, analysis));
  else if (isResourceDecl(member)) asset.resources.push(lowerResource(member, analysis));
  else if (isProcessDecl(member)) asset.processes.push(lowerProcess(member, analysis));
  else if (isEquation(member)) asset.equations.push(lowerEquation(member, loops, analysis));
  else if (isEventDecl(member)) lowerEvent(member, asset, analysis);
  else if (isOnStatement(member)) asset.handlers.push(lowerOn(member, loops, analysis));
  else if (isModesDecl(member)) lowerModes(member, asset, analysis);
  else if (isInitialStatement(member)) asset.initial.push(...lowerInitial(member, loops, analysis));
  else if (isIfStatement(member)) asset.equations.push(...lowerIf(member, loops, analysis));
  else if (isForStatement(member)) {
    const loop = lowerLoop(member, analysis);
    for (const inner of member.members) lowerMember(inner, [...loops, loop], asset, analysis);
  } else if (
    isWhenStatement(member) ||
    isAtStatement(member) ||
    isEveryStatement(member) ||
    isRuleDecl(member)
  ) {
    asset.handlers.push(...chainOf(member).map((one) => lowerHandler(one, loops, analysis)));
  }
}

export function lowerLoop(tree: ForStatement, analysis: Analysis): Loop {
  return {
    variable: needed(tree.variable?.name, 'a variable'),
    from: lowerExpression(tree.range?.low, analysis),
    to: lowerExpression(tree.range?.high, analysis),
  };
}

function lowerVariable(tree: VariableDecl, analysis: Analysis): Variable {
  const type = analysis.declaredType(tree);
  const table = analysis.tableOf(tree);
  // What is drawn within bounds has them as its range.
  const bounds = tree.range ?? (isDrawExpr(tree.value) ? tree.value.truncation : undefined);
  const range = lowerRange(bounds, type, analysis);
  return {
    name: tree.name,
    ...(tree.role === 'across' || tree.role === 'through'
      ? { role: 'let' as const, flows: tree.role }
      : tree.role === 'kpi'
        ? { role: 'let' as const, kpi: true as const }
        : { role: tree.role }),
    ...(tree.exposure === undefined ? {} : { exposure: tree.exposure }),
    final: tree.final,
    type: valueType(type),
    quantity: quantityOf(type, table),
    unit: displayUnit(type, table),
    doc: documentationOf(tree),
    ...(type.names === undefined ? {} : { labels: ['', ...type.names] }),
    ...lowerSized(tree, type, analysis),
    ...(tree.guess === undefined ? {} : { start: lowerExpression(tree.guess, analysis, type) }),
    ...(range === undefined ? {} : { range }),
    source: sourceOf(tree),
  };
}

function lowerPart(tree: PartDecl, analysis: Analysis): Part {
  return {
    name: tree.name,
    ...(tree.size === undefined ? {} : { size: lowerExpression(tree.size, analysis) }),
    asset: qualifiedName(needed(target(tree.type), 'an asset')),
    overrides: tree.overrides.flatMap((override) => lowerOverride(override, analysis)),
    ...(tree.port ? { port: true as const } : {}),
    doc: documentationOf(tree),
    source: sourceOf(tree),
  };
}

function targetType(tree: OverrideTree, analysis: Analysis): Type {
  const feature = featureOf(pathOf(tree.target));
  return isVariableDecl(feature) ? analysis.declaredType(feature) : UNKNOWN;
}

/** One override, or one for each element of a list. */
export function lowerOverride(tree: OverrideTree, analysis: Analysis): Override[] {
  const reference = referenceTo(tree.target, analysis, 'all');
  const feature = featureOf(pathOf(tree.target));
  if (isLink(feature)) return [lowerLinked(tree, reference, analysis)];
  if (isModesDecl(feature)) return firstModesAs(feature, tree, reference);
  const type = targetType(tree, analysis);
  const source = sourceOf(tree);
  const elements = isListLiteral(tree.value)
    ? elementOverrides(tree.value, needed(pathOf(tree.target), 'a path'), reference, type, analysis)
    : undefined;
  return elements ?? [{ target: reference, value: lowerExpression(tree.value, analysis, type), source }];
}

export function lowerEquation(
  tree: EquationTree,
  loops: Loop[],
  analysis: Analysis,
): AssetType['equations'][number] {
  const [left, right] = [analysis.typeOf(tree.left), analysis.typeOf(tree.right)];
  return {
    loops,
    left: lowerExpression(tree.left, analysis, right),
    right: lowerExpression(tree.right, analysis, left),
    source: sourceOf(tree),
  };
}

/** `when … else when …`: each gives way to those before it. */
export function chainOf<T extends AtStatement | EveryStatement | RuleDecl>(
  tree: T | WhenStatement,
): (T | WhenStatement)[] {
  const chain: (T | WhenStatement)[] = [tree];
  for (
    let next = tree as AstNode;
    isWhenStatement(next) && next.otherwise !== undefined;
    next = next.otherwise
  )
    chain.push(next.otherwise);
  return chain;
}

function placeIn(tree: WhenStatement): Pick<Handler, 'id' | 'elseOf'> {
  const name = (one: WhenStatement): string => `${uriOf(one)}:${sourceOf(one).start}`;
  const before: string[] = [];
  for (let above = tree.$container as AstNode; isWhenStatement(above); above = above.$container)
    before.push(name(above));
  if (before.length === 0 && tree.otherwise === undefined) return {};
  return { id: name(tree), ...(before.length === 0 ? {} : { elseOf: before }) };
}

export function lowerHandler(
  tree: WhenStatement | AtStatement | EveryStatement | RuleDecl,
  loops: Loop[],
  analysis: Analysis,
): Handler {
  const common = {
    loops,
    actions: lowerActions(tree.actions, analysis),
    doc: documentationOf(tree),
    source: sourceOf(tree),
  };
  switch (tree.$type) {
    case 'EveryStatement':
      return {
        kind: 'every',
        name: `every ${textOf(tree.period)}`,
        condition: lowerExpression(tree.period, analysis),
        ...(tree.offset === undefined ? {} : { offset: lowerExpression(tree.offset, analysis) }),
        ...common,
      };
    case 'AtStatement':
      return {
        kind: 'at',
        name: `at ${textOf(tree.condition)}`,
        condition: lowerExpression(tree.condition, analysis),
        ...(tree.direction === undefined ? {} : { direction: tree.direction }),
        ...common,
      };
  }
  const rule = isRuleDecl(tree);
  const name = rule ? tree.name : `when ${textOf(tree.trigger)}`;
  const place = rule ? {} : placeIn(tree);
  return { kind: rule ? 'rule' : 'when', name, ...lowerTrigger(tree.trigger, analysis), ...common, ...place };
}

function lowerTrigger(tree: TriggerTree | undefined, analysis: Analysis): Trigger {
  return {
    condition: lowerExpression(tree?.condition, analysis),
    ...(tree?.duration === undefined ? {} : { duration: lowerExpression(tree.duration, analysis) }),
  };
}

export function lowerAction(tree: SetAction, analysis: Analysis): Action {
  const feature = featureOf(pathOf(tree.target));
  const type = isVariableDecl(feature)
    ? analysis.declaredType(feature)
    : isItemDecl(feature)
      ? analysis.typeOf(feature.value)
      : UNKNOWN;
  return {
    target: referenceTo(tree.target, analysis),
    value: lowerExpression(tree.value, analysis, type),
    source: sourceOf(tree),
  };
}

export function lowerAlarm(tree: AlarmDecl, analysis: Analysis): Alarm {
  return {
    name: tree.name,
    severity: tree.severity,
    message: tree.message,
    raise: lowerTrigger(tree.raise, analysis),
    ...(tree.clear === undefined ? {} : { clear: lowerTrigger(tree.clear, analysis) }),
    doc: documentationOf(tree),
    source: sourceOf(tree),
  };
}

function lowerSensor(tree: SensorDecl, analysis: Analysis): Sensor {
  const type = analysis.declaredType(tree);
  const table = analysis.tableOf(tree);
  const range = lowerRange(tree.range, type, analysis);
  return {
    name: tree.name,
    target: lowerExpression(tree.target, analysis),
    type: valueType(type),
    quantity: quantityOf(type, table),
    unit: displayUnit(type, table),
    ...(tree.period === undefined ? {} : { period: lowerExpression(tree.period, analysis) }),
    ...(tree.noise === undefined ? {} : { noise: lowerNoise(tree, type, analysis) }),
    ...(range === undefined ? {} : { range }),
    doc: documentationOf(tree),
    source: sourceOf(tree),
  };
}

/** `normal(sd)` and `uniform(half width)` lie around 0; all else is written in full. */
function lowerNoise(tree: SensorDecl, type: Type, analysis: Analysis): DrawExpression {
  const noise = needed(tree.noise, 'noise');
  const error: Type = {
    ...type,
    quantity: {
      ...type.quantity,
      kind: type.quantity.kind === 'absolute' ? 'difference' : type.quantity.kind,
    },
  };
  const short = noise.arguments.length === 1 && (noise.function === 'normal' || noise.function === 'uniform');
  if (!short) return lowerDraw(noise, valueType(error), analysis);
  const width = lowerExpression(noise.arguments[0], analysis, error);
  const common = { type: width.type, source: width.source };
  const low: Expression =
    noise.function === 'normal'
      ? { kind: 'number', value: 0, ...common }
      : { kind: 'unary', operator: 'negate', operand: width, ...common };
  return {
    kind: 'draw',
    distribution: noise.function === 'normal' ? 'normal' : 'uniform',
    arguments: [low, width],
    ...common,
  };
}
