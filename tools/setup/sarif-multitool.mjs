/** Microsoft's validator of SARIF, from npm, kept in the cache folder: 100 MB, so it is no dependency of all. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, cacheFolder, installOnce, npm, npmReason, progress } from './step.mjs';

const NAME = '@microsoft/sarif-multitool-linux';
const VERSION = '5.7.0';

/** @returns {string | undefined} why it cannot run on this machine */
export function noMultitool() {
  if (process.platform === 'linux' && process.arch === 'x64') return undefined;
  return `${NAME} is for Linux on x64, and this is ${process.platform} on ${process.arch}`;
}

/**
 * @param {string} node path of Node 24
 * @returns {Promise<string>} path of the program
 */
export async function ensureMultitool(node) {
  const folder = join(cacheFolder(), `sarif-multitool-${VERSION}`);
  const program = join(folder, 'node_modules', NAME, 'Sarif.Multitool');
  if (existsSync(program)) return program;
  progress('sarif', `fetching ${NAME} from npm into ${folder}`);
  mkdirSync(cacheFolder(), { recursive: true });
  await installOnce(folder, async (temporary) => {
    writeFileSync(join(temporary, 'package.json'), '{"private":true}');
    const args = ['install', `${NAME}@${VERSION}`, '--no-audit', '--no-fund', '--ignore-scripts'];
    const { code, output } = await npm(node, args, temporary);
    if (code !== 0)
      throw new SetupError(
        'The validator of SARIF could not be installed.',
        npmReason(output),
        'check that the npm registry can be reached.',
      );
    chmodSync(join(temporary, 'node_modules', NAME, 'Sarif.Multitool'), 0o755);
  });
  return program;
}
