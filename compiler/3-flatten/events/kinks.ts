/**
 * Where `abs`, `min` and `max` have a kink, a solution bends, or a value turns back that goes over a bound there for an instant only; and
 * `most` jumps where one value passes another. What changes its side there is a difference, which rounding keeps going from side to side
 * where both are the same for long (`max(supply - load, 0)` with a controlled supply). The side of a kink is remembered, and another one only
 * beyond a width (`runtime/contract/sides.ts`); that of `most` is zero as long as it is a small part of what it is the difference of.
 */
import type { Block } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import { loads, number, visit } from '../../ir/expressions.ts';
import { wrap } from '../../ir/lets.ts';
import { inline } from '../algebra/inline.ts';
import type { Flattening } from '../flattening.ts';
import { bendsOf, isContinuous } from '../expressions/tables.ts';
import type { Lookup } from '../expressions/tables.ts';
import { add, call, choose, divide, multiply, subtract } from '../algebra/simplify.ts';

const ROUNDING = 1e-10;
/** More values than this have no kinks of their own, nor do those that take longer to compute. */
const MOST_VALUES = 6;
const MOST_NODES = 200;

const KINKS: ReadonlySet<string> = new Set(['abs', 'min', 'max']);

export interface Kink {
  value: FlatExpression;
  size: FlatExpression;
  loops: FlatLoop[];
  /** Of a root: however many there are, what rests there has to be found. */
  steep?: true;
}

/** Of `abs`, `min` and `max`; of those alone that bend what they are part of, where `bending`. */
export function kinksIn(
  flattening: Flattening,
  blocks: readonly Block[],
  place: { expression: FlatExpression; loops: readonly FlatLoop[] },
  bending: boolean,
): Kink[] {
  const smooth = bending ? smoothIn(place.expression) : new Set<FlatExpression>();
  return differences(flattening, blocks, place, (node) =>
    node.steep
      ? [differenceIn(node)]
      : node.kind === 'call' && !node.smooth && KINKS.has(node.function) && !smooth.has(node)
        ? node.arguments
        : [],
  );
}

type Node = Extract<FlatExpression, { kind: 'binary' | 'call' }>;

/** What a sign is taken of, or what a comparison looks at. */
export const differenceIn = (node: Node): FlatExpression =>
  node.kind === 'call' ? node.arguments[0]! : subtract(node.left, node.right);

/** Whether a side of it can be remembered: it is computed, and has a size by which its noise is told. */
export const isMeasurable = (flattening: Flattening, value: FlatExpression): boolean =>
  isComputed(flattening, value) && magnitude(value) !== undefined;

/** Where one of the values of `most` passes another, or comes to be there at all: without a side that is remembered, so not a state's. */
export function ranksIn(
  flattening: Flattening,
  blocks: readonly Block[],
  place: { expression: FlatExpression; loops: readonly FlatLoop[] },
): { value: FlatExpression; loops: FlatLoop[] }[] {
  return differences(flattening, blocks, place, (node) =>
    node.kind === 'call' && !node.smooth && node.function === 'most' ? [...node.arguments, number(0)] : [],
  ).flatMap(({ value, size, loops: around }) => {
    if (loads(value).some(({ load }) => flattening.variables[load.variable]!.role === 'state')) return [];
    const differs: FlatExpression = {
      kind: 'binary',
      operator: '>',
      left: call('abs', value),
      right: multiply(number(ROUNDING), size),
    };
    return [{ value: choose(differs, value, number(0)), loops: around }];
  });
}

/** What bends at the corners of a table, as `abs` does: where it rests there, its side is remembered. */
export function cornersIn(
  flattening: Flattening,
  blocks: readonly Block[],
  { expression, loops }: { expression: FlatExpression; loops: readonly FlatLoop[] },
  changes: (value: FlatExpression) => boolean,
): Kink[] {
  const found: Kink[] = [];
  visit(expression, (node, inner, lets) => {
    if (node.kind !== 'lookup') return;
    const around = [...loops, ...inner];
    for (const { value, argument } of bendsOf(flattening, node, lets, changes)) {
      const corner = cornerOf(flattening, blocks, node, argument, around);
      if (corner === undefined) continue;
      const [at, size] = [inline(flattening, blocks, value, around, MOST_NODES), magnitude(corner)];
      if (at !== undefined && size !== undefined)
        found.push({ value: at, size: add(size, leastOf(flattening, corner)), loops: around });
    }
  });
  return found;
}

/** Whether `cornersIn` has it. */
export const isCorner = (
  flattening: Flattening,
  blocks: readonly Block[],
  lookup: Lookup,
  argument: FlatExpression,
  loops: readonly FlatLoop[],
): boolean => cornerOf(flattening, blocks, lookup, argument, loops) !== undefined;

/** What is looked up by, computed from what changes by itself; undefined where it jumps or is found by iteration. */
function cornerOf(
  flattening: Flattening,
  blocks: readonly Block[],
  lookup: Lookup,
  argument: FlatExpression,
  loops: readonly FlatLoop[],
): FlatExpression | undefined {
  if (!isContinuous(flattening, lookup)) return undefined;
  const value = inline(flattening, blocks, argument, loops, MOST_NODES / 2);
  return value !== undefined && isComputed(flattening, value) && magnitude(value) !== undefined
    ? value
    : undefined;
}

/** Of each two of the values that a call is given; an only one is compared with zero. */
function differences(
  flattening: Flattening,
  blocks: readonly Block[],
  { expression, loops }: { expression: FlatExpression; loops: readonly FlatLoop[] },
  valuesOf: (node: Node) => readonly FlatExpression[],
): Kink[] {
  const found: Kink[] = [];
  visit(expression, (node, inner, lets) => {
    if (node.kind !== 'call' && node.kind !== 'binary') return;
    const given = valuesOf(node);
    if (given.length > MOST_VALUES + 1) return;
    const pairs =
      given.length === 1
        ? given
        : given.flatMap((one, at) => given.slice(at + 1).map((other) => subtract(one, other)));
    for (const difference of pairs) {
      const around = [...loops, ...inner];
      const value = inline(flattening, blocks, wrap(lets, difference), around, MOST_NODES);
      if (value === undefined || !isComputed(flattening, value)) continue;
      const size = magnitude(value);
      // What a state rests at to the last digit but one is nothing to measure its noise by.
      if (size !== undefined)
        found.push({
          value,
          size: add(size, leastOf(flattening, value)),
          loops: around,
          ...(node.steep ? { steep: true } : {}),
        });
    }
  });
  return found;
}

/**
 * Of the units that states are shown in, as the absolute tolerance of a state without a range is: in what is smaller, curves of a long step show
 * passages that a shorter one does not have.
 */
const LEAST = 1;

function leastOf({ variables }: Flattening, value: FlatExpression): FlatExpression {
  const factors = loads(value).flatMap(({ load }) => {
    const { role, unit } = variables[load.variable]!;
    return role === 'state' ? [Math.abs(unit.factor) || 1] : [];
  });
  return number(LEAST * Math.max(0, ...factors));
}

/** Not found by iteration, whose last digits say nothing. */
function isComputed({ variables }: Flattening, value: FlatExpression): boolean {
  return loads(value).every(
    ({ load }) => !['algebraic', 'derivative'].includes(variables[load.variable]!.role),
  );
}

/** `v * abs(v)` and `max(x, 0)^2` have a slope at their kinks: they bend too little for a step to end there. */
function smoothIn(expression: FlatExpression): ReadonlySet<FlatExpression> {
  const found = new Set<FlatExpression>();
  const same = (one: FlatExpression, other: FlatExpression): boolean =>
    JSON.stringify(one) === JSON.stringify(other);
  visit(expression, (node) => {
    if (node.kind !== 'binary') return;
    if (
      node.operator === '^' &&
      node.right.kind === 'number' &&
      node.right.value >= 2 &&
      cornersAtZero(node.left)
    )
      found.add(node.left);
    if (node.operator !== '*') return;
    const factors = factorsOf(node);
    for (const factor of factors)
      if (factor.kind === 'call' && KINKS.has(factor.function))
        if (factors.some((other) => other !== factor && vanishesWith(factor, other, same))) found.add(factor);
  });
  return found;
}

function factorsOf(node: FlatExpression): FlatExpression[] {
  return node.kind === 'binary' && node.operator === '*'
    ? [...factorsOf(node.left), ...factorsOf(node.right)]
    : node.kind === 'unary' && node.operator === 'negate'
      ? factorsOf(node.operand)
      : [node];
}

const isZero = (one: FlatExpression): boolean => one.kind === 'number' && one.value === 0;
const cornersAtZero = (one: FlatExpression): boolean =>
  one.kind === 'call' && (one.function === 'min' || one.function === 'max') && one.arguments.some(isZero);

/** Whether another factor is zero at the kink, or is the same kink. */
function vanishesWith(
  kink: FlatExpression & { kind: 'call' },
  other: FlatExpression,
  same: (one: FlatExpression, other: FlatExpression) => boolean,
): boolean {
  if (kink.function !== 'abs' && !cornersAtZero(kink)) return false;
  const moving = kink.arguments.filter((one) => !isZero(one));
  return moving.length === 1 && (same(other, moving[0]!) || same(other, kink));
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
