/**
 * Programs of others that do the same work, made here from Debian packages: each is a process that reads how much to do and answers
 * with the processor time it took. What is missing is installed where that may be done (root, with apt-get), and named elsewhere.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Contender } from './harness.ts';

const SOURCES = join(import.meta.dirname, 'peers');

export interface PeerProgram {
  name: string;
  /** In `test/bench/peers`. */
  source: string;
  /** Of the compiler, or of the script. */
  options?: readonly string[];
  /** After the files. */
  libraries?: readonly string[];
  /** The package that a script needs. */
  needs?: string;
  /** How much work a call is. */
  work: number;
}

const works = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** What must answer for a package to be of use. */
const PROBES: Readonly<Record<string, () => boolean>> = {
  gcc: () => works('gcc', '--version'),
  'g++': () => works('g++', '--version'),
  'libsundials-dev': () =>
    spawnSync('gcc', ['-fsyntax-only', '-x', 'c', '-'], { input: '#include <cvode/cvode.h>\n' }).status === 0,
  'libsuitesparse-dev': () => existsSync('/usr/include/suitesparse/klu.h'),
  python3: () => works('/usr/bin/python3', '--version'),
  'python3-scipy': () => works('/usr/bin/python3', '-c', 'import scipy'),
  'python3-simpy': () => works('/usr/bin/python3', '-c', 'import SimPy.Simulation'),
  'python3-simpy3': () => works('/usr/bin/python3', '-c', 'import simpy'),
};

export class Peers {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pollux-bench-'));
  readonly #running: { stop(): void }[] = [];
  #updated = false;
  readonly #missing = new Map<string, string>();

  /** Why a package cannot be used, in words; undefined when it can. Tries to install it once. */
  lacks(name: string): string | undefined {
    const known = this.#missing.get(name);
    if (known !== undefined) return known === '' ? undefined : known;
    const probe = PROBES[name] ?? ((): boolean => false);
    if (!probe() && process.getuid?.() === 0 && works('apt-get', '--version')) {
      const settings = {
        stdio: 'ignore',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      } as const;
      // A fresh image knows no packages.
      if (!this.#updated) spawnSync('apt-get', ['update'], settings);
      this.#updated = true;
      spawnSync('apt-get', ['install', '-y', name], settings);
    }
    const reason = probe() ? '' : `${name} is not here: apt-get install ${name}`;
    this.#missing.set(name, reason);
    return reason === '' ? undefined : reason;
  }

  /** Starts a program; in words why not, where it cannot be. */
  start({
    name,
    source,
    options = [],
    libraries = [],
    needs = 'python3',
    work,
  }: PeerProgram): Contender | string {
    const lacking = this.lacks(source.endsWith('.py') ? needs : source.endsWith('.cpp') ? 'g++' : 'gcc');
    if (lacking !== undefined) return lacking;
    const file = join(SOURCES, source);
    if (source.endsWith('.py'))
      return this.#contender(name, work, '/usr/bin/python3', ['-B', file, ...options]);
    const program = join(this.#folder, `${source}-${this.#running.length}`);
    const compiler = source.endsWith('.cpp') ? 'g++' : 'gcc';
    const main = compiler === 'g++' ? ['-x', 'c++', join(SOURCES, 'main.c')] : [join(SOURCES, 'main.c')];
    const made = spawnSync(compiler, [...options, '-o', program, file, ...main, ...libraries, '-lm'], {
      encoding: 'utf8',
    });
    if (made.status !== 0) return `${source} does not compile: ${made.stderr}`;
    return this.#contender(name, work, program, []);
  }

  #contender(name: string, work: number, command: string, args: readonly string[]): Contender {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    this.#running.push({
      stop: () => {
        child.stdin.end();
        lines.close();
      },
    });
    let fail: (reason: Error) => void = () => {};
    child.on('error', (reason) => fail(reason));
    const ask = (amount: number): Promise<number> =>
      new Promise((resolve, reject) => {
        lines.once('line', (line) => resolve(Number(line.split(' ')[0]) * 1e9));
        fail = reject;
        child.stdin.write(`${Math.round(amount)}\n`);
      });
    return { name, run: () => ask(work), elsewhere: (calls) => ask(work * calls) };
  }

  /** Ends all programs and removes what was made. */
  stop(): void {
    for (const running of this.#running) running.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
