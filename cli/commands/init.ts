import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { packageFolder } from '../package-folder.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';

/** Writes a first twin that checks, runs and passes its test. Overwrites nothing. */
export function init(folder: string, terminal: Terminal): ExitCode {
  const target = join(resolve(folder), 'tank.twin');
  if (existsSync(target)) throw new Refusal(`${relative('', target)} is there already, and stays as it is`);
  if (existsSync(resolve(folder)) && !statSync(resolve(folder)).isDirectory())
    throw new Refusal(`${folder} is a file: name a folder for the new twin`);
  mkdirSync(resolve(folder), { recursive: true });
  const text = readFileSync(join(packageFolder(), 'cli', 'templates', 'tank.twin'), 'utf8');
  writeFileSync(target, text, { flag: 'wx' });
  const name = relative('', target);
  terminal.out(`Wrote ${name}. Next:\n  pollux test ${name}\n  pollux run ${name}\n  pollux serve ${name}\n`);
  return Exit.fine;
}
