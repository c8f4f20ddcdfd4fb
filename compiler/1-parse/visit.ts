/** Plain walks over syntax trees, driven by the grammar's own tables of properties. They skip what recovery left undefined. */
import { isAstNode, type AstNode, type AstReflection, type Reference, type ReferenceInfo } from 'langium';

type Properties = Record<string, unknown>;

export class TreeVisitor {
  private readonly reflection: AstReflection;
  private readonly tables = new Map<string, { children: string[]; references: string[] }>();

  constructor(reflection: AstReflection) {
    this.reflection = reflection;
  }

  /** Each node below and with `root`, parents first, in the order of the text within one property. */
  visit(root: AstNode, enter: (node: AstNode) => void): void {
    const pending: AstNode[] = [root];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      enter(node);
      const before = pending.length;
      for (const property of this.table(node.$type).children) {
        const value = (node as unknown as Properties)[property];
        if (Array.isArray(value)) for (const item of value) if (isAstNode(item)) pending.push(item);
        if (isAstNode(value)) pending.push(value);
      }
      reverse(pending, before);
    }
  }

  /** Whether a tree has more levels than that. */
  isDeeper(node: AstNode, levels: number): boolean {
    if (levels === 0) return true;
    return this.table(node.$type).children.some((property) => {
      const value = (node as unknown as Properties)[property];
      if (Array.isArray(value))
        return value.some((item) => isAstNode(item) && this.isDeeper(item, levels - 1));
      return isAstNode(value) && this.isDeeper(value, levels - 1);
    });
  }

  /** The cross-references that a node itself holds. */
  references(node: AstNode, found: (info: ReferenceInfo) => void): void {
    for (const property of this.table(node.$type).references) {
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
  const add = (node: AstNode): void => {
    found.push(node);
    for (const name in node) {
      // What begins so is about the node, and leads up.
      if (name.startsWith('$')) continue;
      const value = (node as unknown as Properties)[name];
      if (Array.isArray(value)) for (const item of value) if (isAstNode(item)) add(item);
      if (isAstNode(value)) add(value);
    }
  };
  add(root);
  return found;
}

function reverse(items: AstNode[], from: number): void {
  for (let low = from, high = items.length - 1; low < high; low += 1, high -= 1) {
    const item = items[low] as AstNode;
    items[low] = items[high] as AstNode;
    items[high] = item;
  }
}
