/** Checked expressions → flat ones: names become addresses with indexes, vectors their elements, reductions loops. */
import type { Expression } from '../../model/expression.ts';
import type { FlatExpression, FlatIndex, FlatLoop } from '../../ir/flat-expression.ts';
import { lowerDraw } from './draws.ts';
import { lowerWindow } from './windows.ts';
import { statistic } from '../instances/measures.ts';
import { lowerLinked, Unlinked } from './links.ts';
import { fold, number } from '../../ir/expressions.ts';
import { letIn } from '../../ir/lets.ts';
import { lowerDelay } from './delays.ts';
import { rankOf, starsOf } from './shapes.ts';
import { lowerLookup } from './tables.ts';
import { isListed, lowerLinear, reduce, sizesIn } from './vectors.ts';
import type { Scope } from './scope.ts';
import type { Flattening } from '../flattening.ts';
import { lowerRead } from './reads.ts';

const smoothnessOf = ({ smooth }: { smooth?: true }): { smooth?: true } => (smooth ? { smooth } : {});

/** An expression of an asset → one of the system, for all instances of the scope at once. */
export function lower(flattening: Flattening, expression: Expression, around: Scope): FlatExpression {
  const scope =
    around.at && around.at.length > 0 && rankOf(expression) === 0 ? { ...around, at: [] } : around;
  // What most expressions consist of.
  switch (expression.kind) {
    case 'number':
      return number(expression.value);
    case 'unary': {
      const operand = lower(flattening, expression.operand, scope);
      return fold({ kind: 'unary', operator: expression.operator, operand });
    }
    case 'binary': {
      const { operator } = expression;
      const left = lower(flattening, expression.left, scope);
      const right = lower(flattening, expression.right, scope);
      return fold({ kind: 'binary', operator, left, right, ...smoothnessOf(expression) });
    }
    default:
      return lowerOther(flattening, expression, scope);
  }
}

function lowerOther(
  flattening: Flattening,
  expression: Exclude<Expression, { kind: 'number' | 'unary' | 'binary' }>,
  scope: Scope,
): FlatExpression {
  const inner = (one: Expression) => lower(flattening, one, scope);
  switch (expression.kind) {
    case 'boolean':
      return number(expression.value ? 1 : 0);
    case 'time':
      return { kind: 'time' };
    case 'loop': {
      const loop = scope.named.get(expression.variable);
      if (loop === undefined)
        throw new Error(`The checked model lacks the for variable ${expression.variable}`);
      return { kind: 'position', loop, offset: 1 };
    }
    case 'conditional':
      return fold({
        kind: 'conditional',
        condition: inner(expression.condition),
        then: inner(expression.then),
        else: inner(expression.else),
      });
    case 'call':
      return {
        kind: 'call',
        function: expression.function,
        arguments: expression.arguments.map(inner),
        ...smoothnessOf(expression),
      };
    case 'window':
      return lowerWindow(flattening, expression, scope);
    case 'draw':
      return lowerDraw(flattening, expression, scope);
    case 'delay':
      return lowerDelay(flattening, expression, scope, inner);
    case 'lookup':
      return {
        ...lowerLookup(flattening, expression, expression.arguments.map(inner)),
        ...smoothnessOf(expression),
      };
    case 'linear':
      return lowerLinear(flattening, expression, scope);
    case 'local': {
      const vector = scope.vectors?.get(expression.name);
      if (vector) {
        const { at, each, loops, used, stars } = scope;
        return lower(flattening, vector.value, { ...vector.scope, at, each, loops, used, stars });
      }
      return scope.locals?.get(expression.name) ?? { kind: 'local', name: expression.name };
    }
    case 'let': {
      const { name, body } = expression;
      const vectors = new Map(scope.vectors);
      vectors.delete(name);
      if (rankOf(expression.value) > 0) {
        const sizes = sizesIn(flattening, expression.value, scope);
        vectors.set(name, { value: expression.value, scope, sizes });
        return lower(flattening, body, { ...scope, vectors });
      }
      const value = lower(flattening, expression.value, { ...scope, at: [] });
      const locals = new Map(scope.locals);
      if (value.kind === 'number') locals.set(name, value);
      else locals.delete(name);
      return letIn(name, value, lower(flattening, body, { ...scope, locals, vectors }));
    }
    case 'statistic':
      return statistic(flattening, expression, scope);
    case 'variable':
      try {
        return lowerRead(flattening, expression, scope);
      } catch (error) {
        if (error instanceof Unlinked) return number(0);
        throw error;
      }
    case 'reduction': {
      const linked = lowerLinked(flattening, expression, scope);
      if (linked) return linked;
      if (starsOf(expression.body) === 0 && rankOf(expression.body) > 0)
        return reduceWhole(flattening, expression, scope);
      const stars: FlatLoop[] = [];
      const body = lower(flattening, expression.body, { ...scope, stars, each: [] });
      const elements = stars.reduce((product, loop) => product * (loop.to - loop.from), 1);
      const over = (operator: 'sum' | 'product' | 'min' | 'max' | 'any' | 'all', of = body): FlatExpression =>
        stars.length === 0 ? of : { kind: 'reduction', operator, loops: stars, body: of };
      switch (expression.operator) {
        case 'mean':
          return { kind: 'binary', operator: '/', left: over('sum'), right: number(elements) };
        case 'count':
          return over('sum', { kind: 'conditional', condition: body, then: number(1), else: number(0) });
        default:
          return over(expression.operator);
      }
    }
  }
}

/** `sum(x)`: over all elements of a vector as a whole. */
function reduceWhole(
  flattening: Flattening,
  { operator, body }: Extract<Expression, { kind: 'reduction' }>,
  scope: Scope,
): FlatExpression {
  const sizes = sizesIn(flattening, body, scope).shape;
  const listed = isListed(body, scope);
  const term = (at: FlatIndex[]) => lower(flattening, body, { ...scope, at });
  switch (operator) {
    case 'mean': {
      const count = sizes.reduce((product, size) => product * size, 1);
      return {
        kind: 'binary',
        operator: '/',
        left: reduce('sum', scope, sizes, listed, term),
        right: number(count),
      };
    }
    case 'count':
      return reduce('sum', scope, sizes, listed, (at) => ({
        kind: 'conditional',
        condition: term(at),
        then: number(1),
        else: number(0),
      }));
    default:
      return reduce(operator, scope, sizes, listed, term);
  }
}
