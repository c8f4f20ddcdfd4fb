/** Every word that is shown is in the tables, and every language has all of them. */
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { tableFor } from '../../preview/words.ts';
import { de } from '../../preview/words/de.ts';
import { en } from '../../preview/words/en.ts';
import { saidOf, sentenceOf } from '../../live/said.ts';
import { sentences } from '../../preview/said.ts';
import type { Said } from '../../preview/protocol.ts';

const folder = fileURLToPath(new URL('../../preview/', import.meta.url));

/** `keys.rows.3.1` → the text there; of a function, what it gives for plain arguments. */
function texts(table: unknown, path = ''): [string, string][] {
  if (typeof table === 'string') return [[path, table]];
  if (typeof table === 'function')
    return [[path, String((table as (...all: unknown[]) => unknown)(2, 3, 4, 5))]];
  return Object.entries(table as object).flatMap(([key, value]) =>
    texts(value, path ? `${path}.${key}` : key),
  );
}

/** Texts that stand themselves in a list, whose opening bracket came before. */
function stringsIn(code: string): string[] {
  const found: string[] = [];
  let depth = 1;
  for (const { 0: token, index } of code.matchAll(/"(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|[[\](){}]/g)) {
    if (token.startsWith('"')) {
      // What is compared is not shown.
      if (depth === 1 && /(^|,)\s*$/.test(code.slice(0, index))) found.push(token.slice(1, -1));
    } else if ('[({'.includes(token)) depth += 1;
    else if ('])}'.includes(token)) depth -= 1;
    if (depth === 0) break;
  }
  return found;
}

/** The same in both languages: names, signs and keys. */
const alike = new Set([
  'modes.live',
  'parameters',
  'tests',
  'sensor',
  'missing',
  'raised',
  'gaugeText',
  'quantile',
  'modesNow',
  'station',
  'phaseOf',
]);

describe('the words of the preview', () => {
  it('are all said in German', () => {
    const [english, german] = [new Map(texts(en)), new Map(texts(de))];
    expect([...german.keys()]).toEqual([...english.keys()]);
    const same = [...english].filter(([path, text]) => german.get(path) === text && !alike.has(path));
    // Keys of a keyboard are the same, but for those with names.
    expect(same.filter(([path]) => !/^keys\.rows\.\d+\.0/.test(path)).map(([path]) => path)).toEqual([]);
    expect([...german.values()].filter((text) => text.trim() === '')).toEqual([]);
  });

  it('are chosen by the language of the editor or browser', () => {
    expect(tableFor('de-AT').words).toBe(de);
    expect(tableFor('de').language).toBe('de');
    expect(tableFor('en-GB').words).toBe(en);
    expect(tableFor('ja')).toEqual({ language: 'en', words: en });
  });

  it('say what a session says, with all that belongs in it', () => {
    const args = ['first', 'second', 'third'];
    for (const key of Object.keys(sentences) as Said['key'][]) {
      const [english, german] = [sentences[key](...args), de.said[key](...args)];
      const among = (text: string): string[] => args.filter((one) => text.includes(one));
      expect(among(german), `${key}: ${german}`).toEqual(among(english));
    }
  });

  it('say what a runtime says', () => {
    const event = { kind: 'event', text: 'level > 3 m: set full = true' } as const;
    expect(saidOf(event)).toBeUndefined();
    const alarm = { alarm: 0, instance: 0, active: false };
    for (const text of ['cleared', 'level < 2 m: cleared'])
      expect(sentenceOf(saidOf({ kind: 'alarm', text, alarm })!)).toBe(text);
    expect(saidOf({ kind: 'alarm', text: 'full', alarm: { ...alarm, active: true } })).toBeUndefined();
    expect(de.said.setTo(...saidOf({ kind: 'command', text: 'set to 4 m' })!.args)).toBe(
      'auf 4 m eingestellt',
    );
  });

  it('stand nowhere else', () => {
    const found: string[] = [];
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.tsx'),
    );
    for (const name of files) {
      const { code } = transformSync(readFileSync(folder + name, 'utf8'), {
        loader: 'tsx',
        jsx: 'automatic',
        charset: 'utf8',
      });
      const spoken =
        /(?:title|alt|placeholder|"aria-(?:label|description|valuetext)"|children): "([^"]*\p{L}[^"]*)"/gu;
      for (const [, text] of code.matchAll(spoken)) found.push(`${name}: ${text}`);
      for (const { index } of code.matchAll(/children: \[/g))
        for (const text of stringsIn(code.slice(index + 'children: ['.length)))
          if (/\p{L}/u.test(text)) found.push(`${name}: ${text}`);
    }
    expect(files.length).toBeGreaterThan(20);
    expect(found).toEqual([]);
  });
});
