/** Each diagnostic of the checker has a page: its first example shows the finding, its second is free of any, its equations included. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../compiler/diagnostics/catalogue.ts';
import { analyse } from '../../compiler/index.ts';
import { libraryFiles } from '../../library/embedded.ts';
import { documentedData } from '../harness/data-files.ts';
import { check, URI } from './harness.ts';

const root = new URL('../../', import.meta.url);
const ours = CATALOGUE.filter(({ code }) => /^PX(?!5420|6125|6127)(21|3|41|510|52|54|61|71|62)/.test(code));

describe('pages of diagnostics', () => {
  it('codes are given once', () => {
    expect(new Set(CATALOGUE.map(({ code }) => code)).size).toBe(CATALOGUE.length);
  });

  it.each(ours)('$code $title', ({ code, title, page }) => {
    const place = new URL(page, root);
    expect(existsSync(place)).toBe(true);
    const text = readFileSync(place, 'utf8');
    expect(text.split('\n')[0]).toBe(`# ${code}: ${title}`);
    const [wrong = '', right = ''] = [...text.matchAll(/```twin\n([\s\S]*?)```/g)].map((match) => match[1]);
    const codes = (source: string) => {
      const { parsing, checking } = check(source);
      return [...parsing, ...checking].map((each) => each.code);
    };
    expect(codes(wrong)).toContain(code);
    const { diagnostics } = analyse([{ uri: URI, text: right }], libraryFiles, undefined, documentedData);
    expect(diagnostics.map((each) => each.code)).toEqual([]);
  });
});
