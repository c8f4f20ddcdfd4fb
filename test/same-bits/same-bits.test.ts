/** Every scenario of every example ends in the same state, wherever and in however many pieces it is run. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkExample, compileRoot, exampleNames } from '../examples/example.ts';
import { bundleForBrowser } from '../harness/browser-bundle.ts';
import { withChromium } from '../harness/chromium.ts';
import { finalHash, twinOf } from './final-hash.ts';
import type { Given } from './final-hash.ts';

/** s; what counts is that much happens, not that it lasts. */
const LONGEST = 900;

interface Case {
  name: string;
  given: Given;
}

function casesOf(example: string): Case[] {
  const { model, roots } = checkExample(example);
  const done = new Set<string>();
  return roots.flatMap((root) => {
    const { manifest, wasm } = compileRoot(model, root);
    return manifest.scenarios.flatMap(({ name, duration }, scenario) => {
      if (done.has(name)) return [];
      done.add(name);
      const base64 = Buffer.from(wasm).toString('base64');
      const given = {
        manifest,
        wasm: base64,
        scenario,
        seed: 7,
        duration: example === 'epidemic' ? duration : Math.min(duration, LONGEST),
      };
      return [{ name, given }];
    });
  });
}

const cases = exampleNames.flatMap(casesOf);
const here = new Map<string, string>();

beforeAll(() => {
  for (const { name, given } of cases) here.set(name, finalHash(given));
});

const expected = (): string[] => cases.map(({ name }) => here.get(name)!);

describe('the same state at the end', () => {
  it('is not the same for all', () => {
    // Two scenarios of one example may begin alike; those of different examples never do.
    expect(new Set(expected()).size).toBeGreaterThan(exampleNames.length);
  });

  it('in Chromium', async () => {
    const script = await bundleForBrowser(join(import.meta.dirname, 'final-hash.ts'), 'sameBits');
    const there = await withChromium({}, async (context) => {
      const page = await context.newPage();
      await page.addScriptTag({ content: script });
      return page.evaluate(
        (all) => {
          const { sameBits } = globalThis as unknown as { sameBits: { finalHash(given: unknown): string } };
          return all.map((each) => sameBits.finalHash(each));
        },
        cases.map(({ given }) => given),
      );
    });
    expect(there).toEqual(expected());
  });

  it('saved half way, and gone on with in another process', () => {
    const halves = cases.map(({ given }): Given => {
      const twin = twinOf(given);
      twin.advance(twin.duration / 2);
      return { ...given, state: Buffer.from(twin.save()).toString('base64') };
    });
    const out = execFileSync(process.execPath, [join(import.meta.dirname, 'another-process.ts')], {
      input: JSON.stringify(halves),
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    expect(JSON.parse(out)).toEqual(expected());
  });

  it.each(cases)('$name: in pieces, rewound and branched', ({ name, given }) => {
    const twin = twinOf(given);
    const end = twin.duration;
    for (const share of [0.1, 0.37, 0.5, 0.8]) twin.advance(share * end);
    twin.rewind(0.4 * end);
    const branch = twin.branch();
    twin.advance(end);
    branch.advance(0.6 * end);
    branch.advance(end);
    expect([twin.hash(), branch.hash()]).toEqual([here.get(name), here.get(name)]);
  });

  it.each(cases.filter(({ given }) => given.manifest.sensors.length > 0))(
    '$name: not with another seed',
    ({ name, given }) => {
      expect(finalHash({ ...given, seed: 8 })).not.toBe(here.get(name));
    },
  );
});
