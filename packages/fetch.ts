/** A source → a package on this disk. Git is asked through its own program, without prompts and without hooks. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import compare from 'semver/functions/compare.js';
import rsort from 'semver/functions/rsort.js';
import valid from 'semver/functions/valid.js';
import { integrityOf, readPackageFolder } from './content.ts';
import type { PackageFiles } from './content.ts';
import { MANIFEST_FILE, PackageProblem, readManifest } from './manifest.ts';
import type { PackageManifest } from './manifest.ts';
import { lineOf } from './select.ts';

export interface FetchedPackage {
  manifest: PackageManifest;
  files: PackageFiles;
  integrity: string;
  /** Of a git repository. */
  commit?: string;
}

const run = promisify(execFile);

/** @throws PackageProblem when git is missing, refuses, or the repository cannot be reached */
async function git(args: readonly string[], cwd?: string): Promise<string> {
  try {
    const { stdout } = await run(
      'git',
      ['-c', 'protocol.ext.allow=never', '-c', 'core.hooksPath=/dev/null', ...args],
      {
        cwd,
        env: { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_LFS_SKIP_SMUDGE: '1', LC_ALL: 'C' },
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    return stdout;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new PackageProblem('git is not installed, and this package comes from a git repository');
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    throw new PackageProblem(`git says: ${said.split('\n').at(-1)}`);
  }
}

export interface TaggedVersion {
  version: string;
  /** `v1.2.0` or `1.2.0`. */
  tag: string;
}

/** Versions that the repository has tagged, the newest first. */
export async function taggedVersions(address: string): Promise<TaggedVersion[]> {
  const listed = await git(['ls-remote', '--tags', '--refs', '--', address]);
  const tags = new Map<string, string>();
  for (const line of listed.split('\n')) {
    const tag = /refs\/tags\/(.+)$/.exec(line)?.[1];
    const version = tag?.replace(/^v/, '');
    if (tag !== undefined && version !== undefined && valid(version) === version && !tags.has(version))
      tags.set(version, tag);
  }
  return rsort([...tags.keys()]).map((version) => ({ version, tag: tags.get(version)! }));
}

/** The newest version of the same line as `version` that is no pre-release; nothing when there is none newer. */
export async function newestLike(address: string, version: string): Promise<string | undefined> {
  const tagged = await taggedVersions(address);
  return tagged.find(
    (each) =>
      lineOf(each.version) === lineOf(version) &&
      !each.version.includes('-') &&
      compare(each.version, version) > 0,
  )?.version;
}

/** The tag of a version. @throws PackageProblem that lists the versions there are */
export async function tagOf(address: string, version: string): Promise<string> {
  const tagged = await taggedVersions(address);
  const found = tagged.find((each) => each.version === version);
  if (found !== undefined) return found.tag;
  const there = tagged.slice(0, 8).map((each) => each.version);
  throw new PackageProblem(
    `${address} has no version ${version}; ${there.length === 0 ? 'it has tagged none' : `there are ${there.join(', ')}`}`,
  );
}

/** @param revision a commit, tag or branch */
export async function fetchGit(address: string, revision: string): Promise<FetchedPackage> {
  const folder = mkdtempSync(join(tmpdir(), 'pollux-package-'));
  try {
    await git(['init', '--quiet', '.'], folder);
    await git(['remote', 'add', 'origin', address], folder);
    try {
      await git(['fetch', '--quiet', '--depth', '1', '--no-tags', 'origin', revision], folder);
    } catch (error) {
      // Some servers give no single commit: then all of the history is fetched.
      if (!/^[0-9a-f]{40,64}$/.test(revision)) throw error;
      await git(['fetch', '--quiet', 'origin'], folder);
      await git(['update-ref', 'FETCH_HEAD', revision], folder);
    }
    await git(['checkout', '--quiet', '--detach', 'FETCH_HEAD'], folder);
    const commit = (await git(['rev-parse', 'HEAD'], folder)).trim();
    return { ...readPackage(folder, address), commit };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The package that lies in a folder. `name` is what people call the folder. */
export const readPackage = (folder: string, name: string): FetchedPackage =>
  packageOf(existsSync(join(folder, MANIFEST_FILE)) ? readPackageFolder(folder) : new Map(), name);

/** The package that files make. @throws PackageProblem */
export function packageOf(files: PackageFiles, name: string): FetchedPackage {
  const text = files.get(MANIFEST_FILE)?.toString('utf8');
  if (text === undefined)
    throw new PackageProblem(
      `${name} is no package: it has no ${MANIFEST_FILE}; one needs { "name": "acme.pumps", "version": "1.0.0" }`,
    );
  const manifest = readManifest(text, `${name}/${MANIFEST_FILE}`);
  mustBeOfPackage(files, manifest.name, name);
  return { manifest, files, integrity: integrityOf(files) };
}

/** Whoever reads `use acme.pumps` must know from its first words where it comes from. */
function mustBeOfPackage(files: PackageFiles, name: string, source: string): void {
  for (const [path, content] of files) {
    if (!path.endsWith('.twin')) continue;
    const declared = /^[ \t]*package\s+([\w.]+)/m.exec(content.toString('utf8'))?.[1];
    // Examples and tests of a package may stand outside of it; nobody can use them.
    if (declared === undefined || declared === name || declared.startsWith(`${name}.`)) continue;
    if (path.startsWith('examples/') || path.startsWith('test/')) continue;
    throw new PackageProblem(
      `${source}: ${path} is of package ${declared}, and the manifest's name is ${name}: it must begin with that`,
    );
  }
}
