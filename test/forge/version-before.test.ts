/** What a job is compared with, in repositories as a runner checks them out: shallow, merged, forced, empty before. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ci } from '../../cli/commands/ci.ts';
import { diff } from '../../cli/commands/diff.ts';
import type { Terminal } from '../../cli/terminal/terminal.ts';
import { gitlabJobOf } from '../../forge/gitlab/merge-request.ts';

const TANK = (inflow: string): string => `package trial

/// A tank.
asset Tank {
  param inflow = ${inflow}
  state level  = 1 m
  der(level) = inflow
}

scenario fill for Tank {
  run 60 s
}
`;
const OTHER = (area: string): string => TANK('1 mm/s').replaceAll('Tank', 'Basin').replaceAll('fill', area);

let folder = '';
let origin = '';
const git = (at: string, ...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
    cwd: at,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();

/** Texts by file → a commit with these parents. */
function commit(files: Record<string, string>, ...parents: string[]): string {
  git(origin, 'read-tree', '--empty');
  for (const [name, text] of Object.entries(files)) {
    const id = execFileSync('git', ['hash-object', '-w', '--stdin'], { cwd: origin, input: text })
      .toString()
      .trim();
    git(origin, 'update-index', '--add', '--cacheinfo', `100644,${id},${name}`);
  }
  const made = git(
    origin,
    'commit-tree',
    git(origin, 'write-tree'),
    ...parents.flatMap((each) => ['-p', each]),
    '-m',
    'x',
  );
  git(origin, 'update-ref', `refs/heads/${made}`, made);
  return made;
}

/** As actions/checkout does it: the commit alone, unless it is asked for more. */
function checkout(at: string, depth = '1'): string {
  const to = mkdtempSync(join(folder, 'läufer 1 '));
  git(to, 'init', '-q');
  git(to, 'remote', 'add', 'origin', pathToFileURL(origin).href);
  git(to, 'fetch', '-q', '--no-tags', ...(depth === '0' ? [] : [`--depth=${depth}`]), 'origin', at);
  if (depth === '0') git(to, 'fetch', '-q', 'origin');
  git(to, 'checkout', '-q', '--force', at);
  return to;
}

async function job(
  at: string,
  event: string,
  payload: object,
  path = '.',
): Promise<{ code: number; summary: string; said: string }> {
  const file = (name: string): string => join(at, '.git', name);
  writeFileSync(file('event.json'), JSON.stringify(payload));
  let said = '';
  const write = (text: string): void => void (said += text);
  const terminal: Terminal = {
    out: write,
    err: write,
    style: (_, text) => text,
    width: 80,
    interactive: false,
  };
  const code = await ci(
    join(at, path),
    { cache: false, comment: false, scanning: false, out: file('report') },
    terminal,
    {
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: event,
      GITHUB_EVENT_PATH: file('event.json'),
      GITHUB_REPOSITORY: 'o/r',
      GITHUB_STEP_SUMMARY: file('summary'),
    },
  );
  return { code, summary: readFileSync(file('summary'), 'utf8'), said };
}
const pull = (base: string, head: string): object => ({
  pull_request: {
    number: 7,
    base: { sha: base, repo: { full_name: 'o/r' } },
    head: { sha: head, repo: { full_name: 'o/r' } },
  },
});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pollux-before-'));
  origin = join(folder, 'origin');
  mkdirSync(origin);
  git(origin, 'init', '-q');
  git(origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the version before', () => {
  it('of a pull request is what it was merged with, whatever its event says', async () => {
    const [was, other] = ['tank.twin', 'basin.twin'];
    const start = commit({ [was]: TANK('10 mm/s'), [other]: OTHER('wash') });
    const head = commit({ [was]: TANK('12 mm/s'), [other]: OTHER('wash') }, start);
    // Meanwhile somebody else has changed the other file.
    const tip = commit({ [was]: TANK('10 mm/s'), [other]: OTHER('flood') }, start);
    const merge = commit({ [was]: TANK('12 mm/s'), [other]: OTHER('flood') }, tip, head);
    for (const [at, depth] of [
      [merge, '1'],
      [merge, '0'],
      // The branch alone, as `ref: head.sha` has it.
      [head, '0'],
    ] as const) {
      const { summary } = await job(
        checkout(at, depth),
        'pull_request',
        pull(at === head ? tip : start, head),
      );
      expect(summary).toContain('10 mm/s → 12 mm/s');
      expect(summary).toContain('1 change of the text');
      expect(summary).not.toContain('flood');
    }
  });

  it('without a .twin file, or from before a forced push, is nothing to compare with', async () => {
    const empty = commit({ 'README.md': 'x' });
    const first = commit({ 'tank.twin': TANK('10 mm/s') }, empty);
    const added = await job(checkout(first), 'pull_request', pull(empty, first));
    expect([added.code, added.summary]).toEqual([
      0,
      expect.stringContaining('the version before has no .twin file, so nothing is compared'),
    ]);
    const gone = '1234567890'.repeat(4);
    const forced = await job(checkout(first), 'push', { before: gone, after: first, forced: true });
    expect([forced.code, forced.summary]).toEqual([
      0,
      expect.stringContaining('the commit before, 123456789012, is nowhere any more, so nothing is compared'),
    ]);
    // A pull request has a target, and where that is missing nobody should think that nothing changed.
    const lost = await job(checkout(first), 'pull_request', pull(gone, first));
    expect([lost.code, lost.summary]).toEqual([1, expect.stringContaining('is nowhere any more')]);
  });

  it('of one file is that of the files beside it, none below', async () => {
    const files = (inflow: string): Record<string, string> => ({
      'tank #1%.twin': TANK(inflow),
      'below/basin.twin': OTHER('wash'),
    });
    const before = commit(files('10 mm/s'));
    const after = commit({ ...files('12 mm/s'), 'below/basin.twin': OTHER('flood') }, before);
    const { code, summary } = await job(checkout(after), 'push', { before, after }, 'tank #1%.twin');
    expect(code).toBe(0);
    expect(summary).toContain('1 change of the text');
    expect(summary).toContain(`\`${before.slice(0, 12)}\``);
  });

  it('has its marks of byte order and its ends of lines passed over', async () => {
    const before = commit({ 'tank.twin': `\uFEFF${TANK('10 mm/s').replaceAll('\n', '\r\n')}` });
    const after = commit({ 'tank.twin': TANK('10 mm/s') }, before);
    const { code, summary } = await job(checkout(after), 'push', { before, after });
    expect([code, summary]).toEqual([0, expect.stringContaining('Nothing changed')]);
    const back = await job(checkout(before), 'push', { before: after, after: before });
    expect(back.code).toBe(3);
  });

  it('of a merge request of GitLab is what it was merged with, where it was', () => {
    const [target, base] = ['a'.repeat(40), 'b'.repeat(40)];
    const environment = { CI_MERGE_REQUEST_DIFF_BASE_SHA: base, CI_COMMIT_BEFORE_SHA: '0'.repeat(40) };
    expect(gitlabJobOf(environment)).toMatchObject({ base, mayBeGone: false });
    expect(gitlabJobOf({ ...environment, CI_MERGE_REQUEST_TARGET_BRANCH_SHA: target })).toMatchObject({
      base: target,
    });
    expect(gitlabJobOf({ CI_COMMIT_BEFORE_SHA: base })).toMatchObject({ base, mayBeGone: true });
  });

  it('outside of a repository is none, in words', async () => {
    const at = mkdtempSync(join(folder, 'plain-'));
    writeFileSync(join(at, 'tank.twin'), TANK('1 mm/s'));
    const terminal: Terminal = {
      out: () => {},
      err: () => {},
      style: (_, text) => text,
      width: 80,
      interactive: false,
    };
    await expect(diff(['nowhere', join(at, 'tank.twin')], {}, terminal)).rejects.toThrow(
      /is in no git repository, so there is no revision nowhere/,
    );
  });
});
