/**
 * `use` lines → the texts of the packages they need, from package to package, and nothing else: an installed package that
 * nobody uses is not read.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { integrityOf, readPackageFolder } from './content.ts';
import { folderOf, lockOf, manifestOf, projectFolder } from './install.ts';
import { LOCK_FILE, type Lock } from './lock.ts';
import { MANIFEST_FILE, PackageProblem } from './manifest.ts';

export interface UsedPackages {
  texts: { uri: string; text: string }[];
  /** Used names whose package is not to be had → why, and what to do: `it is not installed: run pollux install`. */
  absent: Map<string, string>;
}

/** Package names in the `use` lines of a text, comments left out. `use` lines stand before all declarations. */
export function usesIn(text: string): string[] {
  const plain = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
  return [...plain.matchAll(/^[ \t]*use[ \t]+([\w.]+)/gm)].map((match) => match[1]!);
}

/**
 * @param from a folder of the project
 * @param uses names that the project's texts use and do not declare themselves
 */
export function usedPackages(from: string, uses: Iterable<string>): UsedPackages {
  const found: UsedPackages = { texts: [], absent: new Map() };
  const open = [...uses].filter((name) => name !== 'pollux' && !name.startsWith('pollux.'));
  const project = open.length === 0 ? undefined : projectFolder(from);
  if (project === undefined) return found;
  const state = projectState(project);
  const read = new Set<string>();
  for (let used = open.shift(); used !== undefined; used = open.shift()) {
    if (found.absent.has(used)) continue;
    if ('problem' in state) {
      found.absent.set(used, state.problem);
      continue;
    }
    const { lock, wanted } = state;
    const name = Object.keys(lock?.packages ?? {}).find((each) => covers(each, used));
    const locked = name === undefined ? undefined : lock?.packages[name];
    if (name === undefined || locked === undefined) {
      const asked = wanted.find((each) => covers(each, used));
      if (asked !== undefined)
        found.absent.set(
          used,
          `${asked} stands in ${MANIFEST_FILE} and not in ${LOCK_FILE}: run pollux install`,
        );
      continue;
    }
    if (read.has(name)) continue;
    read.add(name);
    const folder = folderOf(project, name, locked);
    const problem = ((): string | undefined => {
      if (!existsSync(folder))
        return 'path' in locked
          ? `its folder ${locked.path} is gone`
          : `${name} ${locked.version} is not installed: run pollux install`;
      const files = readPackageFolder(folder);
      if (!('path' in locked) && integrityOf(files) !== locked.integrity)
        return `the files of ${name} in .pollux/packages are not those of ${LOCK_FILE}: run pollux install to restore them`;
      for (const [path, content] of files) {
        // Examples and tests are of other packages, and are nobody's business here.
        if (!path.endsWith('.twin') || path.startsWith('examples/') || path.startsWith('test/')) continue;
        const text = content.toString('utf8').replace(/^\uFEFF/, '');
        found.texts.push({ uri: pathToFileURL(join(folder, ...path.split('/'))).href, text });
        open.push(...usesIn(text).filter((each) => !covers(name, each) && !each.startsWith('pollux')));
      }
      return undefined;
    })();
    if (problem !== undefined) found.absent.set(used, problem);
  }
  return found;
}

function projectState(project: string): { lock: Lock | undefined; wanted: string[] } | { problem: string } {
  try {
    return { lock: lockOf(project), wanted: Object.keys(manifestOf(project).dependencies) };
  } catch (error) {
    if (error instanceof PackageProblem) return { problem: error.message };
    throw error;
  }
}

/** `acme.pumps` covers `acme.pumps.seals`. */
const covers = (packageName: string, used: string): boolean =>
  used === packageName || used.startsWith(`${packageName}.`);
