/** Layout while typing: what a closing brace ends, and the line that is left. */
import type { Position, TextEdit } from 'vscode-languageserver-types';
import { sourceOf, type ParsedFile } from '../../compiler/1-parse/index.ts';
import { formatting } from './formatting.ts';
import { leafAt, rangeOf, upwards } from '../workspace/places.ts';
import type { Project } from '../workspace/project.ts';

export function onTypeFormatting(
  project: Project,
  file: ParsedFile,
  position: Position,
  character: string,
): TextEdit[] {
  if (character === '}') {
    const offset = file.document.textDocument.offsetAt(position);
    const leaf = leafAt(file, offset - 1);
    const block = [...upwards(leaf?.astNode)].find((each) => sourceOf(each).end === offset);
    return block === undefined ? [] : formatting(project, file, rangeOf(sourceOf(block)));
  }
  if (position.line === 0) return [];
  const line = position.line - 1;
  return formatting(project, file, {
    start: { line, character: 0 },
    end: { line, character: Number.MAX_SAFE_INTEGER },
  });
}
