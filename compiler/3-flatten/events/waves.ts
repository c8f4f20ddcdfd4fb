/**
 * What goes up and down in itself, `sin(10 * time)` or `floor(x)`, can pass a bound several times within a step whose end shows none of it:
 * the error of what is integrated does not bound that step. Where such a value is compared, no step goes beyond half a radian of its wave, or
 * beyond the second whole number, by the rate at the step's start.
 */
import type { Block, FlatHandler } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatLimit, FlatLoop } from '../../ir/flat-expression.ts';
import { loads, loopsIn, number, visit } from '../../ir/expressions.ts';
import { letIn, wrap } from '../../ir/lets.ts';
import { beneath, changes, isUneven, locatedIn, moving } from './crossings.ts';
import { timeDerivative } from '../causality/index-reduction.ts';
import { inline } from '../algebra/inline.ts';
import type { Flattening } from '../flattening.ts';
import { add, call, choose, divide } from '../algebra/simplify.ts';

const RADIANS = 0.5;
const WHOLE_NUMBERS = 2;
/** A longer argument is not followed: its rate would cost more than the step. */
const MOST_NODES = 2000;

export function wavesOf(
  flattening: Flattening,
  blocks: readonly Block[],
  handlers: readonly FlatHandler[],
): FlatLimit[] {
  if (!isUneven(blocks, handlers)) return [];
  const moves = moving(flattening, blocks);
  const located = locatedIn(blocks, handlers, moves);
  const limits = new Map<string, FlatLimit>();
  const bound = (argument: FlatExpression, loops: readonly FlatLoop[], width: number): void => {
    if (!changes(argument, moves)) return;
    const value = limitOf(flattening, blocks, argument, loops, width);
    if (value === undefined) return;
    const used = loopsIn(value);
    const limit = { loops: loops.filter(({ variable }) => used.has(variable)), value };
    limits.set(JSON.stringify(limit), limit);
  };
  for (const { node, value, loops } of located)
    if (node.kind === 'call' && node.function !== 'sign' && node.function !== 'atan2')
      bound(value, loops, WHOLE_NUMBERS);
  for (const { expression, loops } of beneath(blocks, located))
    visit(expression, (node, inner, lets) => {
      if (node.kind === 'call' && waving.has(node.function))
        bound(wrap(lets, node.arguments[0]!), [...loops, ...inner], RADIANS);
    });
  return [...limits.values()];
}

const waving: ReadonlySet<string> = new Set(['sin', 'cos', 'tan']);

/** The time at which the argument will have changed by a width, if it goes on as it does. */
function limitOf(
  flattening: Flattening,
  blocks: readonly Block[],
  argument: FlatExpression,
  loops: readonly FlatLoop[],
  width: number,
): FlatExpression | undefined {
  const { variables } = flattening;
  const written = inline(flattening, blocks, argument, loops, MOST_NODES);
  if (written === undefined) return undefined;
  // What equations are solved for has no rate to be read off.
  const hasRate = loads(written).every(
    ({ load }) => !['algebraic', 'derivative'].includes(variables[load.variable]!.role),
  );
  if (!hasRate) return undefined;
  const rate = timeDerivative(flattening, written, (id) => variables[id]!.partner ?? id);
  if (rate.kind === 'number' && rate.value === 0) return undefined;
  const local: FlatExpression = { kind: 'local', name: 'rate' };
  const moves: FlatExpression = { kind: 'binary', operator: '>', left: local, right: number(0) };
  const reached = add({ kind: 'time' }, divide(number(width), local));
  return letIn('rate', call('abs', rate), choose(moves, reached, number(Infinity)));
}
