/** All places that lead to a declaration, in all files. */
import type { AstNode } from 'langium';
import { isEventParameter, isUnitDecl, type UnitDecl } from '../../grammar/generated/ast.ts';
import { sourceOfCst, uriOf, type ParsedFile } from '../../compiler/1-parse/index.ts';
import type { SourceRange } from '../../compiler/model/source.ts';
import { cursorAt, unitDeclaration } from '../workspace/cursor.ts';
import { valueOccurrences } from '../workspace/event-values.ts';
import { nameOf, nameSource } from '../workspace/places.ts';
import type { Project } from '../workspace/project.ts';

export interface Occurrence {
  source: SourceRange;
  kind: 'declaration' | 'reference';
}

export function references(project: Project, file: ParsedFile, offset: number): Occurrence[] {
  const cursor = cursorAt(project, file, offset);
  if (cursor?.kind === 'unit') project.workspace.readMentioning(cursor.symbol);
  if (cursor?.kind === 'unit') {
    return cursor.declaration === undefined ? [] : unitOccurrences(project, cursor.declaration);
  }
  return cursor?.kind === 'name' ? occurrencesOf(project, cursor.target) : [];
}

export function occurrencesOf(project: Project, target: AstNode): Occurrence[] {
  project.workspace.readMentioning(nameOf(target));
  project.refresh();
  if (isUnitDecl(target)) return unitOccurrences(project, target);
  if (isEventParameter(target)) return inOrder(valueOccurrences(project, target));
  const found: Occurrence[] = [{ source: nameSource(target), kind: 'declaration' }];
  for (const { $refNode, $refText } of project.workspace.services.twin.Links.namesOf(target)) {
    if ($refNode === undefined) continue;
    const whole = sourceOfCst($refNode, uriOf($refNode.astNode));
    // Of a qualified name only the last part names the declaration.
    const before = $refText.lastIndexOf('.') + 1;
    const source =
      whole.line === whole.endLine && $refText.length === whole.end - whole.start
        ? { ...whole, start: whole.start + before, column: whole.column + before }
        : whole;
    found.push({ source, kind: 'reference' });
  }
  return inOrder(found);
}

/** Units are no references of the grammar: their symbols are looked up in every unit text. */
function unitOccurrences(project: Project, unit: UnitDecl): Occurrence[] {
  const found: Occurrence[] = [];
  const declared = nameSource(unit);
  for (const file of project.files()) {
    if (!file.text.includes(unit.name)) continue;
    const { tokens } = project.workspace.services.parser.Lexer.tokenize(file.text);
    for (const token of tokens) {
      if (token.tokenType.name !== 'UNIT' || !token.image.includes(unit.name)) continue;
      for (const { 0: symbol, index } of token.image.matchAll(/[\p{L}°%‰€$£¥_]+/gu)) {
        if (!symbol.endsWith(unit.name) || unitDeclaration(project, file, symbol) !== unit) continue;
        const start = token.startOffset + index + symbol.length - unit.name.length;
        const column = (token.startColumn ?? 1) + index + symbol.length - unit.name.length;
        const line = token.startLine ?? 1;
        const source = {
          uri: file.uri,
          start,
          end: start + unit.name.length,
          line,
          column,
          endLine: line,
          endColumn: column + unit.name.length,
        };
        const isDeclaration = file.uri === declared.uri && start === declared.start;
        found.push({ source, kind: isDeclaration ? 'declaration' : 'reference' });
      }
    }
  }
  return inOrder(found);
}

function inOrder(found: Occurrence[]): Occurrence[] {
  return found.toSorted(({ source: a }, { source: b }) =>
    a.uri === b.uri ? a.start - b.start : a.uri < b.uri ? -1 : 1,
  );
}
