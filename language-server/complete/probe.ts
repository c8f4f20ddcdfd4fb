/** What is being typed, and where: the declaration around is read with a probe in the place of the name. */
import { isReference, URI } from 'langium';
import type { ReferenceInfo } from 'langium';
import type { Range } from 'vscode-languageserver-types';
import type { TwinFile } from '../../grammar/generated/ast.ts';
import { sourceOf } from '../../compiler/1-parse/index.ts';
import type { ParsedFile } from '../../compiler/1-parse/index.ts';
import type { Due } from './due-quantity.ts';
import type { Project } from '../workspace/project.ts';

export const PROBE = 'polluxProbe_';

/** What a completion is made for. */
export interface Place {
  project: Project;
  file: ParsedFile;
  /** What the completion replaces. */
  range: Range;
  /** The declaration around, with the probe in it; absent where the probe could not be read. */
  probe?: ReferenceInfo;
  due?: Due;
  /** More names would fit than are given. */
  more?: boolean;
}

/** Reads the declaration around with a probe in place of the name. A unit is probed as the number before it. */
export function probeAt(
  project: Project,
  file: ParsedFile,
  element: { start: number; end: number },
  start: number,
  offset: number,
  isUnit: boolean,
): ReferenceInfo | undefined {
  const before = file.text.slice(element.start, start);
  const after = file.text.slice(offset, element.end).replace(/^[\p{L}\d_]+/u, '');
  const probed = isUnit ? before.replace(/[\d._eE+-]+\s?$/, PROBE) : before + PROBE;
  // The reading without an error is what is meant; with errors around, the first one that has the probe at all.
  let best: { info: ReferenceInfo; errors: number } | undefined;
  for (const ending of [after, ` = 0${after}`, '', ' }', ' = 0 }']) {
    const found = findProbe(project, file, probed + ending);
    if (found !== undefined && (best === undefined || found.errors === 0)) best = found;
    if (best?.errors === 0) break;
  }
  return best?.info;
}

function findProbe(
  project: Project,
  file: ParsedFile,
  text: string,
): { info: ReferenceInfo; errors: number } | undefined {
  const { services, visitor } = project.workspace;
  const { LangiumDocumentFactory } = services.shared.workspace;
  let tree: TwinFile;
  let errors: number;
  try {
    const document = LangiumDocumentFactory.fromString<TwinFile>(text, URI.parse(file.uri));
    tree = document.parseResult.value;
    errors = document.parseResult.parserErrors.length;
    document.state = file.document.state;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  // It sees what its file sees.
  tree.package ??= file.tree.package;
  if (tree.uses.length === 0) tree.uses = file.tree.uses;
  let found: ReferenceInfo | undefined;
  visitor.visit(tree, (node) => {
    visitor.references(node, (info) => {
      if (isReference(info.reference) && info.reference.$refText?.startsWith(PROBE)) found ??= info;
    });
  });
  return found && { info: found, errors };
}

/** From the declaration at or before an offset up to the next one but one: recovery may have cut the nearest short. */
export function boundsOfElement(file: ParsedFile, offset: number): { start: number; end: number } {
  const starts = file.tree.elements.flatMap((element) =>
    element === undefined ? [] : sourceOf(element).start,
  );
  let at = starts.findLastIndex((each) => each < offset);
  const inside = at >= 0 ? file.tree.elements[at]?.$cstNode : undefined;
  if (inside !== undefined && inside.end < offset && !isOpen(file.text.slice(inside.offset, offset))) {
    // Between declarations: nothing before matters, and the next one is not part of what is typed.
    return { start: inside.end, end: offset };
  }
  while (at > 0 && !/^[ \t]*$/.test(lineBefore(file.text, starts[at] ?? 0))) at -= 1;
  return { start: Math.max(0, at < 0 ? 0 : (starts[at] ?? 0)), end: starts[at + 1] ?? file.text.length };
}

function isOpen(text: string): boolean {
  return text.split('{').length > text.split('}').length;
}

export function lineBefore(text: string, offset: number): string {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
}

export function startOfWord(text: string, offset: number): number {
  return offset - (/[_\p{L}\d]*$/u.exec(text.slice(Math.max(0, offset - 100), offset))?.[0].length ?? 0);
}

/** Where the unit begins that is being typed: after a number and at most one blank, or after `as`. */
export function startOfUnit(text: string, offset: number): number | undefined {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const match =
    /(?:(?<![\w.\]])\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?( ?)|\bas[ \t]+)([\p{L}°%‰€$£¥_*·/^()\d-]*)$/u.exec(
      line,
    );
  if (match === null) return undefined;
  const [, blank, typed = ''] = match;
  // Right behind the digits one is still typing the number, unless a letter follows.
  if (blank === '' && !/^[\p{L}°%‰€]/u.test(typed)) return undefined;
  return offset - typed.length;
}

export function insideCommentOrText(text: string, offset: number): boolean {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const outside = line.replace(/"(?:\\.|[^"\\])*"/g, '');
  if (outside.includes('"') || outside.includes('//')) return true;
  const open = text.lastIndexOf('/*', offset - 1);
  return open >= 0 && text.indexOf('*/', open) >= offset;
}
