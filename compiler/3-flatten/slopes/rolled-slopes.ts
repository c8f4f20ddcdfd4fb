/**
 * The derivatives of one equation in many directions: by how much it depends on each thing that it reads is computed once, into a
 * variable, and each direction takes these times the derivatives of what is read.
 */
import { hiddenVariable } from '../../ir/hidden.ts';
import type { Block, FlatVariable, VariableId } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import { some } from '../../ir/expressions.ts';
import type { Directions } from './directional.ts';
import { isSteep } from './directional.ts';
import { partials } from '../algebra/linearise.ts';
import { add, multiply } from '../algebra/simplify.ts';
import { number } from '../../ir/expressions.ts';

/** Beyond so many elements the variables would cost more than they save. */
const MOST_ELEMENTS = 100_000;

interface Rolled {
  /** Of the coefficients. */
  blocks: Block[];
  value: FlatExpression;
}

/** Undefined where it is better done direction by direction; `declare` makes a variable. */
export function rolledSlopes(
  block: Extract<Block, { kind: 'assign' }>,
  { slopeOf, at }: Directions,
  declare: (dims: number[]) => VariableId,
): Rolled | undefined {
  const moves = (variable: VariableId): boolean => slopeOf(variable) !== undefined;
  const reads = (expression: FlatExpression): boolean =>
    some(expression, (node) => node.kind === 'load' && moves(node.variable));
  if (some(block.value, (node) => isLeftAlone(node) && reads(node))) return undefined;
  const { loops } = block;
  const found = partials(block.value, loops, moves);
  const size = found.reduce((sum, one) => sum + one.loops.reduce((product, { to }) => product * to, 1), 0);
  if (size > MOST_ELEMENTS) return undefined;
  const blocks: Block[] = [];
  const value = found.reduce<FlatExpression>((sum, one) => {
    const slope: FlatExpression = {
      kind: 'load',
      variable: slopeOf(one.column.variable)!,
      index: [...one.column.index, ...(at === undefined ? [] : [at])],
    };
    let by = one.value;
    if (!isCheap(by)) {
      const index = one.loops.map((loop) => ({ loop: loop.variable, offset: 0 }));
      const variable = declare(one.loops.map(({ to }) => to));
      // In no direction of the loops one element depends on another.
      const free = one.loops.map(({ variable: name, from, to }): FlatLoop => ({ variable: name, from, to }));
      blocks.push({ ...block, loops: free, target: { variable, index }, value: by });
      by = { kind: 'load', variable, index };
    }
    const inner = one.loops.slice(loops.length);
    const term = multiply(by, slope);
    return add(
      sum,
      inner.length === 0 ? term : { kind: 'reduction', operator: 'sum', loops: inner, body: term },
    );
  }, number(0));
  return { blocks, value };
}

/** Roots need care at 0, and sums are the only reductions that stay such. */
const isLeftAlone = (node: FlatExpression): boolean =>
  node.kind === 'reduction'
    ? node.operator !== 'sum'
    : (node.kind === 'call' || node.kind === 'binary') && isSteep(node);

const isCheap = (expression: FlatExpression): boolean =>
  expression.kind === 'number' ||
  expression.kind === 'load' ||
  (expression.kind === 'unary' && isCheap(expression.operand));

/** A hidden variable for a coefficient of what computes the other. */
export const coefficientOf = (of: FlatVariable, dims: number[], at: number): FlatVariable =>
  hiddenVariable({
    name: `slope ${at}${'[]'.repeat(dims.length)}`,
    role: 'algebraic',
    dims,
    type: of.type,
    quantity: of.quantity,
    unit: of.unit,
    ...(of.exposure === undefined ? {} : { exposure: of.exposure }),
    source: of.source,
  });
