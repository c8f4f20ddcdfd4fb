import type { Block } from '../ir/flat-system.ts';
import type { FlatExpression, FlatLoop } from '../ir/flat-expression.ts';
import { solveBlock } from './couple.ts';
import { children, mapChildren, sameElement, some } from '../ir/expressions.ts';
import type { Load } from '../ir/expressions.ts';
import { isolate, linearFactor, mentions } from './isolate.ts';
import type { Flattening } from './flattening.ts';
import type { Matched } from './sort.ts';

/** An expression that is put into several places must not make the system much longer than it was written. */
const MOST_NODES = 60;

/**
 * Coupled equations → blocks. What one equation gives in terms of the others is put into them and computed afterwards, so
 * that Newton's method iterates on few unknowns; often none is left.
 */
export function coupled(flattening: Flattening, families: Matched[], loops: FlatLoop[]): Block[] {
  let left = families;
  const later: Block[] = [];
  for (let found = true; found && left.length > 1;) {
    found = false;
    for (const family of left) {
      const value = explicit(family);
      if (!value) continue;
      const others = left.filter((one) => one !== family);
      const places = others.reduce(
        (sum, one) => sum + uses(one.left, family.target) + uses(one.right, family.target),
        0,
      );
      if (size(value) > 1 && size(value) * places > MOST_NODES) continue;
      const replaced = others.map((one) => ({
        ...one,
        left: replace(one.left, family.target, value),
        right: replace(one.right, family.target, value),
      }));
      if (!replaced.every((one) => some(one.left, isLoad) || some(one.right, isLoad))) continue;
      later.unshift(assign(family, loops, value));
      left = replaced;
      found = true;
      break;
    }
  }
  const [only] = left;
  const value = left.length === 1 ? isolate(only!, only!.target) : undefined;
  return [value ? assign(only!, loops, value) : solveBlock(flattening, left, loops, families), ...later];
}

const isLoad = (node: FlatExpression) => node.kind === 'load';

function assign({ target, source }: Matched, loops: FlatLoop[], value: FlatExpression): Block {
  return { kind: 'assign', loops, target: { variable: target.variable, index: target.index }, value, source };
}

/** Only by a plain number: a parameter or a sum of them may be 0 where the whole system still has a solution. */
function explicit(family: Matched): FlatExpression | undefined {
  const factor = linearFactor(family, family.target);
  return factor?.kind === 'number' ? isolate(family, family.target) : undefined;
}

function replace(expression: FlatExpression, load: Load, by: FlatExpression): FlatExpression {
  if (expression.kind === 'load') return sameElement(expression, load) ? by : expression;
  return mapChildren(expression, (child) => replace(child, load, by));
}

function uses(expression: FlatExpression, load: Load): number {
  if (expression.kind === 'load') return mentions(expression, load) ? 1 : 0;
  return children(expression).reduce((sum, child) => sum + uses(child, load), 0);
}

function size(expression: FlatExpression): number {
  return children(expression).reduce((sum, child) => sum + size(child), 1);
}
