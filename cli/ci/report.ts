/** Outcomes of steps → the summary of a job, and its comment. */
import { COMMENT_LIMIT, commentOf } from '../../forge/text.ts';
import type { Step } from './steps.ts';
import { cell } from '../../review/markdown.ts';

export const commentText = (steps: readonly Step[], limit = COMMENT_LIMIT): string | undefined =>
  commentOf(
    steps.flatMap(({ part }) => (part === undefined ? [] : [part])),
    FOOTER,
    limit,
  );

const FOOTER =
  '<sub>pollux ci: this comment follows the latest commit, and goes when there is nothing to say.</sub>';

export function summaryText(steps: readonly Step[], notes: readonly string[]): string {
  const rows = steps.map(
    ({ name, code, summary }) => `| ${code === 0 ? '🟢' : '🔴'} | ${name} | ${cell(summary)} |\n`,
  );
  const said = notes.map((note) => `> ${cell(note)}\n`).join('');
  const parts = steps.flatMap(({ part }) => (part === undefined ? [] : [part.text.trim()]));
  return `## Pollux\n\n| | step | |\n| --- | --- | --- |\n${rows.join('')}\n${said}\n${parts.join('\n\n')}\n`;
}
