/** A file of a workspace as it was read: its tree, what is wrong with its syntax, and how far its names are resolved. */
import type { AstNode, CstNode, LangiumDocument } from 'langium';
import type { TwinFile } from '../../grammar/generated/ast.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { isLibraryUri } from '../library-files.ts';
import { namedElements, packageOf } from './names/package-index.ts';
import type { PieceParser, PiecewiseFile } from './read/reparse.ts';
import type { TwinServices } from './services.ts';
import { syntaxDiagnostics } from './mistakes/syntax-diagnostics.ts';
import { tooDeepIn } from './mistakes/too-deep.ts';

export interface ParsedFile {
  readonly uri: string;
  readonly text: string;
  readonly tree: TwinFile;
  readonly document: LangiumDocument<TwinFile>;
  /** Files of the standard library are read-only. */
  readonly library: boolean;
  readonly syntax: readonly Diagnostic[];
  /** Names without meaning; empty until the file is linked. */
  readonly names: readonly Diagnostic[];
  /** The concrete syntax around an offset, outermost: of the one declaration there, as making that of a file takes long. */
  wordsAt(offset: number): readonly CstNode[];
}

export interface Entry extends ParsedFile {
  readonly pieces: PiecewiseFile;
  text: string;
  syntax: readonly Diagnostic[];
  names: readonly Diagnostic[];
  /** One that is read because others look into it has its names resolved as they are asked for. */
  state: 'asked' | 'pending' | 'linked';
  /** Names without meaning by the declaration that they stand in; of what is used, under the file itself. */
  unresolved: Map<AstNode, Diagnostic[]>;
  /** What other files can see of it. */
  surface: string;
}

/** Reads a text; what is nested too deeply is as if it were empty. */
export function readEntry(parser: PieceParser, services: TwinServices, uri: string, text: string): Entry {
  let pieces: PiecewiseFile;
  let syntax: Diagnostic[];
  try {
    pieces = parser.read(uri, text);
    syntax = syntaxOf(pieces, services);
  } catch (error) {
    // The parser recurses, and so does what reads its trees.
    if (!(error instanceof RangeError)) throw error;
    pieces = parser.read(uri, '');
    syntax = [tooDeepIn(uri, text, error)];
  }
  const { tree, document } = pieces;
  services.twin.Links.follow(tree);
  return {
    uri,
    text,
    tree,
    document,
    pieces,
    library: isLibraryUri(uri),
    syntax,
    names: [],
    wordsAt: (offset) => pieces.wordsAt(offset),
    state: 'pending',
    unresolved: new Map(),
    surface: surfaceOf(tree),
  };
}

export function syntaxOf(file: PiecewiseFile, services: TwinServices): Diagnostic[] {
  return syntaxDiagnostics(file.document, {
    ...services.twin.Keywords,
    tokenize: (all) => services.parser.Lexer.tokenize(all).tokens,
    startOfPiece: (offset) => file.startOfPiece(offset),
  });
}

/** Names and kinds of what a file declares, and what it imports. */
export function surfaceOf(tree: TwinFile): string {
  return `${packageOf(tree)}|${namedElements(tree)
    .map((element) => `${element.$type} ${element.name}`)
    .join('|')}`;
}
