/** A revision and what is installed → what to say where the revision asks for other packages than those that it is read with. */
import { join, relative, sep } from 'node:path';
import { lockOf, projectFolder } from '../packages/install.ts';
import { LOCK_FILE, readLock } from '../packages/lock.ts';
import type { Lock, LockedPackage } from '../packages/lock.ts';
import { PackageProblem } from '../packages/manifest.ts';

/**
 * Packages from git alone: they are read as they are installed, whichever revision uses them.
 * @param show a file of the revision, by its path in the repository
 */
export function lockedOtherwise(
  label: string,
  folder: string,
  top: string,
  show: (name: string) => string | undefined,
): string[] {
  const project = projectFolder(folder);
  if (project === undefined) return [];
  const name = relative(top, join(project, LOCK_FILE)).split(sep).join('/');
  const [then, now] = [lockIn(() => parsed(show(name))), lockIn(() => lockOf(project))];
  if (then === undefined || now === undefined) return [];
  return Object.entries(then.packages).flatMap(([called, locked]) => {
    const installed = now.packages[called];
    if (installed === undefined || commitOf(installed) === commitOf(locked)) return [];
    return [
      `${label} locks ${called} ${whichOf(locked)} and is read with ${whichOf(installed)}, which ${LOCK_FILE} says here: what that changes is not seen. ` +
        `To see it, check ${label} out beside (git worktree add ../before REVISION), run pollux install there, and compare the two folders`,
    ];
  });
}

const parsed = (text: string | undefined): Lock | undefined =>
  text === undefined ? undefined : readLock(text, LOCK_FILE);

/** One that cannot be read says nothing of what was locked. */
function lockIn(read: () => Lock | undefined): Lock | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof PackageProblem) return undefined;
    throw error;
  }
}

const commitOf = (locked: LockedPackage): string => ('commit' in locked ? locked.commit : '');
const whichOf = (locked: LockedPackage): string =>
  'commit' in locked ? `${locked.version} (${locked.commit.slice(0, 12)})` : `the folder ${locked.path}`;
