import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { packageFolder } from '../package-folder.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';

/** What one can start from; `templates.json` is also what the editor's *New Twin…* shows. */
interface Template {
  name: string;
  title: string;
  about: string;
}

const folderOfTemplates = (): string => join(packageFolder(), 'cli', 'templates');

export const templates = (): Template[] =>
  JSON.parse(readFileSync(join(folderOfTemplates(), 'templates.json'), 'utf8')) as Template[];

/** Writes a first twin that checks, runs and passes its test. Overwrites nothing. */
export function init(folder: string, template: string, terminal: Terminal): ExitCode {
  const known = templates();
  if (!known.some(({ name }) => name === template)) {
    const list = known.map(({ name, about }) => `  ${name.padEnd(24)}${about}`).join('\n');
    throw new Refusal(`there is no template ${template}; there are\n${list}`);
  }
  const target = join(resolve(folder), `${template}.twin`);
  if (existsSync(target)) throw new Refusal(`${relative('', target)} is there already, and stays as it is`);
  if (existsSync(resolve(folder)) && !statSync(resolve(folder)).isDirectory())
    throw new Refusal(`${folder} is a file: name a folder for the new twin`);
  mkdirSync(resolve(folder), { recursive: true });
  const text = readFileSync(join(folderOfTemplates(), `${template}.twin`), 'utf8');
  writeFileSync(target, text, { flag: 'wx' });
  const name = relative('', target);
  terminal.out(`Wrote ${name}. Next:\n  pollux test ${name}\n  pollux run ${name}\n  pollux serve ${name}\n`);
  return Exit.fine;
}
