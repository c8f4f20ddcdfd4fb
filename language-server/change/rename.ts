/** Rename across files, or the reason why not. */
import type { AstNode } from 'langium';
import type { TextEdit, WorkspaceEdit } from 'vscode-languageserver-types';
import { isAssetDecl, isEventParameter, isModeDecl, isUnitDecl } from '../../grammar/generated/ast.ts';
import { modesIn } from '../../compiler/1-parse/names/modes.ts';
import { isMember } from '../../compiler/1-parse/names/members.ts';
import { lineage, namedElements, packageOf, uriOf, type ParsedFile } from '../../compiler/1-parse/index.ts';
import { isLibraryUri } from '../../compiler/library-files.ts';
import type { SourceRange } from '../../compiler/model/source.ts';
import { cursorAt } from '../workspace/cursor.ts';
import { nameOf, rangeOf } from '../workspace/places.ts';
import type { Project } from '../workspace/project.ts';
import { occurrencesOf } from '../navigate/references.ts';

/** Why a rename cannot be: told to the user as it is. */
export interface Refusal {
  refused: string;
}

export function prepareRename(
  project: Project,
  file: ParsedFile,
  offset: number,
): { source: SourceRange; name: string } | Refusal {
  const found = renamable(project, file, offset);
  if ('refused' in found) return found;
  const name = nameOf(found.target);
  const { source } = found;
  const start = source.end - name.length;
  const within =
    start > source.start ? { ...source, start, column: source.column + (start - source.start) } : source;
  return { source: within, name };
}

export function rename(
  project: Project,
  file: ParsedFile,
  offset: number,
  newName: string,
): WorkspaceEdit | Refusal {
  const found = renamable(project, file, offset);
  if ('refused' in found) return found;
  const { target } = found;
  const problem = problemWith(project, target, newName);
  if (problem !== undefined) return { refused: problem };
  const changes: Record<string, TextEdit[]> = {};
  for (const { source } of occurrencesOf(project, target)) {
    (changes[source.uri] ??= []).push({ range: rangeOf(source), newText: newName });
  }
  return { changes };
}

function renamable(
  project: Project,
  file: ParsedFile,
  offset: number,
): { target: AstNode; source: SourceRange } | Refusal {
  const cursor = cursorAt(project, file, offset);
  switch (cursor?.kind) {
    case 'name':
    case 'unit': {
      const target = cursor.kind === 'name' ? cursor.target : cursor.declaration;
      if (target === undefined) return { refused: 'This unit is declared nowhere.' };
      if (isLibraryUri(uriOf(target))) {
        return { refused: `${nameOf(target)} belongs to the standard library and cannot be renamed.` };
      }
      return { target, source: cursor.source };
    }
    case 'function':
      return { refused: `${cursor.name} is a function of the language and cannot be renamed.` };
    case 'package':
      return { refused: 'A package is renamed in each of its files.' };
  }
  return { refused: 'Only names can be renamed.' };
}

const IN_MODES = new Set(['after', 'command', 'emit', 'entry', 'event', 'exit', 'initial', 'modes']);

function problemWith(project: Project, target: AstNode, newName: string): string | undefined {
  if (newName === nameOf(target)) return undefined;
  const { all, names } = project.workspace.services.twin.Keywords;
  if (isUnitDecl(target)) {
    if (!/^[\p{L}°%‰€$£¥_]+$/u.test(newName)) return `'${newName}' cannot name a unit: use letters only.`;
    return all.has(newName) ? `'${newName}' is a word of the language.` : undefined;
  }
  if (target.$type === 'TestDecl') return 'A test is titled with a text: change it there.';
  if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(newName)) {
    return `'${newName}' is no name: a name has letters, digits and _, and begins with no digit.`;
  }
  if (all.has(newName) && !names.has(newName)) return `'${newName}' is a word of the language.`;
  const owner = target.$container;
  if (isModeDecl(target)) {
    if (IN_MODES.has(newName)) return `'${newName}' begins a line in a mode, so it cannot name one.`;
    const clash = modesIn(target.$container).some((mode) => mode !== target && mode.name === newName);
    return clash ? `${target.$container.name} already has a mode ${newName}.` : undefined;
  }
  if (isEventParameter(target)) {
    const clash = target.$container.parameters.some((each) => each !== target && each.name === newName);
    return clash ? `${target.$container.name} already has a value ${newName}.` : undefined;
  }
  project.workspace.readMentioning(newName);
  if (isMember(target) && isAssetDecl(owner)) {
    const related = project.files().flatMap(({ tree }) => tree.elements.filter(isAssetDecl));
    // Assets that inherit from the owner get a clash as well.
    for (const asset of related.filter((each) => lineage(each).includes(owner))) {
      if (project.workspace.services.twin.Members.of(asset).has(newName)) {
        return `${asset.name} already has a member ${newName}.`;
      }
    }
    return undefined;
  }
  const file = project.workspace.file(uriOf(target));
  if (file === undefined) return undefined;
  const packageName = packageOf(file.tree);
  const same =
    packageName === ''
      ? namedElements(file.tree)
      : [...project.workspace.services.twin.PackageIndex.elements(packageName)];
  const clash = same.find((each) => each.name === newName && !isUnitDecl(each));
  return clash === undefined ? undefined : `${packageName || 'This file'} already declares ${newName}.`;
}
