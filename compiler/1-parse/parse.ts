/** A list of texts → linked files and diagnostics, in one call: what the command line and tests need. */
import type { TwinFile } from '../../grammar/generated/ast.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { LibraryFiles } from '../library-files.ts';
import type { Absence } from './names/absent.ts';
import { packageOf } from './names/package-index.ts';
import { createTwinServices } from './services.ts';
import { Workspace } from './workspace.ts';

/** A text and where it is from. */
export interface SourceText {
  uri: string;
  text: string;
}

export interface ParseOptions {
  library: LibraryFiles;
  /**
   * Where else to look for a package that is used, or that a file is part of: the other `.twin` files of the same folder
   * tree, say. May return files that are there already.
   */
  resolvePackage?: (packageName: string) => readonly SourceText[];
  /** Packages that the project names and that are not here → why. */
  absentPackages?: ReadonlyMap<string, Absence>;
}

export interface ParseResult {
  /** The trees of the given texts first and in their order, then of those that were looked up, then of the library. */
  files: TwinFile[];
  /** Of all files but the library's, in the order of files and places. */
  diagnostics: Diagnostic[];
  workspace: Workspace;
}

/** All texts are linked with each other and with the library. Mistakes are findings; nothing is thrown for them. */
export function parse(texts: readonly SourceText[], options: ParseOptions): ParseResult {
  const workspace = new Workspace(createTwinServices(), options.library);
  if (options.absentPackages !== undefined)
    workspace.services.twin.PackageIndex.absent = options.absentPackages;
  for (const { uri, text } of texts) workspace.set(uri, text);
  if (options.resolvePackage !== undefined) addPackages(workspace, options.resolvePackage);
  workspace.link();
  const all = workspace.files();
  const own = all.filter((file) => !file.library);
  return {
    files: [...own, ...all.filter((file) => file.library)].map((file) => file.tree),
    diagnostics: own.flatMap((file) => [...file.syntax, ...file.names]),
    workspace,
  };
}

function addPackages(workspace: Workspace, resolve: (packageName: string) => readonly SourceText[]): void {
  const asked = new Set<string>();
  for (let more = true; more;) {
    more = false;
    for (const { tree, library } of workspace.files()) {
      if (library) continue;
      for (const name of [packageOf(tree), ...tree.uses.map((use) => use?.package ?? '')]) {
        if (name === '' || asked.has(name)) continue;
        asked.add(name);
        more = true;
        for (const { uri, text } of resolve(name)) {
          if (workspace.file(uri) === undefined) workspace.set(uri, text);
        }
      }
    }
  }
}
