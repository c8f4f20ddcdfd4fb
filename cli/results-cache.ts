/**
 * What a command said about the same inputs before: nothing is computed twice. An entry is found by the hash of everything
 * that the result depends on (the command and its options, all texts, this build of Pollux, where it stands), and holds the
 * hashes of the data files that the compiler read on the way.
 */
import { createHash, randomUUID } from 'node:crypto';
import {
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { dataRead } from './data-read.ts';
import { packageFolder } from './package-folder.ts';
import { cacheFolder } from '../packages/cache-folder.ts';
import { readDataFile } from '../packages/data-file.ts';
import { writeFile } from './formats/files.ts';
import { readProject } from './project.ts';
import { Exit } from './terminal/terminal.ts';
import type { ExitCode, Terminal } from './terminal/terminal.ts';

export interface CacheOptions {
  /** False with `--no-cache`. */
  cache?: boolean;
}

interface Entry {
  code: ExitCode;
  /** In the order of writing: to standard output, or to standard error. */
  said: ['out' | 'err', string][];
  /** Written besides. */
  files: { path: string; text: string }[];
  /** Of data files, absent ones too. */
  data: { uri: string; folder: string; hash: string }[];
}

const KEPT = 400;
const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Runs a command unless it has run on the same inputs; says so when it has. */
export async function remembered(
  command: string,
  paths: readonly string[],
  options: CacheOptions,
  terminal: Terminal,
  action: (terminal: Terminal, writeFile: (path: string, text: string) => void) => Promise<ExitCode>,
): Promise<ExitCode> {
  const build = options.cache === false ? undefined : buildOf();
  if (build === undefined) return action(terminal, writeFile);
  const { texts, asked, absentPackages } = readProject(paths);
  const { width } = terminal;
  const key = hash(
    JSON.stringify([
      build,
      command,
      options,
      process.cwd(),
      width,
      terminal.style('bold', ''),
      texts,
      [...asked],
      [...absentPackages],
    ]),
  );
  const file = join(folder(), `${key}.json`);
  const known = read(file);
  if (known !== undefined) {
    for (const { path, text } of known.files) writeFile(path, text);
    for (const [stream, text] of known.said) terminal[stream](text);
    terminal.err(
      terminal.style('dim', 'nothing has changed since this was found: --no-cache finds it anew\n'),
    );
    return known.code;
  }
  const said: Entry['said'] = [];
  const files: Entry['files'] = [];
  dataRead.clear();
  const code = await action(
    {
      ...terminal,
      out: (text) => (said.push(['out', text]), terminal.out(text)),
      err: (text) => (said.push(['err', text]), terminal.err(text)),
    },
    (path, text) => {
      files.push({ path, text });
      writeFile(path, text);
    },
  );
  const data = [...dataRead.values()].map(({ uri, folder: within, text }) => ({
    uri,
    folder: within,
    hash: hash(text ?? ''),
  }));
  if (code === Exit.fine || code === Exit.findings) write(file, { code, said, files, data });
  return code;
}

/** A value that depends on nothing but `parts` and this build of Pollux: computed once. Plain JSON. */
export async function rememberedValue<T>(
  parts: readonly unknown[],
  { cache }: CacheOptions,
  compute: () => Promise<T>,
  /** Whether what was found still holds. */
  holds: (value: T) => boolean,
): Promise<T> {
  const build = cache === false ? undefined : buildOf();
  if (build === undefined) return compute();
  const file = join(folder(), `${hash(JSON.stringify([build, ...parts]))}.json`);
  const said = read(file)?.said[0];
  const known = said && (JSON.parse(said[1]) as T);
  if (known !== undefined && holds(known)) return known;
  const value = await compute();
  write(file, { code: Exit.fine, said: [['out', JSON.stringify(value)]], files: [], data: [] });
  return value;
}

/** A text that depends on nothing but `parts` and this build of Pollux; undefined where nothing is remembered. */
export function rememberedText(
  parts: readonly string[],
  { cache }: CacheOptions,
): { read(): string | undefined; write(text: string): void } | undefined {
  const build = cache === false ? undefined : buildOf();
  if (build === undefined) return undefined;
  const file = join(folder(), `${hash(JSON.stringify([build, ...parts]))}.json`);
  return {
    read: () => read(file)?.said[0]?.[1],
    write: (text) => write(file, { code: Exit.fine, said: [['out', text]], files: [], data: [] }),
  };
}

/** This build of Pollux: the name of each part is its hash, and the first part names the others. */
function buildOf(): string | undefined {
  try {
    return hash(readFileSync(join(packageFolder(), 'dist', 'cli', 'pollux.mjs'), 'utf8')) + process.version;
  } catch {
    return undefined;
  }
}

const folder = (): string => cacheFolder('results');

/** Nothing when there is no entry, it is not as it was written, or a data file has changed. */
function read(file: string): Entry | undefined {
  try {
    const entry = parsed(basename(file), readFileSync(file, 'utf8'));
    const isSame = entry?.data.every((each) => hash(readDataFile(each.uri, each.folder) ?? '') === each.hash);
    if (isSame !== true) return undefined;
    markUsed(file);
    return entry;
  } catch {
    return undefined;
  }
}

/** The hash of its name and of all that follows, then the entry: what a disk or a person has changed since is none. */
const written = (name: string, entry: Entry): string => {
  const text = JSON.stringify(entry);
  return `${hash(`${name}\n${text}`)}\n${text}`;
};
function parsed(name: string, file: string): Entry | undefined {
  const end = file.indexOf('\n');
  const text = file.slice(end + 1);
  return file.slice(0, end) === hash(`${name}\n${text}`) ? (JSON.parse(text) as Entry) : undefined;
}

/** The latest used are kept. Where nothing can be written, nothing is removed either. */
function markUsed(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {}
}

/** A cache that cannot be written is no reason to fail. */
function write(file: string, entry: Entry): void {
  // Processes of several containers can have one number and one folder.
  const part = `${file}.${randomUUID()}`;
  try {
    mkdirSync(folder(), { recursive: true, mode: 0o700 });
    writeFileSync(part, written(basename(file), entry), { mode: 0o600 });
    renameSync(part, file);
    prune();
  } catch {
    try {
      rmSync(part, { force: true });
    } catch {}
  }
}

/** An entry is read at once and as a whole, so whoever goes on with one has no need of its file; another process may remove it, too. */
function prune(): void {
  const files = readdirSync(folder()).map((name) => join(folder(), name));
  if (files.length <= KEPT) return;
  const byUse = files
    .map((file) => ({ file, used: statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .toSorted((a, b) => b.used - a.used);
  for (const { file } of byUse.slice(KEPT)) rmSync(file, { force: true });
}
