/** Bundles: the same bytes wherever they are made, the same numbers wherever they run, and damaged ones refused. */
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { command, example, hashIn, pollux, script, temporaryFolder } from '../cli/pollux.ts';

const folder = temporaryFolder();
const at = (...names: string[]): string => join(folder, ...names);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('the same text gives the same bytes', () => {
  // Of nobody else, on one core, elsewhere, in another language and on another day.
  const nobody =
    process.getuid?.() === 0
      ? [
          ...['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
          // This repository and its Node may lie where nobody else can read.
          ...['--inh-caps=+dac_read_search', '--ambient-caps=+dac_read_search'],
        ]
      : [];
  const oneCore = spawnSync('taskset', ['-c', '0', 'true']).status === 0 ? ['taskset', '-c', '0'] : [];
  const places = [
    { name: 'one', cwd: '.', umask: '022', prefix: [], environment: { TZ: 'UTC', LANG: 'C' } },
    {
      name: 'two/much deeper/ünder',
      cwd: 'two',
      umask: '077',
      prefix: [...nobody, ...oneCore],
      environment: { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' },
    },
  ];

  it.each([
    ['pump-station', 'East'],
    ['epidemic', 'Epidemic'],
  ])('%s', (name, root) => {
    chmodSync(folder, 0o755);
    const made = places.map((place) => {
      const sources = at(name, place.name);
      mkdirSync(sources, { recursive: true });
      cpSync(example(name), sources, { recursive: true });
      const out = at(name, place.cwd, `out${place.name.length}`, 'b.pollux');
      mkdirSync(dirname(out), { mode: 0o777 });
      chmodSync(dirname(out), 0o777);
      const words = [
        '-c',
        'umask "$1"; shift; exec "$@"',
        'sh',
        place.umask,
        ...place.prefix,
        process.execPath,
      ];
      const { status, stdout, stderr } = spawnSync(
        'sh',
        [...words, command, 'build', sources, '--root', root, '--out', out, '--json'],
        {
          cwd: at(name, place.cwd),
          env: { PATH: process.env['PATH'], HOME: '/nonexistent', ...place.environment },
          encoding: 'utf8',
        },
      );
      expect([status, stderr]).toEqual([0, '']);
      const bytes = readFileSync(out);
      const report = JSON.parse(stdout) as { sha256: string; digest: string };
      expect(report.sha256).toBe(sha256(bytes));
      expect(report.digest).toBe(`sha256:${sha256(unzipSync(bytes)['bundle.json']!)}`);
      expect(bytes.includes(folder)).toBe(false);
      return { bytes, owner: statSync(out).uid };
    });
    expect(made[0]!.bytes.equals(made[1]!.bytes)).toBe(true);
    if (nobody.length > 0) expect(made.map(({ owner }) => owner)).toEqual([0, 65534]);
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
    expect(Object.keys(files)).toEqual([
      'bundle.json',
      'manifest.json',
      'provenance.json',
      'run.mjs',
      'sbom.cdx.json',
      'twin.wasm',
    ]);
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

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, 5000)],
    ['empty', () => Buffer.alloc(0)],
    ['no archive', () => Buffer.from('hello')],
  ])('that is %s is refused in one sentence', (name, change) => {
    const path = at(`${name}.pollux`);
    writeFileSync(path, change(readFileSync(ball)));
    const { code, out, err } = pollux(['run', path, '--scenario', 'drop']);
    expect(err).toMatch(
      /^pollux: .* cannot be used: it is no ZIP archive of pollux build, or it was cut off\n$/,
    );
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
