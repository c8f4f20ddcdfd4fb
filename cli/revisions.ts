/** `main`, `HEAD~2`, a folder, a file, a bundle, the working tree → the texts or the bundle of a version. */
import { createHash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUNDLE_EXTENSION } from '../bundles/names.ts';
import { analyse } from '../compiler/index.ts';
import type { Analysis, Diagnostic, SourceText } from '../compiler/index.ts';
import { libraryFiles } from '../library/embedded.ts';
import { readDataFile } from '../packages/data-file.ts';
import { ON_DISK, usedPackages, usesIn } from '../packages/used.ts';
import type { ProjectFiles, UsedPackages } from '../packages/used.ts';
import { versionOfBundle, versionOfTexts } from '../review/version.ts';
import type { Version } from '../review/version.ts';
import { git as runGit, gitBytes } from './git.ts';
import { otherPackages, packagesNow, packagesThen } from './packages-then.ts';
import type { PackagesThen, ReadData } from './packages-then.ts';
import { readProject, uriOf } from './project.ts';
import { filesAt, filesIn } from './recordings.ts';
import type { RecordingFile } from './recordings.ts';
import { Refusal } from './terminal/terminal.ts';
import { anyBundle } from './trust.ts';

/** What a version consists of; it is analysed when somebody asks for it, once. */
export interface Side {
  label: string;
  /** Empty for a bundle. */
  texts: readonly SourceText[];
  read: ReadData;
  /** With the texts and the data files, all that the version depends on: packages, or the bundle. */
  depends: readonly string[];
  /** What people have to know of how it is read. */
  notes: readonly string[];
  /** Of other texts, with its packages. */
  analyse(texts: readonly SourceText[], read: ReadData): Analysis;
  /** Packages from elsewhere. */
  locked: PackagesThen['locked'];
  made(): Made | { diagnostics: Diagnostic[] };
}
export interface Made {
  version: Version;
  /** What was read. */
  data: DataRead[];
}
export interface DataRead {
  uri: string;
  folder: string;
  hash: string;
}

/** There is nothing in one of the versions. */
export class NothingThere extends Refusal {}

/** The name of a commit, as short as people read it; others stay. */
export const shortRevision = (name: string): string =>
  /^[0-9a-f]{40,64}$/.test(name) ? name.slice(0, 12) : name;

/** What to compare: two of them, and the path within a repository. */
export interface Comparison {
  base: Side;
  head: Side;
  /** The folder of the repository or of the version after: where waivers are looked for. */
  folder: string;
  /** What may be recordings, beside the version after. */
  files: () => RecordingFile[];
}

/**
 * `BASE..HEAD [PATH]`: two revisions; `BASE [PATH]`: a revision and the working tree; nothing: HEAD and the working tree;
 * two paths: files, folders or bundles.
 */
export function comparison(words: readonly string[]): Comparison {
  const found = sidesOf(words);
  const { base, head } = found;
  return { ...found, base: { ...base, notes: [...base.notes, ...otherPackages(base, head)] } };
}

function sidesOf(words: readonly string[]): Comparison {
  const [first = 'HEAD', second] = words;
  if (words.length > 2)
    throw new Refusal('compare two things: pollux diff BASE..HEAD, or two folders, files or bundles');
  const range = /^(.*?)\.\.\.?(.*)$/.exec(first);
  if (range !== null && !existsSync(first)) {
    const path = second ?? '.';
    const [from, to] = [range[1] || 'HEAD', range[2] || 'HEAD'];
    const base = first.includes('...') ? git(['merge-base', from, to], path).trim() : from;
    return {
      base: atRevision(base, path, shortRevision(from)),
      head: atRevision(to, path, shortRevision(to)),
      folder: folderOf(path),
      files: () => filesOf(to, path),
    };
  }
  if (second !== undefined && existsSync(first) && existsSync(second) && !isRevision(first, second))
    return {
      base: atPath(first),
      head: atPath(second),
      folder: folderOf(second),
      files: () => filesIn(folderOf(second)),
    };
  const path = second ?? '.';
  return {
    base: atRevision(first, path, shortRevision(first)),
    head: atPath(path, checkedOut(folderOf(path))),
    folder: folderOf(path),
    files: () => filesIn(folderOf(path)),
  };
}

/** What people call what lies on the disk: its branch and commit where it is just that, else the working tree. */
export function checkedOut(folder: string): string {
  try {
    // A new file counts where it is read; reports of a job do not.
    const changed = git(
      ['status', '--porcelain', '-z', '--untracked-files=all', '--no-renames', '--', '.'],
      folder,
    )
      .split('\0')
      .some((line) => line !== '' && (!line.startsWith('??') || line.endsWith('.twin')));
    if (changed) return 'the working tree';
    return named(git(['branch', '--show-current'], folder).trim(), git(['rev-parse', 'HEAD'], folder).trim());
  } catch (error) {
    if (error instanceof Refusal) return 'the working tree';
    throw error;
  }
}

/** `topic (c3d0be41ecbe)` */
export const named = (branch: string | undefined, commit: string): string =>
  branch === undefined || branch === '' ? shortRevision(commit) : `${branch} (${shortRevision(commit)})`;

const isFolder = (path: string): boolean => existsSync(path) && statSync(path).isDirectory();
export const folderOf = (path: string): string => {
  const whole = resolve(path);
  return isFolder(whole) ? whole : dirname(whole);
};

function atPath(path: string, label = path): Side {
  if (path.endsWith(BUNDLE_EXTENSION)) {
    const { artefact } = anyBundle(path);
    const depends = [hashOf(artefact.wasm), hashOf(JSON.stringify(artefact.manifest))];
    const version = versionOfBundle(label, artefact);
    return {
      label,
      texts: [],
      read: () => undefined,
      depends,
      notes: [],
      analyse: analyseTexts,
      locked: {},
      made: () => ({ version, data: [] }),
    };
  }
  const project = readProject([path]);
  return versionOf(label, project.texts, readDataFile, packagesNow(folderOf(path)));
}

/** Where a path is in a commit. */
function placeAt(revision: string, path: string): { top: string; commit: string; within: string } {
  const folder = folderOf(path);
  const top = realpathSync(topOf(folder, revision));
  const commit = commitOf(revision, folder);
  if (commit === undefined)
    throw new Refusal(
      `git knows no revision ${revision}${existsSync(revision) ? ', and a path needs another one to be compared with' : ''}`,
    );
  return { top, commit, within: relative(top, realpathSync(folder)).split(sep).join('/') };
}

function topOf(folder: string, revision: string): string {
  try {
    return git(['rev-parse', '--show-toplevel'], folder).replace(/\n$/, '');
  } catch (error) {
    if (!(error instanceof Refusal) || !error.message.includes('not a git repository')) throw error;
    throw new Refusal(
      existsSync(revision)
        ? `${folder} is in no git repository, so ${revision} needs another path to be compared with`
        : `${folder} is in no git repository, so there is no revision ${revision}; two folders, files or bundles need none`,
    );
  }
}

function filesOf(revision: string, path: string): RecordingFile[] {
  const { top, commit, within } = placeAt(revision, path);
  return filesAt(commit, top, within);
}

function atRevision(revision: string, path: string, label: string): Side {
  const { top, commit, within } = placeAt(revision, path);
  const listed = git(['ls-tree', '-r', '-z', '--name-only', commit, '--', within === '' ? '.' : within], top);
  // A file brings those beside it, as from the disk, and none below.
  const below = !isFolder(path);
  const names = listed
    .split('\0')
    .filter((name) => !below || !name.slice(within === '' ? 0 : within.length + 1).includes('/'))
    .filter((name) => name.endsWith('.twin') && !/(^|\/)(node_modules|dist|out|build|\.[^/]*)\//.test(name));
  if (names.length === 0) throw new NothingThere(`there is no .twin file in ${path} at ${label}`);
  const texts = names.map((name): SourceText => ({
    uri: uriOf(join(top, ...name.split('/'))),
    text: git(['show', `${commit}:${name}`], top).replace(/^\uFEFF/, ''),
  }));
  const there = new Set(git(['ls-tree', '-r', '-z', '--name-only', commit], top).split('\0'));
  const show = (name: string): string | undefined =>
    there.has(name) ? git(['show', `${commit}:${name}`], top) : undefined;
  const bytes = (name: string): Buffer => gitBytes(['show', `${commit}:${name}`], top);
  const packages = packagesThen(label, realpathSync(folderOf(path)), { top, names: there, show, bytes });
  const inside = `${uriOf(top)}/`;
  const read: ReadData = (uri) =>
    uri.startsWith(inside) ? show(decodeURIComponent(uri.slice(inside.length))) : undefined;
  return versionOf(label, texts, read, packages);
}

function versionOf(
  label: string,
  texts: readonly SourceText[],
  read: ReadData,
  packages: PackagesThen,
): Side {
  const { used, absent } = packagesOf(texts, packages.files);
  const readAll: ReadData = (uri, folder) => packages.read(uri, folder) ?? read(uri, folder);
  const analyse = (own: readonly SourceText[], readOwn: ReadData): Analysis =>
    analyseTexts(own, readOwn, packages.files);
  let known: ReturnType<Side['made']> | undefined;
  const make = (): ReturnType<Side['made']> => {
    const data = new Map<string, DataRead>();
    const made = versionOfTexts(label, texts, (own) =>
      analyse(own, (uri, folder) => {
        const text = readAll(uri, folder);
        data.set(uri, { uri, folder, hash: hashOf(text ?? '') });
        return text;
      }),
    );
    return 'version' in made ? { version: made.version, data: [...data.values()] } : made;
  };
  return {
    label,
    texts,
    read: readAll,
    depends: [JSON.stringify([[...used.values()], [...absent]])],
    notes: packages.notes,
    analyse,
    locked: packages.locked,
    made: () => (known ??= make()),
  };
}

export const hashOf = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');

export function analyseTexts(
  texts: readonly SourceText[],
  read: ReadData = readDataFile,
  files: ProjectFiles = ON_DISK,
): Analysis {
  const { used, absent } = packagesOf(texts, files);
  return analyse([...texts, ...used.values()], libraryFiles, absent, read);
}

function packagesOf(
  texts: readonly SourceText[],
  files: ProjectFiles,
): {
  used: Map<string, SourceText>;
  absent: UsedPackages['absent'];
} {
  const used = new Map<string, SourceText>();
  const absent: UsedPackages['absent'] = new Map();
  const known = new Set(texts.map(({ uri }) => uri));
  for (const { uri, text } of texts) {
    const uses = usesIn(text);
    if (uses.length === 0) continue;
    const found = usedPackages(dirname(fileURLToPath(uri)), uses, files);
    for (const each of found.texts) if (!known.has(each.uri)) used.set(each.uri, each);
    for (const [name, reason] of found.absent) absent.set(name, reason);
  }
  return { used, absent };
}

function isRevision(name: string, path: string): boolean {
  return commitOf(name, folderOf(path)) !== undefined;
}

function commitOf(revision: string, folder: string): string | undefined {
  if (revision.startsWith('-')) return undefined;
  try {
    return git(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`], folder).trim();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

const git = (args: readonly string[], path: string): string => runGit(args, folderOf(path));
