/** Markdown for a job's summary or a comment; no longer than a forge takes. */
import { cell, code, COMMENT_LIMIT } from '../../review/markdown.ts';
import type { Report } from './report.ts';
import { failures } from './tests.ts';

const MARKS = { error: '🔴', warning: '🟡', info: '🔵' } as const;

export function markdown(report: Report): string {
  const found = [...report.findings, ...failures(report)];
  const bad = found.some(({ severity }) => severity === 'error');
  let text = `### ${bad ? '🔴' : '🟢'} pollux ${report.command}: ${cell(report.summary)}\n`;
  if (found.length === 0) return text;
  text += '\n| | where | rule | what |\n| --- | --- | --- | --- |\n';
  let written = 0;
  for (const { severity, place, rule, message, help } of found) {
    const where = place === undefined ? '' : code(`${place.path}:${place.line}`);
    const row = `| ${MARKS[severity]} | ${where} | ${rule} | ${lines(help === undefined ? message : `${message} ${help}`)} |\n`;
    if (text.length + row.length + 60 > COMMENT_LIMIT) break;
    text += row;
    written += 1;
  }
  return written < found.length ? `${text}\n… and ${found.length - written} more.\n` : text;
}

/** What stands on several lines does so in a table's cell, too. */
const lines = (text: string): string => text.split('\n').map(cell).join('<br>');
