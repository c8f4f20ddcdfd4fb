/**
 * What can be said about the sources without running them. `npm run check`; `npm test` counts each as a test.
 */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { foreground, scriptOf } from './run.mjs';
import { setupOrExit } from './setup.mjs';

/** @type {readonly { name: string, tool: string, args: readonly string[] }[]} */
export const checks = [
  { name: 'types', tool: 'typescript', args: ['--noEmit', '-p', '.'] },
  { name: 'lint', tool: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { name: 'format', tool: 'oxfmt', args: ['--check'] },
];

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { node } = await setupOrExit('generate');
  for (const { tool, args } of checks) {
    if ((await foreground(node, [scriptOf(tool), ...args])) !== 0) process.exitCode = 1;
  }
}
