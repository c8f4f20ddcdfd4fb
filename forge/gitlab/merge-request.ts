/** What GitLab CI says about a job, and notes of a merge request by its API (v4). */
import { createRequester } from '../request.ts';
import type { Requester, Surroundings } from '../request.ts';
import type { Comment, Comments } from '../sticky.ts';

export interface GitlabJob {
  api: string;
  /** Of the merge request: where it goes to. */
  project: string;
  /** Absent outside of merge requests. */
  number?: number;
  base?: string;
  /** The last commit of the merge request, which is not what is checked out where that is a merge. */
  head?: string;
  /** Names of branches. */
  branches?: { base?: string; head?: string };
  /** The version before may be nowhere any more, as after a forced push. */
  mayBeGone: boolean;
  commit: string;
  mayWrite: boolean;
  because?: string;
}

export function gitlabJobOf(environment: Readonly<Record<string, string | undefined>>): GitlabJob {
  const of = (name: string): string | undefined => environment[name] || undefined;
  const number = Number(of('CI_MERGE_REQUEST_IID') ?? NaN);
  // In a pipeline for the merged result, what it was merged with; else where the branch left its target.
  const target = of('CI_MERGE_REQUEST_TARGET_BRANCH_SHA') ?? of('CI_MERGE_REQUEST_DIFF_BASE_SHA');
  const before = target ?? of('CI_COMMIT_BEFORE_SHA');
  const token = of('POLLUX_GITLAB_TOKEN');
  const foreign =
    of('CI_MERGE_REQUEST_SOURCE_PROJECT_ID') !== undefined &&
    of('CI_MERGE_REQUEST_SOURCE_PROJECT_ID') !== of('CI_MERGE_REQUEST_PROJECT_ID');
  const because = !Number.isInteger(number)
    ? 'there is no merge request here to comment on'
    : token === undefined
      ? foreign
        ? 'the merge request comes from a fork, whose jobs have no token'
        : 'POLLUX_GITLAB_TOKEN is not set: give the job a project access token with the scope api'
      : undefined;
  return {
    api: of('CI_API_V4_URL') ?? 'https://gitlab.com/api/v4',
    project: of('CI_MERGE_REQUEST_PROJECT_ID') ?? of('CI_PROJECT_ID') ?? '',
    ...(Number.isInteger(number) ? { number } : {}),
    ...(before === undefined || /^0+$/.test(before) || !/^[0-9a-f]{40,64}$/.test(before)
      ? {}
      : { base: before }),
    ...(Number.isInteger(number)
      ? {
          head: of('CI_MERGE_REQUEST_SOURCE_BRANCH_SHA') ?? of('CI_COMMIT_SHA'),
          branches: {
            base: of('CI_MERGE_REQUEST_TARGET_BRANCH_NAME'),
            head: of('CI_MERGE_REQUEST_SOURCE_BRANCH_NAME'),
          },
        }
      : {}),
    mayBeGone: target === undefined,
    commit: of('CI_COMMIT_SHA') ?? '',
    mayWrite: because === undefined,
    ...(because === undefined ? {} : { because }),
  };
}

export const gitlabRequester = (base: string, token: string, surroundings: Surroundings): Requester =>
  createRequester({ base, headers: { 'private-token': token, 'user-agent': 'pollux' }, surroundings });

export async function gitlabNotes(request: Requester, project: string, number: number): Promise<Comments> {
  const { id: me } = (await request('GET', '/user')).body as { id?: number };
  const notes = `/projects/${encodeURIComponent(project)}/merge_requests/${number}/notes`;
  return {
    async *list() {
      for await (const page of request.pages(`${notes}?per_page=100&sort=asc&order_by=created_at`))
        yield page.map((each): Comment => {
          const { id, body, author, system } = each as {
            id: number;
            body?: string;
            author?: { id?: number };
            system?: boolean;
          };
          return {
            id,
            body: body ?? '',
            own: system !== true && author?.id !== undefined && author.id === me,
          };
        });
    },
    create: async (body) => void (await request('POST', notes, { body })),
    update: async (id, body) => void (await request('PUT', `${notes}/${id}`, { body })),
    remove: async (id) => void (await request('DELETE', `${notes}/${id}`)),
  };
}
