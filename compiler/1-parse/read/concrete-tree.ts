/** The concrete tree of a text, as the descent builds it: what stands next to each other, and comments in their places. */
import type { TokenType } from 'chevrotain';
import {
  CompositeCstNodeImpl,
  LeafCstNodeImpl,
  RootCstNodeImpl,
  type CstNode,
  type GrammarAST,
} from 'langium';
import type { Hidden } from './scan.ts';

/** A place of the grammar that consumes something. */
export type Feature = GrammarAST.AbstractElement;

/** What stands next to each other in a text, as it is being built. */
export class Concrete {
  readonly root: RootCstNodeImpl;
  cst: CompositeCstNodeImpl;
  private readonly hidden: readonly Hidden[];
  private hiddenAt = 0;
  private readonly lines: number[] = [0];
  private line = 0;
  private readonly kinds: readonly TokenType[];

  constructor(text: string, hidden: readonly Hidden[], kinds: readonly TokenType[]) {
    this.root = new RootCstNodeImpl(text);
    this.cst = this.root;
    this.hidden = hidden;
    this.kinds = kinds;
    for (const { index, 0: ending } of text.matchAll(/\r\n|\n|\r/g)) this.lines.push(index + ending.length);
  }

  /** A token's leaf. */
  word(type: number, start: number, end: number, feature: Feature): LeafCstNodeImpl {
    if (this.hiddenAt < this.hidden.length) this.place(start);
    const node = this.leaf(type, start, end, false);
    node.grammarSource = feature;
    node.container = this.cst;
    this.cst.content.push(node);
    return node;
  }

  /** Comments in front of a token stand before it; as Langium places them. */
  place(until: number): void {
    const nodes: LeafCstNodeImpl[] = [];
    for (; this.hiddenAt < this.hidden.length; this.hiddenAt += 1) {
      const { type, start, end } = this.hidden[this.hiddenAt]!;
      if (start > until) break;
      nodes.push(this.leaf(type, start, end, true));
    }
    if (nodes.length === 0) return;
    let current: CompositeCstNodeImpl = this.cst;
    if (current.content.length > 0) return insert(current, current.content.length, nodes);
    while (current.container !== undefined) {
      const container = current.container as CompositeCstNodeImpl;
      const index = container.content.indexOf(current);
      if (index > 0) return insert(container, index, nodes);
      current = container;
    }
    insert(this.root, 0, nodes);
  }

  private leaf(type: number, start: number, end: number, hidden: boolean): LeafCstNodeImpl {
    const line = this.lineOf(start);
    const column = start - this.lines[line]!;
    const endLine = this.lineOf(end);
    const endColumn = end - this.lines[endLine]!;
    return new LeafCstNodeImpl(
      start,
      end - start,
      line,
      column,
      endLine,
      endColumn,
      this.kinds[type]!,
      hidden,
    );
  }

  /** One goes through a text forwards, but for comments that stand before what was read already. */
  private lineOf(offset: number): number {
    const { lines } = this;
    while (lines[this.line]! > offset) this.line -= 1;
    while (this.line + 1 < lines.length && lines[this.line + 1]! <= offset) this.line += 1;
    return this.line;
  }
}

function insert(parent: CompositeCstNodeImpl, index: number, nodes: CstNode[]): void {
  for (const node of nodes) (node as { container?: unknown }).container = parent;
  parent.content.splice(index, 0, ...nodes);
}

export function composite(container: CompositeCstNodeImpl, feature: Feature): CompositeCstNodeImpl {
  const node = new CompositeCstNodeImpl();
  node.grammarSource = feature;
  node.container = container;
  container.content.push(node);
  return node;
}
