/**
 * A text that is edited → its tree, of which only the declarations around the edit are parsed again. Langium has no
 * incremental parser, and parsing is most of the work of a keystroke; so a text is always parsed declaration by
 * declaration, the first time too. What comes out depends on the text alone, not on the edits that led to it.
 *
 * Positions are moved through fields that Langium keeps private, so its version is pinned, and a test compares the
 * outcome with that of a fresh reading.
 */
import type { ILexingError, IRecognitionException, IToken } from 'chevrotain';
import {
  DocumentState,
  RootCstNodeImpl,
  URI,
  type CompositeCstNode,
  type CstNode,
  type LangiumDocument,
  type Reference,
} from 'langium';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Element, TwinFile } from '../../../grammar/generated/ast.ts';
import { concreteOf } from './concrete.ts';
import { parsePlaced } from './parser.ts';
import { Cuts, differenceOf, touchesComment } from './pieces.ts';
import { PlacedNode, type Ground, type PlacedReference } from './placed.ts';
import type { TwinServices } from '../services.ts';
import { TooDeep } from '../mistakes/too-deep.ts';

/** What is parsed by itself: all before the first declaration, then a declaration each. Lines from zero. */
class Piece implements Ground {
  readonly text: string;
  readonly elements: Element[];
  readonly parserErrors: readonly IRecognitionException[];
  readonly lexerErrors: readonly ILexingError[];
  /** Of all that stands in it; the first of a file is of the package and what is used, too. */
  readonly tree: TwinFile;
  /** How many levels the tree has at most. */
  readonly height: number;
  /** Of one declaration whose nodes have places: the names in it. */
  readonly names: readonly PlacedReference[] | undefined;
  private readonly services: TwinServices;
  /** As it was read: the first tree becomes that of the whole file. */
  private readonly read: TwinFile;
  private place: { start: number; line: number };
  /** What stands next to each other in the concrete tree; made when it is asked for. */
  private concrete: CstNode[] | undefined;
  private root: CompositeCstNode | undefined;

  constructor(services: TwinServices, text: string, place: { start: number; line: number }) {
    const { value, lexerErrors, parserErrors, height, names } = parsePlaced(services, text);
    this.height = height;
    const tree = value as TwinFile;
    this.services = services;
    this.text = text;
    this.place = place;
    this.tree = tree;
    this.read = { ...tree };
    this.parserErrors = parserErrors;
    this.lexerErrors = lexerErrors;
    this.elements = tree.elements.filter((element) => (element as Element | undefined) !== undefined);
    // What is used stands in the first piece, and may be all that does.
    if (tree.uses.length === 0 && this.elements.length === 1) this.names = names;
    if (tree.$cstNode !== undefined) this.take([...(tree.$cstNode as CompositeCstNode).content]);
    for (const each of [tree.package, ...tree.uses, ...tree.elements])
      if (each instanceof PlacedNode) each.$ground = this;
  }

  get start(): number {
    return this.place.start;
  }

  get line(): number {
    return this.place.line;
  }

  get nodes(): readonly CstNode[] {
    this.makeConcrete();
    return this.concrete ?? [];
  }

  moveBy(characters: number, lines: number): void {
    this.place = { start: this.start + characters, line: this.line + lines };
    if (characters !== 0 || lines !== 0)
      for (const node of this.concrete ?? []) move(node, characters, lines);
  }

  /** From now on all in it stands in the tree of a file. */
  standIn(root: CompositeCstNode): void {
    this.root = root;
    for (const node of this.concrete ?? []) (node as unknown as Placed).container = root;
  }

  makeConcrete(): void {
    if (this.concrete !== undefined) return;
    this.take(concreteOf(this.services, this.text, this.read));
  }

  private take(nodes: CstNode[]): void {
    for (const node of nodes) move(node, this.start, this.line);
    this.concrete = nodes;
    if (this.root !== undefined) this.standIn(this.root);
  }
}

export interface Change {
  before: Element[];
  after: Element[];
  /** The package or what is used may be another. */
  head: boolean;
}

/** The private fields of Langium's nodes that hold places. Lines from zero. */
interface Placed {
  container?: CompositeCstNode;
  content: CstNode[];
  _offset: number;
  _startLine: number;
  _endLine: number;
  _rangeCache: unknown;
}

export class PieceParser {
  private readonly services: TwinServices;
  private readonly cuts: Cuts;
  private readonly accept: (tree: TwinFile, height: number) => void;

  /** @param accept throws when a tree cannot be taken */
  constructor(services: TwinServices, accept: (tree: TwinFile, height: number) => void) {
    this.services = services;
    this.cuts = new Cuts(services.twin.Keywords);
    this.accept = accept;
  }

  read(uri: string, text: string): PiecewiseFile {
    const pieces: Piece[] = [];
    let start = 0;
    let line = 0;
    for (const end of [...this.cuts.after(text, 0), text.length]) {
      const piece = this.parse(text.slice(start, end), start, line);
      pieces.push(piece);
      line += linesIn(piece.text);
      start = end;
    }
    return new PiecewiseFile(uri, text, pieces);
  }

  /** Takes in another text, in place. Throws before anything has changed. */
  edit(file: PiecewiseFile, text: string): Change {
    const { pieces } = file;
    const { start, oldEnd, newEnd } = differenceOf(file.text, text);
    const moved = newEnd - oldEnd;
    const comment = touchesComment(file.text, start, oldEnd) || touchesComment(text, start, newEnd);
    // One piece more: the edit may have taken away the word that its own begins with.
    const around = pieces.findLastIndex((piece) => piece.start < start);
    const first = comment ? 0 : Math.max(0, around - 1);
    const starts = new Map(pieces.map((piece, index) => [piece.start, index]));
    const found: Piece[] = [];
    let from = pieces[first]?.start ?? 0;
    let line = pieces[first]?.line ?? 0;
    let rest = pieces.length;
    const take = (end: number): void => {
      const own = text.slice(from, end);
      const same = end <= start ? pieces[starts.get(from) ?? -1] : undefined;
      found.push(same?.text === own ? same : this.parse(own, from, line));
      line += linesIn(own);
      from = end;
    };
    for (const cut of this.cuts.after(text, from)) {
      take(cut);
      const old = cut - moved > oldEnd ? starts.get(cut - moved) : undefined;
      if (old !== undefined && cut > newEnd) {
        rest = old;
        break;
      }
    }
    if (rest === pieces.length) take(text.length);
    return file.replace(first, rest, found, text, moved, line);
  }

  private parse(text: string, start: number, line: number): Piece {
    let piece: Piece;
    try {
      piece = new Piece(this.services, text, { start, line });
    } catch (error) {
      throw error instanceof TooDeep ? error.moved(start) : error;
    }
    this.accept(piece.tree, piece.height);
    return piece;
  }
}

/** Langium lists all names that it has resolved, and never takes one off: we find them in the tree. */
class NoList extends Array<Reference> {
  override push(): number {
    return 0;
  }
}

/** A text, its pieces, and the one tree that they make. */
export class PiecewiseFile {
  readonly document: LangiumDocument<TwinFile>;
  readonly tree: TwinFile;
  readonly pieces: Piece[];
  text: string;
  private readonly root: RootCstNodeImpl;
  private found: CstNode[] | undefined;

  constructor(uri: string, text: string, pieces: Piece[]) {
    const [head] = pieces;
    if (head === undefined) throw new Error('a text begins with its first piece');
    this.text = text;
    this.pieces = pieces;
    this.tree = head.tree;
    this.root = new RootCstNodeImpl(text);
    this.root.astNode = this.tree;
    // Whoever asks for the words of a file gets those of all its pieces.
    Object.defineProperty(this.root, 'content', { get: () => this.words() });
    this.document = {
      uri: URI.parse(uri),
      state: DocumentState.ComputedScopes,
      references: new NoList(),
      parseResult: { value: this.tree, lexerErrors: [], parserErrors: [] },
      textDocument: TextDocument.create(uri, 'twin', 0, text),
    };
    Object.assign(this.tree, { $document: this.document, $cstNode: this.root });
    this.assemble();
  }

  /** Where the piece begins in which an offset lies. */
  startOfPiece(offset: number): number {
    return this.pieceAt(offset)?.start ?? 0;
  }

  /** What stands next to each other in the concrete tree of that piece. */
  wordsAt(offset: number): readonly CstNode[] {
    return this.pieceAt(offset)?.nodes ?? [];
  }

  private pieceAt(offset: number): Piece | undefined {
    return this.pieces.findLast((piece) => piece.start <= offset);
  }

  replace(first: number, rest: number, found: Piece[], text: string, moved: number, line: number): Change {
    const kept = new Set(found);
    const gone = this.pieces.slice(first, rest).filter((piece) => !kept.has(piece));
    const fresh = found.filter((piece) => !this.pieces.includes(piece));
    const behind = this.pieces.slice(rest);
    const down = line - (behind[0]?.line ?? line);
    for (const piece of behind) piece.moveBy(moved, down);
    this.pieces.splice(first, rest - first, ...found);
    this.text = text;
    Object.defineProperty(this.document, 'textDocument', {
      value: TextDocument.create(this.document.uri.toString(), 'twin', 0, text),
      configurable: true,
      enumerable: true,
    });
    const head = fresh[0]?.start === 0 ? fresh[0].tree : undefined;
    const { package: named, uses } = this.tree;
    const isOther =
      head !== undefined && (head.uses.length + uses.length > 0 || head.package?.name !== named?.name);
    if (head !== undefined) {
      Object.assign(this.tree, { package: head.package, uses: head.uses });
      for (const each of [head.package, ...head.uses])
        if (each !== undefined) Object.assign(each, { $container: this.tree });
    }
    this.assemble();
    return {
      before: gone.flatMap((piece) => piece.elements),
      after: fresh.flatMap((piece) => piece.elements),
      head: isOther,
    };
  }

  /** What stands next to each other in the concrete tree of the file. */
  private words(): CstNode[] {
    return (this.found ??= this.pieces.flatMap((piece) => piece.nodes));
  }

  private assemble(): void {
    const { tree, pieces, root } = this;
    Object.assign(root, { _text: this.text, _rangeCache: undefined });
    this.found = undefined;
    for (const piece of pieces) piece.standIn(root);
    tree.elements = pieces.flatMap((piece) => piece.elements);
    for (const [index, element] of tree.elements.entries()) {
      Object.assign(element, { $container: tree, $containerProperty: 'elements', $containerIndex: index });
    }
    const lexerErrors: ILexingError[] = [];
    const parserErrors: IRecognitionException[] = [];
    for (const [index, piece] of pieces.entries()) {
      for (const error of piece.lexerErrors) {
        const { offset, line } = error;
        lexerErrors.push({ ...error, offset: offset + piece.start, line: (line ?? 1) + piece.line });
      }
      for (const error of piece.parserErrors) parserErrors.push(errorIn(piece, error, pieces[index + 1]));
    }
    Object.assign(this.document.parseResult, { lexerErrors, parserErrors });
  }
}

/** An error with its places in the file; where a piece ends, the next begins. */
function errorIn(piece: Piece, error: IRecognitionException, next: Piece | undefined): IRecognitionException {
  const before = 'previousToken' in error ? (error.previousToken as IToken | undefined) : undefined;
  const isEnd = error.token.tokenType.name === 'EOF';
  return {
    name: error.name,
    message: error.message,
    context: error.context,
    resyncedTokens: error.resyncedTokens,
    token: (isEnd ? firstToken(next) : undefined) ?? moveToken(error.token, piece),
    ...(before === undefined ? {} : { previousToken: moveToken(before, piece) }),
  };
}

function moveToken(token: IToken, { start, line }: Piece): IToken {
  const by = (value: number | undefined, more: number) => (value === undefined ? undefined : value + more);
  return {
    ...token,
    startOffset: token.startOffset + start,
    endOffset: by(token.endOffset, start),
    startLine: by(token.startLine, line),
    endLine: by(token.endLine, line),
  };
}

function firstToken(piece: Piece | undefined): IToken | undefined {
  let node: CstNode | undefined = piece?.nodes.find((each) => !each.hidden);
  while (node !== undefined && 'content' in node)
    node = (node as CompositeCstNode).content.find((each) => !each.hidden);
  if (piece === undefined || node === undefined || !('tokenType' in node)) return undefined;
  const { start, end } = node.range;
  return {
    image: piece.text.slice(node.offset - piece.start, node.end - piece.start),
    tokenType: node.tokenType as IToken['tokenType'],
    tokenTypeIdx: (node.tokenType as IToken['tokenType']).tokenTypeIdx ?? 0,
    startOffset: node.offset,
    endOffset: node.end - 1,
    startLine: start.line + 1,
    endLine: end.line + 1,
    startColumn: start.character + 1,
    endColumn: end.character,
  };
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

/** As the lexer counts them. */
function linesIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) count += 1;
  }
  return count;
}
