/**
 * `npm test [-- vitest arguments]`: sets up, checks types, lint and format, then runs the suites. The last line
 * printed is `N passed, N failed, N skipped`, over all of it; the exit code says the same.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checks } from './checks.mjs';
import { foreground, scriptOf } from './run.mjs';
import { setupOrExit } from './setup.mjs';
import { progress, root, run } from './setup/step.mjs';

const { node } = await setupOrExit('test');
const count = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const failures = [];

for (const { name, tool, args } of checks) {
  progress(name, [tool, ...args].join(' '));
  const { code, output } = await run(node, [scriptOf(tool), ...args]);
  if (code === 0) {
    count.passed++;
    continue;
  }
  count.failed++;
  failures.push(name);
  process.stdout.write(`${output.trim()}\n✗ ${name}\n`);
}

const results = join(root, 'test-results');
const summary = join(results, `summary-${process.pid}.json`);
mkdirSync(results, { recursive: true });
const code = await foreground(node, [scriptOf('vitest'), 'run', ...process.argv.slice(2)], {
  env: { POLLUX_TEST_SUMMARY: summary },
});
if (existsSync(summary)) {
  const suites = JSON.parse(readFileSync(summary, 'utf8'));
  rmSync(summary);
  count.passed += suites.passed;
  count.failed += suites.failed;
  count.skipped += suites.skipped;
  failures.push(...suites.failures);
} else {
  count.failed++;
  failures.push(`vitest ended with code ${code} before it had counted`);
}
if (code !== 0 && failures.length === 0) {
  count.failed++;
  failures.push(`vitest ended with code ${code} though no test failed`);
}

for (const name of failures) process.stdout.write(`failed: ${name}\n`);
process.exitCode = count.failed > 0 ? 1 : 0;
process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
