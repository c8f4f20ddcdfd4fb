/** What grows around the cursor: the word, its expression, the statement, the block, the declaration, the file. */
import type { CstNode } from 'langium';
import type { Position, SelectionRange } from 'vscode-languageserver-types';
import type { ParsedFile } from '../../compiler/1-parse/index.ts';
import { sourceOf } from '../../compiler/1-parse/index.ts';
import { leafAt, rangeAt, upwards } from '../workspace/places.ts';

export function selectionRanges(file: ParsedFile, positions: readonly Position[]): SelectionRange[] {
  return positions.map((position) => around(file, file.document.textDocument.offsetAt(position)));
}

function around(file: ParsedFile, offset: number): SelectionRange {
  const leaf: CstNode | undefined = leafAt(file, offset);
  const places: [number, number][] = leaf === undefined ? [[offset, offset]] : [[leaf.offset, leaf.end]];
  for (const node of upwards(leaf?.astNode)) {
    const { start, end } = sourceOf(node);
    places.push(node.$container === undefined ? [0, file.text.length] : [start, end]);
  }
  let selection: SelectionRange = { range: rangeAt(file, 0, file.text.length) };
  const distinct = places.filter(
    ([start, end], index) =>
      index === 0 || start !== places[index - 1]?.[0] || end !== places[index - 1]?.[1],
  );
  for (const [start, end] of distinct.reverse()) {
    const range = rangeAt(file, start, end);
    selection = { range, parent: selection };
  }
  return selection;
}
