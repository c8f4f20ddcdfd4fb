/** `pollux git …`: sets git up for `.twin` files, takes that away again, and is what git then calls. */
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { format } from '../../compiler/1-parse/format.ts';
import { createTwinServices } from '../../compiler/1-parse/index.ts';
import type { SourceText } from '../../compiler/index.ts';
import { merge } from '../../review/merge.ts';
import { git } from '../git.ts';
import { analyseTexts } from '../revisions.ts';
import { inOrder, renderDiagnostic } from '../terminal/diagnostics.ts';
import { Exit, Refusal } from '../terminal/terminal.ts';
import type { ExitCode, Terminal } from '../terminal/terminal.ts';
import { writeWhole } from '../whole-file.ts';

const ATTRIBUTES = '*.twin diff=pollux merge=pollux text eol=lf';
const [BEGIN, END] = ['# pollux: begin', '# pollux: end'];
/** A hunk is headed by the declaration that it is in. */
const HEADING =
  '^[ \\t]*((abstract[ \\t]+)?(asset|twin|bind|scenario|experiment|test|view|process|modes|function)[ \\t].*)$';

const topFolder = (): string => git(['rev-parse', '--show-toplevel']).trim();
const hookFile = (): string => resolve(git(['rev-parse', '--git-path', 'hooks/pre-commit']).trim());
/** This very program, wherever it lies. */
const self = (): string => `"${process.execPath}" "${resolve(process.argv[1]!)}"`;

export function gitInstall({ hook }: { hook: boolean }, terminal: Terminal): ExitCode {
  const top = topFolder();
  const settings: [string, string][] = [
    ['diff.pollux.textconv', `${self()} git text`],
    ['diff.pollux.cachetextconv', 'true'],
    ['diff.pollux.xfuncname', HEADING],
    ['merge.pollux.name', 'pollux: declaration by declaration'],
    ['merge.pollux.driver', `${self()} git merge %O %A %B %P`],
  ];
  for (const [name, value] of settings) git(['config', '--local', name, value]);
  setBlock(join(top, '.gitattributes'), ATTRIBUTES);
  if (hook) {
    const file = hookFile();
    const own = existsSync(file);
    if (own && !/^#!.*\b(ba|da|z|k)?sh\b/.test(readFileSync(file, 'utf8')))
      throw new Refusal(
        `${file} is there and no shell script: call \`pollux git hook\` from it, or install with --no-hook`,
      );
    mkdirSync(dirname(file), { recursive: true });
    if (!own) writeFileSync(file, '#!/bin/sh\n');
    setBlock(file, `${self()} git hook || exit 1`);
    chmodSync(file, 0o755);
  }
  terminal.out(
    `git diff shows .twin files in their format, git merge merges them by declaration${hook ? ', and commits are checked' : ''}.\n` +
      'Commit .gitattributes. Everyone who clones runs pollux git install once.\n',
  );
  return Exit.fine;
}

export function gitUninstall(terminal: Terminal): ExitCode {
  const top = topFolder();
  for (const section of ['diff.pollux', 'merge.pollux'])
    if (git(['config', '--local', '--name-only', '--list']).includes(`${section}.`))
      git(['config', '--local', '--remove-section', section]);
  removeBlock(join(top, '.gitattributes'), '');
  removeBlock(hookFile(), '#!/bin/sh');
  terminal.out('git treats .twin files as any other text again.\n');
  return Exit.fine;
}

/** A part of a file that is ours, between two marks; the rest is somebody else's. */
function setBlock(file: string, content: string): void {
  const before = existsSync(file) ? withoutBlock(readFileSync(file, 'utf8')) : '';
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  writeWhole(file, `${before}${gap}${BEGIN}\n${content}\n${END}\n`);
}

/** @param empty what a file consists of that was made for the block alone */
function removeBlock(file: string, empty: string): void {
  if (!existsSync(file)) return;
  const text = readFileSync(file, 'utf8');
  const rest = withoutBlock(text);
  if (rest === text) return;
  if (rest.trim() === empty) rmSync(file);
  else writeWhole(file, rest);
}

function withoutBlock(text: string): string {
  const [from, to] = [text.indexOf(`${BEGIN}\n`), text.indexOf(`${END}\n`)];
  return from < 0 || to < from ? text : text.slice(0, from) + text.slice(to + END.length + 1);
}

/**
 * Writes the merged text over ours. Exit 0: merged; 1: a conflict is left, which git then says. Where a text cannot be
 * read, git's own merge by lines is used.
 */
export function gitMerge(
  base: string,
  ours: string,
  theirs: string,
  path: string | undefined,
  terminal: Terminal,
): ExitCode {
  const read = (file: string): string => readFileSync(file, 'utf8');
  const merged = merge(read(base), read(ours), read(theirs));
  if (merged === undefined) {
    terminal.err(`pollux: ${path ?? ours} cannot be read on one of the sides, so it is merged by lines\n`);
    try {
      git(['merge-file', '--quiet', ours, base, theirs]);
      return Exit.fine;
    } catch (error) {
      if (error instanceof Refusal) return Exit.failure;
      throw error;
    }
  }
  const broken = merged.conflicts.length > 0 ? [] : brokenBy(merged.text, read(ours), read(theirs));
  writeWhole(ours, merged.text);
  for (const conflict of merged.conflicts) terminal.err(`pollux: both sides changed ${conflict}\n`);
  for (const message of broken)
    terminal.err(
      `pollux: ${path ?? ours} is right on both sides, and not when they are put together: ${message}\n`,
    );
  return merged.conflicts.length + broken.length === 0 ? Exit.fine : Exit.failure;
}

/**
 * What is wrong in a merged text, and in neither side of it: one side renames what the other begins to use. Each is looked
 * at by itself, since other files may wait to be merged; what they declare is missing on all sides alike.
 */
function brokenBy(merged: string, ours: string, theirs: string): string[] {
  const errors = (text: string): string[] =>
    analyseTexts([{ uri: pathToFileURL(resolve('merged.twin')).href, text }])
      .diagnostics.filter(({ severity }) => severity === 'error')
      .map(({ message }) => message);
  const known = new Set([...errors(ours), ...errors(theirs)]);
  return [...new Set(errors(merged))].filter((message) => !known.has(message));
}

export function gitText(file: string, terminal: Terminal): ExitCode {
  terminal.out(format(readFileSync(file, 'utf8')).text);
  return Exit.fine;
}

/** Checks the texts as they would be committed, and refuses the commit where they have errors or are out of format. */
export function gitHook(terminal: Terminal): ExitCode {
  const top = topFolder();
  const names = (args: readonly string[]): string[] =>
    git([...args, '-z'], top)
      .split('\0')
      .filter((name) => name.endsWith('.twin'));
  const staged = names(['diff', '--cached', '--name-only', '--diff-filter=ACMR']);
  if (staged.length === 0) return Exit.fine;
  const texts = names(['ls-files', '--cached']).map((name): SourceText & { name: string } => ({
    name,
    uri: pathToFileURL(join(top, ...name.split('/'))).href,
    text: git(['show', `:${name}`], top),
  }));
  const ofStaged = new Map(
    texts.filter(({ name }) => staged.includes(name)).map(({ uri, text }) => [uri, text]),
  );
  // Data as it would be committed, too.
  const inside = pathToFileURL(`${top}/`).href;
  const indexed = new Set(git(['ls-files', '--cached', '-z'], top).split('\0'));
  const read = (uri: string): string | undefined => {
    const name = uri.startsWith(inside) ? decodeURIComponent(uri.slice(inside.length)) : '';
    return indexed.has(name) ? git(['show', `:${name}`], top) : undefined;
  };
  const errors = analyseTexts(texts, read).diagnostics.filter(
    ({ severity, source }) => severity === 'error' && ofStaged.has(source.uri),
  );
  for (const error of inOrder(errors))
    terminal.err(`${renderDiagnostic(error, (uri) => ofStaged.get(uri), terminal)}\n`);
  const services = createTwinServices().twin;
  const unformatted = texts.filter(
    ({ name, text }) => staged.includes(name) && format(text, services).text !== text,
  );
  for (const { name } of unformatted)
    terminal.err(`${name} is not in the canonical format: pollux fmt ${name}\n`);
  if (errors.length + unformatted.length === 0) return Exit.fine;
  terminal.err('The commit was stopped by pollux; git commit --no-verify commits all the same.\n');
  return Exit.findings;
}
