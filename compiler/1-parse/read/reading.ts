/** One reading of one text by the descent: where it is, and what it is building. */
import type { AstNode, CompositeCstNodeImpl, CstNode, Linker, Reference } from 'langium';
import type { Concrete } from './concrete-tree.ts';
import { PlacedReference, type PlacedNode } from './placed.ts';
import type { Scanner } from './scan.ts';

/** A node that is being built. */
export type Node = Omit<AstNode, '$cstNode' | '$type'> &
  Record<string, unknown> & { $type: string; $cstNode?: CstNode };

/** One reading of one text. */
export class Reading {
  readonly count: number;
  readonly types: Uint16Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly images: readonly string[];
  at = 0;
  depth = 0;
  /** How many levels there are at most below the node that is being built. */
  height = 0;
  /** What is being built; none before the first of it is read, as it may be that alone that stands here. */
  node: Node | undefined;
  type = '';
  /** Where the rule under way began. */
  from = 0;
  /** What a rule that yields a text has gathered. */
  text = '';
  /** Where the last such text began. */
  textFrom = 0;
  /** The names that were read, in the order of the text; only where nodes have places. */
  readonly names: PlacedReference[] = [];
  readonly linker: Linker;
  /** The concrete tree, where that is built, too; else nodes have places. */
  readonly concrete: Concrete | undefined;

  constructor({ count, types, starts, ends, images }: Scanner, linker: Linker, concrete?: Concrete) {
    this.count = count;
    this.types = types;
    this.starts = starts;
    this.ends = ends;
    this.images = images;
    this.linker = linker;
    this.concrete = concrete;
  }
}

/** A name in a node, for its linker. */
export function refer(
  { linker, names }: Reading,
  node: Node,
  property: string,
  cst: CstNode | undefined,
  text: string,
): Reference {
  const reference = linker.buildReference(node as AstNode, property, cst, text) as Reference;
  if (reference instanceof PlacedReference) names.push(reference);
  return reference;
}

/** A node that stands in the one that is being built, and whose place in the text is its own. */
export function contain(
  { concrete }: Reading,
  container: Node,
  property: string,
  node: Node,
  index?: number,
): void {
  if (concrete !== undefined) claim(node);
  point(container, property, node, index);
}

/** The name of a node was read just now. */
export function nameAt({ textFrom: from, ends, at }: Reading, node: Node): void {
  if (at > 0) (node as unknown as PlacedNode).$name = { from, to: ends[at - 1]! };
}

/** What is written at a node's place leads to it. */
export const claim = (node: Node): void => {
  (node.$cstNode as CompositeCstNodeImpl).astNode = node as AstNode;
};

export function point(container: Node, property: string, node: Node, index?: number): void {
  const placed = node as { $container?: unknown; $containerProperty?: string; $containerIndex?: number };
  placed.$container = container;
  placed.$containerProperty = property;
  if (index !== undefined) placed.$containerIndex = index;
}
