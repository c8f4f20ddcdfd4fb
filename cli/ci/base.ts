/** What a job's working tree is compared with. */
import { git } from '../git.ts';
import { Refusal } from '../terminal/terminal.ts';

/**
 * The event of a pull request names the tip of its target as it was then. What is checked out may be the merge with a later one, whose
 * first parent is what it has to be compared with; or the branch alone, which is compared with where it left the target.
 * @param head the last commit of the pull request
 */
export function baseOfPull(base: string, head: string | undefined, folder: string): string {
  if (head === undefined) return base;
  const here = said(['cat-file', 'commit', 'HEAD'], folder);
  if (here === undefined) return base;
  // A shallow clone has no parents, but the commit names them.
  const parents = [...here.split('\n\n', 1)[0]!.matchAll(/^parent ([0-9a-f]{40,64})$/gm)].map(
    ([, id]) => id!,
  );
  if (parents.length === 2 && parents[1] === head) return parents[0]!;
  if (said(['rev-parse', 'HEAD'], folder)?.trim() !== head) return base;
  return said(['merge-base', base, head], folder)?.trim() || base;
}

/** Fetches the commit where a shallow clone does not hold it. Returns whether it is there; throws where the forge cannot be asked. */
export function present(base: string, folder: string): boolean {
  try {
    git(['cat-file', '-e', `${base}^{commit}`], folder);
    return true;
  } catch (error) {
    if (!(error instanceof Refusal) || !/^[0-9a-f]{40,64}$/.test(base)) throw error;
  }
  try {
    git(['fetch', '--no-tags', '--depth=1', 'origin', base], folder);
    return true;
  } catch (error) {
    if (
      error instanceof Refusal &&
      /not our ref|unadvertised object|couldn't find remote ref/i.test(error.message)
    )
      return false;
    throw error;
  }
}

function said(args: readonly string[], folder: string): string | undefined {
  try {
    return git(args, folder);
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
