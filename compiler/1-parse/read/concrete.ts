/** A tree whose nodes know their places → its concrete syntax, by reading its text once more. */
import { isAstNode, type AstNode, type CompositeCstNode, type CstNode } from 'langium';
import { PlacedNode, PlacedReference } from './placed.ts';
import type { TwinServices } from '../services.ts';

/**
 * What stands next to each other in the text that a tree was read from. From now on the nodes and names of the tree lead to it, and it to them.
 * @param text the very text that the tree was read from
 */
export function concreteOf(services: TwinServices, text: string, tree: AstNode): CstNode[] {
  const { value: again } = services.parser.LangiumParser.parse(text);
  const same = new Map<AstNode, AstNode>();
  pair(again, tree, same);
  const root = again.$cstNode as CompositeCstNode;
  redirect(root, same);
  return [...root.content];
}

type Values = Record<string, unknown>;

/** Two readings of one text are alike in everything. */
function pair(again: AstNode, node: AstNode, same: Map<AstNode, AstNode>): void {
  same.set(again, node);
  if (node instanceof PlacedNode) node.$concrete = again.$cstNode;
  for (const [name, value] of Object.entries(again)) {
    if (name.startsWith('$')) continue;
    const own = (node as unknown as Values)[name];
    if (Array.isArray(value))
      value.forEach((each, index) => {
        if (isAstNode(each)) pair(each, (own as AstNode[])[index]!, same);
      });
    else if (isAstNode(value)) pair(value, own as AstNode, same);
    else if (own instanceof PlacedReference) own.concrete = (value as { $refNode?: CstNode }).$refNode;
  }
}

/** The field in which Langium keeps the node that is written at a place. */
interface Written {
  _astNode?: AstNode;
}

function redirect(cst: CompositeCstNode, same: ReadonlyMap<AstNode, AstNode>): void {
  const { _astNode: node } = cst as Written;
  if (node !== undefined) (cst as Written)._astNode = same.get(node) ?? node;
  for (const child of cst.content) if ('content' in child) redirect(child as CompositeCstNode, same);
}
