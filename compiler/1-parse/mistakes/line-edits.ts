/** Lines more or less: fixes that add a line to a block, or take one out. */
import { GrammarUtils, type AstNode } from 'langium';
import type { Fix } from '../../diagnostics/diagnostic.ts';
import { uriOf } from '../source.ts';

/** A line of its own before a node. */
export function lineBefore(node: AstNode, text: string, title: string): Fix[] {
  const cst = node.$cstNode;
  if (cst === undefined) return [];
  return [edit(node, cst.offset, cst.offset, `${text}\n${indentAt(node, cst.offset)}`, title)];
}

/** The first line of a block. */
export function lineAtStart(block: AstNode, text: string, title: string): Fix[] {
  const open = GrammarUtils.findNodeForKeyword(block.$cstNode, '{');
  if (open === undefined) return [];
  const inner = `${indentAt(block, block.$cstNode!.offset)}  `;
  return [edit(block, open.end, open.end, `\n${inner}${text}`, title)];
}

/** The last line of a block. */
export function lineAtEnd(block: AstNode, text: string, title: string): Fix[] {
  const close = GrammarUtils.findNodesForKeyword(block.$cstNode, '}').at(-1);
  if (close === undefined) return [];
  const whole = close.root.fullText;
  const lineStart = whole.lastIndexOf('\n', close.offset - 1) + 1;
  const alone = whole.slice(lineStart, close.offset).trim() === '';
  const outer = indentAt(block, block.$cstNode!.offset);
  return alone
    ? [edit(block, lineStart, lineStart, `${outer}  ${text}\n`, title)]
    : [edit(block, close.offset, close.offset, `  ${text} `, title)];
}

/** The node, with its line where it stands alone on it. */
export function without(node: AstNode, title: string): Fix[] {
  const cst = node.$cstNode;
  if (cst === undefined) return [];
  const whole = cst.root.fullText;
  const lineStart = whole.lastIndexOf('\n', cst.offset - 1) + 1;
  const found = whole.indexOf('\n', cst.end);
  const lineEnd = found < 0 ? whole.length : found + 1;
  const alone =
    whole.slice(lineStart, cst.offset).trim() === '' && whole.slice(cst.end, lineEnd).trim() === '';
  return [edit(node, alone ? lineStart : cst.offset, alone ? lineEnd : cst.end, '', title)];
}

const edit = (node: AstNode, start: number, end: number, text: string, title: string): Fix => ({
  title,
  edits: [{ uri: uriOf(node), start, end, text }],
});

function indentAt(node: AstNode, offset: number): string {
  const whole = node.$cstNode?.root.fullText ?? '';
  const lineStart = whole.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(whole.slice(lineStart, offset))?.[0] ?? '';
}
