/**
 * Nodes that know where they stand. Of a text without mistakes nobody looks at the concrete syntax but an editor at the declaration that it shows;
 * so it is made, for a whole declaration, when the first of its nodes is asked for it. Most of the memory of a workspace would be that.
 */
import { isLinkingError, type AstNode, type CstNode, type Reference } from 'langium';
import type { TwinLinker } from '../names/links.ts';

/** What the places of a node are counted from, and what can make its concrete syntax. */
export interface Ground {
  readonly start: number;
  /** Where it is one declaration: the names in it, in the order of the text. */
  readonly names: readonly PlacedReference[] | undefined;
  makeConcrete(): void;
}

export class PlacedNode implements AstNode {
  readonly $type: string;
  $container: AstNode | undefined = undefined;
  $containerProperty: string | undefined = undefined;
  /** Offsets in the piece of text that was read at once. */
  $from = 0;
  $to = 0;
  /** Of what has a name: where that is. What few nodes have takes no room in the others. */
  declare $name?: { from: number; to: number };
  /** Of a declaration: where it stands. */
  declare $ground?: Ground;
  declare $concrete?: CstNode;
  /** What a later stage has found out about it, and in whose memory that counts. */
  $memory: unknown = undefined;
  $found: unknown = undefined;

  constructor($type: string) {
    this.$type = $type;
  }

  get $cstNode(): CstNode | undefined {
    if (this.$concrete === undefined) groundOf(this)?.makeConcrete();
    return this.$concrete;
  }
}

/** By type: nodes of one type have the same properties, and a class of their own keeps these in the node itself. */
const KINDS = new Map<string, typeof PlacedNode>();

export function placedNode(type: string): PlacedNode {
  let Kind = KINDS.get(type);
  if (Kind === undefined) KINDS.set(type, (Kind = class extends PlacedNode {}));
  return new Kind(type);
}

/** A name, as Langium's linker keeps it; its place in the text is found when it is asked for. */
export class PlacedReference implements Reference {
  readonly $refText: string;
  private readonly linker: TwinLinker;
  readonly node: AstNode;
  readonly property: string;
  /** What Langium's linker finds, and keeps here. */
  _ref: unknown = undefined;
  _nodeDescription: Reference['$nodeDescription'] = undefined;
  concrete?: CstNode;

  constructor(linker: TwinLinker, node: AstNode, property: string, text: string) {
    this.linker = linker;
    this.node = node;
    this.property = property;
    this.$refText = text;
  }

  get ref(): AstNode | undefined {
    const { _ref: found } = this;
    if (found instanceof PlacedNode) return found;
    return this.linker.target(this, this.node, this.property);
  }

  get $nodeDescription(): Reference['$nodeDescription'] {
    return this._nodeDescription;
  }

  get error(): Reference['error'] {
    return isLinkingError(this._ref) ? this._ref : undefined;
  }

  get $refNode(): CstNode | undefined {
    if (this.concrete === undefined) groundOf(this.node)?.makeConcrete();
    return this.concrete;
  }
}

function groundOf(node: AstNode): Ground | undefined {
  let element = node;
  while (element.$container?.$container !== undefined) element = element.$container;
  return element instanceof PlacedNode ? element.$ground : undefined;
}

/** The names in a declaration, in the order of the text; nothing where that is not known. */
export function namesIn(element: AstNode): readonly PlacedReference[] | undefined {
  return element instanceof PlacedNode && element.$ground !== undefined ? element.$ground.names : undefined;
}

/** Where a node begins and ends in its file; nothing where only the concrete syntax says it. */
export function placeOf(node: AstNode): { start: number; end: number } | undefined {
  if (!(node instanceof PlacedNode)) return undefined;
  const ground = groundOf(node);
  return ground && { start: ground.start + node.$from, end: ground.start + node.$to };
}

/** Where the name of a node stands; nothing where only the concrete syntax says it. */
export function placeOfName(node: AstNode): { start: number; end: number } | undefined {
  const ground = node instanceof PlacedNode && node.$name !== undefined ? groundOf(node) : undefined;
  if (ground === undefined) return undefined;
  const { from, to } = (node as PlacedNode).$name!;
  return { start: ground.start + from, end: ground.start + to };
}
