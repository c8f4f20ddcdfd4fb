/** Nodes → places in the text. */
import { AstUtils, GrammarUtils, type AstNode, type CstNode, type LangiumDocument } from 'langium';
import { isBinaryExpr } from '../../grammar/generated/ast.ts';
import type { SourceRange } from '../model/source.ts';
import { PlacedNode, placeOfName } from './read/placed.ts';

const NOWHERE = { uri: '', start: 0, end: 0, line: 1, column: 1, endLine: 1, endColumn: 1 };

/** Where a node stands. After recovery a node may have no text of its own: then its container's place. */
export function sourceOf(node: AstNode): SourceRange {
  if (node instanceof PlacedNode) {
    let element: AstNode = node;
    while (element.$container?.$container !== undefined) element = element.$container;
    const document = (element.$container ?? element).$document;
    const ground = (element as PlacedNode).$ground;
    if (ground !== undefined && document !== undefined)
      return sourceAt(document, ground.start + node.$from, ground.start + node.$to);
  }
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

/** Where a node of the concrete tree stands. */
export function sourceOfCst(cst: CstNode, uri: string): SourceRange {
  return between(cst, cst, uri);
}

/** Where offsets of a document are. */
export function sourceAt(document: LangiumDocument, start: number, end: number): SourceRange {
  const { textDocument } = document;
  if (latest?.textDocument !== textDocument) latest = new Lines(document);
  const lines = latest;
  const line = lines.at(start);
  const column = lines.column;
  const endLine = lines.at(end);
  return { uri: lines.uri, start, end, line, column, endLine, endColumn: lines.column };
}

/** Of the text that was looked at last. */
let latest: Lines | undefined;

/** Lines and columns of a text's places. One looks at places near each other, so the line of the last one is tried first. */
class Lines {
  readonly textDocument: LangiumDocument['textDocument'];
  readonly uri: string;
  column = 1;
  private from = 0;
  private to = -1;
  private line = 1;

  constructor({ textDocument, uri }: LangiumDocument) {
    this.textDocument = textDocument;
    this.uri = uri.toString();
  }

  /** The line of a place; `column` says where in it. A break is the end of its line. */
  at(offset: number): number {
    if (offset >= this.from && offset <= this.to) this.column = offset - this.from + 1;
    else this.find(offset);
    return this.line;
  }

  private find(offset: number): void {
    const { textDocument } = this;
    const { line, character } = textDocument.positionAt(offset);
    this.line = line + 1;
    this.column = character + 1;
    this.from = textDocument.offsetAt({ line, character: 0 });
    // Up to the break, which may be two characters.
    this.to = textDocument.offsetAt({ line, character: Infinity });
  }
}

/** Of the file that a node is in; empty for a tree that is in none. */
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
