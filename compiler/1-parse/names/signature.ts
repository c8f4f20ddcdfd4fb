/** What names elsewhere can depend on: where it stays the same, they lead where they led. */
import type { AstNode } from 'langium';
import { namesIn } from '../read/placed.ts';
import type { TreeVisitor } from '../visit.ts';

const LEADING = ['base', 'type', 'subject', 'twin', 'scenario'] as const;

/** A name that is declared, and what says where names in it are looked up. */
interface Signed {
  node: AstNode;
  name: string;
  leads: string;
}

/** All names that are declared in declarations, in the order of the text. */
export function signatureOf(elements: readonly AstNode[], visitor: TreeVisitor): Signed[] {
  const signature: Signed[] = [];
  for (const element of elements) {
    visitor.visit(element, (node) => {
      const properties = node as unknown as Record<string, unknown>;
      const name = typeof properties.name === 'string' ? properties.name : undefined;
      if (name === undefined && node !== element) return;
      let leads = `${node.$type} ${name ?? ''}`;
      for (const property of LEADING) {
        const reference = properties[property] as { $refText?: string } | undefined;
        if (typeof reference?.$refText === 'string') leads += ` ${property} ${reference.$refText}`;
      }
      signature.push({ node, name: name ?? '', leads });
    });
  }
  return signature;
}

/** What was declared → what is declared in its place; and the names between the first and the last difference. */
export function compareSignatures(
  before: readonly Signed[],
  after: readonly Signed[],
): { heirs: Map<AstNode, AstNode>; names: Set<string> } {
  const heirs = new Map<AstNode, AstNode>();
  const most = Math.min(before.length, after.length);
  const same = (one: Signed | undefined, other: Signed | undefined): boolean => {
    if (one === undefined || other === undefined || one.leads !== other.leads) return false;
    heirs.set(one.node, other.node);
    return true;
  };
  let first = 0;
  while (first < most && same(before[first], after[first])) first += 1;
  let last = 0;
  while (last < most - first && same(before.at(-1 - last), after.at(-1 - last))) last += 1;
  const between = [...before.slice(first, before.length - last), ...after.slice(first, after.length - last)];
  return { heirs, names: new Set(between.map(({ name }) => name)) };
}

/** Whether one of these names stands in a declaration, by itself or as a part of one with dots. */
export function mentions(element: AstNode, names: ReadonlySet<string>, visitor: TreeVisitor): boolean {
  const isOne = (text: string): boolean =>
    names.has(text) || (text.includes('.') && text.split('.').some((part) => names.has(part)));
  const all = namesIn(element);
  if (all !== undefined) return all.some(({ $refText }) => isOne($refText));
  let found = false;
  visitor.visit(element, (node) =>
    visitor.references(node, ({ reference }) => {
      found ||= isOne(reference.$refText);
    }),
  );
  return found;
}
