/**
 * Counts tests over all suites. Says why each skipped test was skipped. Prints `N passed, N failed, N skipped`, or,
 * under `npm test`, which has more to count, writes the counts to the file named by POLLUX_TEST_SUMMARY.
 */
import { writeFileSync } from 'node:fs';
import type { SerializedError } from 'vitest';
import type { Reporter, TestCase, TestModule, TestSuite } from 'vitest/node';

export interface Summary {
  passed: number;
  failed: number;
  skipped: number;
  /** Full names of what failed. */
  failures: string[];
}

export default class CountingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const summary: Summary = { passed: 0, failed: 0, skipped: 0, failures: [] };
    const fail = (name: string) => {
      summary.failed++;
      summary.failures.push(name);
    };
    const skips: string[] = [];
    for (const module of modules) {
      for (const test of module.children.allTests()) count(test, summary, fail, skips);
      // A file that does not load has no tests that could fail, and a hook fails no test of its own.
      if (module.errors().length > 0) fail(module.relativeModuleId);
      for (const suite of module.children.allSuites()) {
        if (suite.errors().length > 0) fail(nameOf(suite));
      }
    }
    for (const error of unhandled) fail(`unhandled error: ${error.message}`);
    for (const line of skips) process.stdout.write(`skipped: ${line}\n`);
    const file = process.env['POLLUX_TEST_SUMMARY'];
    if (file) writeFileSync(file, JSON.stringify(summary));
    else
      process.stdout.write(
        `${summary.passed} passed, ${summary.failed} failed, ${summary.skipped} skipped\n`,
      );
  }
}

function count(test: TestCase, summary: Summary, fail: (name: string) => void, skips: string[]): void {
  const result = test.result();
  switch (result.state) {
    case 'passed':
      summary.passed++;
      return;
    case 'failed':
      fail(nameOf(test));
      return;
    case 'skipped':
      summary.skipped++;
      skips.push(`${nameOf(test)}: ${result.note ?? 'no reason given'}`);
      return;
    case 'pending':
      fail(`${nameOf(test)} (never finished)`);
  }
}

function nameOf(item: TestCase | TestSuite): string {
  return `${item.module.relativeModuleId} > ${item.fullName}`;
}
