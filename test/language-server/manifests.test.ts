/** `pollux.json` in the editor: what is wrong stands where it is wrong, and goes when it is mended. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PublishDiagnosticsParams } from 'vscode-languageserver';
import { PackageProblem, readManifest } from '../../packages/manifest.ts';
import { placeIn } from '../../packages/place.ts';
import { temporaryFolder, write } from '../packages/repository.ts';
import { bundleServer, Client } from './client.ts';

const parent = temporaryFolder();
const SOUND = `{
  "name": "plant",
  "version": "1.0.0",
  "dependencies": {
    "acme.pumps": { "git": "https://example.org/pumps.git", "version": "1.0.0" }
  }
}
`;
const edited = (from: string, to: string): string => {
  expect(SOUND).toContain(from);
  return SOUND.replace(from, to);
};

/** `3 "1.0": "version" is 1.0; …`: the line from one, what is marked, and what is said of it. */
const shown = ({ diagnostics }: PublishDiagnosticsParams, text: string): string[] =>
  diagnostics.map(({ message, range: { start, end } }) => {
    const marked = text
      .split('\n')
      [start.line]!.slice(start.character, end.line === start.line ? end.character : undefined);
    return `${start.line + 1} ${marked}: ${message}`;
  });

describe('a manifest in the editor', () => {
  let client: Client;
  let count = 0;
  beforeAll(async () => {
    client = new Client(await bundleServer());
    write(join(parent, 'broken'), { 'pollux.json': '{ "name": "plant", "version": "one" }' });
    await client.start(pathToFileURL(join(parent, 'broken')).href);
  });
  afterAll(async () => void (await client.stop()));
  const fresh = (): string => pathToFileURL(join(parent, `project-${(count += 1)}`, 'pollux.json')).href;

  it.each([
    ['"plant"', '"pollux.plant"', '2 "pollux.plant": "name" is pollux.plant; names that begin with pollux'],
    ['"1.0.0",', '"1.0",', '3 "1.0": "version" is 1.0; it must be a version such as 1.2.0'],
    ['"name": "plant",\n', '', '1 {: "name" is missing'],
    ['"name"', '"nam"', '2 "nam": nothing is called "nam"; there are $schema, name, version'],
    ['"acme.pumps"', '"acme-pumps"', '5 "acme-pumps": dependency "acme-pumps" is no package name'],
    ['https:', 'http:', '5 "http://example.org/pumps.git": dependency "acme.pumps": http://example.org'],
    [', "version": "1.0.0" }', ' }', '5 "acme.pumps": dependency "acme.pumps" must have either a "version"'],
    ['"version": "1.0.0" }', '"version": "" }', '5 "": dependency "acme.pumps": "version" must be a text'],
    [
      '"git": "https://example.org/pumps.git", ',
      '',
      '5 "acme.pumps": dependency "acme.pumps" must say its source',
    ],
  ])('has its problem where it is: %s → %s', async (from, to, expected) => {
    const [uri, text] = [fresh(), edited(from, to)];
    const found = shown(await client.open(uri, text), text);
    expect(found).toEqual([expect.stringContaining(expected)]);
  });

  it('follows what is typed, and has none when it is mended', async () => {
    const uri = fresh();
    expect((await client.open(uri, SOUND)).diagnostics).toEqual([]);
    const at = { line: 2, character: 14 };
    const wrong = await client.change(uri, { range: { start: at, end: at }, text: 'v' });
    expect(wrong.version).toBe(2);
    expect(shown(wrong, SOUND.replace('"1.0.0",', '"v1.0.0",'))).toEqual([
      '3 "v1.0.0": "version" is v1.0.0; it must be a version such as 1.2.0',
    ]);
    const end = { line: 2, character: 15 };
    expect((await client.change(uri, { range: { start: at, end }, text: '' })).diagnostics).toEqual([]);
    // No JSON: editors say so themselves.
    expect((await client.change(uri, { text: '{ "name": ' })).diagnostics).toEqual([]);
    expect(shown(await client.change(uri, { text: '[]' }), '[]')).toEqual([
      '1 [: pollux.json must hold one JSON object: { … }',
    ]);
  });

  it('is looked at on the disk, too, when the folder is opened and when it changes', async () => {
    const uri = pathToFileURL(join(parent, 'broken', 'pollux.json')).href;
    const of = (): PublishDiagnosticsParams | undefined =>
      client.published.findLast((each) => each.uri === uri);
    await expect.poll(() => of()?.diagnostics.length).toBe(1);
    expect(of()!.diagnostics[0]!.message).toContain('"version" is one');
    const changed = async (): Promise<void> =>
      client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri, type: 2 }] });
    write(join(parent, 'broken'), { 'pollux.json': SOUND });
    await changed();
    await expect.poll(() => of()?.diagnostics).toEqual([]);
  });
});

it('a place in a text of JSON is that of what is read there', () => {
  const spaced = fc.tuple(fc.json(), fc.constantFrom(undefined, 1, '\t')).map(([text, space]) => {
    const value: unknown = JSON.parse(text);
    return { value, text: JSON.stringify(value, undefined, space) };
  });
  fc.assert(
    fc.property(spaced, ({ value, text }) => {
      const visit = (one: unknown, keys: string[]): void => {
        if (keys.length > 0) {
          const { start, end } = placeIn(text, { keys, of: 'value' });
          expect(JSON.parse(text.slice(start, end))).toEqual(one);
          const key = placeIn(text, { keys, of: 'key' });
          expect(JSON.parse(text.slice(key.start, key.end))).toBe(keys.at(-1));
        }
        if (typeof one === 'object' && one !== null && !Array.isArray(one))
          for (const [key, inner] of Object.entries(one)) visit(inner, [...keys, key]);
      };
      visit(value, []);
    }),
  );
});

it('the schema explains all that a manifest may hold', () => {
  interface Schema {
    properties: Record<string, Schema>;
    additionalProperties: Schema;
    description: string;
  }
  const file = join(import.meta.dirname, '../../extension/schemas/pollux.schema.json');
  const { properties } = JSON.parse(readFileSync(file, 'utf8')) as Schema;
  const named = (text: string): string[] => {
    try {
      readManifest(text, 'pollux.json');
    } catch (error) {
      if (error instanceof PackageProblem) return error.message.split('there are ')[1]!.split(', ');
    }
    throw new Error('it was taken');
  };
  expect(Object.keys(properties)).toEqual(named('{ "other": 1 }'));
  const dependency = properties['dependencies']!.additionalProperties.properties;
  const other = JSON.stringify({ name: 'a', version: '1.0.0', dependencies: { b: { other: 1 } } });
  expect(Object.keys(dependency).toSorted()).toEqual(named(other).toSorted());
  for (const each of [...Object.values(properties), ...Object.values(dependency)])
    expect(each.description).toMatch(/\w/);
});
