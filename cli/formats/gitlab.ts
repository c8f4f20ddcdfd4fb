/** Code Quality report of GitLab (docs.gitlab.com/ci/testing/code_quality): shown in the merge request. */
import { fingerprinter } from './fingerprints.ts';
import type { Report } from './report.ts';
import { failures } from './tests.ts';

const SEVERITIES = { error: 'major', warning: 'minor', info: 'info' } as const;

export function gitlab(report: Report): string {
  const fingerprintOf = fingerprinter();
  const issues = [...report.findings, ...failures(report)].flatMap(({ rule, severity, message, place }) => {
    if (place === undefined) return [];
    return [
      {
        description: message,
        check_name: rule,
        fingerprint: fingerprintOf({ rule, message, place }),
        severity: SEVERITIES[severity],
        location: { path: place.path, lines: { begin: place.line, end: place.endLine } },
      },
    ];
  });
  return `${JSON.stringify(issues, undefined, 2)}\n`;
}
