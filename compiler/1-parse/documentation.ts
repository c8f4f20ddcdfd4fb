/** `///` comments before a declaration → Markdown. */
import type { AstNode, CommentProvider, DocumentationProvider } from 'langium';
import { placeOf } from './read/placed.ts';
import { sourceOf, textAround } from './source.ts';

/** The doc comment that ends on the line before a node: its text without the slashes, '' when there is none. */
export function documentationOf(node: AstNode): string {
  if (placeOf(node) === undefined && node.$cstNode === undefined) return '';
  const text = textAround(node);
  const { start } = sourceOf(node);
  const lines: string[] = [];
  let lineStart = text.lastIndexOf('\n', start - 1) + 1;
  // Something else on the node's own line: the comment above belongs to that.
  if (text.slice(lineStart, start).trim() !== '') return '';
  while (lineStart > 0) {
    const previous = text.lastIndexOf('\n', lineStart - 2) + 1;
    const line = text.slice(previous, lineStart).trim();
    if (!line.startsWith('///') || line.startsWith('////')) break;
    lines.unshift(line.slice(3).replace(/^ /, ''));
    lineStart = previous;
  }
  return lines.join('\n');
}

export class TwinDocumentationProvider implements DocumentationProvider {
  getDocumentation(node: AstNode): string | undefined {
    return documentationOf(node) || undefined;
  }
}

export class TwinCommentProvider implements CommentProvider {
  getComment(node: AstNode): string | undefined {
    return documentationOf(node) || undefined;
  }
}
