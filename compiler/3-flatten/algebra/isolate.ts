import type { FlatExpression } from '../../ir/flat-expression.ts';
import { children, number, sameElement, some } from '../../ir/expressions.ts';
import type { Load } from '../../ir/expressions.ts';
import { letIn, substituteLocal, usesOf } from '../../ir/lets.ts';
import type { Family } from '../equations/families.ts';
import { add, choose, divide, multiply, negate, subtract } from './simplify.ts';

/** `factor * x + rest`; undefined where an expression is not obviously linear in x. */
interface Linear {
  factor: FlatExpression;
  rest: FlatExpression;
}

export function mentions(expression: FlatExpression, load: Load): boolean {
  return some(expression, (node) => node.kind === 'load' && sameElement(node, load));
}

/** A let in which the unknown occurs is written out up to this length. */
const MOST_NODES = 400;

const sizeOf = (expression: FlatExpression): number =>
  children(expression).reduce((sum, child) => sum + sizeOf(child), 1);

/** In one pass over the expression: sums over arrays are long. */
function linearIn(expression: FlatExpression, load: Load): Linear | undefined {
  const constant: Linear = { factor: number(0), rest: expression };
  switch (expression.kind) {
    case 'load':
      return sameElement(expression, load) ? { factor: number(1), rest: number(0) } : constant;
    case 'unary': {
      const inner = linearIn(expression.operand, load);
      if (!inner || inner.rest === expression.operand) return inner && constant;
      return expression.operator === 'negate'
        ? { factor: negate(inner.factor), rest: negate(inner.rest) }
        : undefined;
    }
    case 'binary':
      return linearInBinary(expression, load);
    case 'conditional': {
      const { condition } = expression;
      const then = mentions(condition, load) ? undefined : linearIn(expression.then, load);
      const other = then && linearIn(expression.else, load);
      if (!then || !other) return undefined;
      if (then.rest === expression.then && other.rest === expression.else) return constant;
      return {
        factor: choose(condition, then.factor, other.factor),
        rest: choose(condition, then.rest, other.rest),
      };
    }
    case 'let': {
      const { name, value, body } = expression;
      if (mentions(value, load)) {
        if (sizeOf(value) * usesOf(name, body) > MOST_NODES) return undefined;
        return linearIn(substituteLocal(body, name, value), load);
      }
      const inner = linearIn(body, load);
      if (!inner || inner.rest === body) return inner && constant;
      return { factor: letIn(name, value, inner.factor), rest: letIn(name, value, inner.rest) };
    }
    default:
      return mentions(expression, load) ? undefined : constant;
  }
}

function linearInBinary(
  expression: Extract<FlatExpression, { kind: 'binary' }>,
  load: Load,
): Linear | undefined {
  const left = linearIn(expression.left, load);
  const right = left && linearIn(expression.right, load);
  if (!left || !right) return undefined;
  // What does not mention x is its own rest.
  const without = (side: Linear, of: FlatExpression) => side.rest === of;
  const [a, b] = [without(left, expression.left), without(right, expression.right)];
  if (a && b) return { factor: number(0), rest: expression };
  switch (expression.operator) {
    case '+':
      return { factor: add(left.factor, right.factor), rest: add(left.rest, right.rest) };
    case '-':
      return { factor: subtract(left.factor, right.factor), rest: subtract(left.rest, right.rest) };
    case '*': {
      if (b)
        return {
          factor: multiply(left.factor, expression.right),
          rest: multiply(left.rest, expression.right),
        };
      if (a)
        return {
          factor: multiply(expression.left, right.factor),
          rest: multiply(expression.left, right.rest),
        };
      return undefined;
    }
    case '/':
      if (!b) return undefined;
      return { factor: divide(left.factor, expression.right), rest: divide(left.rest, expression.right) };
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
  if (left.kind === 'load' && sameElement(left, load) && !mentions(right, load)) return right;
  if (right.kind === 'load' && sameElement(right, load) && !mentions(left, load)) return left;
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
