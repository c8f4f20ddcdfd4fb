/** A Node of a given major version as an npm package, kept in the cache folder. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupError, cacheFolder, installOnce, npm, npmReason, progress, run } from './step.mjs';

/**
 * The Node that runs us if it is of this version, else one from npm.
 * @param {number} major
 * @returns {Promise<string>} path of its binary
 */
export async function nodeOf(major) {
  return Number(process.versions.node.split('.')[0]) === major ? process.execPath : nodePackage(major);
}

/**
 * @param {number} major
 * @returns {Promise<string>} path of its binary
 */
export async function nodePackage(major) {
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
      if (code !== 0) throw missing(major, `npm could not install ${name}@${major}:\n${npmReason(output)}`);
    });
  }
  const { code, output } = await run(binary, ['--version']).catch((error) => ({
    code: 1,
    output: String(error),
  }));
  if (code !== 0) throw missing(major, `${binary} does not run here: ${output}`);
  return binary;
}

/**
 * @param {number} major
 * @param {string} why
 */
function missing(major, why) {
  return new SetupError(
    `Node ${major} is needed and could not be set up (running on ${process.version}).`,
    why,
    `install Node ${major} from https://nodejs.org (or your package manager) and run the command again.`,
  );
}
