/** What the operating system refused, in words. */

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'there is no permission for it',
  EPERM: 'there is no permission for it',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of this path is a file, not a folder',
  EEXIST: 'it is there already',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the disk is read-only',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'its links go round in a circle',
  ERR_FS_FILE_TOO_LARGE: 'the file is too large',
};

/** Why, as a part of a sentence. */
export const systemReason = ({ code = '', message }: NodeJS.ErrnoException): string =>
  REASONS[code] ?? (code === '' ? message : `the system says ${code}`);

/** One sentence, or nothing when the error is none of the system's about a file. */
export function systemSentence(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  if (error.code === 'ERR_INVALID_ARG_VALUE' && error.message.includes('null bytes'))
    return 'the name of a file cannot contain a null byte';
  const path = 'path' in error && typeof error.path === 'string' ? error.path : undefined;
  const reason = REASONS[error.code];
  if (path === undefined && reason === undefined) return undefined;
  return `${path === undefined ? 'a file' : path} cannot be used: ${reason ?? `the system says ${error.code}`}`;
}
