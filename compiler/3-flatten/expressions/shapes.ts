/** Sizes of vectors and matrices, now that they are numbers. */
import type { Expression, Index, Reference } from '../../model/expression.ts';
import type { SourceRange } from '../../model/source.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { lengthAdvice, shapesDiffer, shapeUnknown, valueHasOtherShape } from '../../diagnostics/shapes.ts';
import { constant } from '../instances/instances.ts';
import type { Group } from '../instances/instances.ts';

/** Sizes of what goes one by one, and of what is a whole. */
export interface Sizes {
  stars: number[];
  shape: number[];
}

/** Dims of the value as a vector or matrix. */
export const rankOf = ({ type }: Expression): number => type.rank ?? 0;
/** Dims that are reduced by what is around it: `sum(pump[*].flow)` has one. */
export const starsOf = ({ type }: Expression): number => type.stars ?? 0;
/** Dims of both kinds. */
export const dimsOf = (expression: Expression): number => rankOf(expression) + starsOf(expression);

const ONE: Sizes = { stars: [], shape: [] };

/** Where sizes are looked for: what is wrong with them is said once, in `diagnostics`. */
export interface SizeScope {
  group: Group;
  locals: ReadonlyMap<string, Sizes>;
  diagnostics: Diagnostic[];
}

/** How many elements in each dim, for the instances of a scope. */
export function sizesOf(expression: Expression, scope: SizeScope): Sizes {
  const inner = (one: Expression) => sizesOf(one, scope);
  if (dimsOf(expression) === 0) return ONE;
  switch (expression.kind) {
    case 'variable':
      return openSizes(expression.reference, scope);
    case 'unary':
      return inner(expression.operand);
    case 'binary': {
      const [left, right] = [inner(expression.left), inner(expression.right)];
      if (expression.operator === '+' || expression.operator === '-')
        sameSizes(expression.operator, left.shape, right.shape, expression.source, scope);
      return side([left, right]);
    }
    case 'conditional': {
      const [then, other] = [inner(expression.then), inner(expression.else)];
      sameSizes('if', then.shape, other.shape, expression.source, scope);
      return side([then, other, { ...inner(expression.condition), shape: [] }]);
    }
    case 'call':
    case 'lookup':
      return side(expression.arguments.map(inner));
    case 'linear':
      return linearSizes(expression, scope);
    case 'let': {
      const locals = new Map(scope.locals).set(expression.name, inner(expression.value));
      const body = sizesOf(expression.body, { ...scope, locals });
      return { ...body, stars: longest([body.stars, inner(expression.value).stars]) };
    }
    case 'local':
      return scope.locals.get(expression.name) ?? ONE;
    case 'reduction':
      return { stars: [], shape: inner(expression.body).shape };
    case 'delay':
      return inner(expression.value);
    default:
      return ONE;
  }
}

const longest = (all: number[][]): number[] =>
  all.reduce((most, one) => (one.length > most.length ? one : most), []);

const side = (all: Sizes[]): Sizes => ({
  stars: longest(all.map(({ stars }) => stars)),
  shape: longest(all.map(({ shape }) => shape)),
});

function sameSizes(
  operator: string,
  a: number[],
  b: number[],
  source: SourceRange,
  { diagnostics }: SizeScope,
) {
  if (a.length === 0 || b.length === 0 || a.join() === b.join()) return;
  const holes = {
    operator: `'${operator}'`,
    left: { text: 'the left side', is: sizeWords(a) },
    right: { text: 'the right side', is: sizeWords(b) },
    hint: '',
  };
  diagnostics.push(report(shapesDiffer, holes, source));
}

/** For messages: `a matrix of 2 × 3`. */
export function sizeWords(sizes: readonly number[]): string {
  if (sizes.length === 0) return 'one number';
  return sizes.length === 1 ? `a vector of ${sizes[0]}` : `a matrix of ${sizes.join(' × ')}`;
}

export function reportSizes(
  target: { text: string; sizes: readonly number[] },
  given: readonly number[],
  source: SourceRange,
  diagnostics: Diagnostic[],
): void {
  const holes = {
    target: { text: target.text, is: sizeWords(target.sizes) },
    value: { text: 'what it is given', is: sizeWords(given) },
    hint: target.sizes.length === 1 && given.length === 1 ? lengthAdvice(target.sizes[0]!, given[0]!) : '',
  };
  diagnostics.push(report(valueHasOtherShape, holes, source));
}

type Linear = Extract<Expression, { kind: 'linear' }>;

function linearSizes(expression: Linear, scope: SizeScope): Sizes {
  const { operation } = expression;
  const given = expression.arguments.map((one) => sizesOf(one, scope));
  const stars = longest(given.map((one) => one.stars));
  const [a = [], b = []] = given.map((one) => one.shape);
  const size = (at: number) => constant(expression.arguments[at]!, scope.group) ?? 1;
  switch (operation) {
    case 'product':
      return { stars, shape: [...a.slice(0, 1), ...b.slice(1)] };
    case 'transpose':
      return { stars, shape: [a[1]!, a[0]!] };
    case 'cross':
      return { stars, shape: [3] };
    case 'outer':
      return { stars, shape: [a[0]!, b[0]!] };
    case 'diagonal':
      return { stars, shape: [a[0]!, a[0]!] };
    case 'identity':
      return { stars, shape: [size(0), size(0)] };
    case 'zeros':
    case 'ones':
      return { stars, shape: expression.arguments.map((_, at) => size(at)) };
    case 'list':
      return { stars, shape: [expression.arguments.length, ...a] };
    case 'pick': {
      const open = expression.indexes!.map((index, axis) => openSize(index, a[axis]!, scope.group));
      return {
        stars: [...stars, ...open.flatMap((one) => one.stars)],
        shape: open.flatMap((one) => one.shape),
      };
    }
    default:
      return { stars, shape: [] };
  }
}

/** What an index leaves open of a dim. */
function openSize(index: Index | undefined, size: number, group: Group): Sizes {
  if (index?.kind === 'all') return { stars: [size], shape: [] };
  if (index?.kind !== 'whole') return ONE;
  if (index.from === undefined || index.to === undefined) return { stars: [], shape: [size] };
  const [from, to] = [constant(index.from, group) ?? 1, constant(index.to, group) ?? size];
  return { stars: [], shape: [Math.max(0, to - from + 1)] };
}

/** What the indexes of a path leave open. */
export function openSizes(reference: Reference, scope: SizeScope): Sizes {
  let group: Group | undefined = scope.group;
  const stars: number[] = [];
  for (const segment of reference.segments.slice(0, -1)) {
    const child: Group | undefined = group?.children.get(segment.name) ?? linked(group, segment.name);
    if (segment.index?.kind === 'all') stars.push(child?.size ?? 1);
    group = child;
  }
  const last = reference.segments.at(-1)!;
  const sizes = group && hasSizes(reference) ? sizesOfVariable(group, last.name, scope) : [];
  const open = [last.index, last.column].map((index, axis) =>
    openSize(index, sizes?.[axis] ?? 1, scope.group),
  );
  return { stars: [...stars, ...open.flatMap((one) => one.stars)], shape: open.flatMap((one) => one.shape) };
}

/** Whether the last name of a path may have sizes of its own. */
export const hasSizes = ({ target }: Reference): boolean =>
  target.kind === 'variable' || target.kind === 'deviation' || target.kind === 'sensor';

/** The first part that a link leads to: all of them are of one type. */
function linked(group: Group | undefined, name: string): Group | undefined {
  const placed = group?.overrides.get(name)?.findLast((one) => one.parts);
  let found = placed?.writer;
  for (const segment of placed?.parts?.[0]?.segments ?? []) found = found?.children.get(segment.name);
  return found;
}

/** The sizes of a variable, which may be those of its value. */
export function sizesOfVariable(
  group: Group,
  name: string,
  scope: Pick<SizeScope, 'diagnostics'>,
): number[] | undefined {
  const known = group.sizes.get(name);
  const declared = group.declared.get(name);
  const sensor = declared ? undefined : group.type.sensors.find((one) => one.name === name);
  const rank = declared ? (declared.sizedByValue ?? 0) : sensor ? dimsOf(sensor.target) : 0;
  if (known !== undefined || rank === 0) return known;
  const looking = Array.from({ length: rank }, () => 0);
  group.sizes.set(name, looking);
  const value = sensor?.target ?? declared?.value ?? declared?.start;
  const found = value && sizesOf(value, { group, locals: new Map(), diagnostics: scope.diagnostics });
  const sizes = found ? [...found.stars, ...found.shape] : looking;
  if (sizes.includes(0)) scope.diagnostics.push(report(shapeUnknown, { name }, (declared ?? sensor)!.source));
  group.sizes.set(name, sizes);
  return sizes;
}
