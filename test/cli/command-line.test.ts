/** The command line itself: help, mistakes, pipes, odd arguments. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { explain } from '../../cli/commands/explain.ts';
import type { Terminal } from '../../cli/terminal/terminal.ts';
import { CATALOGUE } from '../../compiler/diagnostics/catalogue.ts';
import { command, example, pollux, repository, temporaryFolder } from './pollux.ts';

const folder = temporaryFolder();
const ball = example('bouncing-ball/ball.twin');
const STACK = /^\s+at .*[:(]\d+/m;

describe('pollux explain', () => {
  const codes = readdirSync(join(repository, 'docs', 'diagnostics'))
    .filter((file) => /^PX\d+\.md$/.test(file))
    .map((file) => file.slice(0, -3));

  it('has a page for every code of the catalogue', () => {
    expect(CATALOGUE.length).toBeGreaterThan(100);
    for (const { code } of CATALOGUE) {
      let written = '';
      const terminal: Terminal = {
        out: (text) => (written += text),
        err: (text) => (written += text),
        style: (_, text) => text,
        width: 80,
        interactive: false,
      };
      expect(explain(code, terminal)).toBe(0);
      expect(written).toMatch(new RegExp(`^${code}: \\S`));
    }
  });

  // As processes three of them, since all would take minutes.
  it.each([codes[0]!, codes[Math.floor(codes.length / 2)]!, codes.at(-1)!])(
    'prints the page of %s',
    (code) => {
      const { code: exit, out } = pollux(['explain', code.toLowerCase()]);
      expect(exit).toBe(0);
      expect(out).toMatch(new RegExp(`^${code}: \\S`));
    },
  );

  it('says what is near', () => {
    expect(pollux(['explain', 'PX3099']).err).toMatch(
      /^pollux: there is no diagnostic PX3099; those nearby are PX3001, /,
    );
    expect(pollux(['explain', '../../README'])).toMatchObject({ code: 1, out: '' });
  });
});

describe('pollux completion', () => {
  it('is a script of bash that completes commands and options', () => {
    const { code, out } = pollux(['completion', 'bash']);
    expect(code).toBe(0);
    expect(spawnSync('bash', ['-n'], { input: out }).status).toBe(0);
    const complete = (...words: string[]): string[] =>
      spawnSync(
        'bash',
        [
          '-c',
          `${out}\nCOMP_WORDS=(${words.map((word) => `"${word}"`).join(' ')})\nCOMP_CWORD=${words.length - 1}\n_pollux\nprintf '%s\\n' "\${COMPREPLY[@]}"`,
        ],
        { encoding: 'utf8' },
      )
        .stdout.trim()
        .split('\n');
    expect(complete('pollux', 'ch')).toEqual(['check']);
    expect(complete('pollux', 'run', '--sc')).toEqual(['--scenario']);
  });

  it('has scripts for zsh and fish', () => {
    expect(pollux(['completion', 'zsh']).out).toMatch(/^#compdef pollux\n/);
    expect(pollux(['completion', 'fish']).out).toContain('complete -c pollux');
  });
});

describe('a mistake in the command line', () => {
  const text = join(folder, 'notes.txt');
  writeFileSync(text, 'no twin');
  it.each([
    [['chek', ball], /^error: unknown command 'chek'\n\(Did you mean check\?\)\n/],
    [['check', '--jsn', ball], /^error: unknown option '--jsn'\n\(Did you mean --json\?\)\n/],
    [['check', 'nowhere.twin'], /^pollux: there is no file or folder nowhere\.twin\n$/],
    [['check', text], /^pollux: .*notes\.txt is no \.twin file; sources end in \.twin\n$/],
    [['check', ''], /^pollux: the name of a file or folder is empty\n$/],
    [['check', 'x.pollux'], /^pollux: x\.pollux is a bundle: /],
    [['check', folder], /^pollux: there is no \.twin file in /],
    [['fmt', ball, '-'], /^pollux: - stands for standard input, and goes without other files\n$/],
    [['run'], /^error: missing required argument 'path'\n/],
    [['run', ball, '--seed', 'abc'], /It must be a whole number/],
    [['run', ball, '--seed', '1.5'], /It must be a whole number/],
    [['run', ball, '--duration', '-1'], /^pollux: --duration -1: it must be above zero\n$/],
    [['run', ball, '--duration', '1e300'], /^pollux: --duration 1e300: at most 1e10 s, some 300 years\n$/],
    [
      ['run', ball, '--duration', '3 m'],
      /^pollux: --duration: '3 m' does not fit; write a number with a unit, such as "1 s"\n$/,
    ],
    [['run', ball, '--duration', 'long'], /^pollux: --duration: 'long' is no constant value; /],
    [['run', ball, '--scenario', 'fall'], /^pollux: there is no scenario fall; there are /],
    [
      ['run', ball, '--root', 'Bell'],
      /^pollux: there is no twin or asset Bell; there are asset examples\.ball\.Ball\n$/,
    ],
    [
      ['run', ball, '--scenario', 'drop', '-o', 'x.xlsx'],
      /^pollux: --out x\.xlsx: the name of a recording ends in /,
    ],
    [
      ['run', ball, '--scenario', 'drop', '-o', 'no/x.csv'],
      /^pollux: no\/x\.csv cannot be written: there is no folder /,
    ],
    [['run', ball, '--scenario', 'drop', '--save', folder], /cannot be written: it is a folder\n$/],
    [['run', ball, '--scenario', 'drop', '--restore', 'no'], /^pollux: there is no saved state no\n$/],
    [['build', ball, '-o', ''], /^pollux: --out is empty/],
    [
      ['build', ball, '-o', join(text, 'x.pollux')],
      /^pollux: .* cannot be used: a part of this path is a file|it is there already/,
    ],
    [['completion', 'tcsh'], /Allowed choices are bash, zsh, fish/],
    [['--color', 'red', 'check', ball], /Allowed choices are auto, always, never/],
  ])('%j is refused', (args, sentence) => {
    const { code, out, err } = pollux(args, { cwd: folder });
    expect(err).toMatch(sentence);
    expect([code, out]).toEqual([1, '']);
    expect(err).not.toMatch(STACK);
  });

  it('never gives a stack trace, whatever is written', () => {
    const word = fc.oneof(
      fc.constantFrom('check', 'run', 'fmt', 'build', 'test', 'explain', 'init', '--json', '--set', '--seed'),
      fc.constantFrom(
        '--out',
        '-o',
        '--',
        '-',
        '--filter',
        '--duration',
        '1',
        '0x1',
        '=',
        'a=b',
        ball,
        '/dev/null',
      ),
      fc.constantFrom('__proto__', 'constructor', '../..', '%s%n', '\u{1f600}', '*', 'x'.repeat(300)),
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        // Nothing is written but below the folder: a relative path is taken from there.
        const safe = words.map((each) => (each === '../..' ? '.' : each));
        const { code, err } = pollux(safe, { cwd: folder });
        expect(err, safe.join(' ')).not.toMatch(STACK);
        expect(err, safe.join(' ')).not.toContain('fault of Pollux');
        expect([0, 1, 3]).toContain(code);
      }),
      { numRuns: 15, seed: 20260803 },
    );
  });
});

it('ends quietly when the reader of a pipe has seen enough', () => {
  const { status, stdout, stderr } = spawnSync(
    'bash',
    [
      '-c',
      `"${process.execPath}" "${command}" run "${ball}" --scenario drop --json | head -c 20; echo " \${PIPESTATUS[0]}"`,
    ],
    { encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^\{"name":".* 0\n$/);
});

it('says so, and fails, where the disk is full that the result goes to', (context) => {
  if (!existsSync('/dev/full')) context.skip('there is no /dev/full here');
  for (const args of [`run "${ball}" --scenario drop --json`, `check "${ball}" --format sarif`, '--help']) {
    const { status, stderr } = spawnSync(
      'bash',
      ['-c', `"${process.execPath}" "${command}" ${args} > /dev/full`],
      { encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([
      1,
      'pollux: the result cannot be written to standard output: the disk is full\n',
    ]);
  }
});

it.each([
  [['run', '--foo'], '(try: pollux run --help)'],
  [['git', 'instal'], '(try: pollux git --help)'],
  [['rnu'], '(try: pollux --help)'],
])('after %j leads to the help of that command', (args, hint) => {
  const { code, err } = pollux(args);
  expect(code).toBe(1);
  expect(err.trimEnd().split('\n').at(-1)).toBe(hint);
});
