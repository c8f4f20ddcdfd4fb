/**
 * A bare clone → everything that a command needs. Runs on any Node from 20 on with nothing installed; each step is
 * skipped when its inputs are unchanged.
 *
 *   node tools/setup.mjs           to run Pollux
 *   node tools/setup.mjs --test    to test it as well (Chromium, VS Code)
 */
import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './setup/build.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { ensureDependencies } from './setup/dependencies.mjs';
import { ensureGenerated } from './setup/generate.mjs';
import { ensureNode } from './setup/node24.mjs';
import { SetupError, progress, root, withLock } from './setup/step.mjs';
import { ensureVscode } from './setup/vscode.mjs';

/** One set-up of this checkout at a time. */
const lock = join(root, '.pollux', 'setup.lock');

/**
 * How far to go; each includes those before it.
 * @typedef {'dependencies' | 'generate' | 'build' | 'test'} Extent
 */
const extents = ['dependencies', 'generate', 'build', 'test'];

/**
 * @param {Extent} extent
 * @returns {Promise<{ node: string }>} path of the Node 24 binary to run everything else on
 */
export async function setup(extent) {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new SetupError(
      `Node ${process.version} is too old.`,
      'the setup needs Node 20 or later; it fetches Node 24 for the rest by itself',
      'install a current Node from https://nodejs.org.',
    );
  }
  const steps = extents.indexOf(extent);
  const node = await ensureNode();
  await withLock(lock, async () => {
    await ensureDependencies(node);
    if (steps >= 1) await ensureGenerated(node);
    if (steps >= 2) await ensureBuilt(node);
  });
  if (steps >= 3) await testTools(node);
  return { node };
}

/**
 * The build alone, for those who go on when it fails.
 * @param {string} node
 */
export async function build(node) {
  await withLock(lock, () => ensureBuilt(node));
}

/**
 * What end-to-end suites run in.
 * @param {string} node
 */
export async function testTools(node) {
  await ensureChromium();
  if (process.env.POLLUX_VSCODE !== 'desktop') await ensureVscode(node);
}

/**
 * Sets up, or says what to do and ends with exit code 1.
 * @param {Extent} extent
 * @returns {Promise<{ node: string }>}
 */
export async function setupOrExit(extent) {
  try {
    return await setup(extent);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    process.exit(1);
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { node } = await setupOrExit(process.argv.includes('--test') ? 'test' : 'build');
  progress('ready', `Node ${node}`);
}
