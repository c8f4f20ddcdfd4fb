/**
 * Signs and conditions that change where a root of the same value is zero: `sign(d) * sqrt(abs(d))`, `if d > 0 bar then sqrt(d) else 0`. There
 * nothing jumps, but slopes have no bound. An event at each change would hold a run to zero, to which rounding and the error of a step bring it
 * back again and again; so they are kinks, whose side is remembered (`kinks.ts`).
 */
import {
  children,
  comparisons,
  equal,
  isArithmetic,
  mapChildren,
  number,
  some,
  visit,
} from '../../ir/expressions.ts';
import { unfold, wrap } from '../../ir/lets.ts';
import type { Block } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import type { Flattening } from '../flattening.ts';
import { inline } from '../algebra/inline.ts';
import { differenceIn, isMeasurable } from './kinks.ts';
import { rootIn } from '../algebra/roots.ts';

/** Longer values are not looked at. */
const MOST_NODES = 200;

/** Blocks that are sorted, with what is steep in them marked as that. */
export function markSteep(
  flattening: Flattening,
  dynamics: readonly Block[],
  outputs: readonly Block[],
): [dynamics: Block[], outputs: Block[]] {
  const running = [...dynamics, ...outputs];
  const mark = (expression: FlatExpression, loops: readonly FlatLoop[]): FlatExpression => {
    if (isArithmetic(expression)) return expression;
    const steep = steepIn(flattening, running, expression, loops);
    return steep.size === 0 ? expression : marked(expression, steep);
  };
  const markIn = (block: Block): Block => {
    if (block.kind === 'solve')
      return { ...block, residuals: block.residuals.map((one) => mark(one, block.loops)) };
    const value = mark(block.value, block.loops);
    return value === block.value ? block : { ...block, value };
  };
  return [dynamics.map(markIn), outputs.map(markIn)];
}

function marked(expression: FlatExpression, steep: ReadonlySet<FlatExpression>): FlatExpression {
  const inner = mapChildren(expression, (child) => marked(child, steep));
  return steep.has(expression) && (inner.kind === 'call' || inner.kind === 'binary')
    ? { ...inner, smooth: true, steep: true }
    : inner;
}

function steepIn(
  flattening: Flattening,
  blocks: readonly Block[],
  expression: FlatExpression,
  loops: readonly FlatLoop[],
): ReadonlySet<FlatExpression> {
  const found = new Set<FlatExpression>();
  /** Parts of a product, which is looked at as a whole. */
  const parts = new Set<FlatExpression>();
  visit(expression, (node, inner, lets) => {
    if (isProduct(node)) for (const part of children(node)) parts.add(part);
    const pairs = isProduct(node) && parts.has(node) ? [] : pairsIn(node);
    if (pairs.length === 0) return;
    const around = [...loops, ...inner];
    const written = (one: FlatExpression): FlatExpression | undefined =>
      inline(flattening, blocks, unfold(wrap(lets, one)), around, MOST_NODES);
    for (const { changing, values } of pairs) {
      const difference = written(differenceIn(changing));
      const zeros = difference && zerosOf(flattening, difference);
      if (!difference || !zeros || !isMeasurable(flattening, difference)) continue;
      const whole = values.map(written).filter((one) => one !== undefined);
      if (whole.length === values.length && areRootsAt(flattening, zeros, whole)) found.add(changing);
    }
  });
  return found;
}

type Changing = Extract<FlatExpression, { kind: 'binary' | 'call' }>;

/** Signs and comparisons that decide a node, each with values that must all be zero where it changes. */
function pairsIn(node: FlatExpression): { changing: Changing; values: FlatExpression[] }[] {
  if (node.kind === 'conditional')
    return comparisonsIn(node.condition).map((changing) => ({ changing, values: [node.then, node.else] }));
  if (!isProduct(node)) return [];
  const factors = factorsOf(node);
  const divisors = divisorsOf(node);
  const divided = (factor: FlatExpression): FlatExpression =>
    divisors.reduce((left, right) => ({ kind: 'binary', operator: '/', left, right }), factor);
  return factors.flatMap((factor) =>
    changingIn(factor).flatMap((changing) =>
      factors.filter((other) => other !== factor).map((other) => ({ changing, values: [divided(other)] })),
    ),
  );
}

const isProduct = (one: FlatExpression): boolean =>
  one.kind === 'binary' && (one.operator === '*' || one.operator === '/');

function changingIn(factor: FlatExpression): Changing[] {
  if (factor.kind === 'conditional') return comparisonsIn(factor.condition);
  return factor.kind === 'call' && factor.function === 'sign' && !factor.smooth ? [factor] : [];
}

function comparisonsIn(condition: FlatExpression): Changing[] {
  if (condition.kind === 'unary') return comparisonsIn(condition.operand);
  if (condition.kind !== 'binary' || condition.smooth) return [];
  if (comparisons.has(condition.operator)) return [condition];
  return condition.operator === 'and' || condition.operator === 'or'
    ? [...comparisonsIn(condition.left), ...comparisonsIn(condition.right)]
    : [];
}

/** Whether they are all zero where these are, and a root is among them. */
function areRootsAt(
  flattening: Flattening,
  zeros: readonly FlatExpression[],
  values: readonly FlatExpression[],
): boolean {
  let roots = 0;
  const mayBeZero = (divisor: FlatExpression): boolean =>
    some(divisor, (node) => zeros.some((zero) => equal(withoutSign(node), zero)));
  const isZero = (one: FlatExpression): boolean => {
    if (one.kind === 'number') return one.value === 0;
    if (one.kind === 'unary') return one.operator === 'negate' && isZero(one.operand);
    if (one.kind === 'conditional') return isZero(one.then) && isZero(one.else);
    if (isProduct(one)) return factorsOf(one).some(isZero) && !divisorsOf(one).some(mayBeZero);
    const own = zerosOf(flattening, rootIn(one)?.of ?? number(1)) ?? [];
    if (!zeros.every((zero) => own.some((other) => equal(zero, other)))) return false;
    roots += 1;
    return true;
  };
  return values.every(isZero) && roots > 0;
}

/** Factors, at whose zeros alone a value is zero; undefined where it is not one of its own that moves. */
function zerosOf(flattening: Flattening, value: FlatExpression): FlatExpression[] | undefined {
  const moves = (one: FlatExpression): boolean =>
    some(one, (node) =>
      node.kind === 'load'
        ? flattening.variables[node.variable]!.role !== 'parameter'
        : !CONSTANT.has(node.kind),
    );
  if (divisorsOf(value).some(moves)) return undefined;
  const zeros = factorsOf(value).filter(moves).map(withoutSign);
  return zeros.length === 0 ? undefined : zeros;
}

const CONSTANT: ReadonlySet<string> = new Set(['number', 'unary', 'binary', 'call', 'conditional']);

/** Zero where the value is; the same for a difference and its opposite. */
function withoutSign(value: FlatExpression): FlatExpression {
  if (value.kind === 'unary' && value.operator === 'negate') return withoutSign(value.operand);
  if (value.kind === 'call' && value.function === 'abs') return withoutSign(value.arguments[0]!);
  if (value.kind === 'call' && (value.function === 'max' || value.function === 'min')) {
    const [one, other, ...more] = value.arguments;
    if (more.length === 0 && other?.kind === 'number' && other.value === 0) return withoutSign(one!);
    if (more.length === 0 && one?.kind === 'number' && one.value === 0) return withoutSign(other!);
  }
  if (value.kind !== 'binary' || value.operator !== '-') return value;
  const [left, right] = [value.left, value.right].map((one) => JSON.stringify(one)) as [string, string];
  return left < right ? value : { ...value, left: value.right, right: value.left };
}

function factorsOf(value: FlatExpression): FlatExpression[] {
  if (value.kind === 'unary' && value.operator === 'negate') return factorsOf(value.operand);
  if (value.kind === 'call' && value.function === 'abs') {
    const inner = factorsOf(value.arguments[0]!);
    return inner.length > 1 ? inner : [value];
  }
  if (value.kind !== 'binary') return [value];
  if (value.operator === '*') return [...factorsOf(value.left), ...factorsOf(value.right)];
  return value.operator === '/' ? factorsOf(value.left) : [value];
}

function divisorsOf(value: FlatExpression): FlatExpression[] {
  if (value.kind === 'unary') return divisorsOf(value.operand);
  if (value.kind === 'call' && value.function === 'abs') return divisorsOf(value.arguments[0]!);
  if (value.kind !== 'binary' || (value.operator !== '*' && value.operator !== '/')) return [];
  const inner = [...divisorsOf(value.left)];
  return value.operator === '/' ? [...inner, value.right] : [...inner, ...divisorsOf(value.right)];
}
