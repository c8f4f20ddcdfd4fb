/** Where the data of tables come from: the host reads them, and the compiler says which. */

/** The text of a data file that lies in a folder or below it, by their URIs; undefined when there is none. */
export type ReadData = (uri: string, folder: string) => string | undefined;

export function folderOf(textUri: string): string {
  return textUri.slice(0, textUri.lastIndexOf('/') + 1);
}

/**
 * The URI of a path beside a text, or below its folder; undefined when it leads out of there. Symbolic links are the
 * host's to follow or refuse.
 */
export function dataUri(textUri: string, path: string): string | undefined {
  const segments = path.split('/');
  const leaves =
    path === '' ||
    path.includes('\\') ||
    /^[a-zA-Z][\w+.-]*:/.test(path) ||
    segments.some((each) => each === '..' || each === '');
  if (leaves) return undefined;
  return (
    folderOf(textUri) +
    segments
      .filter((each) => each !== '.')
      .map(encodeURIComponent)
      .join('/')
  );
}
