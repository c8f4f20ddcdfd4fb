/**
 * SUNDIALS as a library, made from Debian's source with gcc -O2: the library of its package was compiled without optimisation, which takes two to
 * four times as long, and would flatter everybody who is compared with it. Kept in the cache folder.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../tools/setup/step.mjs';

const SOURCES = [
  ...['cvode', 'cvode_io', 'cvode_ls', 'cvode_nls', 'cvode_proj'].map((name) => `cvode/${name}`),
  'nvector/serial/nvector_serial',
  ...['dense', 'band', 'sparse'].map((name) => `sunmatrix/${name}/sunmatrix_${name}`),
  ...['dense', 'band', 'klu'].map((name) => `sunlinsol/${name}/sunlinsol_${name}`),
  ...['newton', 'fixedpoint'].map((name) => `sunnonlinsol/${name}/sunnonlinsol_${name}`),
  ...[
    ...[
      'band',
      'context',
      'dense',
      'direct',
      'futils',
      'iterative',
      'linearsolver',
      'logger',
      'math',
      'matrix',
    ],
    ...['memory', 'nonlinearsolver', 'nvector', 'nvector_senswrapper', 'version'],
  ].map((name) => `sundials/sundials_${name}`),
];

export interface Sundials {
  /** For gcc, after the files that use it. */
  options: string[];
  version: string;
}

/** The library; in words why not, where it cannot be made. */
export function sundials(): Sundials | string {
  const version = said('dpkg-query', ['-W', '-f=${Version}', 'libsundials-dev']);
  if (version === undefined) return 'libsundials-dev is not here: apt-get install libsundials-dev';
  const folder = join(cacheFolder(), `sundials-${version.replaceAll(/[^\w.]/g, '-')}`);
  const library = join(folder, 'libsundials.a');
  if (!existsSync(library)) {
    const wrong = make(version, folder, library);
    if (wrong !== undefined) return wrong;
  }
  return { options: [library, '-lklu', '-lm'], version };
}

function make(version: string, folder: string, library: string): string | undefined {
  const work = mkdtempSync(join(tmpdir(), 'pollux-sundials-'));
  try {
    const list = join(work, 'source.list');
    const { VERSION_CODENAME: release = 'stable' } = osRelease();
    writeFileSync(list, `deb-src http://deb.debian.org/debian ${release} main\n`);
    mkdirSync(join(work, 'lists'));
    const own = [
      ['Dir::Etc::sourcelist', list],
      ['Dir::Etc::sourceparts', '-'],
      ['Dir::State::lists', join(work, 'lists')],
      ['APT::Sandbox::User', 'root'],
    ].flatMap(([name, value]) => ['-o', `${name}=${value}`]);
    const got =
      done('apt-get', [...own, '-qq', 'update'], work) ??
      done('apt-get', [...own, '-qq', 'source', '--download-only', `sundials=${version}`], work);
    if (got !== undefined)
      return `the source of sundials ${version} cannot be had (apt-get source sundials): ${got}`;
    const archive = readdirSync(work).find((name) => name.includes('.orig.tar'));
    if (archive === undefined) return 'the source of sundials has no archive';
    const unpacked = done('tar', ['xf', archive, '--strip-components=1'], work);
    if (unpacked !== undefined) return unpacked;
    const files = SOURCES.map((name) => join('src', `${name}.c`));
    const folders = ['/usr/include/suitesparse', 'include', 'src/sundials', 'src/cvode', 'src'].map(
      (name) => `-I${name}`,
    );
    const made =
      done('gcc', ['-O2', '-DNDEBUG', '-w', ...folders, '-c', ...files], work) ??
      done('ar', ['rcs', 'libsundials.a', ...readdirSync(work).filter((name) => name.endsWith('.o'))], work);
    if (made !== undefined) return `SUNDIALS cannot be compiled: ${made}`;
    mkdirSync(folder, { recursive: true });
    // Another file system may be between: a copy beside it first.
    const copied = done('cp', ['libsundials.a', `${library}.new`], work);
    if (copied !== undefined) return copied;
    renameSync(`${library}.new`, library);
    return undefined;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Undefined once it is done, else what it complained of. */
function done(command: string, args: readonly string[], folder: string): string | undefined {
  const { status, stderr, error } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim().slice(-400));
}

/** The first line of what a program says; undefined where it does not. */
export function said(command: string, args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim().split('\n')[0] : undefined;
}

function osRelease(): Record<string, string> {
  const { stdout } = spawnSync('cat', ['/etc/os-release'], { encoding: 'utf8' });
  return Object.fromEntries(
    (stdout ?? '').split('\n').map((line) => {
      const [name = '', value = ''] = line.split('=');
      return [name, value.replaceAll('"', '')];
    }),
  );
}
