/** A text → its tokens and comments in order, each with what it is part of. */
import { CstUtils, type AstNode, type LeafCstNode } from 'langium';
import type { TwinFile } from '../../../grammar/generated/ast.ts';
import type { TwinServices } from '../services.ts';

export interface Piece {
  text: string;
  /** Type of the token: `NUMBER`, `{`, `param`. */
  type: string;
  start: number;
  end: number;
  /** Of its first and last character, from one. */
  line: number;
  endLine: number;
  comment: boolean;
  /** Type of the smallest node it is part of: tells `-` as a sign from the operator, `(` of a call from that of a value. */
  owner: string;
}

export function piecesOf(text: string, tree: TwinFile, services: TwinServices): Piece[] {
  const owners = new Map<number, string>();
  if (tree.$cstNode !== undefined) {
    for (const leaf of CstUtils.flattenCst(tree.$cstNode)) owners.set(leaf.offset, ownerOf(leaf));
  }
  const { tokens, hidden } = services.parser.Lexer.tokenize(text);
  const pieces = [...tokens, ...hidden].map((token): Piece => {
    const comment = token.tokenType.name.endsWith('_COMMENT');
    return {
      text: comment ? token.image.trimEnd() : token.image,
      type: token.tokenType.name,
      start: token.startOffset,
      end: (token.endOffset ?? token.startOffset) + 1,
      line: token.startLine ?? 1,
      endLine: token.endLine ?? 1,
      comment,
      owner: owners.get(token.startOffset) ?? '',
    };
  });
  return pieces.sort((a, b) => a.start - b.start);
}

function ownerOf(leaf: LeafCstNode): string {
  return (leaf.astNode as AstNode | undefined)?.$type ?? '';
}
