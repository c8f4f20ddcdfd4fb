/**
 * Which equations have to be evaluated anew as time goes on. The others read parameters and what events set, at most: their values stay
 * until an event or a hand changes something, and everything is evaluated then.
 */
import { isSteady, loads } from '../ir/expressions.ts';
import type { Block, FlatSystem } from '../ir/flat-system.ts';
import type { FlatExpression } from '../ir/flat-expression.ts';

interface Moving {
  /** Of `dynamics`, in their order: those that may give other values at another time or state, and all slopes. */
  blocks: Block[];
  /** What they compute. */
  variables: ReadonlySet<number>;
}

const moved = new WeakMap<FlatSystem, Moving>();

export function movingIn(system: FlatSystem): Moving {
  const known = moved.get(system);
  if (known !== undefined) return known;
  const { dynamics, variables } = system;
  const changing = new Set<number>();
  const targets = (block: Block): number[] =>
    block.kind === 'assign' ? [block.target.variable] : block.unknowns.map(({ variable }) => variable);
  const changes = (value: FlatExpression): boolean =>
    !isSteady(value) ||
    loads(value).some(({ load }) => {
      const { role } = variables[load.variable]!;
      return role === 'state' || role === 'derivative' || changing.has(load.variable);
    });
  const isMoving = (block: Block): boolean =>
    block.kind === 'solve' ||
    variables[block.target.variable]!.role !== 'algebraic' ||
    changing.has(block.target.variable) ||
    changes(block.value);
  // Of arrays, elements may be computed in different places.
  for (let before = -1; before !== changing.size;) {
    before = changing.size;
    for (const block of dynamics)
      if (isMoving(block)) for (const target of targets(block)) changing.add(target);
  }
  const result = { blocks: dynamics.filter(isMoving), variables: changing };
  moved.set(system, result);
  return result;
}
