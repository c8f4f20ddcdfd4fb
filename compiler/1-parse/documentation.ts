/** `///` comments before a declaration → Markdown. */
import type { AstNode, CommentProvider, DocumentationProvider } from 'langium';

/** The doc comment that ends on the line before a node: its text without the slashes, '' when there is none. */
export function documentationOf(node: AstNode): string {
  const cst = node.$cstNode;
  if (cst === undefined) return '';
  const text = cst.root.fullText;
  const lines: string[] = [];
  let lineStart = text.lastIndexOf('\n', cst.offset - 1) + 1;
  // Something else on the node's own line: the comment above belongs to that.
  if (text.slice(lineStart, cst.offset).trim() !== '') return '';
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
