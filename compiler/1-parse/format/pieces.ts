/** The tokens and comments of a text in order, each with what it is part of. */
import { isCompositeCstNode, type AstNode, type CstNode, type LeafCstNode, type LexerResult } from 'langium';
import type { TwinFile } from '../../../grammar/generated/ast.ts';
import { SPACED_BY_OWNER } from './spacing.ts';

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
  /** Type of the smallest node that a sign or bracket is part of, '' for other pieces: tells `-` as a sign from the operator, `(` of a call from that of a value. */
  owner: string;
}

export function piecesOf({ tokens, hidden }: LexerResult, tree: TwinFile): Piece[] {
  const owners = new Map<number, string>();
  if (tree.$cstNode !== undefined) addOwners(tree.$cstNode, owners);
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

function addOwners(cst: CstNode, owners: Map<number, string>): void {
  if (isCompositeCstNode(cst)) for (const child of cst.content) addOwners(child, owners);
  else if (SPACED_BY_OWNER.has((cst as LeafCstNode).tokenType.name))
    owners.set(cst.offset, (cst.astNode as AstNode | undefined)?.$type ?? '');
}
