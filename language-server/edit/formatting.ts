/** Formatting: the one canonical layout of the compiler, as the smallest change of lines. */
import type { Range, TextEdit } from 'vscode-languageserver-types';
import { format, sourceOf, type ParsedFile } from '../../compiler/1-parse/index.ts';
import type { Project } from '../workspace/project.ts';

/** Without a range the whole file, else the lines of it. A file with syntax errors stays as it is. */
export function formatting(project: Project, file: ParsedFile, range?: Range): TextEdit[] {
  if (file.library || file.syntax.length > 0) return [];
  const lines = file.text.split('\n');
  if (range === undefined) return changes(lines, formatted(project, file.text), 0, lines.length);
  const { from, to } = declarationsAround(file, lines, range);
  // The blank lines between are about to be filled.
  if (from >= to || range.end.line < from || range.start.line >= to) return [];
  // A break ends the last of them, which the text that comes back has too.
  const after = formatted(project, `${lines.slice(from, to).join('\n')}\n`).slice(0, -1);
  // Where lines come or go nobody can say which of them are those of the range.
  if (after.length !== to - from) return changes(lines, after, from, to);
  const first = Math.max(from, range.start.line);
  const isBefore = range.end.character === 0 && range.end.line > range.start.line;
  const last = Math.min(to, isBefore ? range.end.line : range.end.line + 1);
  return changes(lines, after.slice(first - from, last - from), first, last);
}

const formatted = (project: Project, text: string): string[] =>
  format(text, project.workspace.services).text.split('\n');

/**
 * The lines of the declarations that a range touches, without blank lines at their ends: what a declaration looks like does not depend on those
 * around it, and a whole file takes long.
 */
function declarationsAround(
  { tree }: ParsedFile,
  lines: readonly string[],
  range: Range,
): { from: number; to: number } {
  let [from, to] = [0, lines.length];
  const all = [tree.package, ...tree.uses, ...tree.elements].flatMap((each) => (each ? sourceOf(each) : []));
  for (const [at, { endLine, endColumn }] of all.entries()) {
    const next = all[at + 1];
    const behind = lines[endLine - 1]?.slice(endColumn - 1) ?? '';
    if (next === undefined || next.line <= endLine || behind.includes('/*')) continue;
    if (endLine <= range.start.line) from = endLine;
    else if (endLine > range.end.line) {
      to = endLine;
      break;
    }
  }
  while (from < to && lines[from]?.trim() === '') from += 1;
  while (from < to && lines[to - 1]?.trim() === '') to -= 1;
  return { from, to };
}

/** What is to be done to lines, from one to before another, so that they are others: nothing of those that are so already. */
function changes(before: readonly string[], after: readonly string[], from: number, to: number): TextEdit[] {
  let first = 0;
  while (first < after.length && from + first < to && before[from + first] === after[first]) first += 1;
  let same = 0;
  while (
    same < Math.min(to - from, after.length) - first &&
    before[to - 1 - same] === after[after.length - 1 - same]
  )
    same += 1;
  if (first === after.length && from + first === to) return [];
  return [replacement(before, from + first, to - same, after.slice(first, after.length - same))];
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
