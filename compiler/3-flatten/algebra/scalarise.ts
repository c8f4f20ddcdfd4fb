import type { FlatExpression, FlatIndex } from '../../ir/flat-expression.ts';
import { elements } from '../box.ts';
import { children, mapChildren, number, substitute } from '../../ir/expressions.ts';
import type { Load, Substitution } from '../../ir/expressions.ts';
import type { Family } from '../equations/families.ts';

/** How many elements are looked at one by one. */
export const SCALAR_LIMIT = 4000;

/** How many equations it stands for. */
export function instances(family: Family): number {
  return family.loops.reduce((product, loop) => product * Math.max(0, loop.to - loop.from), 1);
}

/** One family for each combination of the loops; reductions over the variables in question are written out. */
export function scalars(family: Family, written: (variable: number) => boolean): Family[] {
  const all: Family[] = [];
  for (const at of elements(family.loops.map((loop) => [loop.from, loop.to] as const))) {
    const by: Substitution = new Map(family.loops.map((loop, depth) => [loop.variable, at[depth]!]));
    const change = (expression: FlatExpression) => writeOut(substitute(expression, by), written);
    all.push({
      ...family,
      loops: [],
      left: change(family.left),
      right: change(family.right),
      ...(family.target ? { target: substitute(family.target, by) as Load } : {}),
    });
  }
  return all;
}

/** Names an element of a variable. */
export function keyOf(variable: number, index: readonly (FlatIndex | string)[]): string {
  return `${variable}:${index.join(',')}`;
}

function reads(expression: FlatExpression, written: (variable: number) => boolean): boolean {
  if (expression.kind === 'load') return written(expression.variable);
  return children(expression).some((child) => reads(child, written));
}

/** Reductions that read one of these variables become chains, in the reductions' own order. */
export function writeOut(expression: FlatExpression, written: (variable: number) => boolean): FlatExpression {
  if (expression.kind !== 'reduction' || !reads(expression.body, written))
    return mapChildren(expression, (child) => writeOut(child, written));
  const { loops, body, operator } = expression;
  const terms: FlatExpression[] = [];
  for (const at of elements(loops.map((loop) => [loop.from, loop.to] as const))) {
    const by: Substitution = new Map(loops.map((loop, depth) => [loop.variable, at[depth]!]));
    terms.push(writeOut(substitute(body, by), written));
  }
  const [first = number(operator === 'product' || operator === 'all' ? 1 : 0), ...rest] = terms;
  return rest.reduce<FlatExpression>((left, right) => {
    if (operator === 'min' || operator === 'max')
      return { kind: 'call', function: operator, arguments: [left, right] };
    const sign = ({ sum: '+', product: '*', any: 'or', all: 'and' } as const)[operator];
    return { kind: 'binary', operator: sign, left, right };
  }, first);
}
