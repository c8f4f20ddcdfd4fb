import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { example, pollux, temporaryFolder } from './pollux.ts';

const folder = temporaryFolder();
const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

/** Alone in a folder, so that no neighbour is checked with it. */
const writeIn = (name: string, text: string): string => {
  mkdirSync(join(folder, name));
  return write(join(name, 'alone.twin'), text);
};

describe('the neighbours of a file', () => {
  const good = 'package a\n\nuse b: Tap\n\nasset Bath {\n  part tap: Tap\n}\n';
  const tap = 'package b\n\nasset Tap {\n  param flow = 3 l/min\n}\n';
  it('stand in its way only where it looks into them', () => {
    const at = (name: string, text: string): string => write(join('neighbours', name), text);
    mkdirSync(join(folder, 'neighbours'));
    const file = at('bath.twin', good);
    at('tap.twin', tap);
    at('draft.twin', 'package draft\n\nasset Draft {\n  param area = 3 kj\n');
    at('scratch.twin', 'asset Scratch { nothing }\n');
    const checked = pollux(['check', file]);
    expect(checked).toMatchObject({ code: 0, err: '1 file: nothing to report\n' });
    expect(pollux(['run', file, '--root', 'Bath', '--duration', '1 s']).code).toBe(0);
    expect(pollux(['check', join(folder, 'neighbours')]).code).toBe(3);
    at('tap.twin', tap.replace('l/min', 'l/mjn'));
    const broken = pollux(['check', file]);
    expect(broken.code).toBe(3);
    expect(broken.err + broken.out).toContain('tap.twin');
    expect(broken.err + broken.out).not.toContain('draft.twin');
  });
});

describe('pollux init', { shuffle: false }, () => {
  it('writes a twin that checks, is in format, passes its test and runs', () => {
    const made = pollux(['init', 'new/plant'], { cwd: folder });
    expect([made.code, made.err]).toEqual([0, '']);
    expect(pollux(['check', 'new'], { cwd: folder })).toEqual({
      code: 0,
      out: '',
      err: '1 file: nothing to report\n',
    });
    expect(pollux(['fmt', '--check', 'new'], { cwd: folder })).toMatchObject({ code: 0, out: '' });
    const tested = pollux(['test', 'new'], { cwd: folder });
    expect(tested.code).toBe(0);
    expect(tested.out).toMatch(/1 passed, 0 failed\n$/);
    const ran = pollux(['run', 'new/plant/tank.twin'], { cwd: folder });
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('high');
  });

  it('overwrites nothing, and takes a folder only', () => {
    const again = pollux(['init', 'new/plant'], { cwd: folder });
    expect(again).toEqual({
      code: 1,
      out: '',
      err: `pollux: ${join('new', 'plant', 'tank.twin')} is there already, and stays as it is\n`,
    });
    expect(pollux(['init', 'new/plant/tank.twin'], { cwd: folder })).toMatchObject({
      code: 1,
      err: 'pollux: new/plant/tank.twin is a file: name a folder for the new twin\n',
    });
  });
});

describe('pollux check', () => {
  const wrong = write('wrong.twin', 'package p\n\nasset A {\n  param side = 2 m\n  let x = side + 3 kg\n}\n');

  it('shows the place, the code and what stands there, and exits with 3', () => {
    const { code, out, err } = pollux(['check', wrong], { cwd: folder });
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(/^wrong\.twin:5:11 error PX3001\n/);
    expect(err).toContain('\n  5 │   let x = side + 3 kg\n    │           ^^^^^^^^^^^\n');
    expect(err).toMatch(/1 error in 1 file\n$/);
  });

  it('gives the same as JSON, each with a page that is there', () => {
    const { code, out, err } = pollux(['check', '--json', wrong]);
    expect([code, err]).toEqual([3, '']);
    const { files, diagnostics } = JSON.parse(out) as {
      files: number;
      diagnostics: { code: string; severity: string; page: string; fixes: unknown[]; source: object }[];
    };
    expect(files).toBe(1);
    expect(diagnostics).toHaveLength(1);
    const [found] = diagnostics;
    expect(found).toMatchObject({
      code: 'PX3001',
      severity: 'error',
      source: { line: 5, column: 11, endLine: 5, endColumn: 22 },
    });
    expect(found!.fixes).toBeInstanceOf(Array);
    expect(readFileSync(example(join('..', found!.page)), 'utf8')).toContain('PX3001');
  });

  it('exits with 0 for warnings', () => {
    const text = 'package q\n\nasset B { param p = 1 m }\nscenario s for B { run 1 s }\ntest "t" on s {}\n';
    const { code, err } = pollux(['check', writeIn('warned', text)]);
    expect(err).toMatch(/warning PX/);
    expect(code).toBe(0);
  });

  it('finds nothing wrong with the examples', () => {
    expect(pollux(['check', example('')])).toMatchObject({ code: 0, out: '' });
  });

  it('colours when told to, and never otherwise when nobody looks at a terminal', () => {
    const colours = (args: string[], environment: Record<string, string> = {}): boolean =>
      pollux([...args, 'check', wrong], { environment }).err.includes('\x1b[');
    expect(colours([])).toBe(false);
    expect(colours(['--color', 'always'])).toBe(true);
    expect(colours([], { FORCE_COLOR: '1' })).toBe(true);
    expect(colours([], { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(false);
    expect(colours(['--color', 'always'], { NO_COLOR: '1' })).toBe(true);
    expect(colours(['--color', 'never'], { FORCE_COLOR: '1' })).toBe(false);
  });
});

describe('pollux fmt', () => {
  const untidy = 'package p\nasset A{\nparam a=1 m\n   param   longer = 2 m\n}';

  it('says what is out of format, mends it, and then leaves it', () => {
    const path = writeIn('untidy', untidy);
    const shown = `${join('untidy', 'alone.twin')}\n`;
    expect(pollux(['fmt', '--check', path], { cwd: folder })).toEqual({
      code: 3,
      out: shown,
      err: '1 of 1 file would change\n',
    });
    expect(readFileSync(path, 'utf8')).toBe(untidy);
    expect(pollux(['fmt', path], { cwd: folder })).toMatchObject({ code: 0, out: shown });
    const tidy = readFileSync(path, 'utf8');
    expect(tidy).not.toBe(untidy);
    expect(pollux(['fmt', path], { cwd: folder })).toMatchObject({ code: 0, out: '' });
    expect(readFileSync(path, 'utf8')).toBe(tidy);
    expect(pollux(['fmt', '-'], { input: untidy })).toEqual({ code: 0, out: tidy, err: '' });
    expect(pollux(['fmt', '--check', '-'], { input: tidy }).code).toBe(0);
    expect(pollux(['fmt', '--check', '-'], { input: untidy }).code).toBe(3);
  });

  it('leaves a broken file alone, byte for byte', () => {
    const path = writeIn('broken', 'package p\nasset A {\n  param = = 3\n');
    const { code, err } = pollux(['fmt', path]);
    expect(code).toBe(3);
    expect(err).toMatch(/error PX1/);
    expect(err).toMatch(/1 with syntax errors left alone\n$/);
    expect(readFileSync(path, 'utf8')).toBe('package p\nasset A {\n  param = = 3\n');
    expect(pollux(['fmt', '-'], { input: 'asset {' })).toMatchObject({ code: 3, out: '' });
  });
});
