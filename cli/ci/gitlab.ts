/** A job of GitLab CI: the note of a merge request, and one code quality report of all steps. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gitlabNotes, gitlabRequester } from '../../forge/gitlab/merge-request.ts';
import type { GitlabJob } from '../../forge/gitlab/merge-request.ts';
import { ForgeError } from '../../forge/request.ts';
import type { Surroundings } from '../../forge/request.ts';
import { keepComment } from '../../forge/sticky.ts';
import { writeWhole } from '../whole-file.ts';

const QUALITY_FILE = 'gl-code-quality-report.json';

export async function sayOnGitlab(
  job: GitlabJob,
  token: string | undefined,
  key: string,
  comment: string | undefined,
  surroundings: Surroundings,
): Promise<string> {
  if (!job.mayWrite || job.number === undefined || token === undefined)
    return `no note: ${job.because ?? ''}`;
  try {
    const notes = await gitlabNotes(gitlabRequester(job.api, token, surroundings), job.project, job.number);
    return `note: ${await keepComment(notes, key, comment, surroundings.sleep)}`;
  } catch (error) {
    if (!(error instanceof ForgeError)) throw error;
    const hint = [401, 403, 404].includes(error.status)
      ? '; does POLLUX_GITLAB_TOKEN belong to the project, with the scope api and at least the role Reporter?'
      : '';
    return `no note: ${error.message}${hint}`;
  }
}

/** GitLab takes one report of a job, in which a fingerprint stands once. */
export function joinQuality(out: string, names: readonly string[]): void {
  const all = names.flatMap((name) => {
    const file = join(out, `${name}.codequality.json`);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { fingerprint: string }[]) : [];
  });
  const issues = [...new Map(all.map((each) => [each.fingerprint, each])).values()];
  writeWhole(join(out, QUALITY_FILE), `${JSON.stringify(issues, undefined, 2)}\n`);
}
