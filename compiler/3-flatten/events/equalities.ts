/**
 * Two values that go past each other are the same at an instant that no step need meet, so an event that waits for `==` may never come. Said
 * where neither can stay the same: a value that is chosen by a condition, bounded, looked up or set does.
 */
import type { Block, FlatHandler } from '../../ir/flat-system.ts';
import type { FlatExpression } from '../../ir/flat-expression.ts';
import { loads, some } from '../../ir/expressions.ts';
import { report } from '../../diagnostics/diagnostic.ts';
import { equalityOfMoving } from '../../diagnostics/if-equations.ts';
import { isUneven, locatedIn, moving } from './crossings.ts';
import { inline } from '../algebra/inline.ts';
import type { Flattening } from '../flattening.ts';

/** Longer values are not looked at. */
const MOST_NODES = 500;

export function warnOfEqualities(
  flattening: Flattening,
  blocks: readonly Block[],
  handlers: readonly FlatHandler[],
): void {
  const { variables, diagnostics } = flattening;
  const isSet = new Set(handlers.flatMap(({ actions }) => actions.map(({ target }) => target.variable)));
  const truths = blocks.filter(
    (block) => block.kind === 'assign' && variables[block.target.variable]!.type.base === 'boolean',
  );
  if (!isUneven(truths, handlers)) return;
  for (const { node, value, loops, source } of locatedIn(truths, handlers, moving(flattening, blocks))) {
    if (node.kind !== 'binary' || (node.operator !== '==' && node.operator !== '!=')) continue;
    const written = inline(flattening, blocks, value, loops, MOST_NODES);
    const stays =
      written === undefined ||
      some(written, (one) => chooses(one)) ||
      loads(written).some(({ load }) => {
        const { role, driven } = variables[load.variable]!;
        return (
          isSet.has(load.variable) || role === 'algebraic' || role === 'derivative' || driven !== undefined
        );
      });
    if (!stays) diagnostics.push(report(equalityOfMoving, { operator: node.operator }, source));
  }
}

const choosing: ReadonlySet<string> = new Set(['min', 'max', 'mod', 'abs']);

function chooses(one: FlatExpression): boolean {
  if (one.kind === 'call') return choosing.has(one.function);
  return ['conditional', 'lookup', 'delayed', 'window', 'reduction'].includes(one.kind);
}
