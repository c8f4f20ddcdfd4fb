/** Operands with operators between them → a tree, by how tightly operators bind. */
import type { GrammarAST } from 'langium';
import { begin } from './building.ts';
import type { PlacedNode } from './placed.ts';
import { point, type Node, type Reading } from './reading.ts';

/** Of operators: how much they bind, from the most. */
export type Levels = Map<string, { level: number; right: boolean }>;

export interface Chain {
  operands: Node[];
  operators: string[];
}

/** By the table of a rule. */
export function levelsOf({ operators }: GrammarAST.InfixRule): Levels {
  const levels: Levels = new Map();
  operators.precedences.forEach((precedence, level) => {
    for (const { value } of precedence.operators)
      levels.set(value, { level, right: precedence.associativity === 'right' });
  });
  return levels;
}

/**
 * As Langium's parser makes it: of the operators that bind least the last one stands at the top, the first where they go to the right. All
 * of one chain share its place in the concrete tree.
 */
export function treeOf({ operands, operators }: Chain, levels: Levels, type: string, reading: Reading): Node {
  const build = (from: number, to: number): Node => {
    if (from === to) return operands[from]!;
    let [top, lowest] = [from, -1];
    for (let at = from; at < to; at += 1) {
      const { level, right } = levels.get(operators[at]!)!;
      if (level > lowest || (level === lowest && !right)) [top, lowest] = [at, level];
    }
    const left = build(from, top);
    const right = build(top + 1, to);
    const node = begin(reading, type);
    if (reading.concrete !== undefined) node.$cstNode = reading.concrete.cst;
    else {
      const placed = node as unknown as PlacedNode;
      placed.$from = (left as unknown as PlacedNode).$from;
      placed.$to = (right as unknown as PlacedNode).$to;
    }
    node['left'] = left;
    node['operator'] = operators[top];
    node['right'] = right;
    point(node, 'left', left);
    point(node, 'right', right);
    return node;
  };
  return build(0, operands.length - 1);
}
