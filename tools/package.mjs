/** `npm run package`: dist/pollux.vsix and dist/action, from a build without leftovers. Needs no network and no git remote. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeAction } from './action.mjs';
import { foreground, scriptOf } from './run.mjs';
import { setupOrExit } from './setup.mjs';
import { root } from './setup/step.mjs';

// Chunks carry a hash in their names, so those of earlier builds would be shipped as well.
rmSync(join(root, 'dist'), { recursive: true, force: true });
const { node } = await setupOrExit('build');
const vsix = join('dist', 'pollux.vsix');
// What is needed is bundled, so npm need not be asked for dependencies; relative links stay relative.
const args = [
  '--no-dependencies',
  '--no-rewrite-relative-links',
  '--allow-missing-repository',
  '--out',
  vsix,
];
makeAction(join(root, 'dist', 'action'));
process.exitCode = await foreground(node, [scriptOf('@vscode/vsce'), 'package', ...args]);
