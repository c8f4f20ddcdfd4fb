/** Offsets ↔ positions, nodes ↔ ranges. */
import { CstUtils, GrammarUtils, type AstNode, type LeafCstNode } from 'langium';
import type { Location, Range, TextEdit } from 'vscode-languageserver-types';
import { sourceOf, sourceOfProperty, type ParsedFile } from '../../compiler/1-parse/index.ts';
import type { TextEdit as OffsetEdit } from '../../compiler/diagnostics/diagnostic.ts';
import type { SourceRange } from '../../compiler/model/source.ts';

export function rangeOf(source: SourceRange): Range {
  return {
    start: { line: source.line - 1, character: source.column - 1 },
    end: { line: source.endLine - 1, character: source.endColumn - 1 },
  };
}

export function locationOf(source: SourceRange): Location {
  return { uri: source.uri, range: rangeOf(source) };
}

export function rangeAt(file: ParsedFile, start: number, end: number): Range {
  const document = file.document.textDocument;
  return { start: document.positionAt(start), end: document.positionAt(end) };
}

export function textEdit(file: ParsedFile, edit: OffsetEdit): TextEdit {
  return { range: rangeAt(file, edit.start, edit.end), newText: edit.text };
}

/** Where a declaration's name stands; the declaration itself when it has none. */
export function nameSource(node: AstNode): SourceRange {
  return 'name' in node ? sourceOfProperty(node, 'name') : sourceOf(node);
}

export function nameOf(node: AstNode): string {
  const name: unknown = 'name' in node ? node.name : undefined;
  return typeof name === 'string' ? name : '';
}

/** The token at an offset, or the one that ends there. */
export function leafAt(file: ParsedFile, offset: number): LeafCstNode | undefined {
  const at = leafOver(file, offset);
  if (at !== undefined && !/^[^\p{L}_\d]+$/u.test(at.text)) return at;
  const before = offset === 0 ? undefined : leafOver(file, offset - 1);
  return before !== undefined && before.end === offset ? before : at;
}

function leafOver(file: ParsedFile, offset: number): LeafCstNode | undefined {
  const around = file.wordsAt(offset).find((each) => each.offset <= offset && offset < each.end);
  return around && CstUtils.findLeafNodeAtOffset(around, offset);
}

/** The node and all around it, innermost first. */
export function* upwards(node: AstNode | undefined): Iterable<AstNode> {
  for (let each = node; each !== undefined; each = each.$container) yield each;
}

/** The top-level declaration that a node stands in. */
export function elementAround(node: AstNode): AstNode | undefined {
  let inner: AstNode | undefined;
  for (const each of upwards(node)) {
    if (each.$container === undefined) return inner;
    inner = each;
  }
  return undefined;
}

export function propertyCst(node: AstNode, property: string) {
  return GrammarUtils.findNodeForProperty(node.$cstNode, property);
}
