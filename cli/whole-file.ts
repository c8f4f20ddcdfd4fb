/** Files that are there whole or as they were: a full disk, or the end of the process at any moment, leaves the old one. */
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';

/** A folder that nothing can be added to, and a file that something else holds in its place (a mount): it can only be written over. */
const NO_ROOM_BESIDE = ['EACCES', 'EPERM', 'EROFS', 'EBUSY', 'EXDEV'];

/**
 * Writes beside the file first and puts that in its place, through links and with the rights that the old one had. Its folder is made where it is not
 * there. What is no file, such as /dev/stdout, is written to.
 * @param mode rights of a file that is new
 */
export function writeWhole(target: string, content: Uint8Array | string, mode?: number): void {
  mkdirSync(dirname(resolve(target)), { recursive: true });
  const before = existsSync(target) ? statSync(target) : undefined;
  if (before !== undefined && !before.isFile()) {
    writeFileSync(target, content);
    return;
  }
  const file = before === undefined ? target : realpathSync(target);
  // Not even for a moment may others read what only some may.
  const rights = before === undefined ? mode : before.mode & 0o777;
  const part = `${file}.${process.pid}.part`;
  try {
    closeSync(openSync(part, 'w', rights === undefined ? 0o666 : rights & 0o700));
    if (rights !== undefined) chmodSync(part, rights);
    writeFileSync(part, content);
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (before !== undefined && NO_ROOM_BESIDE.includes(code ?? '')) writeFileSync(file, content);
    else throw Object.assign(error as Error, { path: target });
  }
}
