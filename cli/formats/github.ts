/** Workflow commands of GitHub Actions: each finding becomes an annotation in the changed files. */
import type { Finding, Report } from './report.ts';
import { failures } from './tests.ts';

const COMMANDS = { error: 'error', warning: 'warning', info: 'notice' } as const;

export function github(report: Report): string {
  const lines = [...report.findings, ...failures(report)].map(annotation);
  return [...lines, report.summary, ''].join('\n');
}

function annotation({ severity, rule, message, help, place }: Finding): string {
  const properties =
    place === undefined
      ? [`title=${property(rule)}`]
      : [
          `file=${property(place.path)}`,
          `line=${place.line}`,
          `endLine=${place.endLine}`,
          // Columns are taken only within one line.
          ...(place.line === place.endLine ? [`col=${place.column}`, `endColumn=${place.endColumn}`] : []),
          `title=${property(rule)}`,
        ];
  return `::${COMMANDS[severity]} ${properties.join(',')}::${data(help === undefined ? message : `${message}\n${help}`)}`;
}

/** As the toolkit of GitHub's actions escapes (packages/core/src/command.ts). */
const data = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
