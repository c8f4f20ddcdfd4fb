/**
 * Sets up as far as named, then runs a command of ours on Node 24, whatever Node npm runs on:
 *
 *   node tools/run.mjs <dependencies|generate|build|test> [<script or package's tool> [arguments]]
 *
 * Signals reach the command and its exit code is ours.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setupOrExit } from './setup.mjs';
import { environmentFor, root } from './setup/step.mjs';

/**
 * The script behind the name of a package's tool (`oxlint`, `vitest`), or the script of the given path.
 * @param {string} name
 */
export function scriptOf(name) {
  const folder = join(root, 'node_modules', name);
  if (!existsSync(join(folder, 'package.json'))) return join(root, name);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return join(folder, typeof bin === 'string' ? bin : (bin[name] ?? Object.values(bin)[0]));
}

/**
 * Runs a script in the foreground until it ends.
 * @param {string} node
 * @param {readonly string[]} args script and its arguments
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>} exit code
 */
export function foreground(node, args, options = {}) {
  const child = spawn(node, args, {
    cwd: options.cwd ?? root,
    env: { ...environmentFor(node), ...options.env },
    stdio: 'inherit',
  });
  // A terminal sends Ctrl-C to the whole group, so the child has it already; a second one would mean "at once".
  const fromTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  let forwarded = false;
  /** @param {NodeJS.Signals} signal */
  const forward = (signal) => {
    // npm and the shell may each pass on the same signal.
    if (forwarded || (signal === 'SIGINT' && fromTerminal)) return;
    forwarded = true;
    setTimeout(() => (forwarded = false), 500).unref();
    child.kill(signal);
  };
  /** @type {NodeJS.Signals[]} */
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  // npm passes signals to the shell between us, and some shells end by them without a word to us.
  const parent = process.ppid;
  const orphaned = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(orphaned);
    child.kill('SIGTERM');
  }, 250);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearInterval(orphaned);
      for (const each of signals) process.off(each, forward);
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [extent, script, ...args] = process.argv.slice(2);
  const { node } = await setupOrExit(/** @type {import('./setup.mjs').Extent} */ (extent));
  if (script) process.exitCode = await foreground(node, [scriptOf(script), ...args]);
}
