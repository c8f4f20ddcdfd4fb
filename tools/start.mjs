/**
 * `npm start [-- path/to/other.twin]`: sets up, then shows a twin running live. All that a fresh clone needs.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { foreground } from './run.mjs';
import { setupOrExit } from './setup.mjs';
import { root } from './setup/step.mjs';

const { node } = await setupOrExit('build');
const command = join(root, 'dist', 'cli', 'pollux.mjs');
if (existsSync(command)) {
  // npm runs us in the repository's folder; a path is meant from where it was typed.
  const cwd = process.env.INIT_CWD ?? process.cwd();
  // DEP0169 is a dependency's, and nothing that the user could mend.
  const flags = ['--enable-source-maps', '--disable-warning=DEP0169'];
  process.exitCode = await foreground(node, [...flags, command, 'demo', ...process.argv.slice(2)], { cwd });
} else {
  process.stderr.write('The build made no dist/cli/pollux.mjs: cli/main.ts is missing from this checkout.\n');
  process.exitCode = 1;
}
