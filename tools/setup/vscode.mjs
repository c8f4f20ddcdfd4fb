/**
 * The VS Code under test: the npm package code-server carries the whole VS Code server and workbench. It is kept in
 * the cache folder, out of the product's own dependencies.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, cacheFolder, installOnce, npm, npmReason, progress } from './step.mjs';

const version = '4.139.1';

/**
 * @param {string} node path of Node 24
 * @returns {Promise<string>} folder of the VS Code server; `out/server-main.js` in it starts it
 */
export async function ensureVscode(node) {
  const folder = join(cacheFolder(), `code-server-${version}`);
  const inside = join('node_modules', 'code-server', 'lib', 'vscode');
  if (!existsSync(folder)) {
    progress('vscode', `fetching code-server ${version} from npm into ${folder}`);
    mkdirSync(cacheFolder(), { recursive: true });
    await installOnce(folder, async (temporary) => {
      writeFileSync(join(temporary, 'package.json'), '{"private":true}');
      // No compiler is needed without the native modules; only the terminal and one log are missing then.
      const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
      await install(node, ['install', `code-server@${version}`, ...quiet], temporary);
      await install(node, ['install', '--omit=dev', ...quiet], join(temporary, inside));
    });
  }
  return join(folder, inside);
}

/**
 * @param {string} node
 * @param {readonly string[]} args
 * @param {string} folder
 */
async function install(node, args, folder) {
  const { code, output } = await npm(node, args, folder);
  if (code === 0) return;
  throw new SetupError(
    'The VS Code that the tests run in could not be installed.',
    npmReason(output),
    'check that the npm registry can be reached and that about 1 GB is free, or run with POLLUX_VSCODE=desktop.',
  );
}
