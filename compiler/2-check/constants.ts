/** Expressions → their values, where those are known when compiled. */
import {
  isBinaryExpr,
  isBooleanLiteral,
  isConditionalExpr,
  isConstDecl,
  isFunctionCall,
  isNumberLiteral,
  isParenExpr,
  isPowerExpr,
  isUnaryExpr,
  isVariableDecl,
  type ConstDecl,
  type Expression,
} from '../../grammar/generated/ast.ts';
import { exact } from '../ir/exact.ts';
import { arithmetic } from '../ir/expressions.ts';
import type { Analysis } from './analysis.ts';
import { plain } from './environment.ts';
import { FUNCTIONS } from './functions.ts';
import { overTimeOf } from './over-time.ts';
import { literalValue, signedLiteral, unitTextOf } from './literals.ts';
import { featureOf, isPath, pathOf } from './paths.ts';
import { Rational } from './units/index.ts';

/**
 * The value (SI, or true and false) of an expression of numbers and constants. Only operations that every machine rounds
 * alike are done here; exp, sin and the like are left to the artefact, so an expression with one has no value yet.
 */
export function valueOf(
  expression: Expression | undefined,
  analysis: Analysis,
): number | boolean | undefined {
  return evaluate(expression, analysis);
}

/** The same of a number; undefined for true and false, too. */
export function numberValue(expression: Expression | undefined, analysis: Analysis): number | undefined {
  const value = valueOf(expression, analysis);
  return typeof value === 'number' ? value : undefined;
}

function evaluate(expression: Expression | undefined, analysis: Analysis): number | boolean | undefined {
  const value = (inner: Expression | undefined) => evaluate(inner, analysis);
  const literal = signedLiteral(expression);
  if (literal !== undefined) return literalValue(literal, analysis.tableOf(literal.literal));
  if (isParenExpr(expression)) return value(expression.inner);
  if (isBooleanLiteral(expression)) return expression.value === 'true';
  if (isUnaryExpr(expression)) {
    const operand = value(expression.operand);
    if (expression.operator === 'not') return typeof operand === 'boolean' ? !operand : undefined;
    return typeof operand === 'number' ? -operand : undefined;
  }
  if (isConditionalExpr(expression)) {
    const condition = value(expression.condition);
    if (typeof condition !== 'boolean') return undefined;
    return value(condition ? expression.then : expression.else);
  }
  if (isBinaryExpr(expression))
    return combine(expression.operator, value(expression.left), value(expression.right));
  if (isPowerExpr(expression)) {
    const base = value(expression.base);
    const exponent = exactValue(expression.exponent, analysis);
    if (typeof base !== 'number' || exponent === undefined) return undefined;
    return exponent.equals(Rational.of(2)) ? base * base : exponent.equals(Rational.of(1)) ? base : undefined;
  }
  if (isFunctionCall(expression)) return call(expression.function, expression.arguments.map(value));
  const feature = isPath(expression) ? featureOf(pathOf(expression)) : undefined;
  if (!isConstDecl(feature)) return undefined;
  return analysis.constantOf(feature, () => evaluate(feature.value, analysis));
}

function combine(operator: string, left: number | boolean | undefined, right: number | boolean | undefined) {
  if (left === undefined || right === undefined) return undefined;
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  if (typeof left === 'boolean' || typeof right === 'boolean') {
    if (typeof left !== typeof right) return undefined;
    return operator === 'and' ? left && right : operator === 'or' ? left || right : undefined;
  }
  if (NUMERIC.has(operator)) return arithmetic(operator, left, right);
  return ORDER.has(operator) ? arithmetic(operator, left, right) !== 0 : undefined;
}

const NUMERIC: ReadonlySet<string> = new Set(['+', '-', '*', '/']);
const ORDER: ReadonlySet<string> = new Set(['<', '<=', '>', '>=']);

function call(name: string, values: (number | boolean | undefined)[]): number | undefined {
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length !== values.length || numbers.length === 0) return undefined;
  if (name === 'smooth') return numbers[0];
  // Of one value, which may be an array, a reduction.
  if (numbers.length === 1 && REDUCING.has(name)) return undefined;
  return exact(name, numbers);
}

const REDUCING: ReadonlySet<string> = new Set(['min', 'max']);

/** The exact value of an exponent: plain numbers and their ratios, `2`, `-0.5`, `(2/3)`. */
export function exactValue(expression: Expression | undefined, analysis: Analysis): Rational | undefined {
  if (isNumberLiteral(expression)) {
    return unitTextOf(expression) === undefined ? Rational.parse(plain(expression.value ?? '')) : undefined;
  }
  if (isParenExpr(expression)) return exactValue(expression.inner, analysis);
  if (isUnaryExpr(expression)) {
    return expression.operator === '-' ? exactValue(expression.operand, analysis)?.negate() : undefined;
  }
  if (isBinaryExpr(expression)) {
    const left = exactValue(expression.left, analysis);
    const right = exactValue(expression.right, analysis);
    if (left === undefined || right === undefined) return undefined;
    switch (expression.operator) {
      case '+':
        return left.add(right);
      case '-':
        return left.sub(right);
      case '*':
        return left.mul(right);
      case '/':
        return right.isZero ? undefined : left.div(right);
    }
  }
  const value = isPath(expression) ? numberValue(expression, analysis) : undefined;
  return value === undefined || !Number.isFinite(value) ? undefined : Rational.fromNumber(value);
}

/**
 * Whether an expression is made of numbers, constants and, where `fixed` is allowed, structural values: it is known before
 * the model runs, though its value may depend on overrides.
 */
export function isConstant(expression: Expression | undefined, allowed: 'const' | 'fixed'): boolean {
  if (expression === undefined) return true;
  if (isNumberLiteral(expression) || isBooleanLiteral(expression)) return true;
  if (isParenExpr(expression)) return isConstant(expression.inner, allowed);
  if (isUnaryExpr(expression)) return isConstant(expression.operand, allowed);
  if (isBinaryExpr(expression))
    return isConstant(expression.left, allowed) && isConstant(expression.right, allowed);
  if (isPowerExpr(expression))
    return isConstant(expression.base, allowed) && isConstant(expression.exponent, allowed);
  if (isConditionalExpr(expression)) {
    return [expression.condition, expression.then, expression.else].every((part) =>
      isConstant(part, allowed),
    );
  }
  if (isFunctionCall(expression)) {
    if (overTimeOf(expression) !== undefined) return false;
    const rule = FUNCTIONS.get(expression.function)?.rule;
    return (
      rule !== 'event' &&
      rule !== 'reduction' &&
      expression.arguments.every((each) => isConstant(each, allowed))
    );
  }
  if (!isPath(expression)) return false;
  const path = pathOf(expression);
  // What leads nowhere was reported as such.
  if (path === undefined) return true;
  const feature = featureOf(path);
  return isConstDecl(feature) || (allowed === 'fixed' && isVariableDecl(feature) && feature.role === 'fixed');
}

/** The constants that an expression names itself. */
export function constantsIn(expression: Expression | undefined): ConstDecl[] {
  switch (expression?.$type) {
    case 'ParenExpr':
      return constantsIn(expression.inner);
    case 'UnaryExpr':
      return constantsIn(expression.operand);
    case 'BinaryExpr':
      return [...constantsIn(expression.left), ...constantsIn(expression.right)];
    case 'PowerExpr':
      return [...constantsIn(expression.base), ...constantsIn(expression.exponent)];
    case 'ConditionalExpr':
      return [expression.condition, expression.then, expression.else].flatMap(constantsIn);
    case 'FunctionCall':
      return expression.arguments.flatMap(constantsIn);
  }
  const feature = featureOf(pathOf(expression));
  return isConstDecl(feature) ? [feature] : [];
}
