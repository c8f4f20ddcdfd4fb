/** Each diagnostic of flattening has a page: its first example shows the finding, its second is free of any. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../compiler/diagnostics/catalogue.ts';
import { analysed } from './systems.ts';

/** The checker finds the usual case of these first; what it cannot see is said when flattening. */
const earlier: Record<string, string> = {
  PX4014: 'PX2122',
  PX4018: 'PX2115',
  PX4019: 'PX2004',
  PX4020: 'PX2106',
};
/** Its example would be two hundred assets long; long-chains.test.ts has it. */
const tooLong = 'PX4022';
const ours = CATALOGUE.filter(
  ({ code }) => /^PX(40|42|43|511|5420|6125|6127)/.test(code) && code !== tooLong,
);

describe('pages of diagnostics', () => {
  it.each(ours)('$code $title', ({ code, title, page }) => {
    const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
    expect(text.split('\n')[0]).toBe(`# ${code}: ${title}`);
    const [wrong = '', right = ''] = [...text.matchAll(/```twin\n([\s\S]*?)```/g)].map((match) => match[1]);
    const codes = (source: string) => analysed(source).diagnostics.map((one) => one.code);
    expect(codes(wrong)).toContain(earlier[code] ?? code);
    expect(codes(right)).toEqual([]);
  });
});
