/** `pollux ci`: everything that CI does, and what the forge is told of it. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { annotation, uncommanded } from '../../forge/github/commands.ts';
import { gitlabJobOf } from '../../forge/gitlab/merge-request.ts';
import type { Surroundings } from '../../forge/request.ts';
import { baseOfPull } from '../ci/base.ts';
import {
  githubJob,
  leftComment,
  requesterOf,
  sayOnGithub,
  scanOnGithub,
  writeOutputs,
  writeSummary,
} from '../ci/github.ts';
import { joinQuality, sayOnGitlab } from '../ci/gitlab.ts';
import { commentText, summaryText } from '../ci/report.ts';
import { codeOf, runSteps } from '../ci/steps.ts';
import type { Step } from '../ci/steps.ts';
import { folderOf, named } from '../revisions.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { writeWhole } from '../whole-file.ts';

export interface CiOptions {
  forge?: 'github' | 'gitlab' | 'none';
  base?: string;
  out?: string;
  coverageMin?: number;
  build?: string;
  root?: string;
  sign?: string;
  /** False with `--no-comment`, `--no-scanning`, `--no-cache`. */
  comment?: boolean;
  scanning?: boolean;
  cache?: boolean;
  commentKey?: string;
  commentAuthor?: string;
  /** Say only what this file holds: in a workflow that follows one without rights. */
  commentFrom?: string;
}

const NAMES = ['check', 'fmt', 'test', 'breaking', 'build'];

export async function ci(
  path: string,
  options: CiOptions,
  terminal: Terminal,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  surroundings: Surroundings = {
    fetch,
    sleep: async (ms) => {
      await wait(ms);
    },
    now: Date.now,
  },
): Promise<ExitCode> {
  const { sleep } = surroundings;
  const forge =
    options.forge ??
    (environment['GITHUB_ACTIONS'] === 'true'
      ? 'github'
      : environment['GITLAB_CI'] === 'true'
        ? 'gitlab'
        : 'none');
  const wish = { key: options.commentKey ?? 'ci', author: options.commentAuthor ?? 'github-actions[bot]' };
  const out = options.out ?? 'pollux-report';
  const github = forge === 'github' ? githubJob(environment) : undefined;
  const gitlab = forge === 'gitlab' ? gitlabJobOf(environment) : undefined;
  const request = github && requesterOf(environment, surroundings);

  if (options.commentFrom !== undefined) {
    if (github === undefined) throw new Refusal('--comment-from is for GitHub, in a workflow after another');
    const comment = leftComment(options.commentFrom);
    const said = await sayOnGithub(github, request, { ...wish, ...(comment ? { comment } : {}) }, sleep);
    terminal.out(annotation('notice', said));
    writeSummary(environment, `## Pollux\n\n${said}\n`);
    return said.startsWith('comment:') ? Exit.fine : Exit.failure;
  }

  const job = github ?? gitlab;
  const base = options.base ?? job?.base;
  const asked = base === undefined || base === '' ? undefined : base;
  const compared =
    asked !== undefined && options.base === undefined
      ? baseOfPull(asked, github?.head, folderOf(path))
      : asked;
  const called = {
    ...(compared === undefined || options.base !== undefined
      ? {}
      : { base: named(job?.branches?.base, compared) }),
    ...(job?.head === undefined ? {} : { head: named(job.branches?.head, job.head) }),
  };
  const steps = await runSteps(
    {
      path,
      called,
      out,
      format: forge === 'github' ? 'github' : 'text',
      cache: options.cache !== false,
      ...(compared === undefined ? {} : { base: compared }),
      mayBeGone: options.base === undefined && job?.mayBeGone === true,
      ...(options.coverageMin === undefined ? {} : { coverageMin: options.coverageMin }),
      ...(options.build === undefined ? {} : { build: options.build }),
      ...(options.root === undefined ? {} : { root: options.root }),
      ...(options.sign === undefined ? {} : { sign: options.sign }),
    },
    forge === 'github' ? guarded(terminal) : terminal,
  );
  const comment = commentText(steps);
  // For a workflow that follows this one, where this one may not write.
  writeWhole(join(out, 'comment.md'), comment ?? '');
  joinQuality(out, NAMES);

  const notes: string[] = [];
  if (github !== undefined) {
    if (options.comment !== false)
      notes.push(await sayOnGithub(github, request, { ...wish, ...(comment ? { comment } : {}) }, sleep));
    if (options.scanning !== false) notes.push(await scanOnGithub(github, request, out, NAMES, sleep));
  }
  if (gitlab !== undefined && options.comment !== false)
    notes.push(
      await sayOnGitlab(gitlab, environment['POLLUX_GITLAB_TOKEN'], wish.key, comment, surroundings),
    );
  const summary = summaryText(steps, notes);
  writeWhole(join(out, 'summary.md'), summary);
  writeSummary(environment, summary);
  const code = codeOf(steps);
  writeOutputs(environment, {
    code: String(code),
    verdict: steps.find(({ name }) => name === 'breaking')?.summary ?? '',
    report: out,
    bundle: options.build ?? '',
  });
  tell(steps, notes, forge === 'github', terminal);
  return code;
}

/** What a command says to people holds no commands for the runner, whatever names the texts have. */
const guarded = (terminal: Terminal): Terminal => ({
  ...terminal,
  err: (text) => terminal.out(uncommanded(text, `pollux-${randomUUID()}`)),
});

function tell(steps: readonly Step[], notes: readonly string[], isGithub: boolean, terminal: Terminal): void {
  const lines = steps.map(
    ({ name, code, summary }) => `${code === 0 ? '✓' : '✗'} ${name.padEnd(9)} ${summary}`,
  );
  const text = `${lines.join('\n').replaceAll(/\r/g, ' ')}\n`;
  terminal.out(isGithub ? uncommanded(text, `pollux-${randomUUID()}`) : text);
  for (const note of notes) terminal.out(isGithub ? annotation('notice', note) : `  ${note}\n`);
}
