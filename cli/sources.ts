/** What a twin is made from → names and digests that are the same wherever it lies. */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../bundles/digest.ts';
import { relativeNames } from '../bundles/sources.ts';
import type { Source, UsedPackage } from '../bundles/sources.ts';
import { folderOf, lockOf, projectFolder } from '../packages/install.ts';
import type { AnalysedProject } from './analyse.ts';

export interface Sources {
  sources: Source[];
  packages: UsedPackage[];
}

/** Texts, data files and packages, by their names. */
export function sourcesOf({ project, dataFiles }: AnalysedProject): Sources {
  const all = [...project.texts, ...dataFiles];
  const own = all.filter(({ uri }) => project.asked.has(uri)).map(({ uri }) => dirname(fileURLToPath(uri)));
  const folder = own.map((each) => projectFolder(each)).find((each) => each !== undefined);
  const packages: UsedPackage[] = [];
  const names = new Map<string, string>();
  const locked = folder === undefined ? {} : (lockOf(folder)?.packages ?? {});
  for (const [name, entry] of Object.entries(locked)) {
    const placed = folderOf(folder!, name, entry);
    if (!existsSync(placed)) continue;
    const root = realpathSync(placed);
    const inside = all.filter(({ uri }) => fileURLToPath(uri).startsWith(`${root}${sep}`));
    if (inside.length === 0) continue;
    for (const { uri } of inside)
      names.set(
        uri,
        join(name, relative(root, fileURLToPath(uri)))
          .split(sep)
          .join('/'),
      );
    packages.push({
      name,
      version: entry.version,
      ...('git' in entry
        ? {
            git: { url: withoutCredentials(entry.git), commit: entry.commit },
            sha256: entry.integrity.replace(/^sha256-/, ''),
          }
        : {}),
    });
  }
  const rest = all.map(({ uri }) => uri).filter((uri) => !names.has(uri));
  for (const [uri, name] of relativeNames(rest)) names.set(uri, name);
  const sources = all.map(({ uri, text }) => ({ uri, name: names.get(uri)!, sha256: sha256(text) }));
  return { sources: sources.toSorted((a, b) => (a.name < b.name ? -1 : 1)), packages };
}

/** What stands in an address before the `@` is a secret; a folder of this machine is none of anybody's business. */
function withoutCredentials(address: string): string {
  if (/^([./~]|[a-z]:\\|file:)/i.test(address)) return basename(address);
  return address.replace(/^([a-z+]+:\/\/)[^@/]*@/i, '$1');
}
