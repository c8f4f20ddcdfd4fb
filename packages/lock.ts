/** `pollux.lock`: what exactly was chosen for each requirement, so that everyone gets the same bytes. */
import valid from 'semver/functions/valid.js';
import { isObject, isPackageName, objectIn, PackageProblem, wordIn } from './manifest.ts';

export const LOCK_FILE = 'pollux.lock';

export interface Lock {
  /** Hash of the requirements that it answers (see `install.ts`): when they change, so must the lock. */
  requirements: string;
  /** By the package's name. */
  packages: Record<string, LockedPackage>;
}

export type LockedPackage = {
  version: string;
  /** Names of the packages that it needs itself. */
  dependencies: string[];
} & (
  | {
      git: string;
      /** What was asked for, where it was no version. */
      revision?: string;
      commit: string;
      /** Hash of the files (see `content.ts`): `sha256-…` */
      integrity: string;
    }
  /** A folder is part of the project, and of its history: it has no hash. Relative to the project's folder. */
  | { path: string }
);

const COMMIT = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
const INTEGRITY = /^sha256-[0-9a-f]{64}$/;

/** @throws PackageProblem */
export function readLock(text: string, file: string): Lock {
  const damaged = (what: string): PackageProblem =>
    new PackageProblem(`${file}: ${what}; delete the file and run pollux install to write it anew`);
  const root = objectIn(text, file);
  if (root['format'] !== 1) throw damaged(`its format is ${JSON.stringify(root['format'])} and not 1`);
  const requirements = root['requirements'];
  if (typeof requirements !== 'string') throw damaged('"requirements" is missing');
  const given = root['packages'];
  if (!isObject(given)) throw damaged('"packages" is missing');
  const packages = Object.create(null) as Record<string, LockedPackage>;
  for (const name of Object.keys(given)) {
    const value = given[name];
    if (!isPackageName(name) || !isObject(value))
      throw damaged(`the entry ${JSON.stringify(name)} is damaged`);
    const version = wordIn(value, 'version', `${file}, ${name}`);
    const dependencies = value['dependencies'];
    if (valid(version) !== version || !Array.isArray(dependencies) || !dependencies.every(isName))
      throw damaged(`the entry ${name} is damaged`);
    if ('path' in value)
      packages[name] = { version, path: wordIn(value, 'path', `${file}, ${name}`), dependencies };
    else {
      const [git, commit, integrity] = ['git', 'commit', 'integrity'].map((key) =>
        wordIn(value, key, `${file}, ${name}`),
      ) as [string, string, string];
      if (!COMMIT.test(commit) || !INTEGRITY.test(integrity)) throw damaged(`the entry ${name} is damaged`);
      const revision = 'revision' in value ? { revision: wordIn(value, 'revision', `${file}, ${name}`) } : {};
      packages[name] = { version, git, ...revision, commit, integrity, dependencies };
    }
  }
  return { requirements, packages };
}

/** In the order of names: two people who add packages do not touch each other's lines. */
export function writeLock({ requirements, packages }: Lock): string {
  const names = Object.keys(packages).toSorted();
  const sorted = Object.fromEntries(names.map((name) => [name, packages[name]]));
  return `${JSON.stringify({ format: 1, requirements, packages: sorted }, undefined, 2)}\n`;
}

const isName = (value: unknown): value is string => typeof value === 'string' && isPackageName(value);
