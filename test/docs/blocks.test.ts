/** Every piece of twin text in the guide, the reference and the README is what the compiler takes it for. */
import { describe, expect, it } from 'vitest';
import { format } from '../../compiler/1-parse/format.ts';
import { analyse, compile } from '../../compiler/index.ts';
import type { SourceText } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { runTest } from '../../runtime/run-test.ts';
import { createTwin } from '../../runtime/twin.ts';
import { documentedData } from '../harness/data-files.ts';
import { pagesBelow, readPage, twinBlocks } from './pages.ts';
import type { Block, Page } from './pages.ts';

const library = readLibraryFiles();
const inAsset = (text: string): string => `asset Example {\n${text.replaceAll(/^(?=.)/gm, '  ')}}\n`;

/** Codes of what the checker finds, each once. */
function findings(texts: readonly SourceText[]): string[] {
  const { diagnostics } = analyse(texts, library, undefined, documentedData);
  return [...new Set(diagnostics.map(({ code }) => code))];
}

/** Runs all that can run for three seconds, and every test: returns what went wrong, in words. */
function running(texts: readonly SourceText[]): string[] {
  const { model, roots } = analyse(texts, library, undefined, documentedData);
  if (model === undefined) return ['it does not compile'];
  return roots.flatMap((root) => {
    const { artefact } = compile(model, root).value!;
    const { manifest } = artefact;
    const kernel = kernelFactory(artefact);
    const twin = createTwin({ manifest, kernel });
    twin.advance(3);
    const failed = manifest.tests
      .map((test) => runTest(manifest, kernel, test))
      .flatMap(({ requirements }) => requirements.filter(({ holds }) => !holds));
    return [twin.trouble()?.message ?? [], failed.map(({ message }) => message)].flat();
  });
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
      expect(block.wrong === undefined ? running(texts) : []).toEqual([]);
    },
  );

  it('has its code in the canonical format', () => {
    for (const { text, line, inside } of twinBlocks(page).filter(({ wrong }) => wrong === undefined)) {
      const whole = inside ? inAsset(text) : text;
      expect(format(whole).text, `line ${line}`).toBe(whole);
    }
  });
});
