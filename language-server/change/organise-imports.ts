/** The `use` lines in order: by name, one for each package, without what nothing refers to. */
import type { AstNode } from 'langium';
import type { TextEdit } from 'vscode-languageserver-types';
import { isUnitDecl, type UseDecl } from '../../grammar/generated/ast.ts';
import type { ParsedFile } from '../../compiler/1-parse/index.ts';
import { rangeAt } from '../workspace/places.ts';
import type { Project } from '../workspace/project.ts';

/** Nothing where the lines hold comments or mistakes. */
export function organisedImports(project: Project, file: ParsedFile): TextEdit[] {
  const uses = file.tree.uses.filter((each) => (each as UseDecl | undefined)?.$cstNode !== undefined);
  const [first, last] = [uses[0]?.$cstNode, uses.at(-1)?.$cstNode];
  if (first === undefined || last === undefined || file.syntax.length > 0) return [];
  const before = file.text.slice(first.offset, last.end);
  if (/\/[/*]/.test(before)) return [];
  const packages = new Map<string, Set<string> | 'all'>();
  for (const use of uses) {
    const known = packages.get(use.package);
    if (use.imports.length === 0) {
      if (isUsed(project, file, use.package)) packages.set(use.package, 'all');
    } else if (known !== 'all') {
      const names = known ?? new Set<string>();
      for (const { target } of use.imports) {
        const element = target?.ref;
        // What cannot be found is not known to be of no use.
        if (target !== undefined && (element === undefined || refersTo(project, file, element)))
          names.add(target.$refText);
      }
      if (names.size > 0) packages.set(use.package, names);
    }
  }
  const lines = [...packages]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, names]) => `use ${name}${names === 'all' ? '' : `: ${[...names].sort().join(', ')}`}`);
  // Units of a package are seen by a `use` of any of its names.
  for (const use of uses) if (!packages.has(use.package) && hasUnits(project, use.package)) return [];
  const text = lines.join('\n');
  return text === before ? [] : [{ range: rangeAt(file, first.offset, last.end), newText: text }];
}

function refersTo(project: Project, file: ParsedFile, target: AstNode): boolean {
  // Their places in the text are not asked for: that would be the concrete syntax of all who use the target, in all files.
  return project.workspace.services.twin.Links.namesInto(target).some(
    ({ element, reference }) =>
      element.$container === file.tree &&
      element.$containerProperty === 'elements' &&
      'ref' in reference &&
      reference.ref === target,
  );
}

/** Whether any name of a package that is imported as a whole is used. */
function isUsed(project: Project, file: ParsedFile, name: string): boolean {
  const index = project.workspace.services.twin.PackageIndex;
  if (!index.has(name)) return true;
  for (const element of index.elements(name)) if (refersTo(project, file, element)) return true;
  return hasUnits(project, name);
}

function hasUnits(project: Project, name: string): boolean {
  return project.workspace
    .filesDeclaring(name)
    .some(({ tree }) => tree.elements.some((element) => isUnitDecl(element)));
}
