import type { Block, FlatCrossing, FlatHandler, FlatKink, VariableId } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import type { SourceRange } from '../../model/source.ts';
import {
  comparisons,
  isArithmetic,
  loads,
  loopName,
  loopsIn,
  number,
  substitute,
  visit,
} from '../../ir/expressions.ts';
import type { Substitution } from '../../ir/expressions.ts';
import { wrap } from '../../ir/lets.ts';
import type { Flattening } from '../flattening.ts';
import { add, call, choose, divide, multiply, subtract } from '../algebra/simplify.ts';
import { cornersIn, isCorner, kinksIn, ranksIn } from './kinks.ts';
import { bendsOf } from '../expressions/tables.ts';

/**
 * One function for each comparison of values that change continuously, and for each function that jumps: where its sign changes,
 * an event or a kink may lie, and the step ends there. The same comparison in several places counts once. What is said to be smooth has none
 * of these. The kinks of `abs`, `min` and `max` come last.
 */
export function crossingsOf(
  flattening: Flattening,
  blocks: readonly Block[],
  handlers: readonly FlatHandler[],
  integrated: readonly Block[],
): FlatCrossing[] {
  if (!isUneven(blocks, handlers) && integrated.every(isPlain)) return [];
  const moves = moving(flattening, blocks);
  const crossings = new Map<string, FlatCrossing>();
  const follow = (value: FlatExpression, loops: FlatLoop[], source: SourceRange, bends: boolean): void => {
    const { size: _, ...crossing } = canonical(value, loops, source);
    const key = JSON.stringify([crossing.loops, crossing.value]);
    const known = crossings.get(key) ?? crossing;
    crossings.set(key, bends ? { ...known, bends } : known);
  };
  const places = placesOf(blocks, handlers, integrated);
  for (const { expression, loops, source, bends } of placesOf(blocks, [], integrated))
    visit(expression, (node, inner, lets) => {
      if (node.kind !== 'lookup') return;
      const around = [...loops, ...inner];
      for (const { value, argument } of bendsOf(flattening, node, lets, (one) => changes(one, moves)))
        if (!isCorner(flattening, blocks, node, argument, around)) follow(value, around, source, bends);
    });
  const located = locatedIn(blocks, handlers, moves, integrated);
  for (const { node, value, loops, source, bends } of located)
    for (const one of node.kind === 'call' ? jumpsOf(node, value) : [value])
      follow(one, loops, source, bends);
  for (const place of places)
    for (const { value, loops } of ranksIn(flattening, blocks, place))
      if (changes(value, moves)) follow(value, loops, place.source, false);
  const kinks = new Map<string, FlatCrossing & { kink: FlatKink }>();
  const roots = new Set<string>();
  const bent = (place: Place, lies: 'integrated' | 'compared'): void => {
    const kinksThere = [
      ...kinksIn(flattening, blocks, place, lies === 'integrated'),
      ...cornersIn(flattening, blocks, place, (one) => changes(one, moves)),
    ];
    for (const { value, size, loops, steep } of kinksThere) {
      if (!changes(value, moves)) continue;
      const { size: scale, ...crossing } = canonical(value, loops, place.source, size);
      const key = JSON.stringify([crossing.loops, crossing.value]);
      if (crossings.has(key)) continue;
      if (steep) roots.add(key);
      const known = kinks.get(key)?.kink.lies ?? lies;
      kinks.set(key, { ...crossing, kink: { size: scale, lies: known === lies ? lies : 'both' } });
    }
  };
  for (const place of beneath(blocks, located)) bent(place, 'compared');
  for (const place of integrated.filter((block) => !isPlain(block)).flatMap((block) => placesIn(block, true)))
    bent(place, 'integrated');
  const found = fewEnough(kinks, roots);
  const lying = (where: FlatKink['lies']): FlatCrossing[] => found.filter(({ kink }) => kink.lies === where);
  return [...crossings.values(), ...lying('compared'), ...lying('both'), ...lying('integrated')];
}

/** In many elements one or another is at a kink in every step, and the error of all together hardly shows it. */
const MOST_INTEGRATED = 16;

/** As many of those that are integrated as are worth a step of their own, and all of roots. */
function fewEnough(
  kinks: ReadonlyMap<string, FlatCrossing & { kink: FlatKink }>,
  roots: ReadonlySet<string>,
) {
  let room = MOST_INTEGRATED;
  return [...kinks].flatMap(([key, crossing]) => {
    const { kink, loops } = crossing;
    if (roots.has(key)) return [crossing];
    const instances = loops.reduce((total, { from, to }) => total * (to - from), 1);
    if (kink.lies === 'compared') return [crossing];
    if (instances <= room) {
      room -= instances;
      return [crossing];
    }
    return kink.lies === 'both' ? [{ ...crossing, kink: { ...kink, lies: 'compared' as const } }] : [];
  });
}

interface Place {
  expression: FlatExpression;
  loops: readonly FlatLoop[];
  source: SourceRange;
  /** Part of what rates are computed by, so that a jump bends what is integrated. */
  bends: boolean;
}

/** Where something may jump, bend or be compared. */
function placesOf(
  blocks: readonly Block[],
  handlers: readonly FlatHandler[],
  integrated: readonly Block[],
): Place[] {
  const bending = new Set(integrated);
  return [
    ...handlers.flatMap(({ condition, loops, source }) =>
      condition ? [{ expression: condition, loops, source, bends: false }] : [],
    ),
    ...blocks.filter((block) => !isPlain(block)).flatMap((block) => placesIn(block, bending.has(block))),
  ];
}

/** Whether there is any such place. */
export const isUneven = (blocks: readonly Block[], handlers: readonly FlatHandler[]): boolean =>
  handlers.some(({ condition }) => condition) || !blocks.every(isPlain);

/** What most of all equations are. */
const isPlain = (block: Block): boolean => block.kind === 'assign' && isArithmetic(block.value);

function placesIn(block: Block, bends: boolean): Place[] {
  const { loops } = block;
  if (block.kind === 'assign') return [{ expression: block.value, loops, source: block.source, bends }];
  return block.residuals.map((expression, row) => ({
    expression,
    loops,
    source: block.sources[row]!,
    bends,
  }));
}

/** A comparison or a jump, and what changes its side there. */
export interface Located {
  node: FlatExpression;
  value: FlatExpression;
  loops: FlatLoop[];
  source: SourceRange;
  bends: boolean;
}

/** All that is compared and changes continuously, and all that jumps. */
export function locatedIn(
  blocks: readonly Block[],
  handlers: readonly FlatHandler[],
  moves: ReadonlySet<VariableId>,
  integrated: readonly Block[] = [],
): Located[] {
  const found: Located[] = [];
  for (const { expression, loops, source, bends } of placesOf(blocks, handlers, integrated))
    visit(expression, (node, inner, lets) => {
      for (const side of sidesOf(node)) {
        const value = wrap(lets, side);
        if (changes(value, moves)) found.push({ node, value, loops: [...loops, ...inner], source, bends });
      }
    });
  return found;
}

/** What is compared, and the equations that it is computed by. */
export function beneath(blocks: readonly Block[], located: readonly Located[]): Place[] {
  const places: Place[] = located.map(({ value, loops, source, bends }) => ({
    expression: value,
    loops,
    source,
    bends,
  }));
  const unseen = new Map<VariableId, Block[]>();
  for (const block of blocks)
    for (const variable of variablesOf(block)) {
      const same = unseen.get(variable);
      if (same === undefined) unseen.set(variable, [block]);
      else same.push(block);
    }
  const seen = new Set<Block>();
  for (const { expression } of places)
    for (const { load } of loads(expression)) {
      for (const block of unseen.get(load.variable) ?? []) {
        if (seen.has(block)) continue;
        seen.add(block);
        places.push(...placesIn(block, false));
      }
      unseen.delete(load.variable);
    }
  return places;
}

/** What a block determines, each once. */
const variablesOf = (block: Block): Iterable<VariableId> =>
  block.kind === 'assign' ? [block.target.variable] : new Set(block.unknowns.map(({ variable }) => variable));

/** What changes its side where the value of a node jumps. */
function sidesOf(node: FlatExpression): FlatExpression[] {
  if ('smooth' in node && node.smooth) return [];
  if (node.kind === 'binary' && (comparisons.has(node.operator) || equalities.has(node.operator)))
    return [{ kind: 'binary', operator: '-', left: node.left, right: node.right }];
  if (node.kind !== 'call') return [];
  const [x, y] = node.arguments as [FlatExpression, FlatExpression];
  switch (node.function) {
    // From a half turn to minus a half turn.
    case 'atan2':
      return [choose({ kind: 'binary', operator: '<', left: y, right: number(0) }, x, number(1))];
    case 'sign':
    case 'floor':
    case 'ceil':
    case 'trunc':
      return [x];
    case 'round':
      return [add(x, number(0.5))];
    case 'mod':
      return [divide(x, y)];
    default:
      return [];
  }
}

/**
 * `sign` jumps where its argument is 0, the others where it is a whole number. With k the whole part and f the rest, min(f, 1 - f) with
 * the sign of (-1)^k goes through 0 at every whole number and only there, and is exactly 0 at it. A step may go past several of them, so halves
 * and quarters are followed too: up to seven are told from none.
 */
function jumpsOf(node: FlatExpression & { kind: 'call' }, value: FlatExpression): FlatExpression[] {
  if (node.function === 'sign' || node.function === 'atan2') return [value];
  return [1, 2, 4].map((width) => {
    const x = divide(value, number(width));
    const whole = call('floor', x);
    const rest = subtract(x, whole);
    const sign = subtract(number(1), multiply(number(2), call('mod', whole, number(2))));
    return multiply(sign, call('min', rest, subtract(number(1), rest)));
  });
}

/** Only the loops that the value uses, under names by position. */
export function canonical(
  value: FlatExpression,
  loops: readonly FlatLoop[],
  source: SourceRange,
  size: FlatExpression = number(0),
): FlatCrossing & { size: FlatExpression } {
  const used = loopsIn(value);
  const kept = loops.filter((loop) => used.has(loop.variable));
  const by: Substitution = new Map(
    kept.map((loop, at) => [loop.variable, { loop: loopName(at), offset: 0 }]),
  );
  return {
    loops: kept.map((loop, at) => ({ variable: loopName(at), from: loop.from, to: loop.to })),
    value: substitute(value, by),
    size: substitute(size, by),
    source,
  };
}

/** Algebraic variables that change between events, by the fixed point over all blocks. */
export function moving(
  flattening: Pick<Flattening, 'variables'>,
  blocks: readonly Block[],
): ReadonlySet<VariableId> {
  const moves = new Set<VariableId>();
  flattening.variables.forEach((variable, id) => {
    if (variable.role === 'state' || variable.driven?.line !== undefined) moves.add(id);
  });
  for (let grew = true; grew;) {
    grew = false;
    for (const block of blocks) {
      const targets = block.kind === 'assign' ? [block.target] : block.unknowns;
      if (targets.every((target) => moves.has(target.variable))) continue;
      const values = block.kind === 'assign' ? [block.value] : block.residuals;
      if (!values.some((value) => changes(value, moves))) continue;
      for (const target of targets) moves.add(target.variable);
      grew = true;
    }
  }
  return moves;
}

const equalities: ReadonlySet<string> = new Set(['==', '!=']);
const steps: ReadonlySet<string> = new Set(['sign', 'floor', 'ceil', 'round', 'trunc', 'most']);
const truths: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '==', '!=', 'and', 'or']);

export function changes(
  expression: FlatExpression,
  moves: ReadonlySet<VariableId>,
  locals: ReadonlySet<string> = new Set(),
): boolean {
  if (expression.kind === 'number') return false;
  if (expression.kind === 'load') return moves.has(expression.variable);
  if (expression.kind === 'unary')
    return expression.operator === 'negate' && changes(expression.operand, moves, locals);
  if (expression.kind === 'binary')
    return (
      !truths.has(expression.operator) &&
      (changes(expression.left, moves, locals) || changes(expression.right, moves, locals))
    );
  const inner = (one: FlatExpression) => changes(one, moves, locals);
  switch (expression.kind) {
    case 'position':
    case 'attribute':
    case 'quantile':
    case 'draw':
    case 'window':
    case 'sampled':
    case 'blur':
      return false;
    case 'time':
    case 'delayed':
      return true;
    case 'conditional':
      return inner(expression.then) || inner(expression.else);
    case 'lookup':
      return expression.arguments.some(inner);
    case 'call':
      return !steps.has(expression.function) && expression.arguments.some(inner);
    case 'local':
      return locals.has(expression.name);
    case 'let': {
      const among = new Set(locals);
      if (inner(expression.value)) among.add(expression.name);
      else among.delete(expression.name);
      return changes(expression.body, moves, among);
    }
    case 'reduction':
      return expression.operator !== 'any' && expression.operator !== 'all' && inner(expression.body);
  }
}
