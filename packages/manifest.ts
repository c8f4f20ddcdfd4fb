/** `pollux.json`: what a folder of `.twin` files is called as a package, and which packages it needs. */
import valid from 'semver/functions/valid.js';
import type { Way } from './place.ts';

export const MANIFEST_FILE = 'pollux.json';

export interface PackageManifest {
  /** First words of the `package` lines of its files: `acme.pumps` covers `acme.pumps.seals` too. */
  name: string;
  /** Semantic version: `1.2.0`. */
  version: string;
  description?: string;
  license?: string;
  /** By the package's name. */
  dependencies: Record<string, Requirement>;
}

/** Where a package comes from, and which one will do. */
export type Requirement =
  /** At least this version of what a git repository has tagged, and none that breaks with it. */
  | { git: string; version: string }
  /** Exactly this commit, tag or branch of a git repository; the lock file holds the commit. */
  | { git: string; revision: string }
  /** A folder, relative to the one that the manifest is in. */
  | { path: string };

/** What is wrong with a file of the package system, and where. */
export class PackageProblem extends Error {
  override name = 'PackageProblem';
  /** Nothing where it is about no place in a text that is JSON. */
  readonly way: Way | undefined;
  constructor(message: string, way?: Way) {
    super(message);
    this.way = way;
  }
}
const at = (...keys: string[]): Way => ({ keys, of: 'value' });
const keyOf = (...keys: string[]): Way => ({ keys, of: 'key' });

const PACKAGE_NAME = /^[_a-zA-Z][_a-zA-Z0-9]*(\.[_a-zA-Z][_a-zA-Z0-9]*)*$/;
/** A word of a command line is never taken for an option. */
const GIT_ADDRESS = /^(https:\/\/|ssh:\/\/|git@[\w.-]+:|file:\/\/)[^\s]+$/;
const REVISION = /^[\w][\w./-]*$/;

export const isPackageName = (name: string): boolean => PACKAGE_NAME.test(name);
export const isGitAddress = (address: string): boolean => GIT_ADDRESS.test(address);

/** @throws PackageProblem that says where (`file`), what and what to write */
export function readManifest(text: string, file: string): PackageManifest {
  const root = objectIn(text, file);
  const known = ['$schema', 'name', 'version', 'description', 'license', 'dependencies'];
  refuseUnknown(root, known, file, '', []);
  const name = wordIn(root, 'name', file);
  if (!isPackageName(name))
    throw new PackageProblem(
      `${file}: "name" is ${JSON.stringify(name)}; it must be a package name such as acme.pumps`,
      at('name'),
    );
  if (name === 'pollux' || name.startsWith('pollux.'))
    throw new PackageProblem(
      `${file}: "name" is ${name}; names that begin with pollux are the library's`,
      at('name'),
    );
  const version = wordIn(root, 'version', file);
  if (valid(version) !== version)
    throw new PackageProblem(
      `${file}: "version" is ${version}; it must be a version such as 1.2.0`,
      at('version'),
    );
  const given = root['dependencies'] ?? {};
  if (!isObject(given))
    throw new PackageProblem(
      `${file}: "dependencies" must be an object: package name → source`,
      at('dependencies'),
    );
  const dependencies: Record<string, Requirement> = Object.create(null) as Record<string, Requirement>;
  for (const key of Object.keys(given).toSorted()) dependencies[key] = requirementIn(key, given[key], file);
  return {
    name,
    version,
    ...('description' in root ? { description: wordIn(root, 'description', file) } : {}),
    ...('license' in root ? { license: wordIn(root, 'license', file) } : {}),
    dependencies,
  };
}

/** The same manifest gives the same text; dependencies stand in the order of their names. */
export function writeManifest(manifest: PackageManifest): string {
  const { dependencies, ...rest } = manifest;
  const names = Object.keys(dependencies).toSorted();
  const sorted = Object.fromEntries(names.map((name) => [name, dependencies[name]]));
  return `${JSON.stringify({ ...rest, ...(names.length === 0 ? {} : { dependencies: sorted }) }, undefined, 2)}\n`;
}

function requirementIn(name: string, value: unknown, file: string): Requirement {
  const own = ['dependencies', name] as const;
  const where = `${file}: dependency ${JSON.stringify(name)}`;
  if (!isPackageName(name))
    throw new PackageProblem(`${where} is no package name; write one such as acme.pumps`, keyOf(...own));
  if (!isObject(value))
    throw new PackageProblem(
      `${where} must say its source: { "git": "https://…", "version": "1.2.0" }`,
      at(...own),
    );
  refuseUnknown(value, ['git', 'path', 'version', 'revision'], file, ` of dependency ${name}`, own);
  if ('path' in value) {
    if ('git' in value || 'version' in value || 'revision' in value)
      throw new PackageProblem(`${where} has a path and more; a folder is taken as it is`, at(...own));
    return { path: wordIn(value, 'path', where, own) };
  }
  if (!('git' in value))
    throw new PackageProblem(
      `${where} must say its source: "git" (an address) or "path" (a folder)`,
      keyOf(...own),
    );
  const git = wordIn(value, 'git', where, own);
  if (!isGitAddress(git))
    throw new PackageProblem(
      `${where}: ${git} is no address; it must begin with https://, ssh://, file:// or git@`,
      at(...own, 'git'),
    );
  if ('version' in value === 'revision' in value)
    throw new PackageProblem(`${where} must have either a "version" or a "revision"`, keyOf(...own));
  if ('version' in value) {
    const version = wordIn(value, 'version', where, own);
    if (valid(version) !== version)
      throw new PackageProblem(
        `${where}: "version" is ${version}; it must be one such as 1.2.0, the least that will do`,
        at(...own, 'version'),
      );
    return { git, version };
  }
  const revision = wordIn(value, 'revision', where, own);
  if (!REVISION.test(revision))
    throw new PackageProblem(
      `${where}: "revision" is ${revision}; it must be a commit, tag or branch`,
      at(...own, 'revision'),
    );
  return { git, revision };
}

export function objectIn(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new PackageProblem(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(value)) throw new PackageProblem(`${file} must hold one JSON object: { … }`, at());
  return value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @param within the way to the object */
export function wordIn(
  object: Record<string, unknown>,
  key: string,
  where: string,
  within: readonly string[] = [],
): string {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  if (typeof value !== 'string' || value === '')
    throw new PackageProblem(
      `${where}: "${key}" ${value === undefined ? 'is missing' : 'must be a text'}`,
      at(...within, key),
    );
  return value;
}

function refuseUnknown(
  object: object,
  known: readonly string[],
  file: string,
  of: string,
  within: readonly string[],
): void {
  const other = Object.keys(object).find((key) => !known.includes(key));
  if (other !== undefined)
    throw new PackageProblem(
      `${file}: nothing is called "${other}"${of}; there are ${known.join(', ')}`,
      keyOf(...within, other),
    );
}
