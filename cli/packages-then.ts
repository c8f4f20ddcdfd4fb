/** A revision → its packages as they were: those from git that its own lock file names, where they are still to be had, and folders by its history. */
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { belongs, integrityOf } from '../packages/content.ts';
import type { PackageFiles } from '../packages/content.ts';
import { readDataFile } from '../packages/data-file.ts';
import { folderOf, INSTALLED, projectFolder } from '../packages/install.ts';
import { LOCK_FILE, readLock } from '../packages/lock.ts';
import type { Lock, LockedPackage } from '../packages/lock.ts';
import { MANIFEST_FILE, PackageProblem } from '../packages/manifest.ts';
import { keptPackage } from '../packages/store.ts';
import { ON_DISK } from '../packages/used.ts';
import type { ProjectFiles } from '../packages/used.ts';

/** What a commit holds, by paths in its repository. */
export interface Committed {
  top: string;
  names: ReadonlySet<string>;
  show(name: string): string | undefined;
  bytes(name: string): Buffer;
}

/** Data files of tables, as they were in a version. */
export type ReadData = (uri: string, folder: string) => string | undefined;

export interface PackagesThen {
  files: ProjectFiles;
  /** Data files within packages; nothing of others. */
  read: ReadData;
  /** Of packages from git, by name: what they are read with. */
  locked: Record<string, LockedPackage>;
  /** Where these are not what the revision asks for. */
  notes: string[];
}

/** Packages as they are now. */
export const packagesNow = (folder: string): PackagesThen => {
  const project = projectFolder(folder);
  const lock = project === undefined ? undefined : lockIn(ON_DISK.text(join(project, LOCK_FILE)));
  return { files: ON_DISK, read: () => undefined, locked: lock?.packages ?? {}, notes: [] };
};

export function packagesThen(label: string, folder: string, committed: Committed): PackagesThen {
  const { top, names, show, bytes } = committed;
  const now = packagesNow(folder);
  const project = projectFolder(folder);
  /** Its path in the repository; nothing where it lies outside. */
  const nameOf = (path: string): string | undefined => {
    const name = relative(top, path).split(sep).join('/');
    return name.startsWith('../') || name === '..' ? undefined : name;
  };
  if (project === undefined || nameOf(project) === undefined) return now;
  const installed = `${pathToFileURL(join(project, INSTALLED)).href}/`;
  const readInstalled: ReadData = (uri, of) =>
    uri.startsWith(installed) ? readDataFile(uri, of) : undefined;
  const shown = (path: string): string | undefined => {
    const name = nameOf(path);
    return name === undefined ? undefined : show(name);
  };
  const folderThen = (path: string): PackageFiles | undefined => {
    const name = nameOf(path);
    if (name === undefined) return ON_DISK.package(path, { version: '', dependencies: [], path });
    const front = name === '' ? '' : `${name}/`;
    const own = [...names].filter((each) => each.startsWith(front) && belongs(each.slice(front.length)));
    return own.length === 0
      ? undefined
      : new Map(own.toSorted().map((each) => [each.slice(front.length), bytes(each)]));
  };
  const known = new Map<string, PackageFiles | undefined>();
  const filesOf = (path: string, locked: LockedPackage): PackageFiles | undefined => {
    if (!known.has(path))
      known.set(path, 'path' in locked ? folderThen(path) : installedOrKept(path, locked.integrity));
    return known.get(path);
  };
  const manifest = shown(join(project, MANIFEST_FILE));
  const then = lockIn(shown(join(project, LOCK_FILE)));
  if (then === undefined || manifest === undefined) return { ...now, read: readInstalled };
  const entries = Object.entries(then.packages);
  const isThere = ([name, locked]: [string, LockedPackage]): boolean =>
    'path' in locked || filesOf(folderOf(project, name, locked), locked) !== undefined;
  if (entries.every(isThere)) {
    const read: ReadData = (uri) => {
      const path = fileURLToPath(uri);
      const found = [...known].find(([at]) => path.startsWith(at + sep));
      return found?.[1]
        ?.get(
          path
            .slice(found[0].length + 1)
            .split(sep)
            .join('/'),
        )
        ?.toString('utf8');
    };
    return { files: { text: shown, package: filesOf }, read, locked: then.packages, notes: [] };
  }
  // All of one time: packages fit each other as they were locked.
  const foldersThen: ProjectFiles = {
    text: ON_DISK.text,
    package: (path, locked) =>
      ('path' in locked ? folderThen(path) : undefined) ?? ON_DISK.package(path, locked),
  };
  const notes = entries.flatMap(([name, locked]) => {
    const installed = now.locked[name];
    if (installed === undefined || commitOf(installed) === commitOf(locked)) return [];
    return [
      `${label} locks ${name} ${whichOf(locked)} and is read with ${whichOf(installed)}, which ${LOCK_FILE} says here: what that changes is not seen. ` +
        `To see it, check ${label} out beside (git worktree add ../before REVISION) and run pollux install there: from then on this machine has both`,
    ];
  });
  return { files: foldersThen, read: readInstalled, locked: now.locked, notes };
}

/** What differs between two versions by packages alone. */
export function otherPackages(
  base: { label: string; locked: PackagesThen['locked'] },
  head: { label: string; locked: PackagesThen['locked'] },
): string[] {
  return Object.entries(base.locked).flatMap(([name, before]) => {
    const after = head.locked[name];
    if (after === undefined || commitOf(after) === commitOf(before)) return [];
    return [
      `${base.label} is read with ${name} ${whichOf(before)} and ${head.label} with ${whichOf(after)}, as their ${LOCK_FILE} says: ` +
        'changes in the text of packages are not listed, and what they do is',
    ];
  });
}

function installedOrKept(folder: string, integrity: string): PackageFiles | undefined {
  try {
    const installed = ON_DISK.package(folder, { version: '', dependencies: [], path: folder });
    if (installed !== undefined && integrityOf(installed) === integrity) return installed;
  } catch (error) {
    if (!(error instanceof PackageProblem)) throw error;
  }
  return keptPackage(integrity);
}

/** One that cannot be read says nothing of what was locked. */
function lockIn(text: string | undefined): Lock | undefined {
  try {
    return text === undefined ? undefined : readLock(text, LOCK_FILE);
  } catch (error) {
    if (error instanceof PackageProblem) return undefined;
    throw error;
  }
}

const commitOf = (locked: LockedPackage): string => ('commit' in locked ? locked.commit : '');
const whichOf = (locked: LockedPackage): string =>
  'commit' in locked ? `${locked.version} (${locked.commit.slice(0, 12)})` : `the folder ${locked.path}`;
