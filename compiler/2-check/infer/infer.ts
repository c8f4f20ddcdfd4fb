/** Expression → type. What is wrong inside the expression is reported at the node it is about, once. */
import { AstUtils, GrammarUtils, type AstNode } from 'langium';
import {
  isAssetDecl,
  isCorrelatedDecl,
  isFunctionCall,
  isListLiteral,
  isVaryStep,
  type BinaryExpr,
  type ConditionalExpr,
  type Expression,
  type ListLiteral,
  type NumberLiteral,
  type PowerExpr,
  type UnaryExpr,
} from '../../../grammar/generated/ast.ts';
import { sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import * as structure from '../../diagnostics/structure.ts';
import * as types from '../../diagnostics/types.ts';
import * as unitFindings from '../../diagnostics/units.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { exactValue } from '../constants.ts';
import { ZERO } from './declared.ts';
import { inferDraw } from '../distributions.ts';
import { isEmpirical } from '../empirical.ts';
import { inferCall } from './call.ts';
import { inferModeTest } from './mode.ts';
import { contextOf, inferPath } from './path.ts';
import {
  elementType,
  listShape,
  productShape,
  requireOne,
  sameShape,
  shapeOfType,
  starsOf,
  withShape,
} from './shape.ts';
import { isBareZero, isWhole, literalValue, signedLiteral, unitOfLiteral, NO_UNIT } from '../literals.ts';
import { reportOperands, warnOfZero } from '../mismatch.ts';
import { BOOLEAN, INTEGER, isNumeric, numberOf, PLAIN, TEXT, UNKNOWN, wordsOf, type Type } from '../type.ts';
import {
  add,
  compare,
  Dimension,
  divide,
  hintForMismatch,
  join,
  multiply,
  negate,
  power,
  quantityOfLiteral,
  subtract,
  type QuantityResult,
} from '../units/index.ts';

/** The library's `s`. */
export const TIME: Dimension = Dimension.base('s');

/** The type of an expression, by those of its parts; what does not fit is reported. */
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
  let type = numberOf(quantity, from[0]?.unit);
  for (let n = 1; n < from.length && type.unit === undefined; n++) type = numberOf(quantity, from[n]!.unit);
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
  const leftType = analysis.typeOf(left);
  const rightType = analysis.typeOf(right);
  const known = leftType.base !== 'unknown' && rightType.base !== 'unknown';
  const types = [leftType, rightType];
  const stars = starsOf(types);
  if (operator !== '+' && operator !== '-' && operator !== '*') {
    const first = operator === '/' || requireOne(left, `'${operator}'`, analysis);
    if (!requireOne(right, `'${operator}'`, analysis) || !first) return UNKNOWN;
  }
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
  // Both are told of what they lack.
  const first = isNumeric(leftType) || requireNumber(left, `'${operator}'`, analysis);
  const second = isNumeric(rightType) || requireNumber(right, `'${operator}'`, analysis);
  if (!known || !first || !second) return UNKNOWN;
  const result = arithmetic(operator, leftType.quantity, rightType.quantity);
  if (result === undefined) return UNKNOWN;
  if (!result.ok) {
    reportOperands(result.failure, expression, operator, left, right, analysis);
    return UNKNOWN;
  }
  switch (operator) {
    case '+':
    case '-': {
      const shape = sameShape(expression, `'${operator}'`, left, right, analysis);
      return shape === undefined ? UNKNOWN : withShape(numeric(result, types), shape, stars);
    }
    case '*': {
      const shape = productShape(expression, left, right, analysis);
      return shape === undefined ? UNKNOWN : withShape(numeric(result, types), shape, stars);
    }
    case '/':
      return withShape(numeric(result, types, false), shapeOfType(leftType), stars);
    default:
      warnOfZero(right, leftType, () => textOf(left), analysis);
      warnOfZero(left, rightType, () => textOf(right), analysis);
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

/** Reports where it is neither true nor false. `place`: in words, what it is there for. Returns whether it fits. */
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

/** Reports where it is no number. `place`: in words, what it is there for. Returns whether it fits. */
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

/** Reports where an argument of a function has a unit, as `exp` can have none. Returns whether it fits. */
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
