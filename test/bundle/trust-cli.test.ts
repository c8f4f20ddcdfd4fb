/** Keys, signatures and trust on the command line. */
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { makeBundle } from '../../bundles/make.ts';
import { example, pollux, temporaryFolder } from '../cli/pollux.ts';
import { ingredients } from './made.ts';

const folder = temporaryFolder();
const at = (...names: string[]): string => join(folder, ...names);
const here = { cwd: folder };
const ball = 'ball.pollux';

beforeAll(() => {
  expect(pollux(['keys', 'new', 'release'], here).code).toBe(0);
  expect(pollux(['keys', 'new', 'other'], here).code).toBe(0);
  const made = pollux(
    ['build', example('bouncing-ball'), '-o', ball, '--sign', 'release.key', '--json'],
    here,
  );
  expect([made.code, made.err]).toEqual([0, '']);
  const { signedBy } = JSON.parse(made.out) as { signedBy: string };
  expect(pollux(['keys', 'show', 'release.pub'], here).out).toBe(`${signedBy}\n`);
  expect(pollux(['keys', 'show', 'release.key'], here).out).toBe(`${signedBy}\n`);
});

it('a private key is for its owner alone, and never overwritten', () => {
  expect(statSync(at('release.key')).mode & 0o777).toBe(0o600);
  const again = pollux(['keys', 'new', 'release'], here);
  expect([again.code, again.err]).toEqual([1, 'pollux: release.key is there already: choose another name\n']);
});

it('runs for those who trust the key', () => {
  const run = ['run', ball, '--scenario', 'drop', '--duration', '1'];
  expect(pollux([...run, '--trust', 'release.pub'], here).code).toBe(0);
  const refused = pollux([...run, '--trust', 'other.pub'], here);
  expect(refused.err).toMatch(
    /^pollux: ball.pollux may not run: it is signed by key [0-9a-f]{16}, which is not trusted; trusted for it are other\n$/,
  );
  expect(refused.code).toBe(1);
  expect(pollux([...run, '--require-signature'], here).err).toMatch(/no key is trusted here/);
});

it('a trust file in the folder or above holds for all commands', () => {
  mkdirSync(at('site', 'deep'), { recursive: true });
  cpSync(at('other.pub'), at('site', 'other.pub'));
  const trust = { format: 1, keys: [{ name: 'the other', key: 'other.pub' }] };
  writeFileSync(at('site', 'pollux.trust.json'), JSON.stringify(trust));
  const deep = { cwd: at('site', 'deep') };
  for (const command of [
    ['run', `../../${ball}`, '--scenario', 'drop'],
    ['serve', `../../${ball}`],
  ])
    expect(pollux(command, deep).err).toMatch(/may not run: .* trusted for it are the other\n$/);
  const verified = pollux(['verify', `../../${ball}`], deep);
  expect([verified.code, verified.out]).toEqual([3, expect.stringMatching(/^refused .* the other\n$/)]);
  expect(pollux(['verify', `../../${ball}`, '--trust', '../../release.pub'], deep).code).toBe(0);
});

it('a second signature is added to the first', () => {
  expect(pollux(['sign', ball, '--key', 'other.key', '-o', 'both.pollux'], here).code).toBe(0);
  const { code, out } = pollux(['verify', 'both.pollux', '--trust', 'release.pub', '--json'], here);
  const report = JSON.parse(out) as { signers: { trustedAs?: string }[]; problem: null };
  expect(code).toBe(0);
  expect(new Set(report.signers.map(({ trustedAs }) => trustedAs))).toEqual(new Set(['release', undefined]));
  expect(report.problem).toBeNull();
});

it('what was changed is refused by every command that takes a bundle', () => {
  const bytes = readFileSync(at(ball));
  // Within run.mjs, which no command of these would look at.
  bytes[bytes.indexOf('run.mjs', 4000) + 100]! ^= 1;
  writeFileSync(at('changed.pollux'), bytes);
  const said = [
    ['run', '--scenario', 'drop'],
    ['serve'],
    ['inspect'],
    ['verify'],
    ['experiment'],
    ['sign', '--key', 'other.key'],
  ].map(([command, ...rest]) => pollux([command!, 'changed.pollux', ...rest], here));
  for (const { code, out, err } of said) {
    expect(out + err).toMatch(/(run|twin|manifest)[.a-z]* was changed after the bundle was made\n$/);
    expect([1, 3]).toContain(code);
  }
});

it('inspect says what is inside, who signed it and what it may reach', () => {
  const text = pollux(['inspect', ball, '--trust', 'release.pub'], here);
  expect([text.code, text.err]).toEqual([0, '']);
  expect(text.out).toMatch(/digest +sha256:[0-9a-f]{64}\n/);
  expect(text.out).toMatch(/signed by +[0-9a-f]{16}, trusted as release\n/);
  expect(text.out).toMatch(/may reach\n +disk +none\n +memory +\d+ KiB\n +network +none\n/);
  expect(pollux(['build', example('pump-station'), '--root', 'East', '-o', 'east.pollux'], here).code).toBe(
    0,
  );
  const east = JSON.parse(pollux(['inspect', 'east.pollux', '--format', 'json'], here).out) as {
    signers: unknown[];
    permissions: { disk: string; network: { mqtt: { reads: string[]; writes: string[] } } };
    sources: { name: string; digest: { sha256: string } }[];
  };
  expect(east.signers).toEqual([]);
  expect(east.permissions.disk).toBe('none');
  expect(east.permissions.network.mqtt.reads.length).toBeGreaterThan(0);
  expect(east.sources.map(({ name }) => name)).toContain('station.twin');
});

it.each([
  ['fewer cells', { cells: 3 }, /this one needs \d+ cells of memory for the runtime; it has 3/],
  [
    'fewer functions',
    { wasm: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0) },
    /this one needs the function parameters/,
  ],
] as [string, { cells?: number; wasm?: Uint8Array }, RegExp][])(
  'one that another version built, with %s, says which, and what to do',
  (_, { cells, wasm }, problem) => {
    const artefact = structuredClone(ingredients().artefact);
    if (cells !== undefined) artefact.manifest.layout.runtimeCells = cells;
    const { bytes } = makeBundle(
      ingredients({ version: '0.0.9', artefact: { ...artefact, ...(wasm === undefined ? {} : { wasm }) } }),
    );
    writeFileSync(at('older.pollux'), bytes);
    for (const args of [
      ['run', 'older.pollux'],
      ['diff', 'older.pollux', ball],
      ['upgrade', 'older.pollux', '--from', 'older.pollux', '--to', ball],
    ]) {
      const { code, err } = pollux(args, here);
      expect([args, code, err]).toEqual([args, 1, expect.stringMatching(problem)]);
      expect(err).toMatch(
        /^pollux: older\.pollux cannot be used: its twin\.wasm is for another version of the runtime: .*; Pollux 0\.0\.9 built it, and this is \d+\.\d+\.\d+: build it anew from its sources, or run it with that version\n$/,
      );
    }
  },
);
