/** Links lead somewhere, and diagnostics and their pages belong together. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, localLinks, pagesBelow, readPage, repository } from './pages.ts';

const topPages = readdirSync(repository).filter((name) => name.endsWith('.md'));
const pages = [...topPages.map(readPage), ...pagesBelow('docs'), ...pagesBelow('examples')];

it.each(pages)('links of $path resolve', (page) => {
  const broken = localLinks(page).filter(({ target, anchor }) => {
    const path = target === '' ? page.path : join(dirname(page.path), target);
    // Screenshots are made by the editor's suite and may not be there yet; all else must be.
    if (path.startsWith('docs/images/')) return !path.endsWith('.png');
    if (!existsSync(join(repository, path))) return true;
    return anchor !== undefined && path.endsWith('.md') && !anchorsOf(readPage(path)).includes(anchor);
  });
  expect(broken).toEqual([]);
});

interface Defined {
  code: string;
  title: string;
  severity: string;
}

async function definitions(): Promise<Defined[]> {
  const folder = join(repository, 'compiler/diagnostics');
  const found: Defined[] = [];
  for (const name of readdirSync(folder)) {
    const exports = (await import(join(folder, name))) as Record<string, unknown>;
    for (const value of Object.values(exports))
      if (typeof value === 'object' && value !== null && 'code' in value) found.push(value as Defined);
  }
  return found;
}

describe('diagnostics', () => {
  it('have codes of their own', async () => {
    const codes = (await definitions()).map(({ code }) => code);
    expect(codes.length).toBeGreaterThan(80);
    expect(codes.filter((code, i) => codes.indexOf(code) !== i)).toEqual([]);
  });

  it('have a page each, which begins with code and title', async () => {
    for (const { code, title } of await definitions()) {
      const path = `docs/diagnostics/${code}.md`;
      expect(existsSync(join(repository, path)), path).toBe(true);
      expect(readPage(path).text.split('\n')[0]).toBe(`# ${code}: ${title}`);
    }
  });

  it('are all there is a page for', async () => {
    const codes = new Set((await definitions()).map(({ code }) => code));
    const pagesOfCompiler = pagesBelow('docs/diagnostics')
      .map(({ path }) => path.replace(/^.*\/|\.md$/g, ''))
      .filter((name) => name !== 'README' && !name.startsWith('PX9'));
    expect(pagesOfCompiler.filter((code) => !codes.has(code))).toEqual([]);
  });
});
