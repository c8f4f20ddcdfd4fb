/** Every piece of twin text in the guide, the reference and the README is what the compiler takes it for. */
import { describe, expect, it } from 'vitest';
import { format } from '../../compiler/1-parse/format.ts';
import { analyse } from '../../compiler/index.ts';
import type { SourceText } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { pagesBelow, readPage, twinBlocks } from './pages.ts';
import type { Block, Page } from './pages.ts';

const library = readLibraryFiles();
const inAsset = (text: string): string => `asset Example {\n${text.replaceAll(/^(?=.)/gm, '  ')}}\n`;

/** Codes of what the checker finds, each once. */
function findings(texts: readonly SourceText[]): string[] {
  const { diagnostics } = analyse(texts, library);
  return [...new Set(diagnostics.map(({ code }) => code))];
}

interface Case {
  block: Block;
  texts: SourceText[];
}

/** Each block with all that it continues. */
function casesOf(page: Page): Case[] {
  let texts: SourceText[] = [];
  return twinBlocks(page).map((block) => {
    const text = block.inside ? inAsset(block.text) : block.text;
    const uri = `file:///${block.file ?? 'text.twin'}`;
    let now: SourceText[];
    if (block.file !== undefined) now = [...texts, { uri, text }];
    else if (block.continues)
      now = texts.map((other, i) =>
        i === texts.length - 1 ? { ...other, text: `${other.text}\n${text}` } : other,
      );
    else now = [{ uri, text }];
    if (block.wrong === undefined && !block.inside) texts = now;
    return { block, texts: now };
  });
}

const pages = [
  ...pagesBelow('docs/guide'),
  ...pagesBelow('docs/reference'),
  ...pagesBelow('docs/decisions'),
  readPage('README.md'),
].filter((page) => twinBlocks(page).length > 0);

describe.each(pages)('$path', (page) => {
  it.each(casesOf(page).map((one) => ({ ...one, line: one.block.line })))(
    'line $line is as it says',
    ({ block, texts }) => {
      expect(findings(texts)).toEqual(block.wrong === undefined ? [] : [block.wrong]);
    },
  );

  it('has its code in the canonical format', () => {
    for (const { text, line, inside } of twinBlocks(page).filter(({ wrong }) => wrong === undefined)) {
      const whole = inside ? inAsset(text) : text;
      expect(format(whole).text, `line ${line}`).toBe(whole);
    }
  });
});
