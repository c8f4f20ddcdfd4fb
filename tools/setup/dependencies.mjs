/** package-lock.json → node_modules, once for each state of the lockfile. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  SetupError,
  fingerprint,
  npm,
  npmReason,
  progress,
  readStamp,
  root,
  run,
  writeStamp,
} from './step.mjs';

const modules = join(root, 'node_modules');
const stamp = join(modules, '.pollux-setup');

/**
 * @param {string} node path of Node 24
 */
export async function ensureDependencies(node) {
  const wanted = fingerprint([join(root, 'package-lock.json')]);
  if (readStamp(stamp) === wanted) return;
  if (!matchesLockfile()) {
    progress('dependencies', 'npm ci');
    const { code, output } = await npm(node, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], root);
    if (code !== 0) {
      throw new SetupError(
        'The dependencies could not be installed (npm ci).',
        npmReason(output),
        'check that the npm registry can be reached, and that package.json and package-lock.json belong together.',
      );
    }
  }
  await buildToolMustRun(node);
  writeStamp(stamp, wanted);
}

/**
 * Whether node_modules already holds what the lockfile says, by npm's own record of what it installed.
 * Packages for other platforms are in the lockfile and rightly absent from the record.
 */
function matchesLockfile() {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  /** @type {{ packages: Record<string, { version?: string, optional?: boolean }> }} */
  const locked = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  /** @type {typeof locked} */
  const installed = JSON.parse(readFileSync(record, 'utf8'));
  for (const [path, entry] of Object.entries(locked.packages)) {
    if (path === '' || (entry.optional && !installed.packages[path])) continue;
    if (installed.packages[path]?.version !== entry.version || !existsSync(join(root, path))) return false;
  }
  return Object.keys(installed.packages).every((path) => path in locked.packages);
}

/**
 * npm may hold back install scripts. esbuild does not need its own as long as the package with the binary of this
 * platform is there; this finds out before a build fails with a riddle.
 * @param {string} node
 */
async function buildToolMustRun(node) {
  const { code, output } = await run(node, [
    '-e',
    `import('esbuild').then((esbuild) => esbuild.transform(''))`,
  ]);
  if (code === 0) return;
  throw new SetupError(
    'The dependencies are installed, but esbuild does not run.',
    output,
    'optional packages may be switched off: run `npm config set omit=` and then `npm ci` again.',
  );
}
