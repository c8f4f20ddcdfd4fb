/** Tests that failed, as findings: for formats that know no tests. */
import type { Finding, Report } from './report.ts';

export const failures = ({ tests }: Report): Finding[] =>
  tests.flatMap(({ name, place, failure }) =>
    failure === undefined
      ? []
      : [
          {
            rule: 'test-failed',
            title: 'A test that fails',
            severity: 'error' as const,
            message: `"${name}" fails: ${failure}`,
            place,
            related: [],
          },
        ],
  );
