import type { Expression } from '../../model/expression.ts';
import { exact } from '../../ir/exact.ts';
import { arithmetic } from '../../ir/expressions.ts';

/**
 * The value of an expression of `fixed` values and numbers; undefined where it is not constant. Only operations that
 * IEEE 754 defines to the last bit are done when compiling: `exp` and its like belong to the running system.
 */
export function constantOf(
  expression: Expression,
  valueOf: (expression: Extract<Expression, { kind: 'variable' }>) => number | undefined,
  locals: ReadonlyMap<string, number> = new Map(),
): number | undefined {
  const inner = (one: Expression) => constantOf(one, valueOf, locals);
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'boolean':
      return expression.value ? 1 : 0;
    case 'time':
    case 'loop':
    case 'draw':
    case 'window':
    case 'reduction':
    case 'linear':
    case 'lookup':
    case 'delay':
      return undefined;
    case 'local':
      return locals.get(expression.name);
    case 'let': {
      const value = inner(expression.value);
      if (value === undefined) return undefined;
      return constantOf(expression.body, valueOf, new Map(locals).set(expression.name, value));
    }
    case 'variable':
      return expression.modifier === undefined ? valueOf(expression) : undefined;
    case 'unary': {
      const operand = inner(expression.operand);
      if (operand === undefined) return undefined;
      return expression.operator === 'negate' ? -operand : operand === 0 ? 1 : 0;
    }
    case 'binary': {
      const left = inner(expression.left);
      const right = inner(expression.right);
      if (left === undefined || right === undefined) return undefined;
      return expression.operator === '^'
        ? wholePower(left, right)
        : arithmetic(expression.operator, left, right);
    }
    case 'conditional': {
      const condition = inner(expression.condition);
      return condition === undefined ? undefined : inner(condition === 0 ? expression.else : expression.then);
    }
    case 'call': {
      const values = expression.arguments.map(inner);
      if (values.includes(undefined)) return undefined;
      return exact(expression.function, values as number[]);
    }
  }
}

function wholePower(base: number, exponent: number): number | undefined {
  if (!Number.isInteger(exponent) || Math.abs(exponent) > 64) return undefined;
  let power = 1;
  for (let at = 0; at < Math.abs(exponent); at += 1) power *= base;
  return exponent < 0 ? 1 / power : power;
}
