import { execFileSync } from 'node:child_process';
import { Refusal } from './terminal/terminal.ts';

/** What git prints. Throws a Refusal with git's last line when it fails. */
export const git = (args: readonly string[], cwd?: string): string => gitBytes(args, cwd).toString('utf8');

/** The same of what is no text. */
export function gitBytes(args: readonly string[], cwd?: string): Buffer {
  try {
    return execFileSync('git', args, {
      cwd,
      maxBuffer: 256 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      throw new Refusal('git is not installed');
    const said =
      error instanceof Error && 'stderr' in error && error.stderr !== undefined
        ? String(error.stderr).trim().split('\n').at(-1)
        : '';
    throw new Refusal(`git says: ${said || String(error)}`);
  }
}

/** What a folder's repository has checked out; undefined where it lies in none. */
export function commitOf(cwd: string): { commit: string; clean: boolean } | undefined {
  try {
    const commit = git(['rev-parse', 'HEAD'], cwd).trim();
    return { commit, clean: git(['status', '--porcelain', '--untracked-files=no'], cwd).trim() === '' };
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
