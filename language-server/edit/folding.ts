/** Blocks, comments, regions between `// #region` and `// #endregion`, and runs of `use` lines. */
import { FoldingRangeKind, type FoldingRange } from 'vscode-languageserver-types';
import type { ParsedFile } from '../../compiler/1-parse/index.ts';
import type { Project } from '../workspace/project.ts';

export function foldingRanges(project: Project, file: ParsedFile): FoldingRange[] {
  const { tokens, hidden } = project.workspace.services.parser.Lexer.tokenize(file.text);
  const found: FoldingRange[] = [];
  const open: number[] = [];
  for (const token of tokens) {
    const line = (token.startLine ?? 1) - 1;
    if (token.tokenType.name === '{') open.push(line);
    if (token.tokenType.name !== '}') continue;
    const start = open.pop();
    if (start !== undefined && line - 1 > start) found.push({ startLine: start, endLine: line - 1 });
  }
  const regions: number[] = [];
  const comments: { start: number; end: number }[] = [];
  for (const { image, startLine, endLine } of hidden) {
    const [start, end] = [(startLine ?? 1) - 1, (endLine ?? 1) - 1];
    if (/^\/\/\s*#region\b/.test(image)) regions.push(start);
    else if (/^\/\/\s*#endregion\b/.test(image)) {
      const startLine = regions.pop();
      if (startLine !== undefined && end > startLine)
        found.push({ startLine, endLine: end, kind: FoldingRangeKind.Region });
    } else comments.push({ start, end });
  }
  for (let index = 0; index < comments.length; index += 1) {
    const first = comments[index];
    if (first === undefined) continue;
    let last = first.end;
    while (comments[index + 1]?.start === last + 1) {
      index += 1;
      last = comments[index]?.end ?? last;
    }
    if (last > first.start)
      found.push({ startLine: first.start, endLine: last, kind: FoldingRangeKind.Comment });
  }
  const lines = file.tree.uses.flatMap((use) => use?.$cstNode?.range.start.line ?? []);
  const [start, end] = [lines[0], lines[lines.length - 1]];
  if (start !== undefined && end !== undefined && end > start) {
    found.push({ startLine: start, endLine: end, kind: FoldingRangeKind.Imports });
  }
  return found;
}
