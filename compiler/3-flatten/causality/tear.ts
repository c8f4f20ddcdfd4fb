import type { Block } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatLoop } from '../../ir/flat-expression.ts';
import { solveBlock } from './couple.ts';
import { children, mapChildren, sameElement, some } from '../../ir/expressions.ts';
import type { Load } from '../../ir/expressions.ts';
import { isolate, linearFactor, mentions } from '../algebra/isolate.ts';
import type { Flattening } from '../flattening.ts';
import type { Matched } from './sort.ts';

/** An expression that is put into several places must not make the system much longer than it was written. */
const MOST_NODES = 60;

/**
 * Coupled equations → blocks. What one equation gives in terms of the others is put into them and computed afterwards, so
 * that Newton's method iterates on few unknowns; often none is left.
 */
export function coupled(flattening: Flattening, families: Matched[], loops: FlatLoop[]): Block[] {
  let left = families;
  // Most equations stay as they are when one is put into those that need it.
  const explicits = new Map<Matched, FlatExpression | undefined>();
  const reads = new Map<Matched, FlatExpression[]>();
  const later: Block[] = [];
  for (let found = true; found && left.length > 1;) {
    found = false;
    for (const family of left) {
      const value = keptIn(explicits, family, explicit);
      if (!value) continue;
      const others = left.filter((one) => one !== family);
      const most = size(value) > 1 ? MOST_NODES / size(value) : Infinity;
      const needing = new Set<Matched>();
      let places = 0;
      for (const one of others) {
        for (const load of keptIn(reads, one, readsOf)) {
          if (!mentions(load, family.target)) continue;
          places += 1;
          needing.add(one);
        }
        if (places > most) break;
      }
      if (places > most) continue;
      const replaced = others.map((one) =>
        needing.has(one)
          ? {
              ...one,
              left: replace(one.left, family.target, value),
              right: replace(one.right, family.target, value),
            }
          : one,
      );
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

function keptIn<Found>(known: Map<Matched, Found>, family: Matched, find: (family: Matched) => Found): Found {
  if (!known.has(family)) known.set(family, find(family));
  return known.get(family)!;
}

function readsOf({ left, right }: Matched): FlatExpression[] {
  const found: FlatExpression[] = [];
  const look = (node: FlatExpression): void => {
    if (node.kind === 'load') found.push(node);
    else children(node).forEach(look);
  };
  look(left);
  look(right);
  return found;
}

function size(expression: FlatExpression): number {
  return children(expression).reduce((sum, child) => sum + size(child), 1);
}
