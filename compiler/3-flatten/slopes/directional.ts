/**
 * The derivative of an expression in directions that the variables it reads have derivatives in. Reductions stay reductions, and
 * one expression stands for all directions, by a loop over them.
 */
import type { FlatExpression, FlatIndex } from '../../ir/flat-expression.ts';
import type { VariableId } from '../../ir/flat-system.ts';
import { freshen, number } from '../../ir/expressions.ts';
import { letIn } from '../../ir/lets.ts';
import { chain, derivative } from '../algebra/differentiate.ts';
import type { Derive } from '../algebra/differentiate.ts';
import { writeOut } from '../algebra/scalarise.ts';
import { choose, divide } from '../algebra/simplify.ts';

export interface Directions {
  /** The variable that holds the derivatives of another one, with an index more; undefined where they are zero. */
  slopeOf(variable: VariableId): VariableId | undefined;
  /** Which direction: a number, or the loop over all; nothing where there is only one. */
  at?: FlatIndex;
  /** How much the time moves with it; nothing where it does not. */
  time?: FlatExpression;
}

type Reduction = Extract<FlatExpression, { kind: 'reduction' }>;

export function directional(expression: FlatExpression, { slopeOf, at, time }: Directions): FlatExpression {
  let fresh = 0;
  const next = (): string => `along ${(fresh += 1)}`;
  const extreme = (reduction: Reduction, inner: Derive): FlatExpression => {
    // Of those that are the least (or greatest) the mean, so that what is alike moves alike.
    const name = next();
    const isBest: FlatExpression = {
      kind: 'binary',
      operator: '==',
      left: reduction.body,
      right: { kind: 'local', name },
    };
    const over = (body: FlatExpression): FlatExpression =>
      freshen({ ...reduction, operator: 'sum', body: choose(isBest, body, number(0)) }, next);
    const slope = inner(reduction.body);
    if (isZero(slope)) return number(0);
    return { kind: 'let', name, value: reduction, body: divide(over(slope), over(number(1))) };
  };
  const own = (one: FlatExpression, inner: Derive): FlatExpression | undefined => {
    switch (one.kind) {
      case 'load': {
        const variable = slopeOf(one.variable);
        return variable === undefined
          ? number(0)
          : { kind: 'load', variable, index: at === undefined ? one.index : [...one.index, at] };
      }
      case 'time':
        return time ?? number(0);
      case 'reduction':
        switch (one.operator) {
          case 'sum': {
            const body = inner(one.body);
            return isZero(body) ? body : { ...one, body };
          }
          case 'min':
          case 'max':
            return extreme(one, inner);
          case 'product':
            return isZero(inner(one.body)) ? number(0) : inner(writeOut(one, () => true));
          default:
            return number(0);
        }
      case 'call':
      case 'binary':
        return isSteep(one) ? still(one, inner) : undefined;
      default:
        return undefined;
    }
  };
  /** Roots are infinitely steep at 0, which is nothing to what does not move there. */
  const still = (
    one: Extract<FlatExpression, { kind: 'call' | 'binary' }>,
    inner: Derive,
  ): FlatExpression => {
    const parts = one.kind === 'call' ? one.arguments : [one.left, one.right];
    const slopes = parts.map((part) => inner(part));
    if (slopes.every(isZero)) return number(0);
    const names = slopes.map((slope) => (slope.kind === 'number' ? undefined : next()));
    const named = slopes.map((slope, n): FlatExpression => {
      const name = names[n];
      return name === undefined ? slope : { kind: 'local', name };
    });
    const rests = named.flatMap((slope): FlatExpression[] =>
      isZero(slope) ? [] : [{ kind: 'binary', operator: '==', left: slope, right: number(0) }],
    );
    const rest = rests.reduce((left, right) => ({ kind: 'binary', operator: 'and', left, right }));
    const value = chain(one, (part) => named[parts.indexOf(part)]!);
    return slopes.reduce<FlatExpression>(
      (body, slope, n) => (names[n] === undefined ? body : letIn(names[n], slope, body)),
      choose(rest, number(0), value),
    );
  };
  return derivative(expression, own);
}

const ROOTS: ReadonlySet<string> = new Set(['sqrt', 'cbrt', 'hypot', 'log', 'asin', 'acos']);

export function isSteep(one: Extract<FlatExpression, { kind: 'call' | 'binary' }>): boolean {
  if (one.kind === 'call') return ROOTS.has(one.function);
  return one.operator === '^' && !(one.right.kind === 'number' && one.right.value >= 1);
}

const isZero = (expression: FlatExpression): boolean =>
  expression.kind === 'number' && expression.value === 0;
