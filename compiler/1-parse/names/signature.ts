/** What names elsewhere can depend on: when it stays the same, they lead where they led. */
import type { AstNode } from 'langium';
import type { TreeVisitor } from '../visit.ts';

const LEADING = ['base', 'type', 'subject', 'twin', 'scenario'] as const;

/** All names that are declared in declarations, and what says where the names in them are looked up. */
export function signaturesOf(elements: readonly AstNode[], visitor: TreeVisitor): string {
  const parts: string[] = [];
  for (const element of elements) {
    visitor.visit(element, (node) => {
      const properties = node as unknown as Record<string, unknown>;
      const name = properties.name;
      if (typeof name !== 'string' && node !== element) return;
      parts.push(node.$type, typeof name === 'string' ? name : '');
      for (const property of LEADING) {
        const reference = properties[property] as { $refText?: string } | undefined;
        if (typeof reference?.$refText === 'string') parts.push(property, reference.$refText);
      }
    });
  }
  return parts.join(' ');
}
