/**
 * Roots in the matrix of a method that solves with it once, as Rodas5P does. From d next to zero, a line along the slope of √d leads to −d, and from there back: steps that
 * are long against the time in which a flow comes to rest bring it to and fro for ever, and only ones in proportion to the root of the tolerance keep that small.
 * Along a slope three times as steep it comes nearer to rest with steps of any length, and within the tolerance of zero no slope is better than another.
 */
import type { Block } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import { children, equal, number, some, visit } from '../../ir/expressions.ts';
import { unfold, wrap } from '../../ir/lets.ts';
import type { Flattening } from '../flattening.ts';
import { inline } from './inline.ts';
import { add, call, choose, divide, multiply } from './simplify.ts';

type Variables = Flattening['variables'];

/** Of a power of a half; of others as much over what a line along the slope leads too far. */
const STEEPER = 1.5;
/** Longer values are not looked at. */
const MOST_NODES = 200;

/** What a root is taken of, and its power. */
export function rootIn(one: FlatExpression): { of: FlatExpression; power: number } | undefined {
  if (one.kind === 'call' && one.function === 'sqrt') return { of: one.arguments[0]!, power: 1 / 2 };
  if (one.kind === 'call' && one.function === 'cbrt') return { of: one.arguments[0]!, power: 1 / 3 };
  if (one.kind !== 'binary' || one.operator !== '^' || one.right.kind !== 'number') return undefined;
  return one.right.value > 0 && one.right.value < 1 ? { of: one.left, power: one.right.value } : undefined;
}

/** The slope of a node, by which others are computed that it is part of. */
export type Slope = (node: FlatExpression, slope: FlatExpression) => FlatExpression;

/**
 * Slopes for the matrix of a value: roots are steeper where what they are taken of is next to zero, but not where something is divided by them; powers that a residual
 * sets equal to something are as much flatter. Undefined where there are none.
 */
export function slopesNextToZero(
  variables: Variables,
  dynamics: readonly Block[],
  { value, loops, isResidual }: { value: FlatExpression; loops: readonly FlatLoop[]; isResidual: boolean },
): Slope | undefined {
  const isUnknown = (variable: number): boolean => isResidual && variables[variable]!.role === 'algebraic';
  const powerOf = (node: FlatExpression): number => rootIn(node)?.power ?? powerIn(node, isUnknown);
  if (!some(value, (node) => powerOf(node) !== 1)) return undefined;
  const factors = new Map<FlatExpression, FlatExpression>();
  const divisors = new Set<FlatExpression>();
  visit(value, (node, inner, lets) => {
    if (divisors.has(node)) for (const child of children(node)) divisors.add(child);
    if (node.kind === 'binary' && node.operator === '/') divisors.add(node.right);
    const power = powerOf(node);
    if (power === 1 || divisors.has(node)) return;
    const root = rootIn(node)?.of;
    const of = unfold(root === undefined ? value : wrap(lets, root));
    const written = inline({ variables }, dynamics, of, [...loops, ...inner], MOST_NODES);
    const blur = written && blurOf(variables, written);
    if (blur === undefined || blur.kind === 'number') return;
    const isNear: FlatExpression = {
      kind: 'binary',
      operator: '<',
      left: call('abs', root ?? node),
      right: blur,
    };
    factors.set(
      node,
      choose(isNear, number(root === undefined ? 1 / (STEEPER * power) : STEEPER / power), number(1)),
    );
  });
  if (factors.size === 0) return undefined;
  return (node, slope) => {
    const factor = factors.get(node);
    return factor === undefined ? slope : multiply(factor, slope);
  };
}

/** Of an unknown, as `q * abs(q)` or `q^3`; else 1. */
function powerIn(node: FlatExpression, isUnknown: (variable: number) => boolean): number {
  if (node.kind !== 'binary') return 1;
  const { operator, left, right } = node;
  const isIts = (one: FlatExpression): boolean => one.kind === 'load' && isUnknown(one.variable);
  if (operator === '^') return right.kind === 'number' && right.value > 1 && isIts(left) ? right.value : 1;
  if (operator !== '*') return 1;
  const amount = (one: FlatExpression): FlatExpression =>
    one.kind === 'call' && one.function === 'abs' ? one.arguments[0]! : one;
  return isIts(amount(left)) && equal(amount(left), amount(right)) ? 2 : 1;
}

/** How far off a value may be by what states may be; undefined where that is not known. */
function blurOf(variables: Variables, value: FlatExpression): FlatExpression | undefined {
  const inner = (one: FlatExpression): FlatExpression | undefined => blurOf(variables, one);
  const both = (one: FlatExpression, other: FlatExpression, by = add): FlatExpression | undefined => {
    const [left, right] = [inner(one), inner(other)];
    return left && right && by(left, right);
  };
  switch (value.kind) {
    case 'number':
    case 'time':
    case 'position':
      return number(0);
    case 'load':
      return variables[value.variable]!.role === 'state'
        ? { kind: 'blur', variable: value.variable, index: value.index }
        : number(0);
    case 'unary':
      return value.operator === 'negate' ? inner(value.operand) : undefined;
    case 'binary': {
      const { operator, left, right } = value;
      if (operator === '+' || operator === '-') return both(left, right);
      if (operator === '*')
        return both(left, right, (one, other) =>
          add(multiply(one, call('abs', right)), multiply(call('abs', left), other)),
        );
      const blur = operator === '/' ? inner(left) : undefined;
      return blur && divide(blur, call('abs', right));
    }
    case 'conditional': {
      const [then, other] = [inner(value.then), inner(value.else)];
      return then && other && choose(value.condition, then, other);
    }
    case 'call': {
      const [one, other, ...more] = value.arguments;
      if (value.function === 'abs') return inner(one!);
      if (value.function !== 'min' && value.function !== 'max') return undefined;
      return other && more.length === 0 ? both(one!, other) : undefined;
    }
    default:
      return undefined;
  }
}
