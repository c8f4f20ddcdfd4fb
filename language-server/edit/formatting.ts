/** Formatting: the one canonical layout of the compiler, as the smallest change of lines. */
import type { Range, TextEdit } from 'vscode-languageserver-types';
import { format, type ParsedFile } from '../../compiler/1-parse/index.ts';
import type { Project } from '../workspace/project.ts';

/** Without a range the whole file. A file with syntax errors stays as it is. */
export function formatting(project: Project, file: ParsedFile, range?: Range): TextEdit[] {
  if (file.library || file.syntax.length > 0) return [];
  const formatted = format(file.text, project.workspace.services).text;
  if (formatted === file.text) return [];
  const [before, after] = [file.text.split('\n'), formatted.split('\n')];
  // Formatting never moves a token to another line's place in the order of lines, so equal ends need no edit.
  let first = 0;
  while (first < before.length && before[first] === after[first]) first += 1;
  let same = 0;
  while (
    same < Math.min(before.length, after.length) - first &&
    before[before.length - 1 - same] === after[after.length - 1 - same]
  ) {
    same += 1;
  }
  if (range !== undefined) return inRange(before, after, range);
  return [replacement(before, first, before.length - same, after.slice(first, after.length - same))];
}

/** Lines of a range alone, where the formatted text has the same lines. */
function inRange(before: readonly string[], after: readonly string[], range: Range): TextEdit[] {
  if (before.length !== after.length) return [replacement(before, 0, before.length, after)];
  const last =
    range.end.character === 0 && range.end.line > range.start.line ? range.end.line : range.end.line + 1;
  return [
    replacement(before, range.start.line, Math.min(last, before.length), after.slice(range.start.line, last)),
  ];
}

function replacement(
  before: readonly string[],
  from: number,
  to: number,
  lines: readonly string[],
): TextEdit {
  if (to >= before.length) {
    const last = before.length - 1;
    const end = { line: last, character: before[last]?.length ?? 0 };
    if (from > last) return { range: { start: end, end }, newText: `\n${lines.join('\n')}` };
    return { range: { start: { line: from, character: 0 }, end }, newText: lines.join('\n') };
  }
  const newText = lines.map((line) => `${line}\n`).join('');
  return { range: { start: { line: from, character: 0 }, end: { line: to, character: 0 } }, newText };
}
