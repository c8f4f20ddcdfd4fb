/** Code Quality report of GitLab (docs.gitlab.com/ci/testing/code_quality): shown in the merge request. */
import { hashBytes } from '../../runtime/snapshot.ts';
import type { Report } from './report.ts';
import { failures } from './tests.ts';

const SEVERITIES = { error: 'major', warning: 'minor', info: 'info' } as const;

export function gitlab(report: Report): string {
  const seen = new Map<string, number>();
  const issues = [...report.findings, ...failures(report)].flatMap(({ rule, severity, message, place }) => {
    if (place === undefined) return [];
    // The line is no part of it: a finding that only moved is no new one.
    const key = `${rule}\n${place.path}\n${message}`;
    const nth = seen.get(key) ?? 0;
    seen.set(key, nth + 1);
    return [
      {
        description: message,
        check_name: rule,
        fingerprint: hashBytes(new TextEncoder().encode(`${key}\n${nth}`)),
        severity: SEVERITIES[severity],
        location: { path: place.path, lines: { begin: place.line, end: place.endLine } },
      },
    ];
  });
  return `${JSON.stringify(issues, undefined, 2)}\n`;
}
