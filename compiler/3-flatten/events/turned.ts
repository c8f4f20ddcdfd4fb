/**
 * Crossings at which a handler turns back what comes to them: it sets a state against what the state was (`set v = -e * pre(v)` at `height <= 0 m`),
 * and the value that is compared does not itself depend on that state, so that it has no jump there. What was turned has to come back over the crossing
 * before it goes further; the runtime looks whether it does.
 */
import { comparisons, loads, visit } from '../../ir/expressions.ts';
import type { Block, FlatAction, FlatCrossing, FlatHandler } from '../../ir/flat-system.ts';
import type { FlatExpression } from '../../ir/flat-expression.ts';
import type { VariableId } from '../../ir/flat-system.ts';
import { unfold } from '../../ir/lets.ts';
import { canonical } from './crossings.ts';

export function turnedCrossings(
  crossings: readonly FlatCrossing[],
  handlers: readonly FlatHandler[],
  blocks: readonly Block[],
): FlatCrossing[] {
  const found = new Map<string, number>();
  handlers.forEach((handler, position) => {
    const { condition, duration, edge, loops, actions } = handler;
    if (condition === undefined || duration !== undefined || edge === 'change') return;
    const turned = actions.filter(turns).map(({ target }) => target.variable);
    if (turned.length === 0) return;
    const following = followingOf(new Set(actions.map(({ target }) => target.variable)), blocks);
    visit(condition, (node, inner) => {
      if (node.kind !== 'binary' || !comparisons.has(node.operator) || inner.length > 0) return;
      const value: FlatExpression = {
        kind: 'binary',
        operator: '-',
        left: node.left,
        right: node.right,
      };
      if (loads(value).some(({ load }) => following.has(load.variable))) return;
      const { loops: kept, value: own } = canonical(value, loops, handler.source);
      if (kept.length === loops.length) found.set(JSON.stringify([kept, own]), position);
    });
  });
  if (found.size === 0) return [...crossings];
  return crossings.map((crossing) => {
    const turnedBy = found.get(JSON.stringify([crossing.loops, crossing.value]));
    return turnedBy === undefined || crossing.kink ? crossing : { ...crossing, turnedBy };
  });
}

const turns = ({ target, value }: FlatAction): boolean => {
  const own = (node: FlatExpression): boolean =>
    node.kind === 'load' &&
    node.variable === target.variable &&
    JSON.stringify(node.index) === JSON.stringify(target.index);
  return directionOf(unfold(value), own) === -1;
};

/**
 * Which way an expression goes with what `own` picks, going by how it is written, parameters taken for positive: 1 or -1; 0 where it does not depend on it;
 * NaN where it cannot be told.
 */
function directionOf(expression: FlatExpression, own: (node: FlatExpression) => boolean): number {
  if (own(expression)) return 1;
  const of = (one: FlatExpression): number => directionOf(one, own);
  const together = (a: number, b: number): number => (a === 0 || a === b ? b : b === 0 ? a : NaN);
  switch (expression.kind) {
    case 'unary':
      return expression.operator === 'negate' ? -of(expression.operand) : NaN;
    case 'conditional':
      return together(of(expression.then), of(expression.else));
    case 'call':
      return expression.function === 'min' || expression.function === 'max'
        ? expression.arguments.map(of).reduce(together)
        : NaN;
    case 'binary': {
      const { operator, left, right } = expression;
      const [a, b] = [of(left), of(right)];
      if (operator === '+') return together(a, b);
      if (operator === '-') return together(a, -b);
      if (operator === '*' && (a === 0 || b === 0)) return a === 0 ? b * signOf(left) : a * signOf(right);
      return operator === '/' && b === 0 ? a * signOf(right) : a === 0 && b === 0 ? 0 : NaN;
    }
    default:
      return depends(expression, own) ? NaN : 0;
  }
}

function depends(expression: FlatExpression, own: (node: FlatExpression) => boolean): boolean {
  let found = false;
  visit(expression, (node) => {
    found ||= own(node);
  });
  return found;
}

/** As it is written. */
function signOf(expression: FlatExpression): 1 | -1 {
  switch (expression.kind) {
    case 'number':
      return expression.value < 0 ? -1 : 1;
    case 'unary':
      return expression.operator === 'negate' ? (-signOf(expression.operand) as 1 | -1) : 1;
    case 'binary': {
      const { operator, left, right } = expression;
      return operator === '*' || operator === '/' ? ((signOf(left) * signOf(right)) as 1 | -1) : 1;
    }
    default:
      return 1;
  }
}

/** These, and all that is computed from them. */
function followingOf(start: ReadonlySet<VariableId>, blocks: readonly Block[]): ReadonlySet<VariableId> {
  const found = new Set(start);
  for (let grew = true; grew;) {
    grew = false;
    for (const block of blocks) {
      const targets = block.kind === 'assign' ? [block.target] : block.unknowns;
      if (targets.every(({ variable }) => found.has(variable))) continue;
      const values = block.kind === 'assign' ? [block.value] : block.residuals;
      if (!values.some((value) => loads(value).some(({ load }) => found.has(load.variable)))) continue;
      for (const { variable } of targets) found.add(variable);
      grew = true;
    }
  }
  return found;
}
