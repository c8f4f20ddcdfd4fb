/** A project's manifest → lock file and installed packages. What is there already and right is not fetched again. */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { integrityOf, readPackageFolder } from './content.ts';
import { fetchGit, readPackage, tagOf } from './fetch.ts';
import type { FetchedPackage } from './fetch.ts';
import { LOCK_FILE, readLock, writeLock } from './lock.ts';
import type { Lock, LockedPackage } from './lock.ts';
import { MANIFEST_FILE, PackageProblem, readManifest, writeManifest } from './manifest.ts';
import type { PackageManifest, Requirement } from './manifest.ts';
import { select } from './select.ts';
import { keepPackage } from './store.ts';
import type { Candidate, Demand } from './select.ts';

/** Installed packages, a folder each. Not for version control: the lock file brings the same bytes back. */
export const INSTALLED = join('.pollux', 'packages');

export interface InstallOptions {
  /** Fail when the lock file does not answer the manifest, instead of writing it: for CI. */
  frozen?: boolean;
  /** Called when something is fetched. */
  onFetch?: (name: string, source: string) => void;
  /** Packages whose locked commit no longer counts. */
  renew?: ReadonlySet<string>;
}

export interface Installed {
  lock: Lock;
  /** Whether the lock file was written. */
  changed: boolean;
  /** Names of the packages whose files are new on this disk. */
  fetched: string[];
}

/** The nearest folder from `from` upwards that has a manifest. */
export function projectFolder(from: string): string | undefined {
  let folder = resolve(from);
  while (!existsSync(join(folder, MANIFEST_FILE))) {
    const above = dirname(folder);
    if (above === folder) return undefined;
    folder = above;
  }
  return folder;
}

export function manifestOf(project: string): PackageManifest {
  return readManifest(readFileSync(join(project, MANIFEST_FILE), 'utf8'), MANIFEST_FILE);
}

export function lockOf(project: string): Lock | undefined {
  const path = join(project, LOCK_FILE);
  return existsSync(path) ? readLock(readFileSync(path, 'utf8'), LOCK_FILE) : undefined;
}

/** What is wrong with the project's own files of the package system, whether or not any text needs a package. */
export function problemOf(project: string, named: (file: string) => string): string | undefined {
  try {
    readManifest(readFileSync(join(project, MANIFEST_FILE), 'utf8'), named(join(project, MANIFEST_FILE)));
    const lock = join(project, LOCK_FILE);
    if (existsSync(lock)) readLock(readFileSync(lock, 'utf8'), named(lock));
    return undefined;
  } catch (error) {
    if (error instanceof PackageProblem) return error.message;
    throw error;
  }
}

export function folderOf(project: string, name: string, locked: LockedPackage): string {
  return 'path' in locked ? resolve(project, locked.path) : join(project, INSTALLED, name);
}

/**
 * Makes lock and packages fit a manifest, and writes the manifest when it is given. Nothing is written before all
 * is known and fetched.
 * @throws PackageProblem
 */
export async function install(
  project: string,
  options: InstallOptions = {},
  changedManifest?: PackageManifest,
): Promise<Installed> {
  const manifest = changedManifest ?? manifestOf(project);
  const old = lockOf(project);
  const requirements = requirementsHash(project, manifest);
  const stands = old !== undefined && old.requirements === requirements && (options.renew?.size ?? 0) === 0;
  if (!stands && options.frozen === true)
    throw new PackageProblem(
      old === undefined
        ? `there is no ${LOCK_FILE}: run pollux install and commit it`
        : `${LOCK_FILE} does not answer ${MANIFEST_FILE}: run pollux install and commit it`,
    );
  const { lock, fetched } = stands
    ? { lock: old, fetched: await missing(project, old, options) }
    : await chooseAnew(project, manifest, requirements, old, options);
  for (const [name, files] of fetched) writePackage(project, name, files);
  removeOthers(project, lock);
  const text = writeLock(lock);
  const changed = old === undefined || writeLock(old) !== text;
  if (changedManifest !== undefined) replaceFile(join(project, MANIFEST_FILE), writeManifest(manifest));
  if (changed) replaceFile(join(project, LOCK_FILE), text);
  return { lock, changed, fetched: [...fetched.keys()].toSorted() };
}

/** What is locked and not on this disk, or no longer what it was. */
async function missing(
  project: string,
  lock: Lock,
  { onFetch }: InstallOptions,
): Promise<Map<string, FetchedPackage>> {
  const fetched = new Map<string, FetchedPackage>();
  for (const [name, locked] of Object.entries(lock.packages)) {
    const folder = folderOf(project, name, locked);
    if ('path' in locked) {
      readPackage(folder, locked.path);
      continue;
    }
    if (existsSync(folder) && integrityOf(readPackageFolder(folder)) === locked.integrity) continue;
    onFetch?.(name, locked.git);
    const found = await fetchGit(locked.git, locked.commit);
    if (found.integrity !== locked.integrity)
      throw new PackageProblem(
        `${name} from ${locked.git} is not what ${LOCK_FILE} says (${found.integrity}, not ${locked.integrity}): somebody changed one of them`,
      );
    fetched.set(name, found);
  }
  return fetched;
}

interface Found extends Candidate {
  locked: LockedPackage;
  package: FetchedPackage;
}

async function chooseAnew(
  project: string,
  manifest: PackageManifest,
  requirements: string,
  old: Lock | undefined,
  { onFetch, renew }: InstallOptions,
): Promise<{ lock: Lock; fetched: Map<string, FetchedPackage> }> {
  const lockedCommit = (name: string, wanted: Requirement): string | undefined => {
    const locked = renew?.has(name) === true ? undefined : old?.packages[name];
    if (locked === undefined || 'path' in locked || 'path' in wanted || locked.git !== wanted.git)
      return undefined;
    const same =
      'version' in wanted ? wanted.version === locked.version : wanted.revision === locked.revision;
    return same ? locked.commit : undefined;
  };
  const look = async (demand: Demand): Promise<Found> => {
    const { name, requirement, folder } = demand;
    const found = await (async (): Promise<{
      package: FetchedPackage;
      locked: LockedPackage;
      folder: string;
    }> => {
      if ('path' in requirement) {
        const at = resolve(folder, requirement.path);
        const here = relative(project, at).split(sep).join('/') || '.';
        const own = readPackage(at, requirement.path);
        return {
          package: own,
          locked: { version: own.manifest.version, path: here, dependencies: [] },
          folder: at,
        };
      }
      onFetch?.(name, requirement.git);
      const revision =
        lockedCommit(name, requirement) ??
        ('revision' in requirement
          ? requirement.revision
          : `refs/tags/${await tagOf(requirement.git, requirement.version)}`);
      const own = await fetchGit(requirement.git, revision);
      if ('version' in requirement && own.manifest.version !== requirement.version)
        throw new PackageProblem(
          `${requirement.git} calls itself version ${own.manifest.version} at its tag ${requirement.version}: its ${MANIFEST_FILE} or its tag is wrong`,
        );
      const { git } = requirement;
      const asked = 'revision' in requirement ? { revision: requirement.revision } : {};
      const { commit, integrity, manifest: its } = own;
      return {
        package: own,
        locked: { version: its.version, git, ...asked, commit: commit!, integrity, dependencies: [] },
        folder,
      };
    })();
    const its = found.package.manifest;
    if (its.name !== name)
      throw new PackageProblem(`${demand.by} asks for ${name}, and ${sourceOf(requirement)} is ${its.name}`);
    const outside = Object.entries(its.dependencies).find(
      ([, each]) => 'path' in each && !('path' in requirement),
    );
    if (outside !== undefined)
      throw new PackageProblem(
        `${name} ${its.version} takes ${outside[0]} from a folder, which is not here: a package from git can need only others from git`,
      );
    return {
      version: its.version,
      demands: demandsOf(its, `${its.name} ${its.version}`, found.folder),
      locked: found.locked,
      package: found.package,
    };
  };
  const chosen = await select(demandsOf(manifest, manifest.name, project), look);
  const lock: Lock = { requirements, packages: {} };
  const fetched = new Map<string, FetchedPackage>();
  for (const { name, candidate, needs } of chosen.values()) {
    lock.packages[name] = { ...candidate.locked, dependencies: needs };
    if (!('path' in candidate.locked)) fetched.set(name, candidate.package);
  }
  return { lock, fetched };
}

const demandsOf = ({ dependencies }: PackageManifest, by: string, folder: string): Demand[] =>
  Object.entries(dependencies).map(([name, requirement]) => ({ name, requirement, by, folder }));

const sourceOf = (requirement: Requirement): string =>
  'path' in requirement ? requirement.path : requirement.git;

/** Over the project's requirements and those of all folders that it takes: what a lock file is an answer to. */
function requirementsHash(project: string, manifest: PackageManifest): string {
  const hash = createHash('sha256');
  const seen = new Set<string>();
  const visit = (folder: string, { name, version, dependencies }: PackageManifest): void => {
    if (seen.has(folder)) return;
    seen.add(folder);
    const own = folder === project ? {} : { name, version };
    hash.update(`${JSON.stringify({ ...own, dependencies: Object.entries(dependencies) })}\n`);
    for (const requirement of Object.values(dependencies)) {
      if (!('path' in requirement)) continue;
      const at = resolve(folder, requirement.path);
      visit(at, readPackage(at, requirement.path).manifest);
    }
  };
  visit(project, manifest);
  return hash.digest('hex').slice(0, 32);
}

/** Written beside and then renamed: a package is there as a whole, or not at all. */
function writePackage(project: string, name: string, { files, integrity }: FetchedPackage): void {
  const parent = join(project, INSTALLED);
  mkdirSync(parent, { recursive: true });
  const fresh = mkdtempSync(join(parent, '.new-'));
  try {
    for (const [path, content] of files) {
      mkdirSync(join(fresh, dirname(path)), { recursive: true });
      writeFileSync(join(fresh, path), content);
    }
    const target = join(parent, name);
    keepInstalled(target);
    keepPackage(files, integrity);
    rmSync(target, { recursive: true, force: true });
    renameSync(fresh, target);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function removeOthers(project: string, { packages }: Lock): void {
  const parent = join(project, INSTALLED);
  if (!existsSync(parent)) return;
  for (const name of readdirSync(parent)) {
    const locked = Object.hasOwn(packages, name) ? packages[name] : undefined;
    if (locked !== undefined && !('path' in locked)) continue;
    keepInstalled(join(parent, name));
    rmSync(join(parent, name), { recursive: true, force: true });
  }
}

/** What makes way for another version: revisions before may ask for it. */
function keepInstalled(folder: string): void {
  try {
    const files = readPackageFolder(folder);
    if (files.size > 0) keepPackage(files, integrityOf(files));
  } catch {
    // Not there, or no package: nothing asks for it.
  }
}

function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
