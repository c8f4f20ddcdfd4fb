/** Values that were tried out in a preview → edits of the texts. */
import { packageOf, type ParsedFile } from '../../compiler/1-parse/index.ts';
import { valueEdits } from '../../compiler/set-values.ts';
import { textEdit } from '../workspace/places.ts';
import type { Project } from '../workspace/project.ts';
import type { SetValuesParams, SetValuesResult } from '../protocol.ts';

export function setValues(
  project: Project,
  file: ParsedFile,
  { root, values }: SetValuesParams,
): SetValuesResult {
  const files = new Set([file, ...project.workspace.filesOfPackage(packageOf(file.tree))]);
  const { edits, left } = valueEdits(
    [...files].map(({ tree }) => tree),
    root,
    values,
  );
  const changes: SetValuesResult['changes'] = {};
  for (const edit of edits) {
    const there = project.workspace.file(edit.uri);
    if (there !== undefined) (changes[edit.uri] ??= []).push(textEdit(there, edit));
  }
  return { changes, left };
}
