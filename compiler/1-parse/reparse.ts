/**
 * A keystroke inside one declaration → that declaration parsed again, and grafted into the tree. Parsing is most of the
 * work of a keystroke, and Langium has no incremental parser. The result is the tree that a full parse gives, or nothing:
 * whatever could be different (an error, another number of declarations) is left to the full parse.
 *
 * Positions are moved through fields that Langium keeps private, so its version is pinned, and a test compares the
 * outcome with that of a full parse.
 */
import type { AstNode, CompositeCstNode, CstNode, LangiumDocument } from 'langium';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Element, TwinFile } from '../../grammar/generated/ast.ts';
import type { TwinServices } from './services.ts';

export interface Replaced {
  before: Element;
  after: Element;
}

/** The private fields of Langium's leaves and composites that hold places. Lines from zero. */
interface Placed {
  _offset: number;
  _startLine: number;
  _endLine: number;
  _rangeCache: unknown;
  _text: string;
}

/** Replaces the declaration around an edit, in place; undefined, and nothing done, where that is not safe. */
export function replaceElement(
  services: TwinServices,
  document: LangiumDocument<TwinFile>,
  oldText: string,
  newText: string,
): Replaced | undefined {
  const tree = document.parseResult.value;
  const root = tree.$cstNode;
  if (
    root === undefined ||
    document.parseResult.parserErrors.length > 0 ||
    document.parseResult.lexerErrors.length > 0
  )
    return undefined;
  const edit = differenceOf(oldText, newText);
  const index = tree.elements.findLastIndex(
    (element) => (element?.$cstNode?.offset ?? Infinity) < edit.start,
  );
  const before = tree.elements[index];
  const cst = before?.$cstNode;
  if (before === undefined || cst === undefined || cst.container !== root || edit.oldEnd >= cst.end)
    return undefined;
  const { offset: start, end } = cst;
  const { line, character } = cst.range.start;
  // Whatever follows on its last line would move sideways.
  if (character !== 0 || restOfLine(oldText, end).trim() !== '') return undefined;

  const moved = newText.length - oldText.length;
  const chunk = newText.slice(start, end + moved);
  const parsed = services.parser.LangiumParser.parse<TwinFile>(chunk);
  const [after] = parsed.value.elements;
  const grafted = after?.$cstNode;
  if (
    parsed.lexerErrors.length > 0 ||
    parsed.parserErrors.length > 0 ||
    after === undefined ||
    grafted === undefined
  )
    return undefined;
  if (
    parsed.value.elements.length !== 1 ||
    parsed.value.package !== undefined ||
    parsed.value.uses.length > 0
  )
    return undefined;
  if (after.$type !== before.$type || grafted.offset !== 0 || grafted.end !== chunk.length) return undefined;
  // Comments behind the last token belong to the chunk's root and would be lost.
  if (parsed.value.$cstNode !== grafted.container || grafted.container?.content.length !== 1)
    return undefined;

  const siblings = (root as CompositeCstNode).content;
  const at = siblings.indexOf(cst);
  const down = linesIn(newText, edit.start, edit.newEnd) - linesIn(oldText, edit.start, edit.oldEnd);
  (grafted as { container?: CompositeCstNode }).container = root as CompositeCstNode;
  (siblings as CstNode[])[at] = grafted;
  move(grafted, start, line);
  for (const sibling of siblings.slice(at + 1)) move(sibling, moved, down);
  const placed = root as unknown as Placed;
  placed._text = newText;
  placed._rangeCache = undefined;

  Object.assign(after, { $container: tree, $containerProperty: 'elements', $containerIndex: index });
  tree.elements[index] = after;
  const textDocument = TextDocument.create(document.uri.toString(), 'twin', 0, newText);
  Object.defineProperty(document, 'textDocument', {
    value: textDocument,
    configurable: true,
    enumerable: true,
  });
  return { before, after };
}

function differenceOf(oldText: string, newText: string): { start: number; oldEnd: number; newEnd: number } {
  const shorter = Math.min(oldText.length, newText.length);
  let start = 0;
  while (start < shorter && oldText.charCodeAt(start) === newText.charCodeAt(start)) start += 1;
  let same = 0;
  while (
    same < shorter - start &&
    oldText.charCodeAt(oldText.length - 1 - same) === newText.charCodeAt(newText.length - 1 - same)
  ) {
    same += 1;
  }
  return { start, oldEnd: oldText.length - same, newEnd: newText.length - same };
}

function move(node: CstNode, characters: number, lines: number): void {
  const placed = node as unknown as Placed;
  if ('content' in node) {
    if (lines !== 0) placed._rangeCache = undefined;
    for (const child of (node as CompositeCstNode).content) move(child, characters, lines);
    return;
  }
  placed._offset += characters;
  placed._startLine += lines;
  placed._endLine += lines;
}

function linesIn(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

function restOfLine(text: string, offset: number): string {
  const end = text.indexOf('\n', offset);
  return text.slice(offset, end < 0 ? text.length : end);
}

/** What names elsewhere can depend on: when it stays the same, they lead where they led. */
export function signatureOf(element: AstNode): string {
  const parts = [
    element.$type,
    reading(element, 'name'),
    reference(element, 'base'),
    reference(element, 'type'),
  ];
  parts.push(reference(element, 'subject'), reference(element, 'twin'), reference(element, 'scenario'));
  const members =
    'members' in element && Array.isArray(element.members) ? (element.members as AstNode[]) : [];
  for (const member of members) {
    if (member !== undefined)
      parts.push(`${member.$type} ${reading(member, 'name')} ${reference(member, 'type')}`);
  }
  return parts.join('|');
}

function reading(node: AstNode, property: string): string {
  const value = (node as unknown as Record<string, unknown>)[property];
  return typeof value === 'string' ? value : '';
}

function reference(node: AstNode, property: string): string {
  const value = (node as unknown as Record<string, { $refText?: string } | undefined>)[property];
  return value?.$refText ?? '';
}
