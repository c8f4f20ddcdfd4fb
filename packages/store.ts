/**
 * Packages that were installed lately, of all projects, by the hash of their files: so that an earlier version of a project can still be read with
 * the packages that it was made for.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { integrityOf, readPackageFolder } from './content.ts';
import type { PackageFiles } from './content.ts';

const KEPT = 100;

/** A store that cannot be written is no reason to fail. */
export function keepPackage(files: PackageFiles, integrity: string): void {
  const store = cacheFolder('packages');
  const part = join(store, `.${randomUUID()}`);
  try {
    if (keptPackage(integrity) !== undefined) return;
    for (const [path, content] of files) {
      mkdirSync(dirname(join(part, path)), { recursive: true, mode: 0o700 });
      writeFileSync(join(part, path), content);
    }
    // One that is damaged makes way.
    rmSync(join(store, integrity), { recursive: true, force: true });
    renameSync(part, join(store, integrity));
    prune(store);
  } catch {
    try {
      rmSync(part, { recursive: true, force: true });
    } catch {}
  }
}

/** Nothing where it is not there, or no longer what it was. */
export function keptPackage(integrity: string): PackageFiles | undefined {
  const folder = join(cacheFolder('packages'), integrity);
  try {
    const files = readPackageFolder(folder);
    if (integrityOf(files) !== integrity) return undefined;
    markUsed(folder);
    return files;
  } catch {
    return undefined;
  }
}

function markUsed(folder: string): void {
  try {
    utimesSync(folder, new Date(), new Date());
  } catch {}
}

/** The latest used are kept. */
function prune(store: string): void {
  const byUse = readdirSync(store)
    .map((name) => ({ name, used: statSync(join(store, name), { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .toSorted((a, b) => b.used - a.used);
  for (const { name } of byUse.slice(KEPT)) rmSync(join(store, name), { recursive: true, force: true });
}
