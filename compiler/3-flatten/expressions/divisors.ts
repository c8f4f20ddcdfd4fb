/** Tells a reader of a run what a value divides by, so that the message of a division by zero can name it. */
import type { Block, FlatHandler } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatTarget } from '../../ir/flat-expression.ts';
import { visit } from '../../ir/expressions.ts';
import type { Flattening } from '../flattening.ts';

export function sayWhatDivides(
  { variables }: Pick<Flattening, 'variables'>,
  blocks: readonly Block[],
  handlers: readonly FlatHandler[],
): void {
  const add = (target: FlatTarget, value: FlatExpression): void => {
    const found = new Set(variables[target.variable]!.divisors);
    visit(value, (node) => {
      if (node.kind === 'binary' && node.operator === '/' && node.right.kind === 'load')
        found.add(node.right.variable);
    });
    if (found.size > 0) variables[target.variable]!.divisors = [...found];
  };
  for (const block of blocks) if (block.kind === 'assign') add(block.target, block.value);
  for (const { actions } of handlers) for (const { target, value } of actions) add(target, value);
}
