/**
 * What the setup steps share: where things are kept, one line of progress a step, commands that are
 * quiet until they fail, stamps (so that a step is skipped when its inputs are unchanged) and a lock
 * (so that two setups at once do not tread on each other).
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, dirname, join, relative, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What the user can act on: what failed, why, and what to do. Anything else that is thrown is our bug. */
export class SetupError extends Error {
  /**
   * @param {string} what
   * @param {string} why
   * @param {string} remedy
   */
  constructor(what, why, remedy) {
    super(`${what}\n  why: ${why.trim().split('\n').join('\n       ')}\n  try: ${remedy}`);
    this.name = 'SetupError';
  }
}

/** Where big downloads are kept between clones: $POLLUX_CACHE, or `pollux` in the user's cache folder. */
export function cacheFolder() {
  return process.env.POLLUX_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'pollux');
}

/**
 * One line of progress, on stderr so that the output of a command run through us stays clean.
 * @param {string} step
 * @param {string} text
 */
export function progress(step, text) {
  process.stderr.write(`${step.padEnd(12)} ${text}\n`);
}

/**
 * Runs a command and returns its exit code and output; output goes to the terminal only when `inherit` is set.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, inherit?: boolean, shell?: boolean }} [options]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: options.inherit ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      shell: options.shell ?? false,
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/**
 * The environment in which `node` is the given binary.
 * @param {string} node path of a Node binary
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentFor(node) {
  const key = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...process.env, [key]: `${dirname(node)}${delimiter}${process.env[key] ?? ''}` };
}

/**
 * Runs npm under the given Node. The npm that started us is used when there is one.
 * @param {string} node
 * @param {readonly string[]} args
 * @param {string} cwd
 */
export function npm(node, args, cwd) {
  const env = environmentFor(node);
  // Settings meant for the npm that called us (its prefix, its "dry-run", its omitted groups) are not for ours.
  for (const name of Object.keys(env)) {
    if (
      /^npm_(lifecycle|package|command)/i.test(name) ||
      /^npm_config_(prefix|local_prefix|global_prefix)$/i.test(name)
    )
      delete env[name];
  }
  const cli = process.env.npm_execpath;
  if (cli?.endsWith('npm-cli.js') && existsSync(cli)) return run(node, [cli, ...args], { cwd, env });
  return run('npm', args, { cwd, env, shell: process.platform === 'win32' });
}

/**
 * The lines of npm's output that say what went wrong.
 * @param {string} output
 */
export function npmReason(output) {
  const errors = output
    .split('\n')
    .filter((line) => /^npm (error|ERR!)/.test(line) && !/complete log/.test(line));
  return (errors.length > 0 ? errors : output.trim().split('\n')).slice(0, 8).join('\n');
}

/**
 * A hash over files (paths relative to the repository, and contents) and further text. Missing files count as such.
 * @param {readonly string[]} files absolute paths
 * @param {readonly string[]} [more]
 */
export function fingerprint(files, more = []) {
  const hash = createHash('sha256');
  for (const text of more) hash.update(`${text}\0`);
  for (const file of [...files].sort()) {
    hash.update(`${relative(root, file).split(sep).join('/')}\0`);
    hash.update(existsSync(file) ? readFileSync(file) : 'absent');
  }
  return hash.digest('hex');
}

/**
 * All files below a folder of the repository, without generated ones.
 * @param {string} folder relative to the repository
 * @param {(name: string) => boolean} [wanted]
 * @returns {string[]} absolute paths
 */
export function filesBelow(folder, wanted = () => true) {
  const start = join(root, folder);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, encoding: 'utf8' })
    .filter((file) => !file.split(sep).some((part) => part === 'node_modules' || part === 'generated'))
    .filter((file) => wanted(basename(file)))
    .map((file) => join(start, file))
    .filter((file) => statSync(file).isFile());
}

/** @param {string} file */
export function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/**
 * @param {string} file
 * @param {string} value
 */
export function writeStamp(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, value);
}

/**
 * Does `work` while holding a lock file. A lock is taken over when its process is gone, or when nobody has touched it
 * for a minute: in containers a process of the same number may well be another one.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, work) {
  mkdirSync(dirname(file), { recursive: true });
  for (let told = false; ;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    }
    const holder = Number(readStamp(file));
    const touched = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if ((holder > 0 && !isRunning(holder)) || Date.now() - touched > 60_000) {
      // Of several that find the lock orphaned, the rename lets exactly one remove it.
      const orphan = `${file}.${process.pid}`;
      try {
        renameSync(file, orphan);
        rmSync(orphan, { force: true });
      } catch {
        // Another setup removed it first.
      }
      continue;
    }
    if (!told) progress('waiting', `for another setup (process ${holder || 'unknown'}; lock ${file})`);
    told = true;
    await sleep(200);
  }
  const alive = setInterval(() => utimesSync(file, new Date(), new Date()), 5_000);
  try {
    return await work();
  } finally {
    clearInterval(alive);
    rmSync(file, { force: true });
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}

/**
 * Fills a cache folder once: `fill` works in a temporary folder, which is renamed when complete, so
 * that what stands under the final name is always whole. Of two setups at once the first one wins.
 * @param {string} folder final name
 * @param {(temporary: string) => Promise<void>} fill
 */
export async function installOnce(folder, fill) {
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const temporary = `${folder}.part-${process.pid}`;
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true });
    try {
      await fill(temporary);
      renameSync(temporary, folder);
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  });
}
