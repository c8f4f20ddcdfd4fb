/** Every format of every command that judges, on texts whose names try to be something else: the same bytes twice, nothing that breaks out. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { validateXML } from 'xmllint-wasm';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { sharedFile } from '../examples/example.ts';
import { pollux, temporaryFolder } from './pollux.ts';
import type { Ended } from './pollux.ts';

const folder = temporaryFolder();
const LONG = 'x'.repeat(5000);
const NAME = `a%0A::error::b <&"'>]]> | <!-- @all {{ \\u001b \\n::set-output name=x::y ${LONG}`;
// The file's name as well.
const FILE = 'odd, name::%25 [1]&.twin';
const HOSTILE = `package trial

asset Tank {
param   inflow = 10 mm/s
  state level = 1 m
  der(level) = inflow
}

scenario fill for Tank { run 60 s }

test ${JSON.stringify(NAME).replaceAll('\\\\u001b', '\\u001b').replaceAll('\\\\n', '\\n')} on fill {
  require always level < 1.2 m
}
`;

let base = '';
beforeAll(() => {
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
      cwd: folder,
      encoding: 'utf8',
    });
  git('init', '-q');
  writeFileSync(join(folder, FILE), HOSTILE.replace('1.2 m', '2 m'));
  git('add', '.');
  git('commit', '-qm', 'one');
  base = git('rev-parse', 'HEAD').trim();
  writeFileSync(join(folder, FILE), HOSTILE);
});
beforeEach(() => {
  mkdirSync(join(folder, 'broken'), { recursive: true });
  writeFileSync(join(folder, 'broken', FILE), HOSTILE.replace('= inflow', '= inflow + 1 s'));
});

const commands = (): Record<string, [number, string[]]> => ({
  check: [3, ['check', 'broken', '--no-cache']],
  fmt: [3, ['fmt', '--check', FILE]],
  test: [3, ['test', FILE, '--no-cache']],
  breaking: [3, ['breaking', base, FILE]],
  build: [3, ['build', 'broken']],
});
/** Only what took how long differs. */
const timeless = (text: string): string =>
  text
    .replaceAll(/\b\d+ ms\b/g, '')
    .replaceAll(/"seconds": [\d.e-]+/g, '')
    .replaceAll(/time="[\d.]+"/g, 'time="0"');

it.each(['check', 'fmt', 'test', 'breaking', 'build'])('%s', async (name) => {
  const [code, args] = commands()[name]!;
  const FORMATS = ['sarif', 'junit', 'github', 'gitlab', 'markdown'] as const;
  const run = (format: string): Record<(typeof FORMATS)[number], string> => {
    const files = FORMATS.flatMap((each) => ['--report', `${each}=out.${each}`]);
    const ended = pollux([...args, '--format', format, ...files], { cwd: folder });
    expect(ended).toMatchObject({ code });
    expect(`${ended.out}${ended.err}`).not.toMatch(/^\s+at .*\.m?js/m);
    if (format === 'json' && ended.out !== '') JSON.parse(ended.out);
    return Object.fromEntries(
      FORMATS.map((each) => [each, readFileSync(join(folder, `out.${each}`), 'utf8')]),
    ) as ReturnType<typeof run>;
  };
  const ran = run('text');
  const again = run('json');
  for (const format of FORMATS) expect(timeless(again[format])).toBe(timeless(ran[format]));
  const out = (format: (typeof FORMATS)[number]): string => ran[format];
  for (const format of ['sarif', 'gitlab'] as const) JSON.parse(out(format));
  // Each line that is a command is one of ours, and all else is one line.
  const [summary, ...annotations] = out('github').trimEnd().split('\n').toReversed();
  expect(summary).not.toMatch(/^::/);
  expect(annotations.length).toBeGreaterThan(0);
  for (const line of annotations) expect(line).toMatch(/^::(error|warning|notice) (file=[^:,\s]|title=)/);
  expect(out('markdown').length).toBeLessThanOrEqual(65_536);
  expect(out('markdown').replaceAll(/(`+)[^`].*?\1/g, '')).not.toMatch(/@all|(?<!\\)<!--/);
  const schema = sharedFile('data/tool-schemas/junit-10.xsd');
  if (schema !== undefined) {
    const { errors } = await validateXML({
      xml: [{ fileName: 'junit.xml', contents: out('junit') }],
      schema: [readFileSync(schema, 'utf8')],
    });
    expect(errors).toEqual([]);
  } else expect(out('junit')).toContain('<testsuites ');
});

it('a second run of all that CI does computes nothing, and leaves the same reports', () => {
  const run = (out: string): Ended =>
    pollux(['ci', '.', '--forge', 'none', '--base', base, '--out', out], {
      cwd: join(folder),
      environment: { POLLUX_CACHE: join(folder, 'cache') },
    });
  writeFileSync(join(folder, 'broken', FILE), '');
  execFileSync('rm', ['-r', join(folder, 'broken')]);
  const first = run('report');
  const files = ['test.junit.xml', 'breaking.sarif', 'diff.html', 'comment.md', 'summary.md'];
  const texts = files.map((file) => readFileSync(join(folder, 'report', file), 'utf8'));
  execFileSync('rm', ['-r', join(folder, 'report')]);
  const second = run('report');
  expect([first.code, second.code]).toEqual([3, 3]);
  expect(second.err.match(/nothing has changed since this was found/g)).toHaveLength(3);
  expect(files.map((file) => readFileSync(join(folder, 'report', file), 'utf8'))).toEqual(texts);
});
