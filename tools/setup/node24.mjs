/**
 * Node 24 for running: TypeScript is run directly and the same V8 runs everywhere. Whoever has it already
 * uses it; otherwise npm brings the binary as a package, into the cache folder.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, cacheFolder, installOnce, npm, npmReason, progress, run } from './step.mjs';

/** Lowest version that runs us. */
const major = 24;

/** @returns {Promise<string>} path of a Node binary of at least version 24 */
export async function ensureNode() {
  if (Number(process.versions.node.split('.')[0]) >= major) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const folder = join(cacheFolder(), `node-${major}`);
  const binary = join(
    folder,
    'node_modules',
    name,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (!existsSync(binary)) {
    progress('node', `fetching Node ${major} from npm (${name}) into ${folder}`);
    mkdirSync(cacheFolder(), { recursive: true });
    await installOnce(folder, async (temporary) => {
      writeFileSync(join(temporary, 'package.json'), '{"private":true}');
      const args = ['install', `${name}@${major}`, '--no-audit', '--no-fund', '--ignore-scripts'];
      const { code, output } = await npm(process.execPath, args, temporary);
      if (code !== 0) throw missing(`npm could not install ${name}@${major}:\n${npmReason(output)}`);
    });
  }
  const { code, output } = await run(binary, ['--version']).catch((error) => ({
    code: 1,
    output: String(error),
  }));
  if (code !== 0) throw missing(`${binary} does not run here: ${output}`);
  return binary;
}

/** @param {string} why */
function missing(why) {
  return new SetupError(
    `Node ${major} is needed and could not be set up (running on ${process.version}).`,
    why,
    `install Node ${major} from https://nodejs.org (or your package manager) and run the command again.`,
  );
}
