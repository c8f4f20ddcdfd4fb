/** Names that live in one small place are edited wherever they stand at once: parameters, lets of a function, loop variables, values of items. */
import {
  isEventValue,
  isFunctionLocal,
  isFunctionParameter,
  isItemDecl,
  isLoopVariable,
} from '../../grammar/generated/ast.ts';
import type { LinkedEditingRanges } from 'vscode-languageserver';
import type { ParsedFile } from '../../compiler/1-parse/index.ts';
import { cursorAt } from '../workspace/cursor.ts';
import { rangeOf } from '../workspace/places.ts';
import type { Project } from '../workspace/project.ts';
import { occurrencesOf } from '../navigate/references.ts';

export function linkedEditing(
  project: Project,
  file: ParsedFile,
  offset: number,
): LinkedEditingRanges | undefined {
  const cursor = cursorAt(project, file, offset);
  if (cursor?.kind !== 'name') return undefined;
  const { target } = cursor;
  if (
    !(
      isFunctionParameter(target) ||
      isFunctionLocal(target) ||
      isItemDecl(target) ||
      isLoopVariable(target) ||
      isEventValue(target)
    )
  )
    return undefined;
  const ranges = occurrencesOf(project, target).map(({ source }) => rangeOf(source));
  return ranges.length < 2 ? undefined : { ranges, wordPattern: '[A-Za-z_][A-Za-z0-9_]*' };
}
