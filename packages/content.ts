/** A folder → the files that make a package, and a hash that stands for them. */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PackageProblem } from './manifest.ts';

/** Path with `/`, from the package's folder → bytes. */
export type PackageFiles = Map<string, Buffer>;

/** What a package is made of: texts, the data that tables read, and what people want to know of it. */
const BELONGS = /(\.twin|\.csv|^pollux\.json|^README\.md|^LICENSE(\.\w+)?|^NOTICE(\.\w+)?)$/;
const PASSED_OVER = new Set(['node_modules', 'dist', 'out', 'build']);
const MOST_FILES = 10_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** Whether a file belongs, by its path from the package's folder. */
export function belongs(path: string): boolean {
  const folders = path.split('/');
  return (
    BELONGS.test(path) &&
    !folders.some((name) => name.startsWith('.')) &&
    !folders.slice(0, -1).some((name) => PASSED_OVER.has(name))
  );
}

/** Links are not followed: a package is what its folder holds. Files below hidden folders do not belong. */
export function readPackageFolder(folder: string): PackageFiles {
  const files: PackageFiles = new Map();
  let bytes = 0;
  const visit = (relative: string): void => {
    const entries = readdirSync(join(folder, relative), { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith('.')) continue;
      const path = relative === '' ? entry.name : `${relative}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!PASSED_OVER.has(entry.name)) visit(path);
      } else if (BELONGS.test(path)) {
        if (!entry.isFile())
          throw new PackageProblem(`${path} in the package is no plain file (a link?): it is not taken`);
        const content = readPlainFile(join(folder, path));
        files.set(path, content);
        bytes += content.length;
        if (files.size > MOST_FILES || bytes > MOST_BYTES)
          throw new PackageProblem('the package has more than 10,000 files or 64 MiB: it is not taken');
      }
    }
  };
  visit('');
  return files;
}

/** The file itself, even where a link took its place after the folder was listed. */
function readPlainFile(path: string): Buffer {
  const handle = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    if (!fstatSync(handle).isFile() || lstatSync(path).isSymbolicLink())
      throw new PackageProblem(`${path} is no plain file: it is not taken`);
    return readFileSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** `sha256-…` over path, length and bytes of each file, in the order of paths: the same on every system. */
export function integrityOf(files: PackageFiles): string {
  const hash = createHash('sha256');
  for (const path of [...files.keys()].toSorted()) {
    const content = files.get(path)!;
    hash.update(`${path}\n${content.length}\n`).update(content);
  }
  return `sha256-${hash.digest('hex')}`;
}
