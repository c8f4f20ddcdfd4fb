/** `pollux ci` against a stand-in of the forges: what is asked of them, and what happens when they say no. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ci } from '../../cli/commands/ci.ts';
import type { CiOptions } from '../../cli/commands/ci.ts';
import type { Terminal } from '../../cli/terminal/terminal.ts';
import { joinedSarif } from '../../forge/github/api.ts';
import { jobOf } from '../../forge/github/event.ts';
import { markOf } from '../../forge/sticky.ts';
import { commentOf, cutBytes, harmless } from '../../forge/text.ts';
import * as payloads from './payloads.ts';
import { standIn } from './stand-in.ts';
import type { StandIn } from './stand-in.ts';

const TEXT = `package trial

/// A tank.
asset Tank {
  param inflow = 10 mm/s
  state level  = 1 m
  der(level) = inflow
}

scenario fill for Tank {
  run 60 s
}

test "stays below" on fill {
  require always level < 2 m
}
`;

let folder = '';
let repository = '';
let base = '';
let forge: StandIn;
let waits: number[] = [];
let said = '';
let number = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pollux-forge-'));
  repository = join(folder, 'repository');
  mkdirSync(repository);
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
      cwd: repository,
      encoding: 'utf8',
    });
  git('init', '-q');
  writeFileSync(join(repository, 'tank.twin'), TEXT);
  git('add', '.');
  git('commit', '-qm', 'one');
  base = git('rev-parse', 'HEAD').trim();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  forge = await standIn();
  waits = [];
  said = '';
  number += 1;
  writeFileSync(join(repository, 'tank.twin'), TEXT);
});
afterEach(() => forge.close());

const change = (from: string, to: string): void => {
  expect(TEXT).toContain(from);
  writeFileSync(join(repository, 'tank.twin'), TEXT.replace(from, to));
};
const faster = (): void => change('10 mm/s', '12 mm/s');
const failing = (): void => change('level < 2 m', 'level < 1.2 m');

const terminal: Terminal = {
  out: (text) => void (said += text),
  err: (text) => void (said += text),
  style: (_, text) => text,
  width: 80,
  interactive: false,
};
const file = (name: string): string => join(folder, `${name}-${number}`);
const read = (name: string): string => readFileSync(file(name), 'utf8');

/** A job as the runner makes it. */
async function onGithub(
  event: string,
  payload: object,
  options: CiOptions = {},
  environment: Record<string, string> = {},
): Promise<number> {
  writeFileSync(file('event.json'), JSON.stringify(payload));
  return ci(
    repository,
    { cache: false, out: file('report'), ...options },
    terminal,
    {
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: event,
      GITHUB_EVENT_PATH: file('event.json'),
      GITHUB_REPOSITORY: 'o/r',
      GITHUB_SHA: payloads.HEAD,
      GITHUB_REF: 'refs/pull/42/merge',
      GITHUB_API_URL: forge.url,
      GITHUB_TOKEN: 'secret-token',
      GITHUB_STEP_SUMMARY: file('summary'),
      GITHUB_OUTPUT: file('output'),
      ...environment,
    },
    { fetch, sleep: async (ms) => void waits.push(ms), now: Date.now },
  );
}

describe('one comment on a pull request', () => {
  it('is made, stays, changes, and goes', async () => {
    faster();
    const pull = payloads.pullRequest(base);
    expect(await onGithub('pull_request', pull)).toBe(0);
    expect(forge.notes).toHaveLength(1);
    expect(forge.notes[0]!.body).toMatch(/^<!-- pollux:ci -->\n### 🟢 1 change of the text/);
    expect(forge.notes[0]!.body).toContain('10 mm/s → 12 mm/s');
    expect(forge.notes[0]!.body).toContain(
      `\`main (${base.slice(0, 12)})\` → \`topic (${payloads.HEAD.slice(0, 12)})\``,
    );
    expect(read('summary')).toContain('comment: created');
    expect(forge.asked[0]!.headers.authorization).toBe('Bearer secret-token');

    await onGithub('pull_request', pull);
    expect([forge.count('POST', /comments$/), forge.count('PATCH', /./)]).toEqual([1, 0]);

    change('10 mm/s', '14 mm/s');
    await onGithub('pull_request', pull);
    expect(forge.count('PATCH', /^\/repos\/o\/r\/issues\/comments\/\d+$/)).toBe(1);
    expect(forge.notes[0]!.body).toContain('10 mm/s → 14 mm/s');

    writeFileSync(join(repository, 'tank.twin'), TEXT);
    await onGithub('pull_request', pull);
    expect(forge.notes).toEqual([]);
    expect(read('summary')).toContain('comment: removed');
    await onGithub('pull_request', pull);
    expect([forge.count('POST', /comments$/), forge.count('DELETE', /./)]).toEqual([1, 1]);
  });

  it('is found on a later page, and only among our own', async () => {
    faster();
    forge.pageSize = 2;
    const mark = markOf('ci');
    const note = (id: number, body: string, author: string) => ({ id, body, author });
    forge.notes.push(
      note(1, 'Looks good', 'ada'),
      note(2, `${mark}\nmine, says a stranger`, 'mallory'),
      note(3, `quoting ${mark}`, 'github-actions[bot]'),
      note(4, `${markOf('other')}\nanother job`, 'github-actions[bot]'),
      note(5, `${mark}\nold`, 'github-actions[bot]'),
      note(6, `${mark}\nmade at the same time`, 'github-actions[bot]'),
    );
    await onGithub('pull_request', payloads.pullRequest(base));
    expect(forge.count('GET', /comments/)).toBe(3);
    expect(forge.notes.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
    expect(forge.notes[4]!.body).toContain('12 mm/s');
    expect(forge.notes[1]!.body).toContain('mine, says a stranger');
  });

  it('says what fails, and ends with 3', async () => {
    failing();
    expect(await onGithub('pull_request', payloads.pullRequest(base))).toBe(3);
    expect(forge.notes[0]!.body).toContain('pollux test: 0 passed, 1 failed');
    expect(said).toMatch(/^::error file=.*tank\.twin,line=14,.*::"stays below" fails/m);
    expect(read('output')).toMatch(/^code<<(pollux-[\w-]+)\n3\n\1\n/);
  });

  it('says what is wrong with a text, and runs nothing of it', async () => {
    change('= inflow', '= inflow + 1 s');
    expect(await onGithub('pull_request', payloads.pullRequest(base))).toBe(3);
    expect(forge.notes[0]!.body).toContain('PX3001');
    expect(forge.notes[0]!.body).not.toContain('pollux test');
  });
});

describe('what passes is waited for', () => {
  const run = async (): Promise<void> => {
    faster();
    await onGithub('pull_request', payloads.pullRequest(base), { scanning: false });
  };
  const limited = { 'x-ratelimit-remaining': '0' };

  it.each([
    [
      '403 with the time of the reset',
      403,
      () => ({ ...limited, 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 30) }),
      25_000,
      33_000,
    ],
    ['429 with a wait', 429, () => ({ 'retry-after': '7' }), 7000, 7000],
    ['500', 500, () => ({}), 1000, 1000],
    ['503 with a wait', 503, () => ({ 'retry-after': '3' }), 3000, 3000],
  ])('%s', async (_, status, headers, least, most) => {
    forge.failures.push({ of: /^GET/, status, headers: headers(), body: { message: 'no' } });
    await run();
    expect(forge.notes).toHaveLength(1);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThanOrEqual(least);
    expect(waits[0]).toBeLessThanOrEqual(most);
  });

  it('a secondary rate limit, a minute', async () => {
    const message =
      'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
    forge.failures.push({ of: /^POST/, status: 403, body: { message } });
    await run();
    expect([forge.notes.length, waits]).toEqual([1, [60_000]]);
  });

  it('a comment whose answer was lost is not made twice', async () => {
    forge.failures.push({ of: /^POST/, status: 502, done: true });
    await run();
    expect(forge.notes).toHaveLength(1);
    expect(forge.count('POST', /comments$/)).toBe(1);
  });

  it('a comment that somebody takes away meanwhile is made anew', async () => {
    forge.notes.push({ id: 5, body: `${markOf('ci')}\nold`, author: 'github-actions[bot]' });
    forge.failures.push({ of: /^PATCH/, status: 404, body: { message: 'Not Found' } });
    await run();
    expect(forge.notes[0]!.body).toContain('12 mm/s');
  });

  it('but not for ever', async () => {
    for (let n = 0; n < 30; n += 1)
      forge.failures.push({ of: /^GET/, status: 500, body: { message: 'down' } });
    await run();
    expect(forge.notes).toEqual([]);
    expect(read('summary')).toContain('after 5 tries');
    forge.failures.length = 0;
    const far = String(Math.ceil(Date.now() / 1000) + 3600);
    forge.failures.push({ of: /^GET/, status: 403, headers: { ...limited, 'x-ratelimit-reset': far } });
    await run();
    // An hour, less what this test has taken.
    expect(read('summary')).toMatch(/the forge asks to wait 3[56]\d\d s/);
  });

  it('the token goes nowhere else', async () => {
    const other = await standIn();
    forge.failures.push({
      of: /^GET/,
      status: 200,
      headers: { link: `<${other.url}/repos/o/r/issues/42/comments?page=2>; rel="next"` },
      body: [],
    });
    await run();
    expect(other.asked).toEqual([]);
    await other.close();
    forge.failures.push({ of: /^GET/, status: 307, headers: { location: other.url }, body: {} });
    await run();
    expect(other.asked).toEqual([]);
  });
});

describe('jobs that may not write', () => {
  it.each([
    ['a fork', payloads.forkPullRequest],
    ['a fork that is gone', payloads.ghostPullRequest],
  ])('%s: the summary has the report, and nothing is asked of the forge', async (_, payload) => {
    faster();
    expect(await onGithub('pull_request', payload(base))).toBe(0);
    expect(forge.asked).toEqual([]);
    const summary = read('summary');
    expect(summary).toContain('comes from a fork');
    expect(summary).toContain('10 mm/s → 12 mm/s');
    expect(readFileSync(join(file('report'), 'comment.md'), 'utf8')).toContain('10 mm/s → 12 mm/s');
    await onGithub('pull_request_target', payload(base));
    expect(forge.asked).toEqual([]);
  });

  it('without the permission the job says which it lacks, and is not failed by that', async () => {
    faster();
    const body = { message: 'Resource not accessible by integration' };
    forge.failures.push({ of: /^POST.*comments/, status: 403, body });
    forge.failures.push({ of: /^POST.*sarifs/, status: 403, body });
    expect(await onGithub('pull_request', payloads.pullRequest(base))).toBe(0);
    expect(waits).toEqual([]);
    expect(read('summary')).toContain('pull-requests: write');
    expect(read('summary')).toContain('security-events: write');
  });

  it('without a token', async () => {
    faster();
    await onGithub('pull_request', payloads.pullRequest(base), {}, { GITHUB_TOKEN: '' });
    expect(forge.asked).toEqual([]);
    expect(read('summary')).toContain('there is no token');
  });
});

describe('after a workflow without rights', () => {
  const left = (text: string): string => {
    writeFileSync(file('comment.md'), text);
    return file('comment.md');
  };

  it('its report becomes the comment of the pull request that is still at that commit', async () => {
    forge.pulls.push({ head: 'stranger:topic', number: 43, sha: payloads.HEAD });
    const commentFrom = left('### Report\n@everyone <!-- pollux:ci --> look');
    expect(await onGithub('workflow_run', payloads.workflowRun(), { commentFrom })).toBe(0);
    expect(forge.count('POST', /issues\/43\/comments/)).toBe(1);
    expect(forge.notes[0]!.body).toBe(`${markOf('ci')}\n### Report\n@\u200beveryone <!-- ci --> look`);
    expect(await onGithub('workflow_run', payloads.workflowRun(), { commentFrom: left('') })).toBe(0);
    expect(forge.notes).toEqual([]);
  });

  it('and of no other', async () => {
    forge.pulls.push({ head: 'stranger:topic', number: 43, sha: payloads.BASE });
    const commentFrom = left('### Report');
    expect(await onGithub('workflow_run', payloads.workflowRun(), { commentFrom })).toBe(1);
    expect(forge.notes).toEqual([]);
    expect(read('summary')).toContain('no open pull request is at this commit');
  });
});

describe('code scanning', () => {
  it('gets one log with a run of each step, for the commit and ref of the job', async () => {
    failing();
    await onGithub('pull_request', payloads.pullRequest(base));
    const [analysis] = forge.analyses;
    expect([analysis!.commit_sha, analysis!.ref]).toEqual([payloads.HEAD, 'refs/pull/42/merge']);
    expect(analysis!.log.runs.map(({ automationDetails }) => automationDetails.id)).toEqual([
      'pollux/check/',
      'pollux/fmt/',
      'pollux/test/',
      'pollux/breaking/',
    ]);
    expect(read('summary')).toContain('uploaded to code scanning');
  });

  it('gets what breaks at the change that it comes of', async () => {
    change('10 mm/s', '30 mm/s');
    await onGithub('pull_request', payloads.pullRequest(base));
    const results = forge.analyses[0]!.log.runs.at(-1)!.results;
    const places = results.map(({ level, locations: [first] }) => [
      level,
      first!.physicalLocation.artifactLocation.uri.split('/').at(-1),
      first!.physicalLocation.region.startLine,
    ]);
    const line = TEXT.split('\n').findIndex((each) => each.includes('inflow =')) + 1;
    expect(places).toContainEqual(['error', 'tank.twin', line]);
    expect(read('summary')).toContain('uploaded to code scanning');
  });

  it('is not sent what would have all of it refused, and of very much the gravest', () => {
    const place = { physicalLocation: { artifactLocation: { uri: 'a.twin' }, region: { startLine: 1 } } };
    const results = [
      { level: 'error', locations: [] },
      ...Array.from({ length: 30_000 }, () => ({ level: 'note', locations: [place] })),
      { level: 'error', locations: [place] },
    ];
    const [run] = (
      JSON.parse(joinedSarif([JSON.stringify({ version: '2.1.0', runs: [{ results }] })])) as {
        runs: { results: typeof results }[];
      }
    ).runs;
    expect(run!.results).toHaveLength(5000);
    expect(run!.results.every(({ locations }) => locations.length === 1)).toBe(true);
    expect(run!.results[0]!.level).toBe('error');
  });

  it('says what the forge does not take', async () => {
    forge.failures.push({
      of: /^GET.*sarifs/,
      status: 200,
      body: { processing_status: 'failed', errors: ['too big'] },
    });
    await onGithub('push', payloads.push(base));
    expect(read('summary')).toContain('does not take the log: too big');
  });
});

describe('other events', () => {
  it('push: compared with what was there before, no comment', async () => {
    faster();
    await onGithub('push', payloads.push(base), {}, { GITHUB_REF: 'refs/heads/main' });
    expect(forge.count('GET', /comments/)).toBe(0);
    expect(forge.analyses).toHaveLength(1);
    expect(read('summary')).toContain('10 mm/s → 12 mm/s');
  });

  it('a new branch: nothing to compare with', async () => {
    await onGithub('push', payloads.newBranch());
    expect(read('summary')).not.toContain('| breaking |');
  });

  it('merge queue: compared, and neither comment nor upload', async () => {
    faster();
    await onGithub('merge_group', payloads.mergeGroup(base));
    expect(forge.asked).toEqual([]);
    expect(read('summary')).toContain('10 mm/s → 12 mm/s');
  });

  it('payloads that are none are no reason to fall', () => {
    for (const payload of [undefined, null, 3, [], { pull_request: 'x' }, { pull_request: { base: [] } }])
      expect(jobOf({ GITHUB_EVENT_NAME: 'pull_request' }, payload).mayWrite).toBe(false);
    const base_sha = '$(rm -rf /)';
    expect(jobOf({ GITHUB_EVENT_NAME: 'merge_group' }, { merge_group: { base_sha } })).not.toHaveProperty(
      'base',
    );
  });
});

describe('hostile names', () => {
  it('become no commands of the runner, no marks, and no entries of outputs', async () => {
    const name = String.raw`x::error::y %0A::set-output name=a::b <!-- pollux:ci --> @all | </table>`;
    change('"stays below"', JSON.stringify(name));
    writeFileSync(
      join(repository, 'tank.twin'),
      readFileSync(join(repository, 'tank.twin'), 'utf8').replace('< 2 m', '< 1.2 m'),
    );
    await onGithub('pull_request', payloads.pullRequest(base));
    // Outside of what is shielded, each line that is a command is one of ours.
    const shielded = said.replaceAll(/^::stop-commands::(\S+)\n[^]*?^::\1::\n/gm, '');
    for (const line of shielded.split('\n').filter((each) => each.startsWith('::')))
      expect(line).toMatch(/^::(error|warning|notice) [^:]*::/);
    expect(shielded).not.toContain('\n::set-output');
    // In code nothing means anything.
    const body = forge.notes[0]!.body.replaceAll(/(`+)[^`].*?\1/g, '');
    expect(body.match(/<!-- pollux:ci -->/g)).toHaveLength(1);
    expect(body).not.toMatch(/@all/);
  });
});

describe('the note of a merge request on GitLab', () => {
  const onGitlab = (environment: Record<string, string> = {}): Promise<number> =>
    ci(
      repository,
      { cache: false, out: file('report') },
      terminal,
      {
        GITLAB_CI: 'true',
        CI_API_V4_URL: forge.url,
        CI_PROJECT_ID: '278',
        CI_MERGE_REQUEST_PROJECT_ID: '278',
        CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '278',
        CI_MERGE_REQUEST_IID: '12',
        CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
        CI_COMMIT_SHA: payloads.HEAD,
        CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
        CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'topic',
        POLLUX_GITLAB_TOKEN: 'glpat-x',
        ...environment,
      },
      { fetch, sleep: async (ms) => void waits.push(ms), now: Date.now },
    );

  it('is made, changes, and goes; among several pages and authors', async () => {
    forge.pageSize = 2;
    for (let id = 1; id <= 5; id += 1) forge.notes.push({ id, body: `${markOf('ci')} ${id}`, author: 3 });
    faster();
    await onGitlab();
    expect(forge.asked[0]!.headers['private-token']).toBe('glpat-x');
    expect(forge.notes).toHaveLength(6);
    expect(forge.notes[5]!.body).toContain(
      `\`main (${base.slice(0, 12)})\` → \`topic (${payloads.HEAD.slice(0, 12)})\``,
    );
    change('10 mm/s', '14 mm/s');
    await onGitlab();
    expect(forge.count('PUT', /^\/projects\/278\/merge_requests\/12\/notes\/\d+$/)).toBe(1);
    expect(forge.notes[5]!.body).toContain('14 mm/s');
    writeFileSync(join(repository, 'tank.twin'), TEXT);
    await onGitlab();
    expect(forge.notes).toHaveLength(5);
  });

  it('is found on the last page of a GitLab that a proxy calls otherwise', async () => {
    forge.pageSize = 2;
    forge.calledItself = 'http://gitlab.internal:8080/api/v4';
    for (let id = 1; id <= 5; id += 1) forge.notes.push({ id, body: 'Looks good', author: 3 });
    forge.notes.push({ id: 6, body: `${markOf('ci')}\nold`, author: 7 });
    faster();
    await onGitlab();
    expect(forge.notes).toHaveLength(6);
    expect(forge.notes[5]!.body).toContain('12 mm/s');
    expect(forge.count('POST', /notes/)).toBe(0);
  });

  it('refers to no issue, merge request or person, and holds no quick action, whatever a model calls things', async () => {
    const title = '#1 !2 %3 &4 $5 ~6 @all /close';
    writeFileSync(
      join(repository, 'tank.twin'),
      TEXT.replace('stays below', title).replace('level < 2 m', 'level < 1.2 m'),
    );
    await onGitlab();
    const { body } = forge.notes[0]!;
    const shown = body.replaceAll(/`[^`\n]*`/g, '').replaceAll(/\\./g, '');
    expect(shown).toContain('/close');
    expect(shown).not.toMatch(/[#!%&$~]\d|@\w/);
    expect(body).not.toMatch(/^\s*\//m);
  });

  it('has a code quality report of all steps, as GitLab documents it, and JUnit beside it', async () => {
    failing();
    expect(await onGitlab()).toBe(3);
    const issues = JSON.parse(readFileSync(join(file('report'), 'gl-code-quality-report.json'), 'utf8')) as {
      description: string;
      check_name: string;
      fingerprint: string;
      severity: string;
      location: { path: string; lines: { begin: number } };
    }[];
    // docs.gitlab.com/ci/testing/code_quality, "Code Quality report format".
    for (const { description, check_name: rule, fingerprint, severity, location } of issues) {
      for (const each of [description, rule, fingerprint, location.path]) expect(each).toMatch(/\S/);
      expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(severity);
      expect(location.path).not.toMatch(/^\.\//);
      expect(location.lines.begin).toBeGreaterThan(0);
    }
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length);
    expect(issues.map(({ check_name }) => check_name)).toContain('test-failed');
    expect(readFileSync(join(file('report'), 'test.junit.xml'), 'utf8')).toContain('failures="1"');
    expect(readFileSync(join(file('report'), 'cobertura.xml'), 'utf8')).toContain('<coverage ');
    expect(said).toMatch(/, (\d+(?:\.\d+)?) % reached/);
  });

  it('waits when it is told to, and does without where it may not', async () => {
    faster();
    forge.failures.push({
      of: /^POST/,
      status: 429,
      headers: { 'retry-after': '4' },
      body: { message: 'slow' },
    });
    await onGitlab();
    expect([waits, forge.notes.length]).toEqual([[4000], 1]);
    await onGitlab({ POLLUX_GITLAB_TOKEN: '', CI_MERGE_REQUEST_SOURCE_PROJECT_ID: '900' });
    expect(said).toContain('comes from a fork, whose jobs have no token');
    forge.failures.push({ of: /user/, status: 401, body: { message: '401 Unauthorized' } });
    expect(await onGitlab()).toBe(0);
    expect(said).toContain('does POLLUX_GITLAB_TOKEN belong to the project');
  });
});

describe('texts', () => {
  it('a comment keeps whole parts within its room', () => {
    const parts = ['a'.repeat(30_000), 'b'.repeat(50_000), 'c'.repeat(20_000)].map((text) => ({ text }));
    const text = commentOf(parts, 'end')!;
    expect(text.length).toBeLessThan(65_536 - 200);
    expect([text.includes('a'), text.includes('bbb'), text.includes('ccc')]).toEqual([true, false, true]);
    expect(text).toContain('1 more part has no room here');
    expect(commentOf([], 'end')).toBeUndefined();
  });

  it('a summary is cut between letters', () => {
    expect(cutBytes('short', 100)).toBe('short');
    const cut = cutBytes('ä'.repeat(1000), 201);
    expect(new TextEncoder().encode(cut).length).toBeLessThanOrEqual(201);
    expect(cut).not.toContain('\uFFFD');
    expect(harmless('mail a@b.c')).toBe('mail a@\u200bb.c');
  });
});
