/** A finding, where it stands, and the few ways in which a text is mended: written anew, added to, left out. */
import type { AstNode } from 'langium';
import {
  isNameRef,
  isVariableDecl,
  type AssetDecl,
  type Expression,
  type VariableDecl,
} from '../../../grammar/generated/ast.ts';
import {
  featureOf,
  sourceOf,
  sourceOfProperty,
  uriOf,
  type ParsedFile,
} from '../../../compiler/1-parse/index.ts';
import { lineAtEnd } from '../../../compiler/1-parse/mistakes/line-edits.ts';
import { coherentUnitText } from '../../../compiler/2-check/units/index.ts';
import type { Definition, Diagnostic, Fix, TextEdit } from '../../../compiler/diagnostics/diagnostic.ts';
import { isLibraryUri } from '../../../compiler/library-files.ts';
import type { Due } from '../../complete/due-quantity.ts';
import { leafAt, nameOf, propertyCst, upwards } from '../../workspace/places.ts';
import type { Project } from '../../workspace/project.ts';

export interface Span {
  start: number;
  end: number;
}
/** What is mended: a node, or a place in the finding's file. */
export type What = AstNode | Span;

export type Mend = readonly [code: string, make: (at: At<unknown>) => Fix[]];

const EXPRESSION = /(?:Expr|Literal|Ref|Access|FunctionCall)$/;

/** The fixes of a diagnostic, made from what its message was filled with. */
export function mend<Holes>(definition: Definition<Holes>, make: (at: At<Holes>) => Fix[]): Mend {
  return [definition.code, (at) => make(at as At<Holes>)];
}

export class At<Holes> {
  readonly project: Project;
  readonly file: ParsedFile;
  readonly finding: Diagnostic;

  constructor(project: Project, file: ParsedFile, finding: Diagnostic) {
    this.project = project;
    this.file = file;
    this.finding = finding;
  }

  get holes(): Holes {
    return this.finding.holes as Holes;
  }

  get span(): Span {
    return this.finding.source;
  }

  /** The innermost node around all of the finding. */
  get node(): AstNode | undefined {
    const { start, end } = this.span;
    for (const node of upwards(leafAt(this.file, start)?.astNode)) {
      const place = sourceOf(node);
      if (place.start <= start && end <= place.end) return node;
    }
    return undefined;
  }

  /** The expression that the finding is about. */
  get expression(): Expression | undefined {
    const { start, end } = this.span;
    const all = this.within((node): node is Expression => EXPRESSION.test(node.$type));
    return all.find((each) => sourceOf(each).start === start && sourceOf(each).end === end);
  }

  /** The innermost one of a kind. */
  around<Node extends AstNode>(is: (node: AstNode) => node is Node): Node | undefined {
    return [...upwards(this.node)].find(is);
  }

  /** The innermost nodes of a kind that lie within the finding, in the order of the text. */
  within<Node extends AstNode>(is: (node: AstNode) => node is Node, span: Span = this.span): Node[] {
    const { start, end } = span;
    const found: Node[] = [];
    if (this.node === undefined) return found;
    this.project.workspace.visitor.visit(this.node, (node) => {
      const place = sourceOf(node);
      if (is(node) && place.start >= start && place.end <= end) found.push(node);
    });
    return found;
  }

  /** The text of a node, or of a place; of the finding when not said. */
  text(what: What = this.span): string {
    const { uri, start, end } = placeOf(this.file, what);
    return this.textOf(uri).slice(start, end);
  }

  private textOf(uri: string): string {
    return this.project.workspace.file(uri)?.text ?? '';
  }

  /** In place of the finding, or of something else. */
  write(text: string, what: What = this.span, title = `Write ${text}`): Fix[] {
    return this.change(title, this.edit(what, text));
  }

  edit(what: What, text: string): TextEdit {
    return { ...placeOf(this.file, what), text };
  }

  change(title: string, ...edits: TextEdit[]): Fix[] {
    return edits.some(({ uri }) => isLibraryUri(uri)) ? [] : [{ title, edits }];
  }

  /** Behind something. */
  add(text: string, what: What = this.span, title = `Write ${text.trim()}`): Fix[] {
    const { uri, end } = placeOf(this.file, what);
    return this.change(title, { uri, start: end, end, text });
  }

  /** With the comma that it stands behind or before, with its line where it is alone there. */
  leaveOut(what: What | undefined = this.span, title?: string): Fix[] {
    if (what === undefined) return [];
    const place = placeOf(this.file, what);
    const whole = this.textOf(place.uri);
    const shown = whole.slice(place.start, place.end).replace(/\s+/g, ' ').replaceAll('"', "'");
    const edit = { ...withNeighbours(whole, place), uri: place.uri, text: '' };
    return this.change(title ?? (shown.length > 40 ? 'Leave this out' : `Leave out ${shown}`), edit);
  }

  /** The last line of a block. */
  line(block: AstNode | undefined, text: string, title = `Add ${text}`): Fix[] {
    return block === undefined || isLibraryUri(uriOf(block)) ? [] : lineAtEnd(block, text, title);
  }

  become(variable: VariableDecl | undefined, role: string, title?: string): Fix[] {
    if (variable === undefined || variable.role === role) return [];
    const { uri, start, end } = sourceOfProperty(variable, 'role');
    return this.change(title ?? `Declare ${variable.name} as ${role}`, { uri, start, end, text: role });
  }

  /** All that is read within the finding and is not known when compiled becomes `fixed`. */
  allFixed(span: Span = this.span): Fix[] {
    const read = this.within(isNameRef, span).map((each) => featureOf(each));
    const others = [...new Set(read)].filter((each) => isVariableDecl(each) && each.role !== 'fixed');
    if (others.length === 0 || !others.every(isGiven)) return [];
    const edits = others.map((each) => {
      const { uri, start, end } = sourceOfProperty(each, 'role');
      return { uri, start, end, text: 'fixed' };
    });
    return this.change(`Declare ${others.map(nameOf).join(' and ')} as fixed`, ...edits);
  }

  /** `1 m3/s`, `false`: something of a type. */
  valueOf(place: AstNode, due: Due | undefined, number = 1): string {
    return valueOf(this.project, place, due, number);
  }

  /** Something of the type of a declared variable. */
  valueFor(variable: VariableDecl, number = 0): string {
    return this.valueOf(variable, this.project.checker.declaredType(variable).type, number);
  }
}

/** `1 m3/s`, `false`: something of the type that is due. */
export function valueOf(project: Project, place: AstNode, due: Due | undefined, number = 1): string {
  if (due?.base === 'boolean') return 'false';
  if (due === undefined || due.base === 'unknown') return String(number);
  if (due.unit !== undefined && due.unit.text !== '1') return `${number} ${due.unit.text}`;
  const file = project.workspace.file(uriOf(place));
  const { dimension } = due.quantity;
  if (file === undefined || dimension.isNone) return String(number);
  return `${number} ${coherentUnitText(project.checker.unitsOf(file.tree), dimension)}`;
}

/** A name that no member of an asset has: `level2`. */
export function freeName(asset: AssetDecl | undefined, wish: string): string {
  const taken = new Set(asset?.members.map((each) => nameOf(each)));
  let name = wish;
  for (let index = 2; taken.has(name); index += 1) name = `${wish}${index}`;
  return name;
}

/** Where the word stands before a property: `step` in `step 10 ms`. */
export function clause(node: AstNode, property: string, words: number): Span | undefined {
  const cst = propertyCst(node, property);
  if (cst === undefined) return undefined;
  const before = cst.root.fullText.slice(0, cst.offset);
  const match = new RegExp(`(?:[A-Za-z]+\\s+){${words}}$`).exec(before);
  return match === null ? undefined : { start: match.index, end: cst.end };
}

function isGiven(node: AstNode | undefined): node is VariableDecl {
  return isVariableDecl(node) && ['param', 'input', 'state'].includes(node.role) && node.value !== undefined;
}

function placeOf(file: ParsedFile, what: What): Span & { uri: string } {
  if (!('$type' in what)) return { uri: file.uri, start: what.start, end: what.end };
  const { uri, start, end } = sourceOf(what);
  return { uri, start, end };
}

function withNeighbours(text: string, { start, end }: Span): Span {
  const before = text.slice(0, start);
  const after = text.slice(end);
  const next = /^\s*,\s*/.exec(after);
  if (next !== null) return { start, end: end + next[0].length };
  const last = /,\s*$/.exec(before);
  if (last !== null) return { start: last.index, end };
  const opened = /(?<=[\w\]])\s*\(\s*$/.exec(before);
  const closed = /^\s*\)/.exec(after);
  if (opened !== null && closed !== null) return { start: opened.index, end: end + closed[0].length };
  const lineStart = before.lastIndexOf('\n') + 1;
  const rest = /^[ \t]*(?:\n|$)/.exec(after);
  if (before.slice(lineStart).trim() === '' && rest !== null)
    return { start: lineStart, end: end + rest[0].length };
  return { start: start - (/[ \t]+$/.exec(before)?.[0].length ?? 0), end };
}
