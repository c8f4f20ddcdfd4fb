/** What GitHub Actions says about a job (environment and event payload, as documented) → what to compare, and what we may write. */

export interface Job {
  repository: string;
  /** Of the pull request; absent elsewhere. */
  number?: number;
  /** The version before. */
  base?: string;
  /** Of a pull request: its last commit, which is not what is checked out where that is a merge. */
  head?: string;
  /** Names of branches. */
  branches?: { base?: string; head?: string };
  /** The version before may be nowhere any more, as after a forced push. */
  mayBeGone?: boolean;
  commit: string;
  ref: string;
  /** May comments and results be written? */
  mayWrite: boolean;
  /** Where they may not, or there is nowhere to: why, in words. */
  because?: string;
  /** Whether findings of this job belong into code scanning. */
  scanned: boolean;
  /** After another workflow: which one it was about. */
  after?: { owner: string; branch: string; commit: string };
}

type Json = Record<string, unknown>;
const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const SHA = /^[0-9a-f]{40}([0-9a-f]{24})?$/;
const sha = (value: unknown): string | undefined => {
  const found = text(value);
  return found !== undefined && SHA.test(found) && !/^0+$/.test(found) ? found : undefined;
};

export function jobOf(environment: Readonly<Record<string, string | undefined>>, payload: unknown): Job {
  const event = object(payload);
  const name = environment['GITHUB_EVENT_NAME'] ?? '';
  const job: Job = {
    repository: environment['GITHUB_REPOSITORY'] ?? '',
    commit: environment['GITHUB_SHA'] ?? '',
    ref: environment['GITHUB_REF'] ?? '',
    mayWrite: true,
    scanned: false,
  };
  const based = (base: unknown): Partial<Job> => {
    const found = sha(base);
    return found === undefined ? {} : { base: found };
  };
  switch (name) {
    case 'pull_request':
    case 'pull_request_target': {
      const pull = object(event['pull_request']);
      const [base, head] = [object(pull['base']), object(pull['head'])];
      const home = text(object(base['repo'])['full_name']);
      // The repository of a fork may be gone.
      const isForeign = home === undefined || text(object(head['repo'])['full_name']) !== home;
      const last = sha(head['sha']);
      const number = typeof pull['number'] === 'number' ? { number: pull['number'] } : {};
      const because = isForeign
        ? 'the pull request comes from a fork, whose jobs may not write: the summary has the report'
        : undefined;
      return {
        ...job,
        ...number,
        ...based(base['sha']),
        ...(last === undefined ? {} : { head: last }),
        branches: { base: text(base['ref']), head: text(head['ref']) },
        mayWrite: !isForeign,
        scanned: name === 'pull_request',
        ...(because === undefined ? {} : { because }),
      };
    }
    case 'push':
      return {
        ...job,
        ...based(event['before']),
        mayBeGone: true,
        scanned: true,
        because: 'there is no pull request here to comment on',
      };
    case 'merge_group':
      return {
        ...job,
        ...based(object(event['merge_group'])['base_sha']),
        because: 'a merge queue has no comments',
      };
    case 'workflow_run': {
      const run = object(event['workflow_run']);
      const owner = text(object(object(run['head_repository'])['owner'])['login']);
      const branch = text(run['head_branch']);
      const commit = sha(run['head_sha']);
      return {
        ...job,
        ...(owner === undefined || branch === undefined || commit === undefined
          ? {}
          : { after: { owner, branch, commit } }),
      };
    }
    default:
      return {
        ...job,
        scanned: name === 'schedule' || name === 'workflow_dispatch',
        because: `there is no pull request here to comment on`,
      };
  }
}
