/** Each diagnostic of syntax and names has a page: its first example shows the finding, its second is free of any. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../compiler/diagnostics/catalogue.ts';
import { said } from './helper.ts';

const root = new URL('../../', import.meta.url);
const ours = CATALOGUE.filter(({ code }) => /^PX(1|20)/.test(code));

describe('pages of diagnostics', () => {
  it('are many', () => expect(ours.length).toBeGreaterThan(12));

  it.each(ours)('$code $title', ({ code, title, page }) => {
    const text = readFileSync(new URL(page, root), 'utf8');
    expect(text.split('\n')[0]).toBe(`# ${code}: ${title}`);
    const [wrong = '', right = ''] = [...text.matchAll(/```twin\n([\s\S]*?)```/g)].map((match) => match[1]);
    expect(said(wrong).map((each) => each.split(' ')[0])).toContain(code);
    expect(said(right)).toEqual([]);
  });
});
