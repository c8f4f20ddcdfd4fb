/** Bundles: the same bytes wherever they are made, the same numbers wherever they run, and damaged ones refused. */
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { command, example, hashIn, pollux, script, temporaryFolder } from '../cli/pollux.ts';

const folder = temporaryFolder();
const at = (...names: string[]): string => join(folder, ...names);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('the same text gives the same bytes', () => {
  const places = [
    { name: 'one', cwd: '.', umask: '022', environment: { TZ: 'UTC', LANG: 'C' } },
    {
      name: 'two/much deeper/ünder',
      cwd: 'two',
      umask: '077',
      environment: { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
    },
  ];

  it.each([
    ['pump-station', 'East'],
    ['epidemic', 'Epidemic'],
  ])('%s', (name, root) => {
    const digests = places.map((place) => {
      const sources = at(name, place.name);
      mkdirSync(sources, { recursive: true });
      cpSync(example(name), sources, { recursive: true });
      const out = at(name, `${place.name.length}.pollux`);
      const { status, stdout, stderr } = spawnSync(
        'sh',
        ['-c', 'umask "$1"; shift; exec "$@"', 'sh', place.umask, process.execPath, command].concat([
          'build',
          sources,
          '--root',
          root,
          '--out',
          out,
          '--json',
        ]),
        {
          cwd: at(name, place.cwd),
          env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...place.environment },
          encoding: 'utf8',
        },
      );
      expect([status, stderr]).toEqual([0, '']);
      const digest = sha256(readFileSync(out));
      expect((JSON.parse(stdout) as { sha256: string }).sha256).toBe(digest);
      expect(readFileSync(out).includes(folder)).toBe(false);
      return digest;
    });
    expect(digests[0]).toBe(digests[1]);
  });
});

describe('a bundle', () => {
  const ball = at('ball.pollux');
  let expected = '';
  beforeAll(() => {
    const made = pollux(['build', example('bouncing-ball'), '--out', ball]);
    expect([made.code, made.err]).toEqual([
      0,
      expect.stringMatching(/^Run it: pollux run .*ball\.pollux\n$/),
    ]);
    expect(pollux(['build', example('bouncing-ball'), '--out', at('unpacked')]).code).toBe(0);
    expected = hashIn(pollux(['run', example('bouncing-ball'), '--scenario', 'drop']).out);
  });

  it('runs to the same state as its text', () => {
    const { code, out } = pollux(['run', ball, '--scenario', 'drop']);
    expect(code).toBe(0);
    expect(hashIn(out)).toBe(expected);
  });

  it('has the files that a folder gets', () => {
    const files = unzipSync(readFileSync(ball));
    expect(Object.keys(files)).toEqual(['manifest.json', 'run.mjs', 'twin.wasm']);
    for (const [name, content] of Object.entries(files))
      expect(sha256(readFileSync(at('unpacked', name)))).toBe(sha256(content));
  });

  const nodes = [process.execPath, ...inPath().filter((node) => node !== process.execPath)];
  it.each(nodes)('runs by itself on %s, to the same state and the same CSV', (node) => {
    const { code, out, err } = script(
      at('unpacked', 'run.mjs'),
      ['--scenario', 'drop', '--csv', at('r.csv')],
      {
        cwd: folder,
        node,
      },
    );
    expect([code, err]).toEqual([0, '']);
    expect(hashIn(out)).toBe(expected);
    expect(pollux(['run', ball, '--scenario', 'drop', '-o', at('p.csv')]).code).toBe(0);
    expect(readFileSync(at('r.csv'), 'utf8')).toBe(readFileSync(at('p.csv'), 'utf8'));
  });

  const repacked = (name: string, change: (files: Record<string, Uint8Array>) => void): string => {
    const files = unzipSync(readFileSync(ball));
    change(files);
    writeFileSync(at(name), zipSync(files));
    return at(name);
  };
  const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);
  const cases: [string, () => string, RegExp][] = [
    [
      'cut off',
      () => (writeFileSync(at('cut.pollux'), readFileSync(ball).subarray(0, 5000)), at('cut.pollux')),
      /it is no ZIP archive, or it was cut off/,
    ],
    [
      'empty',
      () => (writeFileSync(at('empty.pollux'), ''), at('empty.pollux')),
      /it is no ZIP archive, or it was cut off/,
    ],
    [
      'not JSON',
      () => repacked('json.pollux', (files) => (files['manifest.json'] = encoded('{'))),
      /manifest\.json is not JSON/,
    ],
    [
      'null for a manifest',
      () => repacked('null.pollux', (files) => (files['manifest.json'] = encoded('null'))),
      /manifest\.json is not/,
    ],
    [
      'without code',
      () => repacked('nowasm.pollux', (files) => delete files['twin.wasm']),
      /it lacks twin\.wasm/,
    ],
    [
      'with other code',
      () => repacked('wasm.pollux', (files) => (files['twin.wasm'] = encoded('no wasm'))),
      /its twin\.wasm is no WebAssembly, or was damaged/,
    ],
    [
      'of a later version',
      () =>
        repacked('later.pollux', (files) => {
          const manifest = new TextDecoder().decode(files['manifest.json']);
          files['manifest.json'] = encoded(manifest.replace('"formatVersion":1', '"formatVersion":2'));
        }),
      /it has format version 2; this Pollux reads 1/,
    ],
    [
      'with fields missing',
      () =>
        repacked(
          'fields.pollux',
          (files) => (files['manifest.json'] = encoded('{"format":"pollux-twin","formatVersion":1}')),
        ),
      /manifest\.json/,
    ],
    [
      'that unpacks to far too much',
      () => repacked('bomb.pollux', (files) => (files['twin.wasm'] = new Uint8Array(300 * 1024 * 1024))),
      /it unpacks to more than/,
    ],
  ];
  it.each(cases)('%s is refused in one sentence', (_, make, sentence) => {
    const path = make();
    const { code, out, err } = pollux(['run', path, '--scenario', 'drop']);
    expect(err).toMatch(sentence);
    expect(err).toMatch(/^pollux: [^\n]+\n$/);
    expect([code, out]).toEqual([1, '']);
  });
});

describe('run.mjs', () => {
  it.each([
    ['manifest.json', '{', 'manifest.json is damaged: unpack the bundle again'],
    [
      'manifest.json',
      'null',
      'manifest.json is of another version of Pollux than this file: unpack the bundle again',
    ],
    [
      'manifest.json',
      '{"format":"pollux-twin","formatVersion":1}',
      'manifest.json is damaged: unpack the bundle again',
    ],
    ['twin.wasm', 'no wasm', 'twin.wasm is damaged: unpack the bundle again'],
  ])('says that %s is damaged when it is %s', (file, content, sentence) => {
    expect(pollux(['build', example('bouncing-ball'), '--out', at('damaged/')]).code).toBe(0);
    writeFileSync(at('damaged', file), content);
    expect(script(at('damaged', 'run.mjs'), [])).toEqual({ code: 1, out: '', err: `run.mjs: ${sentence}\n` });
  });
});

/** Other Nodes of this machine that run bundles (20 and later). */
function inPath(): string[] {
  const folders = (process.env['PATH'] ?? '').split(':').concat('/usr/bin', '/usr/local/bin');
  const found = [...new Set(folders)]
    .map((each) => join(each, 'node'))
    .flatMap((node) => {
      const { status, stdout } = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' });
      return status === 0 && Number(stdout.split('.')[0]) >= 20 ? [{ node, version: stdout.trim() }] : [];
    });
  const others = found.filter(({ version }) => version !== process.versions.node);
  return others.map(({ node }) => node).slice(0, 1);
}
