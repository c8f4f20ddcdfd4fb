import type { FlatExpression } from './flat-expression.ts';
import { children, mapChildren } from './expressions.ts';

/** Values that are computed once and used by name inside one expression. Lets nest, and the nearest of a name counts. */

export type Let = Extract<FlatExpression, { kind: 'let' }>;

/** The body with the value by name; without a let where the value is short, or used at most once. */
export function letIn(name: string, value: FlatExpression, body: FlatExpression): FlatExpression {
  const uses = usesOf(name, body);
  if (uses === 0) return body;
  // Inside a reduction one use is many evaluations, and a loop may have the name of one in the value.
  if (isShort(value) || (uses === 1 && !repeats(name, body))) return substituteLocal(body, name, value);
  return { kind: 'let', name, value, body };
}

function isShort({ kind }: FlatExpression): boolean {
  return kind === 'number' || kind === 'time' || kind === 'local' || kind === 'load' || kind === 'position';
}

export function usesOf(name: string, expression: FlatExpression): number {
  if (expression.kind === 'local') return expression.name === name ? 1 : 0;
  if (expression.kind === 'let' && expression.name === name) return usesOf(name, expression.value);
  return children(expression).reduce((sum, child) => sum + usesOf(name, child), 0);
}

function repeats(name: string, expression: FlatExpression): boolean {
  if (expression.kind === 'reduction') return usesOf(name, expression) > 0;
  if (expression.kind === 'let' && expression.name === name) return repeats(name, expression.value);
  return children(expression).some((child) => repeats(name, child));
}

/** The value must have no free locals of names that the expression binds; whole expressions have none at all. */
export function substituteLocal(
  expression: FlatExpression,
  name: string,
  value: FlatExpression,
): FlatExpression {
  if (expression.kind === 'local') return expression.name === name ? value : expression;
  if (expression.kind === 'let' && expression.name === name)
    return { ...expression, value: substituteLocal(expression.value, name, value) };
  return mapChildren(expression, (child) => substituteLocal(child, name, value));
}

/** The expression inside the lets that stood around it, of which those it needs stay. Outermost first. */
export function wrap(lets: readonly Let[], expression: FlatExpression): FlatExpression {
  return lets.reduceRight((body, { name, value }) => letIn(name, value, body), expression);
}

/** Without any let: values in the places of their names. */
export function unfold(expression: FlatExpression): FlatExpression {
  if (expression.kind === 'let')
    return unfold(substituteLocal(expression.body, expression.name, expression.value));
  return mapChildren(expression, unfold);
}
