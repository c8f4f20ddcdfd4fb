/** What can stop a run has a page each: its first example stops with that code, its second runs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { analyse, compile } from '../../compiler/index.ts';
import { readLibraryFiles } from '../../library/from-disk.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { createTwin } from '../../runtime/twin.ts';
import { readPage, repository, twinBlocks } from './pages.ts';

const library = readLibraryFiles();
const codes = [
  ...new Set(readFileSync(join(repository, 'runtime/trouble.ts'), 'utf8').match(/\bPX9\d{3}\b/g)),
].toSorted();

/** The code that a run of ten seconds stops with, of the scenario where there is one. */
function troubleOf(text: string, warnings: string[] = []): string | undefined {
  const { model, roots, diagnostics } = analyse([{ uri: 'file:///text.twin', text }], library);
  if (model === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const { artefact } = compile(model, roots[0]!).value!;
  const { manifest } = artefact;
  const scenario = manifest.scenarios.length > 0 ? { scenario: 0 } : {};
  const settings = manifest.estimator === undefined ? {} : { settings: { offered: 'all' as const } };
  const twin = createTwin({ manifest, kernel: kernelFactory(artefact), ...scenario, ...settings });
  twin.listen({ event: ({ code }) => code !== undefined && warnings.push(code) });
  // What is estimated is so by samples.
  if (manifest.estimator !== undefined) twin.offer(0, 0, 1, 1);
  twin.advance(Math.max(10, Number.isFinite(twin.duration) ? twin.duration : 0));
  return twin.trouble()?.code;
}

it('there are some', () => expect(codes.length).toBeGreaterThan(8));

it.each(codes)('%s', (code) => {
  const page = readPage(`docs/diagnostics/${code}.md`);
  expect(page.text.startsWith(`# ${code}: `)).toBe(true);
  const [wrong, right] = twinBlocks(page);
  expect(troubleOf(wrong!.text)).toBe(code);
  expect(troubleOf(right!.text)).toBeUndefined();
});

it('PX9054, which is a warning', () => {
  const page = readPage('docs/diagnostics/PX9054.md');
  expect(page.text.startsWith('# PX9054: ')).toBe(true);
  const said = twinBlocks(page).map(({ text }) => {
    const warnings: string[] = [];
    expect(troubleOf(text, warnings)).toBeUndefined();
    return warnings;
  });
  expect(said).toEqual([['PX9054'], []]);
});
