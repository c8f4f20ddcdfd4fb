import type { FlatExpression } from '../../ir/flat-expression.ts';
import { fold, number } from '../../ir/expressions.ts';

/**
 * Constructors that leave out what does nothing: 0 + x, 1 * x, x - 0, - -x. For derivatives and for equations that are
 * solved by hand; what the modeller wrote is never rearranged.
 */

const is = (expression: FlatExpression, value: number) =>
  expression.kind === 'number' && expression.value === value;

export function add(left: FlatExpression, right: FlatExpression): FlatExpression {
  if (is(left, 0)) return right;
  if (is(right, 0)) return left;
  if (right.kind === 'unary' && right.operator === 'negate') return subtract(left, right.operand);
  return fold({ kind: 'binary', operator: '+', left, right });
}

export function subtract(left: FlatExpression, right: FlatExpression): FlatExpression {
  if (is(right, 0)) return left;
  if (is(left, 0)) return negate(right);
  if (right.kind === 'unary' && right.operator === 'negate') return add(left, right.operand);
  return fold({ kind: 'binary', operator: '-', left, right });
}

export function negate(operand: FlatExpression): FlatExpression {
  if (is(operand, 0)) return number(0);
  if (operand.kind === 'unary' && operand.operator === 'negate') return operand.operand;
  if (operand.kind === 'binary' && operand.operator === '-') return subtract(operand.right, operand.left);
  return fold({ kind: 'unary', operator: 'negate', operand });
}

export function multiply(left: FlatExpression, right: FlatExpression): FlatExpression {
  if (is(left, 0) || is(right, 0)) return number(0);
  if (is(left, 1)) return right;
  if (is(right, 1)) return left;
  if (is(left, -1)) return negate(right);
  if (is(right, -1)) return negate(left);
  return fold({ kind: 'binary', operator: '*', left, right });
}

export function divide(left: FlatExpression, right: FlatExpression): FlatExpression {
  if (is(left, 0)) return number(0);
  if (is(right, 1)) return left;
  if (is(right, -1)) return negate(left);
  return fold({ kind: 'binary', operator: '/', left, right });
}

export function power(base: FlatExpression, exponent: FlatExpression): FlatExpression {
  if (is(exponent, 1)) return base;
  if (is(exponent, 0)) return number(1);
  return { kind: 'binary', operator: '^', left: base, right: exponent };
}

export function call(
  name: Extract<FlatExpression, { kind: 'call' }>['function'],
  ...values: FlatExpression[]
): FlatExpression {
  return { kind: 'call', function: name, arguments: values };
}

export function choose(
  condition: FlatExpression,
  then: FlatExpression,
  other: FlatExpression,
): FlatExpression {
  if (JSON.stringify(then) === JSON.stringify(other)) return then;
  return fold({ kind: 'conditional', condition, then, else: other });
}
