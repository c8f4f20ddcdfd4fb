/** Algebraic variables in an expression → what defines them, as far as single assignments do. */
import type { Block, VariableId } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatIndex, FlatLoop } from '../../ir/flat-expression.ts';
import { freshen, mapChildren, rangesOf, substitute } from '../../ir/expressions.ts';
import { contains, reach } from '../box.ts';
import type { Flattening } from '../flattening.ts';

/** Deep enough for any model that people write, and an end for those that go in circles. */
const DEEPEST = 50;

export function inline(
  flattening: Pick<Flattening, 'variables'>,
  running: readonly Block[],
  expression: FlatExpression,
  loops: readonly FlatLoop[],
): FlatExpression;
/** Undefined where what comes out would have more than so many nodes. */
export function inline(
  flattening: Pick<Flattening, 'variables'>,
  running: readonly Block[],
  expression: FlatExpression,
  loops: readonly FlatLoop[],
  most: number,
): FlatExpression | undefined;
export function inline(
  flattening: Pick<Flattening, 'variables'>,
  running: readonly Block[],
  expression: FlatExpression,
  loops: readonly FlatLoop[],
  most = Infinity,
): FlatExpression | undefined {
  let names = 0;
  let nodes = 0;
  const fresh = (): string => `flow${(names += 1)}`;
  const change = (one: FlatExpression, around: readonly FlatLoop[], depth: number): FlatExpression => {
    nodes += 1;
    if (nodes > most) return one;
    if (one.kind === 'reduction') return { ...one, body: change(one.body, [...around, ...one.loops], depth) };
    if (one.kind !== 'load') return mapChildren(one, (child) => change(child, around, depth));
    if (flattening.variables[one.variable]!.role !== 'algebraic' || depth > DEEPEST) return one;
    const box = reach(one.index, rangesOf(around));
    const definition = assignmentsOf(running)
      .get(one.variable)
      ?.find(({ target, loops: inner }) => contains(reach(target.index, rangesOf(inner)), box));
    if (definition === undefined) return one;
    const by = new Map<string, FlatIndex>();
    definition.target.index.forEach((index, dim) => {
      if (typeof index !== 'number') by.set(index.loop, shifted(one.index[dim]!, -index.offset));
    });
    return change(substitute(freshen(definition.value, fresh), by), around, depth + 1);
  };
  const written = change(expression, loops, 0);
  return nodes > most ? undefined : written;
}

type Assignment = Extract<Block, { kind: 'assign' }>;

/** Of blocks that were asked about, as they do not change. */
const ASSIGNMENTS = new WeakMap<readonly Block[], ReadonlyMap<VariableId, Assignment[]>>();

function assignmentsOf(blocks: readonly Block[]): ReadonlyMap<VariableId, Assignment[]> {
  const known = ASSIGNMENTS.get(blocks);
  if (known !== undefined) return known;
  const found = new Map<VariableId, Assignment[]>();
  for (const block of blocks) {
    if (block.kind !== 'assign') continue;
    const same = found.get(block.target.variable);
    if (same === undefined) found.set(block.target.variable, [block]);
    else same.push(block);
  }
  ASSIGNMENTS.set(blocks, found);
  return found;
}

function shifted(index: FlatIndex, by: number): FlatIndex {
  return typeof index === 'number' ? index + by : { loop: index.loop, offset: index.offset + by };
}
