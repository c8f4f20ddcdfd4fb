/** What holds for every example: it checks, is formatted, builds to the same bytes anywhere, runs and passes its tests. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { format } from '../../compiler/1-parse/format.ts';
import { makeBundle } from '../../bundles/make.ts';
import { openBundle } from '../../bundles/open.ts';
import type { Artefact } from '../../runtime/contract/manifest.ts';
import { kernelFactory } from '../../runtime/load.ts';
import { runTest } from '../../runtime/run-test.ts';
import { checkExample, compileRoot, exampleNames, textsOf, twinOf } from './example.ts';

const artefactsOf = (example: string, folder?: string): Artefact[] => {
  const { model, roots } = checkExample(example, folder);
  return roots.map((root) => compileRoot(model, root));
};

describe.each(exampleNames)('example %s', (name) => {
  it('checks without findings', () => {
    expect(checkExample(name).diagnostics).toEqual([]);
  });

  it('is in the canonical format', () => {
    for (const { uri, text } of textsOf(name)) expect(format(text).text, uri).toBe(text);
  });

  it('says what it shows in a README', () => {
    const page = fileURLToPath(new URL(`../../examples/${name}/README.md`, import.meta.url));
    expect(existsSync(page)).toBe(true);
    const text = readFileSync(page, 'utf8');
    for (const heading of ['## What to try', '## Where its numbers come from'])
      expect(text).toContain(heading);
  });

  it('builds to the same bytes twice, in another folder too', () => {
    const [first, second] = [artefactsOf(name), artefactsOf(name, 'file:///elsewhere/deep%20down')];
    expect(first.length).toBeGreaterThan(0);
    const rest = { runner: '', version: '0', root: name, sources: [], packages: [] };
    first.forEach((artefact, i) => {
      const there = makeBundle({ artefact: second[i]!, ...rest });
      expect(makeBundle({ artefact, ...rest }).bytes).toEqual(there.bytes);
      expect(openBundle(there.bytes)).toMatchObject({ digest: there.digest });
    });
  });

  it('runs every scenario to its end', () => {
    for (const artefact of artefactsOf(name)) {
      expect(artefact.manifest.scenarios.length).toBeGreaterThan(0);
      for (const { name: scenario, duration } of artefact.manifest.scenarios) {
        const twin = twinOf(artefact, { scenario });
        expect(twin.advance(duration), scenario).toEqual({ reason: 'end', time: duration });
        expect(twin.trouble()).toBeUndefined();
      }
    }
  });

  it('passes its own tests', () => {
    const results = artefactsOf(name).flatMap((artefact) =>
      artefact.manifest.tests.map((test) => runTest(artefact.manifest, kernelFactory(artefact), test)),
    );
    expect(results.length).toBeGreaterThan(0);
    for (const { name: test, requirements, trouble } of results) {
      expect(trouble, test).toBeUndefined();
      expect(requirements.filter(({ holds }) => !holds).map(({ message }) => message)).toEqual([]);
    }
  });
});
