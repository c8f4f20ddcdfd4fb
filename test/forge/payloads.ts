/** Events as GitHub documents them (webhook events and payloads), with the fields that a job's event file has, cut to what matters. */
export const BASE = '6dcb09b5b57875f334f61aebed695e2e4193db5e';
export const HEAD = 'c3d0be41ecbe669545ee3e94d31ed9a4bc91ee3c';
const ZEROS = '0'.repeat(40);

const home = { id: 1296269, full_name: 'o/r', fork: false, owner: { login: 'o' } };
const fork = { id: 99, full_name: 'stranger/r', fork: true, owner: { login: 'stranger' } };

export const pullRequest = (base = BASE, from: object | null = home) => ({
  action: 'synchronize',
  number: 42,
  pull_request: {
    number: 42,
    state: 'open',
    head: { ref: 'topic', sha: HEAD, repo: from },
    base: { ref: 'main', sha: base, repo: home },
  },
  repository: home,
});
export const forkPullRequest = (base = BASE) => pullRequest(base, fork);
/** Its repository was deleted. */
export const ghostPullRequest = (base = BASE) => pullRequest(base, null);

export const push = (before = BASE) => ({
  ref: 'refs/heads/main',
  before,
  after: HEAD,
  created: before === ZEROS,
  forced: false,
  repository: home,
});
export const newBranch = () => push(ZEROS);

export const mergeGroup = (base = BASE) => ({
  action: 'checks_requested',
  merge_group: {
    head_sha: HEAD,
    head_ref: 'refs/heads/gh-readonly-queue/main/pr-42-abc',
    base_sha: base,
    base_ref: 'refs/heads/main',
  },
  repository: home,
});

export const workflowRun = () => ({
  action: 'completed',
  workflow_run: {
    id: 30433642,
    event: 'pull_request',
    conclusion: 'success',
    head_branch: 'topic',
    head_sha: HEAD,
    head_repository: fork,
    // Empty for forks, as documented.
    pull_requests: [],
  },
  repository: home,
});
