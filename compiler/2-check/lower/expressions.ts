/** Checked expressions → the model's: names resolved, numbers in SI. */
import {
  isConstDecl,
  isFunctionLocal,
  isFunctionParameter,
  isIndexExpr,
  isItemDecl,
  isPartDecl,
  isSensorDecl,
  isAlarmDecl,
  isEventDecl,
  isEventValue,
  isLoopVariable,
  isModeDecl,
  isModesDecl,
  isTwinDecl,
  isVariableDecl,
  type Expression as Tree,
  type FunctionCall,
  type Range,
  type VariableDecl,
} from '../../../grammar/generated/ast.ts';
import { sourceOf } from '../../1-parse/source.ts';
import type {
  BinaryOperator,
  Expression,
  Reference,
  ReferenceTarget,
  SensorField,
  ValueType,
} from '../../model/expression.ts';
import type { Analysis } from '../analysis.ts';
import { numberValue, valueOf } from '../constants.ts';
import { displayUnit, valueType } from '../display.ts';
import { distributionOf } from '../distributions.ts';
import { overTimeOf } from '../over-time.ts';
import { isElementary, isReduction } from '../functions.ts';
import { isLinear, withShape } from '../infer/shape.ts';
import { hasMeasures, isOfItem, statisticOf } from '../measures.ts';
import { signedLiteral, literalValue, unitTextOf } from '../literals.ts';
import { target } from '../members.ts';
import { referenceToValue } from './events.ts';
import { lowerModeTest, stepsToRegion } from './mode-tests.ts';
import { featureOf, pathOf, SENSOR_FIELDS, singleVariable, type Path } from '../paths.ts';
import type { Type } from '../type.ts';
import { lowerDraw } from './distributions.ts';
import { lowerOverTime } from './over-time.ts';
import { lowerMost } from './most.ts';
import { lowerFunctionCall, nameOfLocal } from './functions.ts';
import { isShape, lowerShape } from './shapes.ts';
import { lowerSmooth } from './smooth.ts';
import { indexesOf, lowerLinear, lowerList, pick, scalarItems } from './vectors.ts';

/** A tree that lacks something, or was not free of errors: then there is no model. Caught by `lowerModel`. */
export class Incomplete extends Error {}

export function needed<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Incomplete(what);
  return value;
}

/** `expected` gives a bare 0 its quantity. */
export function lowerExpression(tree: Tree | undefined, analysis: Analysis, expected?: Type): Expression {
  if (tree === undefined) throw new Incomplete('an expression');
  if (tree.$type === 'ParenExpr') return lowerExpression(tree.inner, analysis, expected);
  const own = analysis.typeOf(tree);
  const type = typeFor(own, expected);
  const source = sourceOf(tree);
  const literal =
    tree.$type === 'NumberLiteral' || tree.$type === 'UnaryExpr' ? signedLiteral(tree) : undefined;
  if (literal !== undefined) {
    const unit = unitTextOf(literal.literal);
    const value = needed(literalValue(literal, analysis.tableOf(literal.literal)), 'a number');
    if (unit === undefined) return { kind: 'number', value, type, source };
    return { kind: 'number', value, unit, shown: displayUnit(own, analysis.tableOf(tree)), type, source };
  }
  switch (tree.$type) {
    case 'BooleanLiteral':
      return { kind: 'boolean', value: tree.value === 'true', type, source };
    case 'TimeExpr':
      return { kind: 'time', type, source };
    case 'UnaryExpr': {
      const operand = lowerExpression(tree.operand, analysis, expected);
      return { kind: 'unary', operator: tree.operator === 'not' ? 'not' : 'negate', operand, type, source };
    }
    case 'BinaryExpr': {
      const first = analysis.typeOf(tree.left);
      if (first.base === 'mode') return lowerModeTest(tree, analysis);
      const second = analysis.typeOf(tree.right);
      const operator = tree.operator as BinaryOperator;
      const left = lowerExpression(tree.left, analysis, ofZero(operator, first, second, expected));
      const right = lowerExpression(tree.right, analysis, ofZero(operator, second, first, expected));
      if (operator === '*' && first.shape !== undefined && second.shape !== undefined)
        return { kind: 'linear', operation: 'product', arguments: [left, right], type, source };
      return { kind: 'binary', operator, left, right, type, source };
    }
    case 'PowerExpr': {
      const left = lowerExpression(tree.base, analysis);
      const right = lowerExpression(tree.exponent, analysis);
      return { kind: 'binary', operator: '^', left, right, type, source };
    }
    case 'ConditionalExpr': {
      const context = own.quantity.kind === 'zero' ? expected : own;
      const then = lowerExpression(tree.then, analysis, context);
      const other = lowerExpression(tree.else, analysis, context);
      const condition = lowerExpression(tree.condition, analysis);
      return { kind: 'conditional', condition, then, else: other, type, source };
    }
    case 'FunctionCall':
      return lowerCall(tree, { type, source }, analysis);
    case 'ListLiteral':
      return lowerList(tree, type, expected, analysis);
    case 'DrawExpr':
      return lowerDraw(tree.distribution as FunctionCall, type, analysis, tree.truncation);
    case 'NameRef': {
      const single = singleVariable(tree, analysis);
      if (single !== undefined) return { kind: 'variable', reference: named(single), type, source };
      return lowerPath(tree, { type, source }, analysis);
    }
    case 'MemberAccess':
    case 'IndexExpr':
      return lowerPath(tree, { type, source }, analysis);
  }
  throw new Incomplete(tree.$type);
}

/** What a side that is a bare 0 is of: as the other one, or as the sum of both is to be. */
function ofZero(
  operator: BinaryOperator,
  side: Type,
  other: Type,
  expected: Type | undefined,
): Type | undefined {
  if (side.quantity.kind !== 'zero' || operator === '*' || operator === '/') return undefined;
  return other.quantity.kind === 'zero' && (operator === '+' || operator === '-') ? expected : other;
}

function typeFor(type: Type, expected: Type | undefined): ValueType {
  if (type.quantity.kind !== 'zero' || expected === undefined) return valueType(type);
  return valueType(withShape({ ...expected, base: type.base }, type.shape ?? [], type.stars ?? []));
}

/** What all expressions of the model have. */
type Common = Pick<Expression, 'type' | 'source'>;

function lowerCall(call: FunctionCall, common: Common, analysis: Analysis): Expression {
  const { type, source } = common;
  const name = call.function;
  const [first] = call.arguments;
  if (distributionOf(call) !== undefined) return lowerDraw(call, type, analysis);
  if (overTimeOf(call) !== undefined) return lowerOverTime(call, type, analysis);
  if (name === 'der' || name === 'pre')
    return { kind: 'variable', reference: referenceTo(first, analysis), modifier: name, type, source };
  const statistic = statisticOf(call);
  if (statistic !== undefined) {
    const [, share] = call.arguments;
    return {
      kind: 'statistic',
      operator: statistic.operator,
      reference: referenceTo(first, analysis),
      ...(share === undefined ? {} : { share: lowerExpression(share, analysis) }),
      ...common,
    };
  }
  if (isReduction(name, call.arguments.length)) {
    return { kind: 'reduction', operator: name, body: lowerExpression(first, analysis), ...common };
  }
  if (name === 'most') return lowerMost(call, type, analysis);
  if (name === 'smooth') return lowerSmooth(lowerExpression(first, analysis));
  if (name === 'delay') {
    const [value, duration, most] = call.arguments.map((each) => lowerExpression(each, analysis));
    return {
      kind: 'delay',
      value: needed(value, 'a value'),
      duration: needed(duration, 'a duration'),
      ...(most === undefined ? {} : { most }),
      ...common,
    };
  }
  if (isLinear(name)) return lowerLinear(call, type, analysis);
  if (isShape(name)) return lowerShape(call, name, type, analysis);
  const declared = isElementary(name) ? undefined : target(call.declared);
  if (declared !== undefined) return lowerFunctionCall(call, declared, type, analysis);
  if (!isElementary(name)) throw new Incomplete(name);
  const shared = call.arguments
    .map((each) => analysis.typeOf(each))
    .find((each) => each.quantity.kind !== 'zero');
  return {
    kind: 'call',
    function: name,
    arguments: call.arguments.map((each) => lowerExpression(each, analysis, shared)),
    ...common,
  };
}

function lowerPath(tree: Tree, common: Common, analysis: Analysis): Expression {
  const path = pathOf(tree);
  const feature = featureOf(path);
  if (path !== undefined && isVariableDecl(feature))
    return { kind: 'variable', reference: referenceBy(path, analysis), ...common };
  const index = path?.steps.at(-1)?.index;
  if (path === undefined && isIndexExpr(tree))
    return pick(lowerExpression(tree.base, analysis), tree, common.type, analysis);
  if (isConstDecl(feature) && analysis.shapeOf(feature).length > 0)
    return pick(
      lowerExpression(feature.value, analysis, analysis.declaredType(feature)),
      index,
      common.type,
      analysis,
    );
  if (isConstDecl(feature)) {
    const value = valueOf(feature.value, analysis);
    if (typeof value === 'number') return { kind: 'number', value, ...common };
    if (typeof value === 'boolean') return { kind: 'boolean', value, ...common };
    return lowerExpression(feature.value, analysis);
  }
  if (isFunctionParameter(feature) || isFunctionLocal(feature)) {
    const { base, dimension, scale } = common.type;
    const rank = analysis.shapeOf(feature).length;
    const type = index === undefined ? common.type : { base, dimension, scale, rank };
    return pick({ kind: 'local', name: nameOfLocal(feature), ...common, type }, index, common.type, analysis);
  }
  if (isEventValue(feature))
    return { kind: 'variable', reference: referenceToValue(feature, analysis), ...common };
  if (isLoopVariable(feature)) return { kind: 'loop', variable: feature.name, ...common };
  const { type, source } = common;
  return { kind: 'variable', reference: referenceTo(tree, analysis), type, source };
}

/** `omitted` says what an array without an index means: all its elements, in the target of an override. */
export function referenceTo(tree: Tree | undefined, analysis: Analysis, omitted?: 'all'): Reference {
  const single = tree && singleVariable(tree, analysis);
  if (single !== undefined) return named(single);
  return referenceBy(needed(pathOf(tree), 'a path'), analysis, omitted);
}

function referenceBy(path: Path, analysis: Analysis, omitted?: 'all'): Reference {
  const region = path.steps.findIndex((step) => isModesDecl(step.feature));
  const segments = (region < 0 ? path.steps : stepsToRegion(path, region))
    .filter((step) => !isTwinDecl(step.feature))
    .map((step) => ({ name: step.name, ...indexesOf(step, omitted, analysis) }));
  return { segments, target: targetOf(path) };
}

const VARIABLE: ReferenceTarget = { kind: 'variable' };

/** A variable of the asset itself. */
const named = ({ name }: VariableDecl): Reference => ({ segments: [{ name }], target: VARIABLE });

function targetOf(path: Path): ReferenceTarget {
  const feature = featureOf(path);
  if (isVariableDecl(feature) && path.field !== undefined) return { kind: 'deviation' };
  const variable = [isVariableDecl, isModesDecl, isModeDecl, isEventDecl].some((is) => is(feature));
  if (isItemDecl(feature) || isOfItem(feature)) return { kind: 'item' };
  if (variable) return VARIABLE;
  if (hasMeasures(feature)) return { kind: 'measure', field: path.field?.member?.$refText ?? '' };
  if (isAlarmDecl(feature)) return { kind: 'alarm' };
  // A port in a join, a part that a link leads to.
  if (isPartDecl(feature)) return { kind: 'port' };
  if (!isSensorDecl(feature)) throw new Incomplete('a value');
  const name = path.field?.member?.$refText ?? 'measured';
  return {
    kind: 'sensor',
    field: needed(
      SENSOR_FIELDS.find((field) => field === name),
      name,
    ) satisfies SensorField,
  };
}

export function lowerRange(
  range: Range | undefined,
  type: Type,
  analysis: Analysis,
): { low: Expression; high: Expression } | undefined {
  if (range === undefined) return undefined;
  return {
    low: lowerExpression(range.low, analysis, type),
    high: lowerExpression(range.high, analysis, type),
  };
}

/** A value, or the values of the elements where it was written as a list. */
export function lowerValue(
  tree: Tree | undefined,
  type: Type,
  analysis: Analysis,
): { value?: Expression; values?: Expression[] } {
  if (tree === undefined) return {};
  const items = scalarItems(tree, analysis);
  if (items !== undefined) return { values: items.map((item) => lowerExpression(item, analysis, type)) };
  return { value: lowerExpression(tree, analysis, type) };
}

/** A number that must be known when compiled (SI). */
export function constantNumber(tree: Tree | undefined, analysis: Analysis): number {
  return needed(numberValue(tree, analysis), 'a constant');
}
