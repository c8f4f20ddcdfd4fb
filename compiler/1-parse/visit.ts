/** Plain walks over syntax trees, driven by the grammar's own tables of properties. They skip what recovery left undefined. */
import { isAstNode, type AstNode, type AstReflection, type Reference, type ReferenceInfo } from 'langium';

type Properties = Record<string, unknown>;

export class TreeVisitor {
  private readonly reflection: AstReflection;
  private readonly tables = new Map<string, { children: string[]; references: string[] }>();

  constructor(reflection: AstReflection) {
    this.reflection = reflection;
  }

  /**
   * Each node below and with `root`, parents first, in the order of the text within one property.
   * @param enter false to pass over what is below
   */
  visit(root: AstNode, enter: (node: AstNode) => unknown): void {
    const pending: AstNode[] = [root];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (enter(node) === false) continue;
      const before = pending.length;
      for (const property of this.table(node.$type).children) {
        const value = (node as unknown as Properties)[property];
        if (typeof value !== 'object' || value === null) continue;
        // What is no reference, nor a text or a number, is a node, or a gap that recovery left.
        if (Array.isArray(value)) {
          for (const item of value as unknown[])
            if (typeof item === 'object' && item !== null) pending.push(item as AstNode);
        } else pending.push(value as AstNode);
      }
      if (pending.length > before + 1) reverse(pending, before);
    }
  }

  /** The first node that lies so many levels below another one. */
  below(node: AstNode, levels: number): AstNode | undefined {
    if (levels === 0) return node;
    for (const property of this.table(node.$type).children) {
      const value = (node as unknown as Properties)[property];
      if (typeof value !== 'object' || value === null) continue;
      if (Array.isArray(value)) {
        for (const item of value) {
          const found = isAstNode(item) ? this.below(item, levels - 1) : undefined;
          if (found !== undefined) return found;
        }
      } else if (isAstNode(value)) {
        const found = this.below(value, levels - 1);
        if (found !== undefined) return found;
      }
    }
    return undefined;
  }

  /** The cross-references that a node itself holds. */
  references(node: AstNode, found: (info: ReferenceInfo) => void): void {
    const { references } = this.table(node.$type);
    for (let n = 0; n < references.length; n++) {
      const property = references[n]!;
      const value = (node as unknown as Properties)[property];
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
        found({ reference: value as Reference, container: node, property });
      }
    }
  }

  private table(type: string): { children: string[]; references: string[] } {
    let table = this.tables.get(type);
    if (table === undefined) {
      table = { children: [], references: [] };
      for (const property of Object.values(this.reflection.getTypeMetaData(type).properties)) {
        (property.referenceType === undefined ? table.children : table.references).push(property.name);
      }
      this.tables.set(type, table);
    }
    return table;
  }
}

/** A node and all below it, parents first, in the order of the text. */
export function nodesIn(root: AstNode): AstNode[] {
  const found: AstNode[] = [];
  gather(root, found);
  return found;
}

function gather(node: AstNode, found: AstNode[]): void {
  found.push(node);
  for (const name in node) {
    // What begins so is about the node, and leads up.
    if (name.charCodeAt(0) === DOLLAR) continue;
    const value = (node as unknown as Properties)[name];
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (const item of value) if (isAstNode(item)) gather(item, found);
    } else if (isAstNode(value)) gather(value, found);
  }
}

const DOLLAR = '$'.charCodeAt(0);

function reverse(items: AstNode[], from: number): void {
  for (let low = from, high = items.length - 1; low < high; low += 1, high -= 1) {
    const item = items[low] as AstNode;
    items[low] = items[high] as AstNode;
    items[high] = item;
  }
}
