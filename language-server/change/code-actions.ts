/** Quick fixes, from the fixes that findings carry and those that are evident; refactorings; a number's other units. */
import {
  CodeActionKind,
  type CodeAction,
  type Diagnostic as LspDiagnostic,
  type Range,
} from 'vscode-languageserver-types';
import { isNumberLiteral } from '../../grammar/generated/ast.ts';
import type { ParsedFile } from '../../compiler/1-parse/index.ts';
import type { Fix } from '../../compiler/diagnostics/diagnostic.ts';
import { cursorAt } from '../workspace/cursor.ts';
import { lspDiagnostic } from '../workspace/diagnostics.ts';
import { clearFor } from './fixes/created.ts';
import { evidentFixes } from './fixes/index.ts';
import { organisedImports } from './organise-imports.ts';
import { textEdit } from '../workspace/places.ts';
import type { Project } from '../workspace/project.ts';
import { refactorings } from './refactorings.ts';

export function codeActions(
  project: Project,
  file: ParsedFile,
  range: Range,
  only: readonly string[] | undefined,
  pages: string | undefined,
): CodeAction[] {
  if (file.library) return [];
  const wants = (kind: string): boolean =>
    only === undefined || only.some((each) => kind === each || kind.startsWith(`${each}.`));
  const { textDocument } = file.document;
  const [start, end] = [textDocument.offsetAt(range.start), textDocument.offsetAt(range.end)];
  const actions: CodeAction[] = [];
  if (wants(CodeActionKind.QuickFix)) {
    for (const finding of project.allFindings(file)) {
      if (finding.source.start > end || finding.source.end < start) continue;
      const diagnostic = lspDiagnostic(finding, pages);
      const fixes = [...finding.fixes, ...evidentFixes(project, file, finding)];
      actions.push(...fixes.map((fix, index) => action(project, fix, diagnostic, index === 0)));
    }
  }
  actions.push(...refactorings(project, file, start, end).filter(({ kind }) => wants(kind ?? '')));
  if (wants(CodeActionKind.SourceOrganizeImports)) {
    const edits = organisedImports(project, file);
    if (edits.length > 0)
      actions.push({
        title: 'Organise imports',
        kind: CodeActionKind.SourceOrganizeImports,
        edit: { changes: { [file.uri]: edits } },
      });
  }
  if (wants(CodeActionKind.RefactorRewrite)) {
    const clear = clearFor(file, start);
    if (clear !== undefined)
      actions.push({ ...action(project, clear), kind: CodeActionKind.RefactorRewrite });
    const cursor = cursorAt(project, file, start);
    const node =
      cursor?.kind === 'number' ? cursor.literal : cursor?.kind === 'unit' ? cursor.node : undefined;
    if (isNumberLiteral(node)) {
      const conversions = project.checker.conversionsOf(node);
      actions.push(
        ...conversions.map((fix) => ({ ...action(project, fix), kind: CodeActionKind.RefactorRewrite })),
      );
    }
  }
  return actions;
}

function action(project: Project, fix: Fix, diagnostic?: LspDiagnostic, best = false): CodeAction {
  const changes: Record<string, ReturnType<typeof textEdit>[]> = {};
  for (const edit of fix.edits) {
    const file = project.workspace.file(edit.uri);
    if (file !== undefined) (changes[edit.uri] ??= []).push(textEdit(file, edit));
  }
  return {
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    edit: { changes },
    ...(diagnostic === undefined ? {} : { diagnostics: [diagnostic], isPreferred: best }),
  };
}
