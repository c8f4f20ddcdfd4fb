/** Reads the data file of a table for the compiler, which never touches the disk itself. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAXIMUM_BYTES = 16 * 1024 * 1024;

/** Undefined when there is none, it is too large, or a symbolic link leads out of the folder. */
export function readDataFile(uri: string, folderUri: string): string | undefined {
  if (!uri.startsWith('file:')) return undefined;
  try {
    const path = realpathSync(fileURLToPath(uri));
    const folder = realpathSync(fileURLToPath(folderUri));
    const within = path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
    const { size } = statSync(path);
    return within && size <= MAXIMUM_BYTES ? readFileSync(path, 'utf8') : undefined;
  } catch {
    // Gone, or not a file of this machine: then there is no text.
    return undefined;
  }
}
