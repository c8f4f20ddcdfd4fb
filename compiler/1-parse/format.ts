/**
 * A text → the same tokens in the one canonical layout: two blanks of indent, one fact a line, `=` and the columns of
 * sensors and bindings aligned among neighbours, at most one blank line. Comments stay where they are. A line break
 * inside an expression or a list is the writer's, and stays.
 */
import { URI, type LexerResult } from 'langium';
import type { TwinFile } from '../../grammar/generated/ast.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { align } from './format/align.ts';
import { layOut } from './format/layout.ts';
import { piecesOf } from './format/pieces.ts';
import { createTwinServices, type TwinServices } from './services.ts';
import { syntaxDiagnostics } from './mistakes/syntax-diagnostics.ts';
import { tooDeepIn } from './mistakes/too-deep.ts';

export interface FormatResult {
  /** The text as given when it has syntax errors. */
  text: string;
  diagnostics: Diagnostic[];
}

/** @param services to be handed in where many texts are formatted: making them costs more than a small file */
export function format(text: string, services: TwinServices = createTwinServices().twin): FormatResult {
  const factory = services.shared.workspace.LangiumDocumentFactory;
  const uri = URI.parse('format:/text.twin');
  try {
    const document = factory.fromString<TwinFile>(text, uri);
    const vocabulary = {
      ...services.twin.Keywords,
      tokenize: (all: string) => services.parser.Lexer.tokenize(all).tokens,
    };
    const diagnostics = syntaxDiagnostics(document, vocabulary);
    if (diagnostics.length > 0) return { text, diagnostics };
    const read = services.parser.Lexer.tokenize(text);
    const formatted = print(read, document.parseResult.value, services);
    // The layout decides about blanks alone. Should it ever change what is read, the text is left as it is.
    const isSame = formatted === text || haveSameTokens(read, services.parser.Lexer.tokenize(formatted));
    return { text: isSame ? formatted : text, diagnostics: [] };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { text, diagnostics: [tooDeepIn(uri.toString(), text, error)] };
  }
}

function print(read: LexerResult, tree: TwinFile, services: TwinServices): string {
  const pieces = piecesOf(read, tree);
  if (pieces.length === 0) return '';
  return align(layOut(pieces, tree, services))
    .map((line) => line.trimEnd())
    .join('\n')
    .concat('\n');
}

function haveSameTokens(a: LexerResult, b: LexerResult): boolean {
  if (a.tokens.length !== b.tokens.length || a.hidden.length !== b.hidden.length) return false;
  return (
    a.tokens.every(
      (token, at) => token.image === b.tokens[at]?.image && token.tokenType === b.tokens[at]?.tokenType,
    ) && a.hidden.every((token, at) => token.image.trimEnd() === b.hidden[at]?.image.trimEnd())
  );
}
