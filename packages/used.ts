/**
 * `use` lines → the texts of the packages they need, from package to package, and nothing else: an installed package that
 * nobody uses is not read.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { integrityOf, readPackageFolder } from './content.ts';
import type { PackageFiles } from './content.ts';
import { packageOf } from './fetch.ts';
import { folderOf, projectFolder } from './install.ts';
import { LOCK_FILE, readLock, type Lock, type LockedPackage } from './lock.ts';
import { MANIFEST_FILE, PackageProblem, readManifest, type Requirement } from './manifest.ts';

export interface UsedPackages {
  texts: { uri: string; text: string }[];
  /**
   * Used names whose package is not to be had → why, and what to do: `it is not installed: run pollux install`; or that it is there by way
   * of other packages only.
   */
  absent: Map<string, string | IndirectPackage>;
}

/** A package that the project does not ask for itself, and has because others need it. */
export interface IndirectPackage {
  package: string;
  /** `acme.pumps`, `acme.pumps and acme.motors` */
  by: string;
  within: string;
  without: string[];
  command: string;
  edit: { uri: string; start: number; end: number; text: string };
}

/** Package names in the `use` lines of a text, comments left out. `use` lines stand before all declarations. */
export function usesIn(text: string): string[] {
  const plain = text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
  return [...plain.matchAll(/^[ \t]*use[ \t]+([\w.]+)/gm)].map((match) => match[1]!);
}

/** Where a project and its packages are read: from the disk as it is, or as they were once. */
export interface ProjectFiles {
  /** Nothing where there is no such file. */
  text(path: string): string | undefined;
  /** Of a package that lies in a folder; nothing where that is not there. */
  package(folder: string, locked: LockedPackage): PackageFiles | undefined;
}

export const ON_DISK: ProjectFiles = {
  text: (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined),
  package: (folder) => (existsSync(folder) ? readPackageFolder(folder) : undefined),
};

/**
 * @param from a folder of the project
 * @param uses names that the project's texts use and do not declare themselves
 */
export function usedPackages(
  from: string,
  uses: Iterable<string>,
  disk: ProjectFiles = ON_DISK,
): UsedPackages {
  const found: UsedPackages = { texts: [], absent: new Map() };
  const open = [...uses].filter((name) => name !== 'pollux' && !name.startsWith('pollux.'));
  const project = open.length === 0 ? undefined : projectFolder(from);
  if (project === undefined) return found;
  const state = projectState(project, disk);
  const read = new Set<string>();
  if (!('problem' in state))
    for (const used of open) {
      const indirect = indirectPackage(project, state, used, disk);
      if (indirect !== undefined) found.absent.set(used, indirect);
    }
  for (let used = open.shift(); used !== undefined; used = open.shift()) {
    if (typeof found.absent.get(used) === 'string') continue;
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
    const problem = problemIn(() => {
      const files = disk.package(folder, locked);
      if (files === undefined)
        return 'path' in locked
          ? `its folder ${locked.path} is gone`
          : `${name} ${locked.version} is not installed: run pollux install`;
      // A folder may have changed in any way since it was locked.
      if ('path' in locked) packageOf(files, locked.path);
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
    });
    if (problem !== undefined) found.absent.set(used, problem);
  }
  return found;
}

interface ProjectState {
  lock: Lock | undefined;
  wanted: string[];
  own: string;
}

function indirectPackage(
  project: string,
  { lock, wanted, own }: ProjectState,
  used: string,
  disk: ProjectFiles,
): IndirectPackage | undefined {
  const locked = Object.entries(lock?.packages ?? {});
  const [name, entry] = locked.find(([each]) => covers(each, used)) ?? [];
  if (name === undefined || entry === undefined) return undefined;
  if (covers(own, used) || wanted.some((each) => covers(each, used))) return undefined;
  const needing = locked.filter(([, { dependencies }]) => dependencies.includes(name)).map(([each]) => each);
  if (needing.length === 0) return undefined;
  const folder = (path: string): string => `${pathToFileURL(path).href}/`;
  const manifest = join(project, MANIFEST_FILE);
  const before = disk.text(manifest) ?? '';
  const requirement = requirementOf(entry);
  return {
    package: name,
    by: needing.length === 1 ? needing[0]! : `${needing.slice(0, -1).join(', ')} and ${needing.at(-1)}`,
    within: folder(project),
    without: locked.map(([each, one]) => folder(folderOf(project, each, one))),
    command: `pollux add ${'path' in entry ? pathArgument(entry.path) : `${entry.git}${'revision' in entry ? `#${entry.revision}` : `@${entry.version}`}`}`,
    edit: {
      uri: pathToFileURL(manifest).href,
      start: 0,
      end: before.length,
      text: withDependency(before, name, requirement),
    },
  };
}

const requirementOf = (entry: LockedPackage): Requirement =>
  'path' in entry
    ? { path: entry.path }
    : entry.revision !== undefined
      ? { git: entry.git, revision: entry.revision }
      : { git: entry.git, version: entry.version };

/** A folder, not taken for an address. */
const pathArgument = (path: string): string => (/^\.|^\//.test(path) ? path : `./${path}`);

function withDependency(manifest: string, name: string, requirement: Requirement): string {
  const root = JSON.parse(manifest) as Record<string, unknown>;
  const all = { ...(root['dependencies'] as object | undefined), [name]: requirement };
  const dependencies = Object.fromEntries(Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ ...root, dependencies }, undefined, 2)}\n`;
}

function problemIn(read: () => string | undefined): string | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof PackageProblem) return error.message;
    throw error;
  }
}

function projectState(project: string, disk: ProjectFiles): ProjectState | { problem: string } {
  try {
    const { name, dependencies } = readManifest(disk.text(join(project, MANIFEST_FILE)) ?? '', MANIFEST_FILE);
    const lock = disk.text(join(project, LOCK_FILE));
    return {
      lock: lock === undefined ? undefined : readLock(lock, LOCK_FILE),
      wanted: Object.keys(dependencies),
      own: name,
    };
  } catch (error) {
    if (error instanceof PackageProblem) return { problem: error.message };
    throw error;
  }
}

/** `acme.pumps` covers `acme.pumps.seals`. */
const covers = (packageName: string, used: string): boolean =>
  used === packageName || used.startsWith(`${packageName}.`);
