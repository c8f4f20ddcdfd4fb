/**
 * Where `abs`, `min` and `max` have a kink, a value may turn back that goes over a bound there for an instant only, and `most` jumps where one
 * value passes another. What changes its side there is a difference, which rounding keeps going from side to side where both are the same for
 * long (`max(supply - load, 0)` with a controlled supply): so it is zero as long as it is a small part of what it is the difference of.
 */
import type { Block, FlatExpression, FlatLoop } from '../ir/flat-system.ts';
import { loads, number, visit } from '../ir/expressions.ts';
import { wrap } from '../ir/lets.ts';
import { inline } from './inline.ts';
import type { Flattening } from './lower.ts';
import { add, call, choose, divide, multiply, subtract } from './simplify.ts';

const ROUNDING = 1e-10;
/** More values than this have no kinks of their own, nor do those that take longer to compute. */
const MOST_VALUES = 6;
const MOST_NODES = 200;

export const KINKS: ReadonlySet<string> = new Set(['abs', 'min', 'max']);
export const RANKS: ReadonlySet<string> = new Set(['most']);

/** Of those functions. */
export function kinksIn(
  flattening: Flattening,
  blocks: readonly Block[],
  { expression, loops }: { expression: FlatExpression; loops: readonly FlatLoop[] },
  functions: ReadonlySet<string>,
): { value: FlatExpression; loops: FlatLoop[] }[] {
  const found: { value: FlatExpression; loops: FlatLoop[] }[] = [];
  visit(expression, (node, inner, lets) => {
    for (const kink of kinksOf(node, functions)) {
      const around = [...loops, ...inner];
      const value = inline(flattening, blocks, wrap(lets, kink), around, MOST_NODES);
      if (value === undefined || !isComputed(flattening, value)) continue;
      const size = magnitude(value);
      if (size === undefined) continue;
      const same = multiply(number(ROUNDING), size);
      const differs: FlatExpression = {
        kind: 'binary',
        operator: '>',
        left: call('abs', value),
        right: same,
      };
      found.push({ value: choose(differs, value, number(0)), loops: around });
    }
  });
  return found;
}

/** Of up to six values, which one is the least or greatest; of those that are ranked, also whether any is there at all. */
function kinksOf(node: FlatExpression, functions: ReadonlySet<string>): FlatExpression[] {
  if (node.kind !== 'call' || node.smooth || !functions.has(node.function)) return [];
  const { function: name, arguments: given } = node;
  if (name === 'abs') return given;
  if (given.length > MOST_VALUES) return [];
  const pairs = given.flatMap((one, at) => given.slice(at + 1).map((other) => subtract(one, other)));
  return name === 'most' ? [...pairs, ...given] : pairs;
}

/**
 * Neither found by iteration, whose last digits say nothing, nor a state's, as one may come to rest at the kink: `max(1 - charge, 0)` of a
 * battery that fills would then pass the smallest difference there is again and again, by rounding alone, and time stand still.
 */
function isComputed({ variables }: Flattening, value: FlatExpression): boolean {
  return loads(value).every(
    ({ load }) => !['algebraic', 'derivative', 'state'].includes(variables[load.variable]!.role),
  );
}

/** As large as what is added and subtracted. */
function magnitude(value: FlatExpression): FlatExpression | undefined {
  switch (value.kind) {
    case 'unary':
      return value.operator === 'negate' ? magnitude(value.operand) : call('abs', value);
    case 'binary': {
      const { operator } = value;
      if (!['+', '-', '*', '/'].includes(operator)) return call('abs', value);
      const [left, right] = [magnitude(value.left), magnitude(value.right)];
      if (left === undefined || right === undefined) return undefined;
      if (operator === '/') return divide(left, call('abs', value.right));
      return operator === '*' ? multiply(left, right) : add(left, right);
    }
    case 'conditional': {
      const [then, other] = [magnitude(value.then), magnitude(value.else)];
      return then && other && choose(value.condition, then, other);
    }
    case 'number':
      return number(Math.abs(value.value));
    case 'call':
      if (!['abs', 'min', 'max'].includes(value.function)) return call('abs', value);
      return value.arguments
        .map(magnitude)
        .reduce((sum, one) => (sum && one ? add(sum, one) : undefined), number(0));
    case 'load':
    case 'time':
    case 'position':
    case 'lookup':
      return call('abs', value);
    default:
      return undefined;
  }
}
