import type { FlatExpression, FlatIndex, FlatLoop, FlatTarget } from './flat-expression.ts';
import type { Let } from './lets.ts';

/** Plain tools on flat expressions. None of them changes its arguments. */

export type Load = Extract<FlatExpression, { kind: 'load' }>;

export function number(value: number): FlatExpression {
  return { kind: 'number', value };
}

/** Loop variables are named by depth, so that expressions of the same shape are the same text. */
export const both = (left: FlatExpression, right: FlatExpression): FlatExpression => ({
  kind: 'binary',
  operator: 'and',
  left,
  right,
});
export const either = (left: FlatExpression, right: FlatExpression): FlatExpression => ({
  kind: 'binary',
  operator: 'or',
  left,
  right,
});
export const not = (operand: FlatExpression): FlatExpression => ({ kind: 'unary', operator: 'not', operand });

export function loopName(depth: number): string {
  return 'ijklmn'[depth] ?? `i${depth}`;
}

/** The expressions that it directly consists of. */
export function children(expression: FlatExpression): FlatExpression[] {
  switch (expression.kind) {
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'conditional':
      return [expression.condition, expression.then, expression.else];
    case 'delayed':
      return [expression.duration];
    case 'call':
    case 'lookup':
      return expression.arguments;
    case 'window':
      return [expression.input, ...expression.parameters];
    case 'draw': {
      const { arguments: given, within, score } = expression;
      return [...given, ...(within ? [within.low, within.high] : []), ...(score ? [score] : [])];
    }
    case 'reduction':
      return [expression.body];
    case 'let':
      return [expression.value, expression.body];
    case 'quantile':
      return [expression.share];
    default:
      return [];
  }
}

/** The same expression, with others in the places of its children. */
export function mapChildren(
  expression: FlatExpression,
  change: (child: FlatExpression) => FlatExpression,
): FlatExpression {
  switch (expression.kind) {
    case 'unary':
      return { ...expression, operand: change(expression.operand) };
    case 'binary':
      return { ...expression, left: change(expression.left), right: change(expression.right) };
    case 'conditional':
      return {
        ...expression,
        condition: change(expression.condition),
        then: change(expression.then),
        else: change(expression.else),
      };
    case 'delayed':
      return { ...expression, duration: change(expression.duration) };
    case 'call':
    case 'lookup':
      return { ...expression, arguments: expression.arguments.map(change) };
    case 'window':
      return {
        ...expression,
        input: change(expression.input),
        parameters: expression.parameters.map(change),
      };
    case 'draw': {
      const { arguments: given, within, score } = expression;
      return {
        ...expression,
        arguments: given.map(change),
        ...(within ? { within: { low: change(within.low), high: change(within.high) } } : {}),
        ...(score ? { score: change(score) } : {}),
      };
    }
    case 'reduction':
      return { ...expression, body: change(expression.body) };
    case 'let':
      return { ...expression, value: change(expression.value), body: change(expression.body) };
    case 'quantile':
      return { ...expression, share: change(expression.share) };
    default:
      return expression;
  }
}

/** Every node, with the loops of the reductions and the lets around it. */
export function visit(
  expression: FlatExpression,
  each: (node: FlatExpression, loops: FlatLoop[], lets: readonly Let[]) => void,
  around: FlatLoop[] = [],
  lets: readonly Let[] = [],
): void {
  each(expression, around, lets);
  // What most of all equations consist of goes without lists.
  switch (expression.kind) {
    case 'number':
    case 'load':
    case 'time':
      return;
    case 'unary':
      visit(expression.operand, each, around, lets);
      return;
    case 'binary':
      visit(expression.left, each, around, lets);
      visit(expression.right, each, around, lets);
      return;
    case 'let':
      visit(expression.value, each, around, lets);
      visit(expression.body, each, around, [...lets, expression]);
      return;
  }
  const inner = expression.kind === 'reduction' ? [...around, ...expression.loops] : around;
  for (const child of children(expression)) visit(child, each, inner, lets);
}

/** All values that it reads, each with the loops of reductions around it. */
export function loads(expression: FlatExpression): { load: Load; loops: FlatLoop[] }[] {
  const found: { load: Load; loops: FlatLoop[] }[] = [];
  visit(expression, (node, loops) => {
    if (node.kind === 'load') found.push({ load: node, loops });
  });
  return found;
}

/** Loop variables that an expression needs around it. */
export function loopsIn(expression: FlatExpression): Set<string> {
  const found = new Set<string>();
  visit(expression, (node) => {
    const indexes = 'index' in node ? node.index : node.kind === 'position' ? [node] : [];
    for (const index of indexes) if (typeof index !== 'number') found.add(index.loop);
  });
  return found;
}

/** Whether it, or one within it, is such. */
export function some(expression: FlatExpression, is: (node: FlatExpression) => boolean): boolean {
  if (is(expression)) return true;
  switch (expression.kind) {
    case 'number':
    case 'load':
    case 'time':
      return false;
    case 'unary':
      return some(expression.operand, is);
    case 'binary':
      return some(expression.left, is) || some(expression.right, is);
    default:
      return children(expression).some((child) => some(child, is));
  }
}

const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/', '^']);

/** Sums, products and powers of values alone: nothing in it jumps or bends, or is compared. */
export function isArithmetic(expression: FlatExpression): boolean {
  switch (expression.kind) {
    case 'number':
    case 'load':
    case 'time':
      return true;
    case 'unary':
      return expression.operator === 'negate' && isArithmetic(expression.operand);
    case 'binary':
      return (
        ARITHMETIC.has(expression.operator) && isArithmetic(expression.left) && isArithmetic(expression.right)
      );
    default:
      return false;
  }
}

export function equal(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

export function sameElement(a: FlatTarget, b: FlatTarget): boolean {
  if (a.variable !== b.variable || a.index.length !== b.index.length) return false;
  return a.index.every((one, dim) => {
    const other = b.index[dim]!;
    if (typeof one === 'number' || typeof other === 'number') return one === other;
    return one.loop === other.loop && one.offset === other.offset;
  });
}

/** By the name of the variable. */
export function rangesOf(loops: readonly FlatLoop[]): ReadonlyMap<string, FlatLoop> {
  return loops.length === 0 ? NO_RANGES : new Map(loops.map((loop) => [loop.variable, loop]));
}

const NO_RANGES: ReadonlyMap<string, FlatLoop> = new Map();

/** What stands in place of a loop variable. */
export type Substitution = ReadonlyMap<string, FlatIndex>;

export function substituteIndex(index: FlatIndex, by: Substitution): FlatIndex {
  if (typeof index === 'number') return index;
  const instead = by.get(index.loop);
  if (instead === undefined) return index;
  if (typeof instead === 'number') return instead + index.offset;
  return { loop: instead.loop, offset: instead.offset + index.offset };
}

/** With indexes in the places of loop variables. */
export function substitute(expression: FlatExpression, by: Substitution): FlatExpression {
  if (by.size === 0) return expression;
  if (expression.kind === 'load')
    return { ...expression, index: expression.index.map((one) => substituteIndex(one, by)) };
  if (expression.kind === 'delayed')
    return {
      ...expression,
      index: expression.index.map((one) => substituteIndex(one, by)),
      duration: substitute(expression.duration, by),
    };
  if (expression.kind === 'position') {
    const { loop, offset } = expression;
    const index = substituteIndex({ loop, offset }, by);
    return typeof index === 'number' ? number(index) : { kind: 'position', ...index };
  }
  const changed = mapChildren(expression, (child) => substitute(child, by));
  return 'index' in changed
    ? { ...changed, index: changed.index.map((one) => substituteIndex(one, by)) }
    : changed;
}

/** Renames the loops of reductions, so that the expression can be put inside another one. */
export function freshen(expression: FlatExpression, next: () => string): FlatExpression {
  if (expression.kind !== 'reduction') return mapChildren(expression, (child) => freshen(child, next));
  const renamed = expression.loops.map((loop) => ({ ...loop, variable: next() }));
  const by: Substitution = new Map(
    expression.loops.map((loop, at) => [loop.variable, { loop: renamed[at]!.variable, offset: 0 }]),
  );
  return { ...expression, loops: renamed, body: freshen(substitute(expression.body, by), next) };
}

/** Kinds of expressions whose value is the same as long as what they read is. */
const STEADY: ReadonlySet<string> = new Set([
  'number',
  'load',
  'position',
  'unary',
  'binary',
  'conditional',
  'call',
  'lookup',
  'let',
  'local',
  'reduction',
]);

/** Whether the value is the same as long as all loads in it are; with `'time'`, at one time. */
export const isSteady = (expression: FlatExpression, at?: 'time'): boolean =>
  !some(expression, ({ kind }) => !STEADY.has(kind) && kind !== at);

/** By size: they change where one side passes the other. */
export const comparisons: ReadonlySet<string> = new Set(['<', '<=', '>', '>=']);

/** Folds what IEEE arithmetic gives exactly as the running system would; elementary functions are left to it. */
export function fold(expression: FlatExpression): FlatExpression {
  if (expression.kind === 'unary' && expression.operand.kind === 'number') {
    const { value } = expression.operand;
    return number(expression.operator === 'negate' ? -value : value === 0 ? 1 : 0);
  }
  if (expression.kind === 'conditional' && expression.condition.kind === 'number')
    return expression.condition.value === 0 ? expression.else : expression.then;
  if (
    expression.kind === 'binary' &&
    expression.left.kind === 'number' &&
    expression.right.kind === 'number' &&
    expression.operator !== '^'
  )
    return number(arithmetic(expression.operator, expression.left.value, expression.right.value));
  return expression;
}

/** Two values as a double each, true being 1 and false 0; of all operators but `^`, whose last bits need elementary functions. */
export function arithmetic(operator: string, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / right;
    case '<':
      return left < right ? 1 : 0;
    case '<=':
      return left <= right ? 1 : 0;
    case '>':
      return left > right ? 1 : 0;
    case '>=':
      return left >= right ? 1 : 0;
    case '==':
      return left === right ? 1 : 0;
    case '!=':
      return left !== right ? 1 : 0;
    case 'and':
      return left !== 0 && right !== 0 ? 1 : 0;
    case 'or':
      return left !== 0 || right !== 0 ? 1 : 0;
    default:
      throw new Error(`No arithmetic for ${operator}`);
  }
}
