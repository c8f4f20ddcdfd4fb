/** Nodes → places in the text. */
import { AstUtils, GrammarUtils, type AstNode, type CstNode, type LangiumDocument } from 'langium';
import { isBinaryExpr } from '../../grammar/generated/ast.ts';
import type { SourceRange } from '../model/source.ts';
import { placeOf, placeOfName } from './placed.ts';

const NOWHERE = { uri: '', start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1 };

/** Where a node stands. After recovery a node may have no text of its own: then its container's place. */
export function sourceOf(node: AstNode): SourceRange {
  const place = placeOf(node);
  const document = AstUtils.findRootNode(node).$document;
  if (place !== undefined && document !== undefined) return sourceAt(document, place.start, place.end);
  const [first, last] = [firstCst(node), lastCst(node)];
  if (first !== undefined && last !== undefined) return between(first, last, uriOf(node));
  return node.$container === undefined ? { ...NOWHERE, uri: uriOf(node) } : sourceOf(node.$container);
}

/** Where a property of a node stands (`name`, `unit`); the node's own place when it is not written. */
export function sourceOfProperty(node: AstNode, property: string, index?: number): SourceRange {
  const name = property === 'name' ? placeOfName(node) : undefined;
  const document = name && AstUtils.findRootNode(node).$document;
  if (name !== undefined && document !== undefined) return sourceAt(document, name.start, name.end);
  const cst = GrammarUtils.findNodeForProperty(node.$cstNode, property, index);
  return cst === undefined ? sourceOf(node) : between(cst, cst, uriOf(node));
}

export function sourceOfCst(cst: CstNode, uri: string): SourceRange {
  return between(cst, cst, uri);
}

/** Where offsets of a document are. */
export function sourceAt(document: LangiumDocument, start: number, end: number): SourceRange {
  const [from, to] = [document.textDocument.positionAt(start), document.textDocument.positionAt(end)];
  return {
    uri: document.uri.toString(),
    start,
    end,
    line: from.line + 1,
    column: from.character + 1,
    endLine: to.line + 1,
    endColumn: to.character + 1,
  };
}

export function uriOf(node: AstNode): string {
  return AstUtils.findRootNode(node).$document?.uri.toString() ?? '';
}

/** The operators of one expression share one node of the concrete tree, so their ranges come from the operands. */
function firstCst(node: AstNode): CstNode | undefined {
  let current: AstNode | undefined = node;
  while (current !== undefined && isBinaryExpr(current)) current = current.left as AstNode | undefined;
  return current?.$cstNode ?? node.$cstNode;
}

function lastCst(node: AstNode): CstNode | undefined {
  let current: AstNode | undefined = node;
  while (current !== undefined && isBinaryExpr(current)) current = current.right as AstNode | undefined;
  return current?.$cstNode ?? node.$cstNode;
}

function between(first: CstNode, last: CstNode, uri: string): SourceRange {
  const [start, end] = [first.range.start, last.range.end];
  return {
    uri,
    start: first.offset,
    end: last.end,
    line: start.line + 1,
    column: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  };
}

/** The whole text of the file that a node stands in; '' for a node of none. */
export function textAround(node: AstNode): string {
  return AstUtils.findRootNode(node).$cstNode?.root.fullText ?? '';
}
