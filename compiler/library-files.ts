/**
 * The standard library as the compiler sees it: texts by file name, handed in by whoever starts the compiler.
 * Bundles and tests take them from `library/embedded.ts`; plain Node, which cannot import `.twin`, reads the folder.
 */

/** File name without folder (`units.twin`) → text. */
export type LibraryFiles = Readonly<Record<string, string>>;

const SCHEME = 'pollux-library:';

/** A file of the library as an address; it lies on no disk. */
export function libraryUri(fileName: string): string {
  return `${SCHEME}/${fileName}`;
}

/** Library files can be looked at and not be changed. */
export function isLibraryUri(uri: string): boolean {
  return uri.startsWith(SCHEME);
}
