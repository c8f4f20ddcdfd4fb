/** One element of a vector or a matrix that is written as a whole: products become sums over an index. */
import type { Expression, Index } from '../../model/expression.ts';
import type { SourceRange } from '../../model/source.ts';
import type { BinaryOperator } from '../../model/expression.ts';
import type { FlatExpression, FlatIndex, FlatLoop } from '../../ir/flat-expression.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { productImpossible, vectorNeeded } from '../../diagnostics/shapes.ts';
import { indexOutside } from '../../diagnostics/flattening.ts';
import { fold, loopName, number } from '../../ir/expressions.ts';
import { constant } from '../instances/instances.ts';
import { elements } from '../box.ts';
import { lower } from './lower.ts';
import type { Flattening } from '../flattening.ts';
import type { Scope } from './scope.ts';
import { dimsOf, rankOf, reportSizes, sizesOf, sizeWords, starsOf } from './shapes.ts';
import type { Sizes } from './shapes.ts';

type Linear = Extract<Expression, { kind: 'linear' }>;

export const sizesIn = (flattening: Flattening, expression: Expression, scope: Scope): Sizes =>
  sizesOf(expression, {
    group: scope.group,
    locals: new Map([...(scope.vectors ?? [])].map(([name, local]) => [name, local.sizes])),
    diagnostics: flattening.diagnostics,
  });

/** Whether its elements are different texts, as those of a list are: then they are written out, as they stand in the text. */
export function isListed(expression: Expression, scope: Pick<Scope, 'vectors'>): boolean {
  if (dimsOf(expression) === 0) return false;
  const inner = (one: Expression) => isListed(one, scope);
  switch (expression.kind) {
    case 'linear': {
      const [left, right] = expression.arguments;
      if (expression.operation === 'list' || expression.operation === 'cross') return true;
      if (expression.operation === 'product')
        return (rankOf(left!) === 2 && inner(left!)) || (rankOf(right!) === 2 && inner(right!));
      return expression.arguments.some(inner);
    }
    case 'unary':
      return inner(expression.operand);
    case 'binary':
      return inner(expression.left) || inner(expression.right);
    case 'conditional':
      return inner(expression.then) || inner(expression.else);
    case 'call':
    case 'lookup':
      return expression.arguments.some(inner);
    case 'let':
      return inner(expression.value) || inner(expression.body);
    case 'local': {
      const local = scope.vectors?.get(expression.name);
      return local !== undefined && isListed(local.value, local.scope);
    }
    case 'reduction':
      return inner(expression.body);
    default:
      return false;
  }
}

export function lowerLinear(flattening: Flattening, expression: Linear, scope: Scope): FlatExpression {
  const [a, b] = expression.arguments;
  const at = scope.at ?? [];
  const of = (one: Expression | undefined, index: readonly FlatIndex[]) =>
    lower(flattening, one!, { ...scope, at: index });
  const times = (left: FlatExpression, right: FlatExpression) => binary('*', left, right);
  const sizes = (one: Expression | undefined) => sizesIn(flattening, one!, scope).shape;
  const refuse = (takes: string, ...given: number[][]) => {
    const is = given.map(sizeWords).join(' and ');
    const holes = { name: expression.operation, takes, value: { text: 'what it is given', is }, hint: '' };
    flattening.diagnostics.push(report(vectorNeeded, holes, expression.source));
    return number(0);
  };
  switch (expression.operation) {
    case 'product':
      return product(flattening, expression, scope);
    case 'dot': {
      const [left, right] = [sizes(a), sizes(b)];
      if (left[0] !== right[0]) return refuse('two vectors of one length', left, right);
      return over(scope, left, [a!, b!], (index) => times(of(a, index), of(b, index)));
    }
    case 'norm': {
      const squares = over(scope, sizes(a), [a!], (index) => times(of(a, index), of(a, index)));
      return { kind: 'call', function: 'sqrt', arguments: [squares] };
    }
    case 'trace': {
      const [rows, columns] = sizes(a);
      if (rows !== columns) return refuse('a square matrix', [rows!, columns!]);
      return over(scope, [rows!], [a!], ([index]) => of(a, [index!, index!]));
    }
    case 'transpose':
      return of(a, [at[1]!, at[0]!]);
    case 'outer':
      return times(of(a, [at[0]!]), of(b, [at[1]!]));
    case 'cross': {
      const [left, right] = [sizes(a), sizes(b)];
      if (left[0] !== 3 || right[0] !== 3) return refuse('two vectors of 3', left, right);
      return chosen(at[0]!, 3, (i) => {
        const [j, k] = [(i + 1) % 3, (i + 2) % 3];
        return binary('-', times(of(a, [j]), of(b, [k])), times(of(a, [k]), of(b, [j])));
      });
    }
    case 'list':
      return chosen(at[0]!, expression.arguments.length, (i) => of(expression.arguments[i], at.slice(1)));
    case 'zeros':
      return number(0);
    case 'ones':
      return number(1);
    case 'identity':
      return onDiagonal(at, number(1));
    case 'diagonal':
      return onDiagonal(at, of(a, [at[0]!]));
    case 'pick': {
      const whole = sizes(a);
      const open = { at: [...at], each: [...(scope.each ?? [])].slice(starsOf(a!)) };
      const index = expression.indexes!.map((one, axis) =>
        picked(flattening, one, whole[axis]!, open, scope, expression.source),
      );
      return of(a, index);
    }
  }
}

const binary = (operator: BinaryOperator, left: FlatExpression, right: FlatExpression): FlatExpression =>
  fold({ kind: 'binary', operator, left, right });

const named = (one: Expression, operation: Linear['operation']): Linear | undefined =>
  one.kind === 'linear' && one.operation === operation ? one : undefined;

/** Rows times columns. With the identity, or a diagonal, there is one term. */
function product(flattening: Flattening, expression: Linear, scope: Scope): FlatExpression {
  const [left, right] = expression.arguments as [Expression, Expression];
  const at = scope.at ?? [];
  const of = (one: Expression | undefined, index: readonly FlatIndex[]) =>
    lower(flattening, one!, { ...scope, at: index });
  const [a, b] = [sizesIn(flattening, left, scope).shape, sizesIn(flattening, right, scope).shape];
  if (a[1] !== b[0]) {
    const holes = {
      left: { text: 'the left side', is: sizeWords(a) },
      right: { text: 'the right side', is: sizeWords(b) },
      hint: '',
    };
    flattening.diagnostics.push(report(productImpossible, holes, expression.source));
    return number(0);
  }
  const [row, ...columns] = at;
  if (named(left, 'identity')) return of(right, at);
  if (named(right, 'identity')) return of(left, at);
  const [before, after] = [named(left, 'diagonal'), named(right, 'diagonal')];
  if (before) return binary('*', of(before.arguments[0], [row!]), of(right, at));
  if (after) return binary('*', of(left, at), of(after.arguments[0], columns));
  return over(scope, [b[0]!], [left, right], ([k]) =>
    binary('*', of(left, [row!, k!]), of(right, [k!, ...columns])),
  );
}

/** The sum of all terms, in the order of the index. */
function over(
  scope: Scope,
  sizes: number[],
  given: Expression[],
  term: (index: FlatIndex[]) => FlatExpression,
): FlatExpression {
  return reduce(
    'sum',
    scope,
    sizes,
    given.some((one) => isListed(one, scope)),
    term,
  );
}

/** Over all elements: a loop, or written out where the elements are different texts. */
export function reduce(
  operator: 'sum' | 'product' | 'min' | 'max' | 'any' | 'all',
  scope: Scope,
  sizes: readonly number[],
  listed: boolean,
  term: (index: FlatIndex[]) => FlatExpression,
): FlatExpression {
  if (!listed) {
    const loops = sizes.map((size): FlatLoop => ({ variable: freshLoop(scope), from: 0, to: size }));
    const body = term(loops.map((loop) => ({ loop: loop.variable, offset: 0 })));
    return loops.length === 0 ? body : { kind: 'reduction', operator, loops, body };
  }
  const terms = [...elements(sizes.map((size) => [0, size] as const))].map((index) => term(index));
  return terms.reduce((left, right) => {
    if (operator === 'min' || operator === 'max')
      return { kind: 'call', function: operator, arguments: [left, right] };
    const sign = ({ sum: '+', product: '*', any: 'or', all: 'and' } as const)[operator];
    return binary(sign, left, right);
  });
}

function freshLoop({ used }: Scope): string {
  const name = loopName(used.count);
  used.count += 1;
  return name;
}

/** The one at the index, where each is another text. */
function chosen(at: FlatIndex, size: number, make: (index: number) => FlatExpression): FlatExpression {
  if (typeof at === 'number') return make(at);
  const rest = (index: number): FlatExpression =>
    index === size - 1
      ? make(index)
      : {
          kind: 'conditional',
          condition: { kind: 'binary', operator: '==', left: position(at), right: number(index) },
          then: make(index),
          else: rest(index + 1),
        };
  return rest(0);
}

function onDiagonal([row, column]: readonly FlatIndex[], value: FlatExpression): FlatExpression {
  if (typeof row === 'number' && typeof column === 'number') return row === column ? value : number(0);
  if (JSON.stringify(row) === JSON.stringify(column)) return value;
  const condition: FlatExpression = {
    kind: 'binary',
    operator: '==',
    left: position(row!),
    right: position(column!),
  };
  return { kind: 'conditional', condition, then: value, else: number(0) };
}

const position = (at: FlatIndex): FlatExpression =>
  typeof at === 'number' ? number(at) : { kind: 'position', loop: at.loop, offset: at.offset };

const shifted = (index: FlatIndex, by: number): FlatIndex =>
  typeof index === 'number' ? index + by : { loop: index.loop, offset: index.offset + by };

/** An index of `pick` as an index of what it picks from. */
function picked(
  flattening: Flattening,
  index: Index,
  size: number,
  open: { at: FlatIndex[]; each: FlatIndex[] },
  scope: Scope,
  source: SourceRange,
): FlatIndex {
  const outside = (low: number, high: number): FlatIndex => {
    flattening.diagnostics.push(report(indexOutside, { name: 'it', low, high, size }, source));
    return 0;
  };
  switch (index.kind) {
    case 'all':
      return open.each.shift() ?? 0;
    case 'whole':
      return whole(flattening, index, size, open.at, scope, 'it', source);
    case 'loop': {
      const loop = scope.loops.find((one) => one.variable === scope.named.get(index.variable));
      if (!loop) throw new Error(`The checked model lacks the for variable ${index.variable}`);
      const [low, high] = [loop.from + index.offset, loop.to - 1 + index.offset];
      return low < 0 || high >= size
        ? outside(low + 1, high + 1)
        : { loop: loop.variable, offset: index.offset };
    }
    case 'constant':
    case 'fixed': {
      const value = index.kind === 'constant' ? index.value : constant(index.value, scope.group);
      if (value === undefined || value < 1 || value > size) return outside(value ?? 0, value ?? 0);
      return value - 1;
    }
  }
}

/** The next of the indexes that are asked for, moved to where a slice begins. */
export function whole(
  flattening: Flattening,
  { from, to }: Extract<Index, { kind: 'whole' }>,
  size: number,
  at: FlatIndex[],
  scope: Scope,
  name: string,
  source: SourceRange,
): FlatIndex {
  const next = at.shift();
  if (next === undefined) throw new Error(`The checked model takes ${name} as a whole where one is needed`);
  if (from === undefined || to === undefined) return next;
  const [low, high] = [constant(from, scope.group) ?? 1, constant(to, scope.group) ?? size];
  if (low < 1 || high > size || high < low)
    flattening.diagnostics.push(report(indexOutside, { name, low, high, size }, source));
  return shifted(next, low - 1);
}

/** An expression at an element of all of its dims; one with fewer of them is the same for the others. */
export function elementAt(
  flattening: Flattening,
  expression: Expression,
  scope: Scope,
  index: readonly FlatIndex[],
): FlatExpression {
  const [stars, rank] = [starsOf(expression), rankOf(expression)];
  if (stars + rank === 0) return lower(flattening, expression, scope);
  const from = index.length - rank;
  return lower(flattening, expression, {
    ...scope,
    each: index.slice(0, Math.min(stars, from)),
    at: index.slice(from),
  });
}

/** One equation for each element of its sides: in loops, or written out where the elements are different texts. */
export function equationElements(
  flattening: Flattening,
  equation: { left: Expression; right: Expression; source: SourceRange },
  scope: Scope,
): { loops: FlatLoop[]; left: FlatExpression; right: FlatExpression }[] {
  const { left, right, source } = equation;
  const one = (at: Scope, index: readonly FlatIndex[]) => ({
    loops: [...at.loops],
    left: elementAt(flattening, left, at, index),
    right: elementAt(flattening, right, at, index),
  });
  if (dimsOf(left) + dimsOf(right) === 0) return [one(scope, [])];
  const [a, b] = [left, right].map((side) => {
    const { stars, shape } = sizesIn(flattening, side, scope);
    return [...stars, ...shape];
  }) as [number[], number[]];
  const sizes = a.length >= b.length ? a : b;
  const shorter = a.length >= b.length ? b : a;
  if (shorter.length > 0 && sizes.slice(-shorter.length).join() !== shorter.join()) {
    reportSizes({ text: 'The left side', sizes: a }, b, source, flattening.diagnostics);
    return [];
  }
  if (isListed(left, scope) || isListed(right, scope))
    return [...elements(sizes.map((size) => [0, size] as const))].map((index) => one(scope, index));
  const loops = [...scope.loops];
  const index = sizes.map((size): FlatIndex => {
    const variable = loopName(loops.length);
    loops.push({ variable, from: 0, to: size });
    return { loop: variable, offset: 0 };
  });
  return [one({ ...scope, loops, used: { count: loops.length } }, index)];
}
