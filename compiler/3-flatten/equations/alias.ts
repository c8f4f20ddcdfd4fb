import type { FlatExpression, FlatIndex, FlatLoop } from '../../ir/flat-expression.ts';
import type { VariableId } from '../../ir/flat-system.ts';
import { equal, mapChildren, rangesOf, substitute } from '../../ir/expressions.ts';
import type { Load, Substitution } from '../../ir/expressions.ts';
import { contains, meets, Places, reach } from '../box.ts';
import type { Box } from '../box.ts';
import type { Families, Family } from './families.ts';
import type { Flattening } from '../flattening.ts';
import { negate } from '../algebra/simplify.ts';

/** Elements of a variable that are another one, or its negative. */
interface Alias {
  box: Box;
  index: FlatIndex[];
  value: FlatExpression;
}

/**
 * Alias elimination: where an equation says `a = b` or `a = -b`, b is read in the place of a everywhere else, so that a is
 * left to be computed at the end for those who look at it. Ports bring many of these.
 */
export function eliminate(flattening: Flattening, families: Families): Families {
  const open = new Map(families.unknowns.map((one) => [one.variable, one.group]));
  const aliases = new Map<VariableId, Places<Alias>>();
  const done = new Set<Family>();
  const isOpen = (load: Load) =>
    open.has(load.variable) && flattening.variables[load.variable]!.role === 'algebraic';

  const look = (family: Family): Family => {
    if (!(mayPair(family.left) && mayPair(family.right))) return family;
    const pair = pairOf({
      ...family,
      left: family.target ? family.left : resolve(family.left, family.loops, aliases),
      right: resolve(family.right, family.loops, aliases),
    });
    if (!pair) return family;
    const { a, b, negative } = pair;
    const ranges = rangesOf(family.loops);
    const [here, there] = [reach(a.index, ranges), reach(b.index, ranges)];
    if (a.variable === b.variable && meets(here, there)) return family;
    if ([a, b].some((one) => flattening.variables[one.variable]!.role === 'derivative')) return family;
    const can = (load: Load) =>
      (family.target ? equal(load, family.target) : isOpen(load)) && covers(family, load);
    const options = [
      { gone: a, stays: b },
      { gone: b, stays: a },
    ].filter(({ gone }) => can(gone));
    // What a port carries is read as what the asset itself calls it.
    const chosen =
      options.find(({ gone, stays }) => isPort(flattening, gone) && !isPort(flattening, stays)) ?? options[0];
    if (!chosen) return family;
    const { gone, stays } = chosen;
    const value = negative ? negate(stays) : stays;
    const by = singles(family.loops);
    const known = aliases.get(gone.variable) ?? new Places<Alias>();
    const box = reach(gone.index, ranges);
    const [met] = known.meeting(box);
    if (met !== undefined) return family;
    const index = (substitute(gone, by) as Load).index;
    known.add({ box, index, value: substitute(value, by) }, box);
    aliases.set(gone.variable, known);
    const aliased = { ...family, left: gone, right: value };
    done.add(aliased);
    return aliased;
  };

  const definitions = families.definitions.map(look);
  const equations = families.equations.map(look);
  if (aliases.size === 0) return families;
  const finish = (family: Family): Family => {
    const keeps = family.target !== undefined || done.has(family);
    const left = keeps ? family.left : resolve(family.left, family.loops, aliases);
    return { ...family, left, right: resolve(family.right, family.loops, aliases) };
  };
  return { ...families, definitions: definitions.map(finish), equations: equations.map(finish) };
}

/** Reads aliases as what they stand for, through chains of them. */
function resolve(
  expression: FlatExpression,
  loops: readonly FlatLoop[],
  aliases: ReadonlyMap<VariableId, Places<Alias>>,
): FlatExpression {
  if (expression.kind === 'reduction')
    return mapChildren(expression, (child) => resolve(child, [...loops, ...expression.loops], aliases));
  if (expression.kind !== 'load') {
    const changed = mapChildren(expression, (child) => resolve(child, loops, aliases));
    return changed.kind === 'unary' && changed.operator === 'negate' ? negate(changed.operand) : changed;
  }
  const known = aliases.get(expression.variable);
  if (!known) return expression;
  const box = reach(expression.index, rangesOf(loops));
  // What shares elements with several of them is none of them.
  const [alias] = known.meeting(box);
  if (!alias || !contains(alias.box, box)) return expression;
  const by = new Map<string, FlatIndex>();
  alias.index.forEach((at, dim) => {
    if (typeof at === 'number') return;
    const index = expression.index[dim]!;
    by.set(
      at.loop,
      typeof index === 'number' ? index - at.offset : { loop: index.loop, offset: index.offset - at.offset },
    );
  });
  return resolve(substitute(alias.value, by), loops, aliases);
}

/** Whether a side of an equation is of the kind that `pairOf` looks for, whatever its variables stand for. */
function mayPair(side: FlatExpression): boolean {
  if (side.kind !== 'binary') return side.kind === 'load' || side.kind === 'number' || side.kind === 'unary';
  const { operator, left, right } = side;
  return (operator === '+' || operator === '-') && [left, right].every(({ kind }) => TERMS.has(kind));
}

const TERMS: ReadonlySet<string> = new Set(['load', 'unary']);

/** `a = b`, `a = -b`, `a + b = 0`, `0 = a - b`, and the like. */
function pairOf({ left, right }: Family): { a: Load; b: Load; negative: boolean } | undefined {
  const [first, second] = [signed(left), signed(right)];
  if (first && second) return { a: first.load, b: second.load, negative: first.negative !== second.negative };
  const zero = (one: FlatExpression) => one.kind === 'number' && one.value === 0;
  const sum = zero(right) ? left : zero(left) ? right : undefined;
  if (sum?.kind !== 'binary' || (sum.operator !== '+' && sum.operator !== '-')) return undefined;
  const [a, b] = [signed(sum.left), signed(sum.right)];
  if (!a || !b) return undefined;
  return { a: a.load, b: b.load, negative: (a.negative !== b.negative) === (sum.operator === '-') };
}

function signed(expression: FlatExpression): { load: Load; negative: boolean } | undefined {
  if (expression.kind === 'load') return { load: expression, negative: false };
  if (expression.kind !== 'unary' || expression.operator !== 'negate') return undefined;
  const inner = signed(expression.operand);
  return inner && { load: inner.load, negative: !inner.negative };
}

/** Whether each round of the family stands for one element of the load. */
function covers(family: Family, load: Load): boolean {
  return family.loops.every(
    (loop) =>
      loop.to - loop.from === 1 ||
      load.index.filter((one) => typeof one !== 'number' && one.loop === loop.variable).length === 1,
  );
}

function singles(loops: readonly FlatLoop[]): Substitution {
  return new Map(
    loops.flatMap((loop) => (loop.to - loop.from === 1 ? [[loop.variable, loop.from] as const] : [])),
  );
}

function isPort(flattening: Flattening, load: Load): boolean {
  return flattening.variables[load.variable]!.flows !== undefined;
}
