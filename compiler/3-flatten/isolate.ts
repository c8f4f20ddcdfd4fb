import type { FlatExpression } from '../ir/flat-system.ts';
import { children, equal, number, some } from '../ir/expressions.ts';
import type { Load } from '../ir/expressions.ts';
import { letIn, substituteLocal, usesOf } from '../ir/lets.ts';
import type { Family } from './families.ts';
import { add, divide, multiply, negate, subtract } from './simplify.ts';

/** `factor * x + rest`; undefined where an expression is not obviously linear in x. */
interface Linear {
  factor: FlatExpression;
  rest: FlatExpression;
}

export function mentions(expression: FlatExpression, load: Load): boolean {
  return some(
    expression,
    (node) => node.kind === 'load' && node.variable === load.variable && equal(node.index, load.index),
  );
}

/** A let in which the unknown occurs is written out up to this length. */
const MOST_NODES = 400;

const sizeOf = (expression: FlatExpression): number =>
  children(expression).reduce((sum, child) => sum + sizeOf(child), 1);

function linearIn(expression: FlatExpression, load: Load): Linear | undefined {
  if (!mentions(expression, load)) return { factor: number(0), rest: expression };
  switch (expression.kind) {
    case 'load':
      return { factor: number(1), rest: number(0) };
    case 'unary': {
      const inner = expression.operator === 'negate' ? linearIn(expression.operand, load) : undefined;
      return inner && { factor: negate(inner.factor), rest: negate(inner.rest) };
    }
    case 'binary': {
      const left = linearIn(expression.left, load);
      const right = linearIn(expression.right, load);
      if (!left || !right) return undefined;
      switch (expression.operator) {
        case '+':
          return { factor: add(left.factor, right.factor), rest: add(left.rest, right.rest) };
        case '-':
          return { factor: subtract(left.factor, right.factor), rest: subtract(left.rest, right.rest) };
        case '*': {
          if (!mentions(expression.right, load))
            return {
              factor: multiply(left.factor, expression.right),
              rest: multiply(left.rest, expression.right),
            };
          if (!mentions(expression.left, load))
            return {
              factor: multiply(expression.left, right.factor),
              rest: multiply(expression.left, right.rest),
            };
          return undefined;
        }
        case '/':
          if (mentions(expression.right, load)) return undefined;
          return { factor: divide(left.factor, expression.right), rest: divide(left.rest, expression.right) };
        default:
          return undefined;
      }
    }
    case 'let': {
      const { name, value, body } = expression;
      if (mentions(value, load)) {
        if (sizeOf(value) * usesOf(name, body) > MOST_NODES) return undefined;
        return linearIn(substituteLocal(body, name, value), load);
      }
      const inner = linearIn(body, load);
      return inner && { factor: letIn(name, value, inner.factor), rest: letIn(name, value, inner.rest) };
    }
    default:
      return undefined;
  }
}

/** What x is multiplied with when an equation is brought to the form factor * x = rest. */
export function linearFactor(
  { left, right }: Pick<Family, 'left' | 'right'>,
  load: Load,
): FlatExpression | undefined {
  const a = linearIn(left, load);
  const b = linearIn(right, load);
  return a && b && subtract(a.factor, b.factor);
}

/** The value of x by one equation, where it can be had without iteration. */
export function isolate(
  { left, right }: Pick<Family, 'left' | 'right'>,
  load: Load,
): FlatExpression | undefined {
  if (equal(left, load) && !mentions(right, load)) return right;
  if (equal(right, load) && !mentions(left, load)) return left;
  const a = linearIn(left, load);
  const b = linearIn(right, load);
  if (!a || !b) return undefined;
  const factor = subtract(a.factor, b.factor);
  if (factor.kind === 'number' && factor.value === 0) return undefined;
  const rest = subtract(b.rest, a.rest);
  return startsNegative(factor) ? divide(negate(rest), negate(factor)) : divide(rest, factor);
}

function startsNegative(expression: FlatExpression): boolean {
  if (expression.kind === 'unary') return expression.operator === 'negate';
  return expression.kind === 'binary' && expression.operator === '-' && startsNegative(expression.left);
}
