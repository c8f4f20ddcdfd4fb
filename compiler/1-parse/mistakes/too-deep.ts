/** Texts that are nested deeper than all that walks their trees can follow, or whose expressions are longer: where, and what is said of it. */
import type { AstNode, LangiumDocument } from 'langium';
import { URI } from 'langium';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { isBinaryExpr } from '../../../grammar/generated/ast.ts';
import { report, type Diagnostic } from '../../diagnostics/diagnostic.ts';
import { tooDeep } from '../../diagnostics/syntax.ts';
import { sourceAt, sourceOf } from '../source.ts';

/** Thrown by what reads a text, and caught by who asked for it. */
export class TooDeep extends RangeError {
  /** Where in the text that was read. */
  readonly offset: number;
  /** Operators one after the other, and not one in another. */
  readonly isChain: boolean;

  constructor(offset: number, isChain: boolean, cause?: unknown) {
    super('too deep', { cause });
    this.offset = offset;
    this.isChain = isChain;
  }

  /** Of a text that begins so much later. */
  moved(by: number): TooDeep {
    return new TooDeep(this.offset + by, this.isChain, this.cause);
  }
}

/** Operators that make a chain. */
const CHAIN = 50;

/** A node that lies too deep in its tree; where operators follow each other there, their first operand's place is that of all. */
export function tooDeepAt(node: AstNode): TooDeep {
  let around: AstNode | undefined = node.$container;
  let operators = 0;
  for (; around !== undefined && isBinaryExpr(around); around = around.$container) operators += 1;
  return new TooDeep(sourceOf(node).start, operators >= CHAIN);
}

/** What a text is told of whose reading ended in this. */
export function tooDeepIn(uri: string, text: string, error: RangeError): Diagnostic {
  const { offset, isChain } = error instanceof TooDeep ? error : { offset: 0, isChain: false };
  const [word] = /^(?:[\p{L}\p{N}_.]+|\S)?/u.exec(text.slice(offset, offset + 200))!;
  const textDocument = TextDocument.create(uri, 'twin', 0, text);
  const document = { textDocument, uri: URI.parse(uri) } as LangiumDocument;
  return { ...report(tooDeep, { isChain }, sourceAt(document, offset, offset + word.length)) };
}
