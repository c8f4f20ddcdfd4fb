/** What is being typed, and where: the declaration around is read with a probe in the place of the name. */
import { isReference, URI } from 'langium';
import type { ReferenceInfo } from 'langium';
import type { Range } from 'vscode-languageserver-types';
import { isAssetDecl, type AssetDecl, type TwinFile } from '../../grammar/generated/ast.ts';
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
  around: Around,
  offset: number,
  isUnit: boolean,
): ReferenceInfo | undefined {
  const { before } = around;
  const after = around.after(offset).replace(/^[\p{L}\d_]+/u, '');
  const probed = isUnit ? before.replace(/[\d._eE+-]+\s?$/, PROBE) : before + PROBE;
  // The reading without an error is what is meant; with errors around, the first one that has the probe at all.
  let best: { info: ReferenceInfo; errors: number } | undefined;
  for (const ending of [after, ` = 0${after}`, '', ' }', ' = 0 }']) {
    const found = findProbe(project, file, around, probed + ending);
    if (found !== undefined && (best === undefined || found.errors === 0)) best = found;
    if (best?.errors === 0) break;
  }
  return best?.info;
}

function findProbe(
  project: Project,
  file: ParsedFile,
  around: Around,
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
  const [asset] = tree.elements;
  let found: ReferenceInfo | undefined;
  visitor.visit(tree, (node) => {
    visitor.references(node, (info) => {
      if (isReference(info.reference) && info.reference.$refText?.startsWith(PROBE)) found ??= info;
    });
  });
  if (isAssetDecl(asset)) asset.members = [...around.earlier, ...asset.members, ...around.later];
  return found && { info: found, errors };
}

/** What is read for a probe: the text of the declaration around, and what of it is known already. */
interface Around {
  before: string;
  after: (offset: number) => string;
  /** Members of the asset around that stand above and below that text. */
  earlier: AssetDecl['members'];
  later: AssetDecl['members'];
}

/** Of a longer asset only the members around the place are read anew. */
const LONG = 10_000;
/** So many before and behind it: what is typed may have spoiled its neighbours. */
const NEAR = 8;

/** The text around a name that begins at `start`. What is said of a long asset is the same as if all of it were read. */
export function around(file: ParsedFile, start: number): Around {
  const bounds = boundsOfElement(file, start);
  const whole: Around = {
    before: file.text.slice(bounds.start, start),
    after: (offset) => file.text.slice(offset, bounds.end),
    earlier: [],
    later: [],
  };
  if (bounds.end - bounds.start < LONG) return whole;
  const asset = file.tree.elements.find((each) => isAssetDecl(each) && sourceOf(each).start === bounds.start);
  if (!isAssetDecl(asset) || asset.members.some((each) => (each as unknown) === undefined)) return whole;
  const { members } = asset;
  const begin = (at: number): number => sourceOf(members[at]!).start;
  const next = firstFrom(members.length, (at) => begin(at) >= start);
  const [first, last] = [next - 1 - NEAR, next + NEAR];
  const cut = first > 0 ? begin(first) : start;
  const end = last < members.length ? begin(last) : bounds.end;
  const depths = depthsAt(file.text.slice(bounds.start, bounds.end), [
    cut - bounds.start,
    end - bounds.start,
  ]);
  const isBehind = first > 0 && depths[0] === 1;
  const isCut = end < bounds.end;
  const closed = isCut ? '\n' + '}'.repeat(Math.max(0, depths[1]!)) : '';
  return {
    before: isBehind ? file.text.slice(bounds.start, begin(0)) + file.text.slice(cut, start) : whole.before,
    after: (offset) => file.text.slice(offset, end) + closed,
    earlier: isBehind ? members.slice(0, first) : [],
    later: isCut ? members.slice(last) : [],
  };
}

/** The first of so many places of which something is true that is true of all behind it. */
function firstFrom(count: number, isTrue: (at: number) => boolean): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isTrue(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

const MARKS = /"(?:\\.|[^"\\\r\n])*"|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|[{}]/g;

/** How many braces are open at places of a text, in their order. */
function depthsAt(text: string, places: readonly number[]): number[] {
  const depths: number[] = [];
  let depth = 0;
  for (const { index, 0: mark } of text.matchAll(MARKS)) {
    while (depths.length < places.length && index >= places[depths.length]!) depths.push(depth);
    if (mark === '{') depth += 1;
    else if (mark === '}') depth -= 1;
  }
  while (depths.length < places.length) depths.push(depth);
  return depths;
}

/** From the declaration at or before an offset up to the next one but one: recovery may have cut the nearest short. */
function boundsOfElement(file: ParsedFile, offset: number): { start: number; end: number } {
  const starts = file.tree.elements.flatMap((element) =>
    element === undefined ? [] : sourceOf(element).start,
  );
  let at = starts.findLastIndex((each) => each < offset);
  const element = at >= 0 ? file.tree.elements[at] : undefined;
  const inside = element && sourceOf(element);
  if (inside !== undefined && inside.end < offset && !isOpen(file.text.slice(inside.start, offset))) {
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
