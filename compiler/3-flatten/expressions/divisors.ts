/** Tells a reader of a run what a value divides by, so that the message of a division by zero can name it. */
import type { Block, FlatHandler, VariableId } from '../../ir/flat-system.ts';
import type { FlatExpression, FlatTarget } from '../../ir/flat-expression.ts';
import type { ElementaryFunction } from '../../model/expression.ts';
import { visit } from '../../ir/expressions.ts';
import type { Flattening } from '../flattening.ts';

export function sayWhatDivides(
  { variables }: Pick<Flattening, 'variables'>,
  blocks: readonly Block[],
  handlers: readonly FlatHandler[],
): void {
  const add = (target: FlatTarget, value: FlatExpression): void => {
    const found = new Set(variables[target.variable]!.divisors);
    const lets = new Map<string, FlatExpression>();
    visit(value, (node) => {
      if (node.kind === 'let') lets.set(node.name, node.value);
    });
    visit(value, (node) => {
      if (node.kind !== 'binary' || node.operator !== '/') return;
      for (const one of zeroWith(node.right, lets)) found.add(one);
    });
    if (found.size > 0) variables[target.variable]!.divisors = [...found];
  };
  for (const block of blocks) if (block.kind === 'assign') add(block.target, block.value);
  for (const { actions } of handlers) for (const { target, value } of actions) add(target, value);
}

/** By what an expression is zero where that is: its factors, and what they are powers of. */
function zeroWith(node: FlatExpression, lets: ReadonlyMap<string, FlatExpression>): (VariableId | 'time')[] {
  const within = (one: FlatExpression): (VariableId | 'time')[] => zeroWith(one, lets);
  switch (node.kind) {
    case 'load':
      return [node.variable];
    case 'time':
      return ['time'];
    case 'local':
      return lets.has(node.name) ? within(lets.get(node.name)!) : [];
    case 'unary':
      return within(node.operand);
    case 'binary':
      if (node.operator === '*') return [...within(node.left), ...within(node.right)];
      return node.operator === '/' || node.operator === '^' ? within(node.left) : [];
    case 'call':
      return SAME_ZERO.has(node.function) ? within(node.arguments[0]!) : [];
    default:
      return [];
  }
}

/** Zero where their argument is, and nowhere else. */
const SAME_ZERO: ReadonlySet<ElementaryFunction> = new Set(['abs', 'sqrt', 'cbrt', 'sign']);
