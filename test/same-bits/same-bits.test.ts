/** Every scenario of every example ends in the same state, wherever, on whatever and in however many pieces it is run. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, it } from 'vitest';
import { interpret } from '../../compiler/interpret/index.ts';
import { SetupError } from '../../tools/setup/step.mjs';
import { nodeOf } from '../../tools/setup/node-package.mjs';
import { exampleFolder, exampleNames, textsOf } from '../examples/example.ts';
import { bundleForBrowser } from '../harness/browser-bundle.ts';
import { withChromium } from '../harness/chromium.ts';
import { finalHash, twinOf } from './final-hash.ts';
import type { Given } from './final-hash.ts';
import { casesOf, endOf } from './from-text.ts';
import type { End, Project } from './from-text.ts';

/** s; what counts is that much happens, not that it lasts. */
const LONGEST = 900;
/** The interpreter takes some hundred times as long. */
const STEPS_INTERPRETED = 300;
/** Besides the one that runs this. */
const otherNodes = [22, 24, 26].filter((major) => major !== Number(process.versions.node.split('.')[0]));

const exampleProject = (name: string): Project => ({
  name,
  texts: textsOf(name),
  data: Object.fromEntries(
    readdirSync(exampleFolder(name))
      .filter((file) => file.endsWith('.csv'))
      .map((file) => [
        `file:///examples/${name}/${file}`,
        readFileSync(join(exampleFolder(name), file), 'utf8'),
      ]),
  ),
  longest: name === 'epidemic' ? Infinity : LONGEST,
});

const projects: Project[] = [
  ...exampleNames.map(exampleProject),
  {
    name: 'workshop',
    texts: [
      {
        uri: 'file:///workshop.twin',
        text: readFileSync(join(import.meta.dirname, 'workshop.twin'), 'utf8'),
      },
    ],
    data: {},
    longest: LONGEST,
  },
];
const cases = projects.flatMap(casesOf);
const here = new Map<string, End>();

beforeAll(() => {
  for (const one of cases) here.set(one.name, endOf(one));
});

const expected = (): End[] => cases.map(({ name }) => here.get(name)!);
const states = (): string[] => expected().map(({ state }) => state);
const givens = (): Given[] => cases.map(({ given }) => given);

/** For other hosts: the compiler, the runtime and `endsOf`, as one script. */
const script = (): Promise<string> => bundleForBrowser(join(import.meta.dirname, 'from-text.ts'), 'sameBits');

describe('the same state at the end', () => {
  it('is not the same for all', () => {
    // Two scenarios of one example may begin alike; those of different examples never do.
    expect(new Set(states()).size).toBeGreaterThan(exampleNames.length);
  });

  it.for(otherNodes)('compiled and run by Node %d', { timeout: 600_000 }, async (major, context) => {
    const node = await nodeOf(major).catch((error: unknown) => {
      if (!(error instanceof SetupError)) throw error;
      return context.skip(error.message.replaceAll(/\s+/g, ' '));
    });
    const folder = mkdtempSync(join(tmpdir(), 'pollux-same-bits-'));
    try {
      const file = join(folder, 'ends.cjs');
      const answer = '{ node: process.versions.node, ends: sameBits.endsOf(JSON.parse(read(0))) }';
      const more = `const { readFileSync: read } = require('node:fs');\nprocess.stdout.write(JSON.stringify(${answer}));`;
      writeFileSync(file, `${await script()}\n${more}`);
      const out = execFileSync(node, [file], {
        input: JSON.stringify(projects, finite),
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      });
      const there = JSON.parse(out) as { node: string; ends: End[] };
      expect(there.node.split('.')[0]).toBe(String(major));
      expect(there.ends).toEqual(expected());
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('compiled and run by Chromium', async () => {
    const content = await script();
    const there = await withChromium({}, async (context) => {
      const page = await context.newPage();
      await page.addScriptTag({ content });
      return page.evaluate(
        (all) => {
          const { sameBits } = globalThis as unknown as { sameBits: { endsOf(given: unknown): unknown } };
          return sameBits.endsOf(JSON.parse(all));
        },
        JSON.stringify(projects, finite),
      );
    });
    expect(there).toEqual(expected());
  });

  it('in threads that run all of them at once, each in another order', async () => {
    const threads = await Promise.all(
      [0, 1, 2].map((turn) => {
        const cut = Math.floor((turn * cases.length) / 3);
        const turned = [...givens().slice(cut), ...givens().slice(0, cut)];
        return inThread(turned).then((hashes) => [
          ...hashes.slice(cases.length - cut),
          ...hashes.slice(0, cases.length - cut),
        ]);
      }),
    );
    expect(threads).toEqual([states(), states(), states()]);
  });

  it('saved half way, and gone on with in another process', () => {
    const halves = givens().map((given): Given => {
      const twin = twinOf(given);
      twin.advance(twin.duration / 2);
      return { ...given, state: Buffer.from(twin.save()).toString('base64') };
    });
    const out = execFileSync(process.execPath, [join(import.meta.dirname, 'another-process.ts')], {
      input: JSON.stringify(halves),
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    });
    expect(JSON.parse(out)).toEqual(states());
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
    const { state } = here.get(name)!;
    expect([twin.hash(), branch.hash()]).toEqual([state, state]);
  });

  it.each(cases)('$name: interpreted', ({ given, system }) => {
    const [emitted, interpreted] = [twinOf(given), twinOf(given, () => interpret(system))].map((twin) => {
      twin.advance(twin.duration, { steps: STEPS_INTERPRETED });
      return { hash: twin.hash(), time: twin.time(), trouble: twin.trouble() };
    });
    expect(emitted!.time).toBeGreaterThan(0);
    expect(interpreted).toEqual(emitted);
  });

  it.each(cases.filter(({ given }) => given.manifest.sensors.length > 0))(
    '$name: not with another seed',
    ({ name, given }) => {
      expect(finalHash({ ...given, seed: 8 })).not.toBe(here.get(name)!.state);
    },
  );
});

/** JSON has no number for what has no end. */
const finite = (_: string, value: unknown): unknown => (value === Infinity ? Number.MAX_VALUE : value);

function inThread(givens: readonly Given[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const hashes: string[] = [];
    const worker = new Worker(join(import.meta.dirname, 'another-thread.ts'), { workerData: givens });
    worker.on('message', (hash: string) => hashes.push(hash));
    worker.on('error', reject);
    worker.on('exit', () => resolve(hashes));
  });
}
