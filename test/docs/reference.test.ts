/** The reference says what the code and the library say. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { commands } from '../../cli/command-line/commands.ts';
import { FUNCTIONS } from '../../compiler/2-check/functions.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { CATALOGUE } from '../../compiler/diagnostics/catalogue.ts';
import { declarationsIn, diagnosticsPage, functionsPage, libraryPage, unitsPage } from './generated.ts';
import { pagesBelow, readPage, repository } from './pages.ts';
import { manifestSchema } from './schemas.ts';

const read = (path: string): string => readFileSync(join(repository, path), 'utf8');

it('lists every unit, quantity and constant of the library', async () => {
  const library = readLibraryFiles();
  const lines = ['units.twin', 'quantities.twin', 'constants.twin'].flatMap((name) =>
    library[name]!.split('\n'),
  );
  const names = Object.values(library).flatMap((text) => declarationsIn(text).map(({ name }) => name));
  // Counted by the first word of a line, so that no form of declaration is passed over.
  expect(names.length).toBe(lines.filter((line) => /^(unit|quantity|const) /.test(line)).length);
  await expect(unitsPage(library)).toMatchFileSnapshot('../../docs/reference/units.md');
});

it('lists every asset of the library', async () => {
  const library = readLibraryFiles();
  const page = libraryPage(library);
  for (const text of Object.values(library))
    for (const [, name] of text.matchAll(/^(?:asset|port) (\w+)/gm))
      expect(page).toContain(`| \`${name}\` |`);
  await expect(page).toMatchFileSnapshot('../../docs/reference/library.md');
});

it('lists every function', async () => {
  const page = functionsPage();
  for (const name of FUNCTIONS.keys()) expect(page).toContain(`| \`${name}\` |`);
  await expect(page).toMatchFileSnapshot('../../docs/reference/functions.md');
});

it('lists every diagnostic', async () => {
  const titles = pagesBelow('docs/diagnostics').map(({ text }) => /^# (PX\d{4}): (.*)$/m.exec(text));
  const troubles = titles.flatMap((match) =>
    match?.[1]?.startsWith('PX9') === true ? [{ code: match[1], title: match[2]! }] : [],
  );
  const page = diagnosticsPage(troubles);
  expect(troubles).not.toHaveLength(0);
  for (const { code } of [...CATALOGUE, ...troubles]) expect(page).toContain(`[${code}]`);
  await expect(page).toMatchFileSnapshot('../../docs/reference/diagnostics.md');
});

describe('commands', () => {
  const program = commands(async () => {});
  const page = readPage('docs/reference/cli.md').text;

  it('are all there, and no others', () => {
    const described = [...page.matchAll(/^## pollux ([a-z]+)/gm)].map(([, name]) => name);
    expect(described).toEqual(program.commands.map((command) => command.name()));
  });

  it('have all their options', () => {
    // Those that are hidden from the help are for our own suites.
    const optionsOf = (command: Command): string[] => [
      ...command
        .createHelp()
        .visibleOptions(command)
        .flatMap(({ long }) => long ?? []),
      ...command.commands.flatMap(optionsOf),
    ];
    const options = optionsOf(program);
    expect(options.length).toBeGreaterThan(15);
    expect(options.filter((name) => !page.includes(name))).toEqual([]);
  });
});

it('environment variables are all described', () => {
  const folders = ['cli', 'live', 'extension', 'language-server', 'tools', 'test'];
  const files = folders.flatMap((folder) =>
    readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|mjs)$/.test(name))
      .map((name) => join(folder, name)),
  );
  const used = new Set(files.flatMap((file) => read(file).match(/\bPOLLUX_[A-Z_]+[A-Z]\b/g) ?? []));
  expect(used.size).toBeGreaterThan(8);
  const page = readPage('docs/reference/environment.md').text;
  expect([...used].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

it('every keyword of the grammar stands in the reference', () => {
  const words = new Set<string>();
  for (const name of readdirSync(join(repository, 'grammar')).filter((file) => file.endsWith('.langium')))
    for (const [, word] of read(`grammar/${name}`).matchAll(/'([a-z]+|Boolean|Integer|Number)'/g))
      words.add(word!);
  const page = readPage('docs/reference/language.md').text;
  expect(words.size).toBeGreaterThan(70);
  expect([...words].filter((word) => !new RegExp(`\\b${word}\\b`).test(page))).toEqual([]);
});

it('has the schema of a manifest as the types say', async () => {
  await expect(manifestSchema()).toMatchFileSnapshot('../../docs/reference/schemas/manifest.schema.json');
});
