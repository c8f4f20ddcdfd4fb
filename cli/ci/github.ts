/** A job of GitHub Actions: comment, code scanning, summary and outputs, as far as the job may. */
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  githubComments,
  githubRequester,
  joinedSarif,
  pullRequestOf,
  uploadSarif,
} from '../../forge/github/api.ts';
import { output } from '../../forge/github/commands.ts';
import { jobOf } from '../../forge/github/event.ts';
import type { Job } from '../../forge/github/event.ts';
import { ForgeError } from '../../forge/request.ts';
import type { Requester, Surroundings } from '../../forge/request.ts';
import { keepComment } from '../../forge/sticky.ts';
import { COMMENT_LIMIT, cutBytes, harmless, SUMMARY_LIMIT } from '../../forge/text.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export function githubJob(environment: Environment): Job {
  const file = environment['GITHUB_EVENT_PATH'];
  const payload = file !== undefined && existsSync(file) ? readFileSync(file, 'utf8') : '{}';
  return jobOf(environment, JSON.parse(payload));
}

export function requesterOf(environment: Environment, surroundings: Surroundings): Requester | undefined {
  const token = environment['GITHUB_TOKEN'];
  const base = environment['GITHUB_API_URL'] || 'https://api.github.com';
  return token === undefined || token === '' ? undefined : githubRequester(base, token, surroundings);
}

export interface Wish {
  key: string;
  author: string;
  comment?: string;
}

/** Keeps the comment of a pull request. Returns what was done or why nothing was, in words. */
export async function sayOnGithub(
  job: Job,
  request: Requester | undefined,
  { key, author, comment }: Wish,
  sleep: Surroundings['sleep'],
): Promise<string> {
  if (job.because !== undefined || !job.mayWrite) return `no comment: ${job.because ?? 'not allowed'}`;
  const number =
    job.number ??
    (request !== undefined && job.after !== undefined
      ? await pullRequestOf(request, job.repository, job.after)
      : undefined);
  if (number === undefined) return 'no comment: no open pull request is at this commit';
  if (request === undefined) return 'no comment: there is no token';
  try {
    const done = await keepComment(
      githubComments(request, job.repository, number, author),
      key,
      comment,
      sleep,
    );
    return `comment: ${done}`;
  } catch (error) {
    return refused('no comment', error, 'pull-requests: write');
  }
}

/** SARIF files of the steps → code scanning. */
export async function scanOnGithub(
  job: Job,
  request: Requester | undefined,
  out: string,
  names: readonly string[],
  sleep: Surroundings['sleep'],
): Promise<string> {
  if (!job.scanned || !job.mayWrite)
    return `no upload to code scanning: ${job.mayWrite ? 'not for this event' : job.because}`;
  if (request === undefined) return 'no upload to code scanning: there is no token';
  const files = names.map((name) => join(out, `${name}.sarif`)).filter((file) => existsSync(file));
  if (files.length === 0) return 'no upload to code scanning: no step wrote a log';
  const sarif = joinedSarif(files.map((file) => readFileSync(file, 'utf8')));
  try {
    const wrong = await uploadSarif(request, { ...job, sarif }, sleep);
    return wrong.length === 0
      ? 'uploaded to code scanning'
      : `code scanning does not take the log: ${wrong.join('; ')}`;
  } catch (error) {
    return refused('no upload to code scanning', error, 'security-events: write');
  }
}

/** What the job may not is said and no failure; what broke is. */
function refused(what: string, error: unknown, permission: string): string {
  if (!(error instanceof ForgeError)) throw error;
  const hint = [401, 403, 404].includes(error.status) ? `; does the job have \`${permission}\`?` : '';
  return `${what}: ${error.message}${hint}`;
}

/** The comment that another workflow, without rights, has left as a file. */
export function leftComment(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8').trim();
  return text === '' ? undefined : harmless(text).slice(0, COMMENT_LIMIT - 200);
}

export function writeSummary(environment: Environment, text: string): void {
  const file = environment['GITHUB_STEP_SUMMARY'];
  if (file !== undefined && file !== '') appendFileSync(file, cutBytes(text, SUMMARY_LIMIT - 1024));
}

export function writeOutputs(environment: Environment, values: Readonly<Record<string, string>>): void {
  const file = environment['GITHUB_OUTPUT'];
  if (file === undefined || file === '') return;
  for (const [name, value] of Object.entries(values))
    appendFileSync(file, output(name, value, `pollux-${randomUUID()}`));
}
