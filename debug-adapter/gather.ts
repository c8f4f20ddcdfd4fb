/** One file of a folder tree → the texts that it needs, and the data files that these read. */
import { headerOf } from '../compiler/1-parse/read/headers.ts';
import { parse } from '../compiler/1-parse/index.ts';
import type { SourceText } from '../compiler/1-parse/index.ts';
import { checkerOf } from '../compiler/index.ts';
import { libraryFiles } from '../library/embedded.ts';
import { CannotDebug } from './program.ts';

/** The file itself first, then those of its package and of the packages that it uses. Throws CannotDebug. */
export function textsFor(uri: string, files: readonly SourceText[]): SourceText[] {
  const asked = files.find((each) => each.uri === uri);
  if (asked === undefined) throw new CannotDebug(`There is no file ${uri}, or it could not be read.`);
  const packages = new Map<string, SourceText[]>();
  for (const each of files) {
    const { package: name } = headerOf(each.uri, each.text);
    packages.set(name, [...(packages.get(name) ?? []), each]);
  }
  const { workspace } = parse([asked], {
    library: libraryFiles,
    resolvePackage: (name) => packages.get(name) ?? [],
  });
  const needed = new Set(workspace.files().map((each) => each.uri));
  return [asked, ...files.filter((each) => each !== asked && needed.has(each.uri))];
}

/** URIs of data files that the texts read, of which nothing is known yet. */
export function unread(texts: readonly SourceText[], known: ReadonlyMap<string, unknown>): string[] {
  const wanted = new Set<string>();
  const { files, workspace } = parse(texts, { library: libraryFiles });
  const checker = checkerOf(workspace, (uri) => {
    if (!known.has(uri)) wanted.add(uri);
    return undefined;
  });
  checker.model(files.slice(0, texts.length));
  return [...wanted];
}
