/**
 * `npm test [-- vitest arguments]`: sets up, checks types, lint and format, then runs the suites. The last line
 * printed is `N passed, N failed, N skipped`, over all of it; the exit code says the same.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checks } from './checks.mjs';
import { foreground, scriptOf } from './run.mjs';
import { build, setup, testTools } from './setup.mjs';
import { SetupError, progress, root, run } from './setup/step.mjs';

const count = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const failures = [];

/**
 * Counts a step of our own as a test.
 * @param {string} name
 * @param {string} problem empty when there is none
 */
function result(name, problem) {
  if (problem === '') {
    count.passed++;
    return;
  }
  count.failed++;
  failures.push(name);
  process.stdout.write(`${problem}\n✗ ${name}\n`);
}

function finish() {
  for (const name of failures) process.stdout.write(`failed: ${name}\n`);
  process.exitCode = count.failed > 0 ? 1 : 0;
  process.stdout.write(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
}

/**
 * Runs a step of the setup; what went wrong is returned, unless it is a bug of the setup.
 * @param {() => Promise<void>} step
 * @returns {Promise<string>}
 */
async function attempt(step) {
  try {
    await step();
    return '';
  } catch (error) {
    if (error instanceof SetupError) return error.message;
    throw error;
  }
}

let node = '';
const problem = await attempt(async () => {
  ({ node } = await setup('generate'));
  await testTools(node);
});
if (problem === '') await runAll();
else result('setup', problem);
finish();

async function runAll() {
  for (const { name, tool, args } of checks) {
    progress(name, [tool, ...args].join(' '));
    const { code, output } = await run(node, [scriptOf(tool), ...args]);
    result(name, code === 0 ? '' : output.trim());
  }

  result('build', await attempt(() => build(node)));
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
}
