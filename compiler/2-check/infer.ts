/** Expression → type. What is wrong inside the expression is reported at the node it is about, once. */
import { AstUtils, GrammarUtils, type AstNode } from 'langium';
import {
  isAssetDecl,
  isCorrelatedDecl,
  isFunctionCall,
  isListLiteral,
  isVariableDecl,
  isVaryStep,
  type BinaryExpr,
  type ConditionalExpr,
  type Expression,
  type FunctionCall,
  type ListLiteral,
  type NumberLiteral,
  type PowerExpr,
  type UnaryExpr,
} from '../../grammar/generated/ast.ts';
import { closestNames } from '../1-parse/closest-names.ts';
import { sourceOfProperty, uriOf } from '../1-parse/source.ts';
import * as events from '../diagnostics/events.ts';
import * as structure from '../diagnostics/structure.ts';
import * as types from '../diagnostics/types.ts';
import * as unitFindings from '../diagnostics/units.ts';
import { textOf, type Analysis } from './analysis.ts';
import { exactValue } from './constants.ts';
import { ZERO } from './declared.ts';
import { inferDistribution, inferDraw } from './distributions.ts';
import { isEmpirical } from './empirical.ts';
import { inferStatistic } from './measures.ts';
import { inferMost } from './most.ts';
import { FUNCTIONS, isReduction } from './functions.ts';
import { inferDelay } from './infer-delay.ts';
import { functionNames, inferDeclaredCall } from './infer-function.ts';
import { inferModeTest } from './infer-mode.ts';
import { inferOverTime } from './over-time.ts';
import { contextOf, inferPath } from './infer-path.ts';
import {
  elementType,
  inferLinear,
  listShape,
  productShape,
  requireOne,
  sameShape,
  shapeOfType,
  starsOf,
  withShape,
} from './infer-shape.ts';
import { isBareZero, isWhole, literalValue, signedLiteral, unitOfLiteral, NO_UNIT } from './literals.ts';
import { reportOperands, warnOfZero } from './mismatch.ts';
import { target } from './members.ts';
import { featureOf, isPath, pathOf } from './paths.ts';
import { BOOLEAN, INTEGER, isNumeric, numberOf, PLAIN, TEXT, UNKNOWN, wordsOf, type Type } from './type.ts';
import {
  add,
  compare,
  derivative,
  Dimension,
  divide,
  hintForMismatch,
  join,
  multiply,
  negate,
  power,
  quantityOfLiteral,
  Rational,
  subtract,
  type QuantityResult,
} from './units/index.ts';

/** The library's `s`. */
export const TIME: Dimension = Dimension.base('s');

export function inferType(expression: Expression, analysis: Analysis): Type {
  switch (expression.$type) {
    case 'NumberLiteral':
      return inferNumber(expression, analysis);
    case 'BooleanLiteral':
      return BOOLEAN;
    case 'StringLiteral':
      if (isFunctionCall(expression.$container) && isEmpirical(expression.$container)) return TEXT;
      analysis.report(types.textAsValue, { text: textOf(expression) }, expression);
      return UNKNOWN;
    case 'TimeExpr':
      return numberOf({ dimension: TIME, kind: 'either' });
    case 'ParenExpr':
      return analysis.typeOf(expression.inner);
    case 'ListLiteral':
      return inferList(expression, analysis);
    case 'UnaryExpr':
      return inferUnary(expression, analysis);
    case 'BinaryExpr':
      return inferBinary(expression, analysis);
    case 'PowerExpr':
      return inferPower(expression, analysis);
    case 'ConditionalExpr':
      return inferConditional(expression, analysis);
    case 'FunctionCall':
      return inferCall(expression, analysis);
    case 'DrawExpr':
      return inferDraw(expression, analysis);
    case 'NameRef':
    case 'MemberAccess':
    case 'IndexExpr':
      return inferPath(expression, analysis);
  }
  return UNKNOWN;
}

function inferNumber(literal: NumberLiteral, analysis: Analysis): Type {
  const table = analysis.tableOf(literal);
  const unit = unitOfLiteral(literal, table);
  if (unit === undefined) {
    // In a range the unit is the other bound's, which reports it.
    if (literal.unit !== undefined) reportUnit(literal, literal.unit, analysis);
    return UNKNOWN;
  }
  const value = literalValue({ literal, negative: false, node: literal }, table);
  if (value !== undefined && !Number.isFinite(value)) {
    analysis.report(unitFindings.numberUnreadable, { text: textOf(literal) }, literal);
    return UNKNOWN;
  }
  if (unit === NO_UNIT) return isBareZero(literal) ? ZERO : isWhole(literal) ? INTEGER : PLAIN;
  return numberOf(quantityOfLiteral(unit), unit);
}

/** A unit that is none, with what may have been meant. `property` holds its text in `node`. */
export function reportUnit(node: AstNode, text: string, analysis: Analysis, property = 'unit'): void {
  const failure = analysis.tableOf(node).resolve(text);
  if (failure.ok) return;
  const leaf = GrammarUtils.findNodeForProperty(node.$cstNode, property);
  const place = sourceOfProperty(node, property);
  const start = (leaf?.offset ?? place.start) + failure.at;
  const fixes = failure.suggestions.slice(0, 3).map((unit) => ({
    title: `Write ${unit}`,
    edits: [{ uri: uriOf(node), start, end: start + failure.length, text: unit }],
  }));
  const name = failure.symbol;
  const problem = isMemberAround(node, name)
    ? `There is no unit '${name}', and the unit goes up to the next blank: to multiply by the variable ${name}, write a blank before the operator.`
    : failure.message;
  analysis.report(unitFindings.unknownUnit, { problem }, node, { fixes, place });
}

/** Whether the asset around a node declares such a name. */
function isMemberAround(node: AstNode, name: string): boolean {
  const asset = AstUtils.getContainerOfType(node, isAssetDecl);
  return asset?.members.some((member) => 'name' in member && member.name === name) ?? false;
}

function inferList(list: ListLiteral, analysis: Analysis): Type {
  let outer: ListLiteral = list;
  while (isListLiteral(outer.$container)) outer = outer.$container;
  const place = outer.$container;
  // Each value to vary over is looked at by itself.
  if (isVaryStep(place)) return UNKNOWN;
  if (isCorrelatedDecl(place) || (isFunctionCall(place) && isEmpirical(place))) return UNKNOWN;
  if (contextOf(list) === 'one') {
    const problem = 'A list gives values to the elements of an array; it is no value of its own.';
    analysis.report(structure.listShape, { problem }, list);
    return UNKNOWN;
  }
  const type = joinAll(list, list.items, 'a list', analysis);
  if (type.base === 'unknown') return UNKNOWN;
  const shape = listShape(list, analysis);
  return shape === undefined ? UNKNOWN : withShape(type, shape, []);
}

/** The common quantity of several expressions. */
export function joinAll(
  node: Expression,
  items: readonly (Expression | undefined)[],
  name: string,
  analysis: Analysis,
): Type {
  let result: Type | undefined;
  let first: Expression | undefined;
  let broken = false;
  for (const item of items) {
    const type = analysis.typeOf(item);
    if (item === undefined || type.base === 'unknown') broken = true;
    else if (result === undefined || first === undefined) [result, first] = [type, item];
    else {
      const joined = joinTwo(node, name, first, result, item, type, analysis);
      if (joined === undefined) broken = true;
      else {
        if (result.quantity.kind === 'zero') first = item;
        result = joined;
      }
    }
  }
  return broken || result === undefined ? UNKNOWN : elementType(result);
}

function joinTwo(
  node: Expression,
  name: string,
  left: Expression,
  leftType: Type,
  right: Expression,
  rightType: Type,
  analysis: Analysis,
): Type | undefined {
  if (leftType.base === 'boolean' && rightType.base === 'boolean') return BOOLEAN;
  if (!isNumeric(leftType) || !isNumeric(rightType)) {
    const table = analysis.tableOf(node);
    const holes = {
      left: textOf(left),
      leftIs: wordsOf(leftType, table),
      right: textOf(right),
      rightIs: wordsOf(rightType, table),
    };
    analysis.report(types.typesDiffer, holes, node);
    return undefined;
  }
  const result = join(leftType.quantity, rightType.quantity);
  if (!result.ok) {
    reportOperands(result.failure, node, name, left, right, analysis);
    return undefined;
  }
  return numeric(result, [leftType, rightType]);
}

/** A number of the quantity, in the first unit that fits; whole when all are. */
function numeric(result: QuantityResult & { ok: true }, from: readonly Type[], whole = true): Type {
  const { quantity } = result;
  const unit = from.map((type) => numberOf(quantity, type.unit).unit).find((each) => each !== undefined);
  const type = numberOf(quantity, unit);
  return whole && from.every((each) => each.base === 'integer') ? { ...type, base: 'integer' } : type;
}

function inferUnary(expression: UnaryExpr, analysis: Analysis): Type {
  const literal = signedLiteral(expression);
  const type = analysis.typeOf(expression.operand);
  if (type.base === 'unknown') return UNKNOWN;
  if (expression.operator === 'not') {
    return requireBoolean(expression.operand, 'What follows not', analysis)
      ? withShape(BOOLEAN, shapeOfType(type), starsOf([type]))
      : UNKNOWN;
  }
  if (literal !== undefined) return type;
  if (!requireNumber(expression.operand, 'A sign', analysis)) return UNKNOWN;
  const result = negate(type.quantity);
  return result.ok ? withShape(numeric(result, [type]), shapeOfType(type), starsOf([type])) : UNKNOWN;
}

function inferBinary(expression: BinaryExpr, analysis: Analysis): Type {
  const { operator, left, right } = expression;
  const [leftType, rightType] = [analysis.typeOf(left), analysis.typeOf(right)];
  const known = leftType.base !== 'unknown' && rightType.base !== 'unknown';
  const stars = starsOf([leftType, rightType]);
  const single = operator !== '+' && operator !== '-' && operator !== '*';
  const ones = [left, right].map(
    (side) => !single || (operator === '/' && side === left) || requireOne(side, `'${operator}'`, analysis),
  );
  if (!ones.every(Boolean)) return UNKNOWN;
  switch (operator) {
    case 'and':
    case 'or': {
      const both = [
        requireBoolean(left, `Each side of ${operator}`, analysis),
        requireBoolean(right, `Each side of ${operator}`, analysis),
      ];
      return both.every(Boolean) && known ? withShape(BOOLEAN, [], stars) : UNKNOWN;
    }
    case '==':
    case '!=':
      if (leftType.base === 'mode')
        return withShape(inferModeTest(expression, leftType, analysis), [], stars);
      if (!known) return UNKNOWN;
      if (leftType.base === 'boolean' || rightType.base === 'boolean') {
        return joinTwo(expression, operator, left, leftType, right, rightType, analysis) === undefined
          ? UNKNOWN
          : withShape(BOOLEAN, [], stars);
      }
      break;
  }
  const numbers = [left, right].map((side) => requireNumber(side, `'${operator}'`, analysis));
  if (!known || !numbers.every(Boolean)) return UNKNOWN;
  const [a, b] = [leftType.quantity, rightType.quantity];
  const result = arithmetic(operator, a, b);
  if (result === undefined) return UNKNOWN;
  if (!result.ok) {
    reportOperands(result.failure, expression, operator, left, right, analysis);
    return UNKNOWN;
  }
  switch (operator) {
    case '+':
    case '-': {
      const shape = sameShape(expression, `'${operator}'`, left, right, analysis);
      return shape === undefined ? UNKNOWN : withShape(numeric(result, [leftType, rightType]), shape, stars);
    }
    case '*': {
      const shape = productShape(expression, left, right, analysis);
      return shape === undefined ? UNKNOWN : withShape(numeric(result, [leftType, rightType]), shape, stars);
    }
    case '/':
      return withShape(numeric(result, [leftType, rightType], false), shapeOfType(leftType), stars);
    default:
      warnOfZero(right, leftType, textOf(left), analysis);
      warnOfZero(left, rightType, textOf(right), analysis);
      return withShape(BOOLEAN, [], stars);
  }
}

function arithmetic(operator: string, a: Type['quantity'], b: Type['quantity']): QuantityResult | undefined {
  switch (operator) {
    case '+':
      return add(a, b);
    case '-':
      return subtract(a, b);
    case '*':
      return multiply(a, b);
    case '/':
      return divide(a, b);
    case '<':
    case '<=':
    case '>':
    case '>=':
    case '==':
    case '!=':
      return compare(a, b);
  }
  return undefined;
}

function inferPower(expression: PowerExpr, analysis: Analysis): Type {
  const { base, exponent } = expression;
  const [baseType, exponentType] = [analysis.typeOf(base), analysis.typeOf(exponent)];
  const numbers = [requireNumber(base, "'^'", analysis), requireNumber(exponent, "'^'", analysis)];
  if (baseType.base === 'unknown' || exponentType.base === 'unknown' || !numbers.every(Boolean))
    return UNKNOWN;
  if (![base, exponent].map((each) => requireOne(each, "'^'", analysis)).every(Boolean)) return UNKNOWN;
  const exact = exactValue(exponent, analysis);
  const result = power(baseType.quantity, exponentType.quantity, exact);
  if (!result.ok) {
    reportOperands(result.failure, expression, '^', base, exponent, analysis);
    return UNKNOWN;
  }
  const type = withShape(numberOf(result.quantity), [], starsOf([baseType, exponentType]));
  const whole =
    baseType.base === 'integer' &&
    exponentType.base === 'integer' &&
    exact !== undefined &&
    exact.numerator >= 0n;
  return whole ? { ...type, base: 'integer' } : type;
}

function inferConditional(expression: ConditionalExpr, analysis: Analysis): Type {
  const fits = requireBoolean(expression.condition, 'What follows if', analysis);
  const { condition, then, else: other } = expression;
  const type = joinAll(expression, [then, other], 'if … then … else', analysis);
  if (!fits || type.base === 'unknown' || !requireOne(condition, 'if', analysis)) return UNKNOWN;
  const shape = sameShape(expression, 'if … then … else', then, other, analysis);
  if (shape === undefined) return UNKNOWN;
  return withShape(type, shape, starsOf([condition, then, other].map((each) => analysis.typeOf(each))));
}

function inferCall(call: FunctionCall, analysis: Analysis): Type {
  const type = inferCalled(call, analysis);
  const { function: name, arguments: given } = call;
  const info = FUNCTIONS.get(name);
  const seesToIt = info === undefined ? target(call.declared) !== undefined : SEEING.has(info.rule);
  if (type.base === 'unknown' || seesToIt || isReduction(name, given.length)) return type;
  if (!given.map((each) => requireOne(each, name, analysis)).every(Boolean)) return UNKNOWN;
  return withShape(type, [], starsOf(given.map((each) => analysis.typeOf(each))));
}

/** Rules that look at the shapes of their arguments. */
const SEEING: ReadonlySet<string> = new Set(['linear', 'event']);

function inferCalled(call: FunctionCall, analysis: Analysis): Type {
  const name = call.function as string | undefined;
  const given = call.arguments;
  if (name === undefined) return UNKNOWN;
  const drawn = inferDistribution(call, analysis);
  if (drawn !== undefined) return drawn;
  const statistic = inferStatistic(call, analysis);
  if (statistic !== undefined) return statistic;
  const overTime = inferOverTime(call, analysis);
  if (overTime !== undefined) return overTime;
  const info = FUNCTIONS.get(name);
  if (info === undefined) {
    const declared = target(call.declared);
    if (declared !== undefined) return inferDeclaredCall(call, declared, analysis);
    const suggestions = closestNames(name, [...FUNCTIONS.keys(), ...functionNames(call, analysis)], 2);
    const place = sourceOfProperty(call, 'function');
    const fixes = suggestions.map((text) => ({
      title: `Write ${text}`,
      edits: [{ uri: uriOf(call), start: place.start, end: place.end, text }],
    }));
    analysis.report(structure.unknownFunction, { name, suggestions }, call, { place, fixes });
    return UNKNOWN;
  }
  const [fewest, most] = info.arguments;
  if (given.length < fewest || given.length > most) {
    const expected =
      most === Infinity ? 'one argument or more' : fewest === 1 ? 'one argument' : `${fewest} arguments`;
    analysis.report(structure.argumentCount, { name, expected, given: given.length }, call);
    return UNKNOWN;
  }
  if (info.rule === 'event') return inferEvent(call, name, analysis);
  const argumentTypes = given.map((argument) => analysis.typeOf(argument as Expression | undefined));
  const [first] = given;
  const [type = UNKNOWN] = argumentTypes;
  if (info.rule === 'name') return inferMost(call, analysis);
  if (isReduction(name, given.length)) return inferReduction(call, name, first, type, analysis);
  const numbers = given.map((argument) => requireNumber(argument, name, analysis));
  if (argumentTypes.some((each) => each.base === 'unknown') || !numbers.every(Boolean)) return UNKNOWN;
  switch (info.rule) {
    case 'linear':
      return inferLinear(call, analysis);
    case 'plain':
      return given.every((argument) => requirePlain(argument, name, analysis)) ? PLAIN : UNKNOWN;
    case 'whole':
      return given.every((argument) => requirePlain(argument, name, analysis)) ? INTEGER : UNKNOWN;
    case 'sign':
      return INTEGER;
    case 'root': {
      const root = power(type.quantity, PLAIN.quantity, Rational.of(1, name === 'cbrt' ? 3 : 2));
      return root.ok ? numberOf(root.quantity) : UNKNOWN;
    }
    case 'delay':
      return inferDelay(call, type, analysis);
    case 'share':
      return joinAll(call, given, name, analysis).base === 'unknown' ? UNKNOWN : PLAIN;
    case 'truth':
      return joinAll(call, given, name, analysis).base === 'unknown' ? UNKNOWN : BOOLEAN;
    case 'map': {
      const along = joinAll(call, given.slice(0, 3), name, analysis);
      const across = joinAll(call, given.slice(3), name, analysis);
      return along.base === 'unknown' ? UNKNOWN : across;
    }
    case 'angle':
      return joinAll(call, given, name, analysis).base === 'unknown' ? UNKNOWN : PLAIN;
    default: {
      const joined = joinAll(call, given, name, analysis);
      if (name === 'abs' && joined.quantity.kind === 'absolute') {
        return { ...joined, quantity: { ...joined.quantity, kind: 'either' } };
      }
      return joined;
    }
  }
}

function inferReduction(
  call: FunctionCall,
  name: string,
  body: Expression | undefined,
  type: Type,
  analysis: Analysis,
): Type {
  if (type.base === 'unknown') return UNKNOWN;
  const { stars, shape = [] } = type;
  if (stars === undefined && shape.length === 0) {
    analysis.report(structure.reductionOfOne, { name, text: textOf(body) }, call);
    return UNKNOWN;
  }
  const left = stars === undefined ? [] : shape;
  const found = reduced(name, body, type, analysis);
  return withShape(found, left, []);
}

/** `sum(x[*])`, and `sum(x)`; of vectors one by one, `sum(body[*].force)`, the sum is a vector. */
function reduced(name: string, body: Expression | undefined, type: Type, analysis: Analysis): Type {
  if (name === 'any' || name === 'all' || name === 'count') {
    if (!requireBoolean(body, name, analysis)) return UNKNOWN;
    return name === 'count' ? INTEGER : BOOLEAN;
  }
  if (!requireNumber(body, name, analysis)) return UNKNOWN;
  if (name === 'product') return body !== undefined && requirePlain(body, name, analysis) ? type : UNKNOWN;
  if (name === 'sum' && type.quantity.kind === 'absolute')
    return numberOf({ ...type.quantity, kind: 'either' });
  return name === 'mean' ? { ...type, base: 'number' } : type;
}

/** der(x) and pre(x). */
function inferEvent(call: FunctionCall, name: string, analysis: Analysis): Type {
  const [argument] = call.arguments;
  const type = analysis.typeOf(argument);
  if (type.base === 'unknown' || argument === undefined) return UNKNOWN;
  if (!isPath(argument)) {
    analysis.report(events.previousOfPath, { name, text: textOf(argument) }, call);
    return UNKNOWN;
  }
  if (name === 'pre') return type;
  if (!isNumeric(type)) {
    requireNumber(argument, 'der', analysis);
    return UNKNOWN;
  }
  const feature = featureOf(pathOf(argument));
  if (!isVariableDecl(feature)) return UNKNOWN;
  const result = derivative(type.quantity, TIME);
  return result.ok ? withShape(numberOf(result.quantity), shapeOfType(type), starsOf([type])) : UNKNOWN;
}

export function requireBoolean(
  expression: Expression | undefined,
  place: string,
  analysis: Analysis,
): boolean {
  const type = analysis.typeOf(expression);
  if (expression === undefined || type.base === 'unknown' || type.base === 'boolean') return true;
  const is = wordsOf(type, analysis.tableOf(expression));
  analysis.report(types.booleanExpected, { text: textOf(expression), is, place }, expression);
  return false;
}

export function requireNumber(
  expression: Expression | undefined,
  place: string,
  analysis: Analysis,
): boolean {
  const type = analysis.typeOf(expression);
  if (expression === undefined || type.base === 'unknown' || isNumeric(type)) return true;
  const is = wordsOf(type, analysis.tableOf(expression));
  analysis.report(types.numberExpected, { text: textOf(expression), is, place }, expression);
  return false;
}

export function requirePlain(expression: Expression, name: string, analysis: Analysis): boolean {
  const type = analysis.typeOf(expression);
  if (type.quantity.dimension.isNone) return true;
  const table = analysis.tableOf(expression);
  const hint = hintForMismatch(PLAIN.quantity.dimension, type.quantity.dimension, table);
  const value = { text: textOf(expression), is: wordsOf(type, table) };
  analysis.report(
    unitFindings.plainNumberExpected,
    { name, value, hint: hint.replace('a plain number is expected here; ', '') },
    expression,
  );
  return false;
}
