import type { FlatExpression } from '../../ir/flat-expression.ts';
import { number, sameElement } from '../../ir/expressions.ts';
import type { Load } from '../../ir/expressions.ts';
import { letIn, usesOf } from '../../ir/lets.ts';
import type { Let } from '../../ir/lets.ts';
import { mentions } from './isolate.ts';
import type { Slope } from './roots.ts';
import { steeper } from '../expressions/tables.ts';
import { add, call, choose, divide, multiply, negate, power, subtract } from './simplify.ts';

/**
 * The partial derivative of an expression by one element of a variable. At a kink (`abs` at 0, `min` where both are
 * equal, a condition) it is the derivative of the branch that the expression takes. `locals`: what depends on the element
 * among the lets around, with its derivative. `slope`: what to take in place of the slopes of some nodes.
 */
export function differentiate(
  expression: FlatExpression,
  by: Load,
  locals: Slopes = new Map(),
  slope?: Slope,
): FlatExpression {
  if (expression.kind === 'load') return number(sameElement(expression, by) ? 1 : 0);
  if (expression.kind === 'local') return locals.get(expression.name) ?? number(0);
  if (expression.kind === 'reduction' && !mentions(expression, by))
    if (![...locals.keys()].some((name) => usesOf(name, expression) > 0)) return number(0);
  const d = (inner: FlatExpression, among = locals) => differentiate(inner, by, among, slope);
  if (expression.kind === 'let') return ofLet(expression, locals, d);
  const own = chain(expression, d);
  return slope === undefined ? own : slope(expression, own);
}

/** Of lets that depend on what an expression is differentiated by, the derivatives: numbers, or lets of their own. */
type Slopes = ReadonlyMap<string, FlatExpression>;

function ofLet(
  { name, value, body }: Let,
  locals: Slopes,
  d: (inner: FlatExpression, locals: Slopes) => FlatExpression,
): FlatExpression {
  const slope = d(value, locals);
  const own = `${name}'`;
  const among = new Map(locals);
  if (slope.kind !== 'number') among.set(name, { kind: 'local', name: own });
  else if (slope.value !== 0) among.set(name, slope);
  else among.delete(name);
  return letIn(name, value, letIn(own, slope, d(body, among)));
}

/**
 * The derivative of an expression by whatever moves it. `own`: of what moves by itself, or does so in another way than by its parts;
 * undefined for all else. It is handed what differentiates a part, and whether any let around moves.
 */
export function derivative(
  expression: FlatExpression,
  own: (one: FlatExpression, d: Derive, isAmongMoving: boolean) => FlatExpression | undefined,
): FlatExpression {
  const d = (one: FlatExpression, locals: Slopes): FlatExpression => {
    if (one.kind === 'local') return locals.get(one.name) ?? number(0);
    if (one.kind === 'let') return ofLet(one, locals, d);
    const inner = (part: FlatExpression): FlatExpression => d(part, locals);
    return own(one, inner, locals.size > 0) ?? chain(one, inner);
  };
  return d(expression, new Map());
}

/** The derivative of what is no leaf and no let, from those of its parts. */
export function chain(expression: FlatExpression, d: Derive): FlatExpression {
  switch (expression.kind) {
    case 'unary':
      return expression.operator === 'negate' ? negate(d(expression.operand)) : number(0);
    case 'binary':
      return binary(expression, d);
    case 'conditional':
      return choose(expression.condition, d(expression.then), d(expression.else));
    case 'call':
      return elementary(expression, d);
    case 'lookup':
      return expression.arguments
        .map((argument, axis) => ({ axis, slope: d(argument) }))
        .filter(({ slope }) => slope.kind !== 'number' || slope.value !== 0)
        .map(({ axis, slope }) => multiply(steeper(expression, axis), slope))
        .reduce((sum, term) => add(sum, term), number(0));
    case 'reduction':
      if (expression.operator === 'sum') return { ...expression, body: d(expression.body) };
      throw new Error(`A ${expression.operator} over unknowns is written out before it is differentiated`);
    default:
      return number(0);
  }
}

export type Derive = (inner: FlatExpression) => FlatExpression;

function binary(expression: Extract<FlatExpression, { kind: 'binary' }>, d: Derive): FlatExpression {
  const { left, right } = expression;
  switch (expression.operator) {
    case '+':
      return add(d(left), d(right));
    case '-':
      return subtract(d(left), d(right));
    case '*':
      return add(multiply(d(left), right), multiply(left, d(right)));
    case '/': {
      const over = d(right);
      if (over.kind === 'number' && over.value === 0) return divide(d(left), right);
      return divide(subtract(d(left), multiply(expression, over)), right);
    }
    case '^': {
      const exponent = d(right);
      const base = multiply(multiply(right, power(left, subtract(right, number(1)))), d(left));
      if (exponent.kind === 'number' && exponent.value === 0) return base;
      return add(base, multiply(multiply(expression, call('log', left)), exponent));
    }
    default:
      return number(0);
  }
}

const one = number(1);
const square = (x: FlatExpression) => multiply(x, x);

function elementary(expression: Extract<FlatExpression, { kind: 'call' }>, d: Derive): FlatExpression {
  const [x, y] = expression.arguments as [FlatExpression, FlatExpression];
  const times = (outer: FlatExpression) => multiply(outer, d(x));
  const over = (denominator: FlatExpression) => divide(d(x), denominator);
  switch (expression.function) {
    case 'abs':
      return times(call('sign', x));
    case 'sign':
    case 'floor':
    case 'ceil':
    case 'round':
    case 'trunc':
      return number(0);
    case 'sqrt':
      return over(multiply(number(2), expression));
    case 'cbrt':
      return over(multiply(number(3), square(expression)));
    case 'exp':
      return times(expression);
    case 'expm1':
      return times(call('exp', x));
    case 'log':
      return over(x);
    case 'log1p':
      return over(add(one, x));
    case 'log2':
      return over(multiply(x, number(Math.LN2)));
    case 'log10':
      return over(multiply(x, number(Math.LN10)));
    case 'sin':
      return times(call('cos', x));
    case 'cos':
      return times(negate(call('sin', x)));
    case 'tan':
      return times(add(one, square(expression)));
    case 'asin':
      return over(call('sqrt', subtract(one, square(x))));
    case 'acos':
      return negate(over(call('sqrt', subtract(one, square(x)))));
    case 'atan':
      return over(add(one, square(x)));
    case 'sinh':
      return times(call('cosh', x));
    case 'cosh':
      return times(call('sinh', x));
    case 'tanh':
      return times(subtract(one, square(expression)));
    case 'erf':
    case 'erfc': {
      const bell = multiply(number(2 / Math.sqrt(Math.PI)), call('exp', negate(square(x))));
      return times(expression.function === 'erf' ? bell : negate(bell));
    }
    case 'gamma':
      return times(multiply(expression, call('polygamma', number(0), x)));
    case 'lgamma':
      return times(call('polygamma', number(0), x));
    case 'polygamma':
      return multiply(call('polygamma', add(x, one), y), d(y));
    case 'atan2':
      return divide(subtract(multiply(y, d(x)), multiply(x, d(y))), add(square(x), square(y)));
    case 'hypot':
      return divide(
        expression.arguments.map((side) => multiply(side, d(side))).reduce((a, b) => add(a, b)),
        expression,
      );
    case 'mod':
      return subtract(d(x), multiply(call('floor', divide(x, y)), d(y)));
    case 'most':
      return number(0);
    case 'min':
    case 'max': {
      const better = expression.function === 'min' ? '<=' : '>=';
      return expression.arguments.slice(1).reduce(
        (best, side) => ({
          value: call(expression.function, best.value, side),
          slope: choose(
            { kind: 'binary', operator: better, left: best.value, right: side },
            best.slope,
            d(side),
          ),
        }),
        { value: x, slope: d(x) },
      ).slope;
    }
  }
}
