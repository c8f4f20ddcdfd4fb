/** dist/ → dist/action: the GitHub action as it is released, a folder that needs nothing else. `node tools/action.mjs [FOLDER]` */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './setup/step.mjs';

/** @param {string} folder where to; emptied first */
export function makeAction(folder) {
  const from = (/** @type {string[]} */ ...parts) => join(root, ...parts);
  if (!existsSync(from('dist', 'action-main', 'main.mjs')))
    throw new Error('dist/action-main/main.mjs is missing: run npm run build first');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const noMaps = (/** @type {string} */ path) => !path.endsWith('.map');
  cpSync(from('forge', 'github', 'action', 'action.yml'), join(folder, 'action.yml'));
  cpSync(from('dist', 'action-main', 'main.mjs'), join(folder, 'main.mjs'));
  for (const part of ['cli', 'standalone'])
    cpSync(from('dist', part), join(folder, 'dist', part), { recursive: true, filter: noMaps });
  cpSync(from('docs', 'diagnostics'), join(folder, 'docs', 'diagnostics'), { recursive: true });
  cpSync(from('LICENSE'), join(folder, 'LICENSE'));
  const { version, license } = JSON.parse(readFileSync(from('package.json'), 'utf8'));
  const manifest = { name: 'pollux-action', version, license, type: 'module', private: true };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}

if (process.argv[1] === import.meta.filename)
  makeAction(resolve(process.argv[2] ?? join(root, 'dist', 'action')));
