/** Reports as commands make them, and ones with whatever texts there may be. */
import * as fc from 'fast-check';
import type { Report } from '../../cli/formats/report.ts';

export const place = { path: 'plant/tänk 1.twin', line: 4, column: 7, endLine: 4, endColumn: 12 };
export const report: Report = {
  command: 'check',
  findings: [
    {
      rule: 'PX3001',
      title: 'Units that do not fit',
      severity: 'error',
      message: 'side is m, and "3 kg" is kg:\nthey cannot be added, 100 % sure.',
      help: 'Divide by <something>?',
      place,
      related: [{ message: 'side is declared here', place: { ...place, line: 2, endLine: 3 } }],
    },
    {
      rule: 'PX2101',
      title: 'Unused',
      severity: 'warning',
      message: 'x is never used, it seems.',
      place,
      related: [],
    },
    { rule: 'wire/sensor-removed', title: 'wire', severity: 'info', message: 'No place.', related: [] },
  ],
  tests: [
    { suite: 'plant/tests.twin', name: 'holds & "stays"', place, seconds: 0.25, output: 'level: by 0.3 m' },
    {
      suite: 'plant/tests.twin',
      name: 'fails',
      place,
      seconds: 1.5,
      failure: 'level was 3 m\nat 4 s',
      output: '',
    },
  ],
  files: ['plant/a.twin', 'plant/tänk 1.twin'],
  summary: '1 error, 1 warning in 2 files',
};
const text = fc.string({ unit: 'binary', maxLength: 40 });
export const reports = fc
  .record({ message: text, help: text, title: text, failure: text, name: text, path: text })
  .map(({ message, help, title, failure, name, path }): Report => ({
    ...report,
    findings: [{ ...report.findings[0]!, message, help, title, place: { ...place, path } }],
    tests: [{ ...report.tests[1]!, failure, name, suite: path }],
  }));
