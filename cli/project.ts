/** Disk → texts for the compiler. */
import { existsSync, readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { URI } from 'vscode-uri';
import type { Absence, SourceText } from '../compiler/index.ts';
import { problemOf, projectFolder } from '../packages/install.ts';
import { usedPackages, usesIn } from '../packages/used.ts';
import { pathOf } from './terminal/diagnostics.ts';
import { Refusal } from './terminal/terminal.ts';

export interface Project {
  /** All texts: those asked for and their neighbours, by path. */
  texts: SourceText[];
  /** URIs of the texts that were asked for. */
  asked: ReadonlySet<string>;
  textOf(uri: string): string | undefined;
  /** Packages that the project names and that are not here → why. */
  absentPackages: ReadonlyMap<string, Absence>;
}

/** Of a file, with those letters escaped that the compiler escapes: places in texts are compared by it. */
export const uriOf = (path: string): string => URI.parse(pathToFileURL(path).href).toString();

/** Folders that never hold sources. */
const PASSED_OVER = new Set(['node_modules', 'dist', 'out', 'build']);
const MAXIMUM_FILE_BYTES = 16 * 1024 * 1024;

/**
 * Reads `.twin` files and the packages that they use. A folder means all files below it; a file brings its neighbours in the
 * same folder with it, since its package may lie in several.
 */
export function readProject(paths: readonly string[]): Project {
  const { asked, found } = readTexts(paths);
  mustHaveSoundManifests(found.keys());
  const absentPackages = new Map<string, Absence>();
  for (const [folder, uses] of usesByFolder(found)) {
    const { texts: used, absent } = usedPackages(folder, uses);
    for (const { uri, text } of used) {
      const normal = URI.parse(uri).toString();
      if (!found.has(normal)) found.set(normal, text);
    }
    // What one of several projects has by way of others holds for its own texts alone.
    for (const [name, reason] of absent)
      if (typeof absentPackages.get(name) !== 'object') absentPackages.set(name, reason);
  }
  const texts = [...found].map(([uri, text]) => ({ uri, text })).toSorted((a, b) => (a.uri < b.uri ? -1 : 1));
  return { texts, asked, textOf: (uri) => found.get(uri), absentPackages };
}

/** The texts alone, for what needs no package: by URI, those that were asked for and their neighbours. */
export function readTexts(paths: readonly string[]): { asked: Set<string>; found: Map<string, string> } {
  const asked = new Set<string>();
  const found = new Map<string, string>();
  const read = (path: string): string => {
    const real = realpathSync(path);
    const uri = uriOf(real);
    if (!found.has(uri)) {
      if (statSync(real).size > MAXIMUM_FILE_BYTES)
        throw new Refusal(`${path} is larger than 16 MiB: split it into several files of one package`);
      found.set(uri, readFileSync(real, 'utf8').replace(/^\uFEFF/, ''));
    }
    return uri;
  };
  for (const given of paths) {
    if (given.trim() === '') throw new Refusal('the name of a file or folder is empty');
    if (given.endsWith('.pollux'))
      throw new Refusal(`${given} is a bundle: pollux run takes it, or name its source`);
    const path = resolve(given);
    if (!existsSync(path)) throw new Refusal(`there is no file or folder ${given}`);
    if (statSync(path).isDirectory()) {
      const files = twinFiles(path);
      if (files.length === 0) throw new Refusal(`there is no .twin file in ${given}`);
      for (const file of files) asked.add(read(file));
    } else {
      if (!path.endsWith('.twin')) throw new Refusal(`${given} is no .twin file; sources end in .twin`);
      asked.add(read(path));
      for (const file of twinFiles(dirname(path), false)) read(file);
    }
  }
  return { asked, found };
}

/** A manifest that nobody can read is a mistake, also where no text happens to use a package. */
function mustHaveSoundManifests(uris: Iterable<string>): void {
  const folders = new Set([...uris].map((uri) => dirname(fileURLToPath(uri))));
  const projects = new Set([...folders].map(projectFolder).filter((folder) => folder !== undefined));
  for (const project of projects) {
    const problem = problemOf(project, (file) => pathOf(pathToFileURL(file).href));
    if (problem !== undefined) throw new Refusal(problem);
  }
}

/** The package names that the files of a project use, by the folder of its manifest. */
function usesByFolder(found: ReadonlyMap<string, string>): Map<string, Set<string>> {
  const byFolder = new Map<string, Set<string>>();
  for (const [uri, text] of found) {
    const uses = usesIn(text);
    const folder = uses.length === 0 ? undefined : projectFolder(dirname(fileURLToPath(uri)));
    if (folder === undefined) continue;
    const all = byFolder.get(folder) ?? new Set();
    byFolder.set(folder, all);
    for (const name of uses) all.add(name);
  }
  return byFolder;
}

function twinFiles(folder: string, deep = true): string[] {
  const files: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || PASSED_OVER.has(entry.name)) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (deep) files.push(...twinFiles(path));
    } else if (entry.isFile() && entry.name.endsWith('.twin')) files.push(path);
  }
  return files.toSorted();
}
