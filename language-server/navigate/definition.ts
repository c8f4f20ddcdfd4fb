/** Go to definition: names, units and packages; the library's files under `pollux-library:`. */
import type { Location } from 'vscode-languageserver-types';
import { sourceOf, type ParsedFile } from '../../compiler/1-parse/index.ts';
import { cursorAt } from '../workspace/cursor.ts';
import { locationOf, nameSource } from '../workspace/places.ts';
import type { Project } from '../workspace/project.ts';

export function definition(project: Project, file: ParsedFile, offset: number): Location[] {
  const cursor = cursorAt(project, file, offset);
  switch (cursor?.kind) {
    case 'name':
      return [locationOf(nameSource(cursor.target))];
    case 'unit':
      return cursor.declaration === undefined ? [] : [locationOf(nameSource(cursor.declaration))];
    case 'package':
      return project.workspace
        .filesOfPackage(cursor.name)
        .map(({ tree }) => locationOf(sourceOf(tree.package ?? tree)));
  }
  return [];
}
