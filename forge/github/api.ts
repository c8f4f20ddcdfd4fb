/** What we ask of GitHub's REST API (version 2022-11-28): comments of a pull request, and code scanning. */
import { gzipSync } from 'node:zlib';
import { createRequester, ForgeError } from '../request.ts';
import type { Requester, Surroundings } from '../request.ts';
import type { Comment, Comments } from '../sticky.ts';

export const githubRequester = (base: string, token: string, surroundings: Surroundings): Requester =>
  createRequester({
    base,
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'x-github-api-version': '2022-11-28',
      'user-agent': 'pollux',
    },
    surroundings,
  });

/** `author`: login of whoever the token belongs to, `github-actions[bot]` for that of a job. */
export function githubComments(
  request: Requester,
  repository: string,
  number: number,
  author: string,
): Comments {
  const repo = `/repos/${repository}`;
  return {
    async *list() {
      for await (const page of request.pages(`${repo}/issues/${number}/comments?per_page=100`))
        yield page.map((each): Comment => {
          const { id, body, user } = each as {
            id: number;
            body?: string | null;
            user?: { login?: string } | null;
          };
          return { id, body: body ?? '', own: user?.login === author };
        });
    },
    create: async (body) => void (await request('POST', `${repo}/issues/${number}/comments`, { body })),
    update: async (id, body) => void (await request('PATCH', `${repo}/issues/comments/${id}`, { body })),
    remove: async (id) => void (await request('DELETE', `${repo}/issues/comments/${id}`)),
  };
}

export interface Analysis {
  repository: string;
  commit: string;
  ref: string;
  /** A SARIF log. */
  sarif: string;
}

/** Uploads a log, and waits until it has been read. Returns what was wrong with it, in GitHub's words. */
export async function uploadSarif(
  request: Requester,
  { repository, commit, ref, sarif }: Analysis,
  sleep: (ms: number) => Promise<void>,
): Promise<string[]> {
  const path = `/repos/${repository}/code-scanning/sarifs`;
  const { body } = await request('POST', path, {
    commit_sha: commit,
    ref,
    sarif: gzipSync(sarif).toString('base64'),
    tool_name: 'pollux',
  });
  const { id } = body as { id?: unknown };
  if (typeof id !== 'string') throw new ForgeError(202, `POST ${path}: the answer names no upload`);
  for (let look = 0; look < 10; look += 1) {
    await sleep(2000);
    const status = (await request('GET', `${path}/${encodeURIComponent(id)}`)).body as {
      processing_status?: string;
      errors?: string[] | null;
    };
    if (status.processing_status === 'failed') return status.errors ?? ['no reason given'];
    if (status.processing_status === 'complete') return [];
  }
  return [];
}

/** The open pull request of a branch, which may be in a fork, as long as it is still at that commit. */
export async function pullRequestOf(
  request: Requester,
  repository: string,
  { owner, branch, commit }: { owner: string; branch: string; commit: string },
): Promise<number | undefined> {
  const head = encodeURIComponent(`${owner}:${branch}`);
  const { body } = await request('GET', `/repos/${repository}/pulls?state=open&per_page=100&head=${head}`);
  const pulls = body as { number: number; head?: { sha?: string } }[];
  return Array.isArray(pulls) ? pulls.find((each) => each.head?.sha === commit)?.number : undefined;
}

/** Results of a run that are shown; a log with 25,000 is refused as a whole. */
const MOST_RESULTS = 5000;
const LEVELS = ['error', 'warning', 'note'];

interface Run {
  results?: { level?: string; locations?: readonly unknown[] }[];
}

/** Logs of several commands as one, which holds a run of each: as much as is taken, as one result without a place has all refused. */
export function joinedSarif(logs: readonly string[]): string {
  const parsed = logs.map((log) => JSON.parse(log) as { runs: Run[] });
  const taken = ({ results = [], ...run }: Run): Run => ({
    ...run,
    results: results
      .filter(({ locations = [] }) => locations.length > 0)
      .toSorted((a, b) => LEVELS.indexOf(a.level ?? '') - LEVELS.indexOf(b.level ?? ''))
      .slice(0, MOST_RESULTS),
  });
  return JSON.stringify({ ...parsed[0], runs: parsed.flatMap(({ runs }) => runs.map(taken)) });
}
