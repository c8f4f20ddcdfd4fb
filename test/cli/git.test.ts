/** `pollux git` in a real repository, with real merges and commits. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Repository, temporaryFolder } from '../packages/repository.ts';
import { pollux } from './pollux.ts';

const parent = temporaryFolder();
const TANK =
  'package plant\n\nasset Tank {\n  param area = 2 m2\n  param leak = 0.1 m2/s\n\n  state level = 1 m\n\n  der(level) = -leak * level / area\n}\n';
const repository = new Repository(parent, 'plant');
repository.git('config', 'user.name', 'Test');
repository.git('config', 'user.email', 'test@example.org');
repository.commit({ 'tank.twin': TANK, '.gitattributes': '*.png binary\n' });
const file = join(repository.folder, 'tank.twin');
const here = (...args: string[]) => pollux(args, { cwd: repository.folder });
const git = (...args: string[]) => spawnSync('git', args, { cwd: repository.folder, encoding: 'utf8' });
const branch = (name: string, from: string, ...edits: [string, string][]): void => {
  repository.git('checkout', '--quiet', '-b', name, from);
  writeFileSync(
    file,
    edits.reduce((text, [old, now]) => text.replace(old, now), readFileSync(file, 'utf8')),
  );
  repository.git('commit', '--quiet', '--all', '--message', name, '--no-verify');
};

// One repository, and what happens to it.
describe('pollux git', { shuffle: false }, () => {
  it('installs, and says what to do next', () => {
    const { code, out } = here('git', 'install');
    expect([code, out]).toEqual([0, expect.stringContaining('Commit .gitattributes.')]);
    expect(readFileSync(join(repository.folder, '.gitattributes'), 'utf8')).toMatch(
      /^\*\.png binary\n# pollux: begin\n\*\.twin diff=pollux merge=pollux/,
    );
    const before = readFileSync(join(repository.folder, '.git/config'), 'utf8');
    expect(here('git', 'install').code).toBe(0);
    expect(readFileSync(join(repository.folder, '.git/config'), 'utf8')).toBe(before);
    repository.git('add', '.gitattributes');
    repository.git('commit', '--quiet', '--message', 'Attributes');
  });

  it('shows no difference where only the layout is another, and heads hunks by declarations', () => {
    writeFileSync(file, TANK.replaceAll('  param', '      param'));
    expect(git('diff').stdout).toBe('');
    writeFileSync(file, TANK.replace('-leak * level', '-2 * leak * level'));
    expect(git('diff', '--unified=0').stdout).toMatch(/^@@ .* @@ asset Tank \{$/m);
    repository.git('checkout', '--quiet', '--', 'tank.twin');
  });

  it('merges neighbouring lines of two branches', () => {
    branch('a', 'main', ['area = 2 m2', 'area = 3 m2']);
    branch('b', 'main', ['leak = 0.1 m2/s', 'leak = 0.2 m2/s']);
    expect(git('merge', '--no-edit', 'a').status).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(TANK.replace('2 m2\n', '3 m2\n').replace('0.1', '0.2'));
  });

  it('leaves a conflict in a file that checks', () => {
    branch('c', 'main', ['area = 2 m2', 'area = 4 m2']);
    branch('d', 'main', ['area = 2 m2', 'area = 5 m2']);
    const merged = git('merge', '--no-edit', 'c');
    expect(merged.status).toBe(1);
    expect(merged.stdout + merged.stderr).toContain('both sides changed asset Tank, param area');
    expect(git('status', '--porcelain').stdout).toMatch(/^UU tank\.twin$/m);
    expect(readFileSync(file, 'utf8')).toContain(
      'param area = 5 m2\n  // ======= theirs\n  // param area = 4 m2\n',
    );
    expect(here('check').code).toBe(0);
    repository.git('merge', '--abort');
  });

  it('merges what each side added, removed and changed elsewhere', () => {
    branch(
      'e',
      'main',
      ['  state level', '  param added = 1\n  state level'],
      ['param area = 2 m2', 'param area = 6 m2'],
    );
    branch(
      'f',
      'main',
      ['-leak * level / area', '-2 * leak * level / area'],
      ['  state level', '  param other = 2\n  state level'],
    );
    expect(git('merge', '--no-edit', 'e').status).toBe(0);
    const text = readFileSync(file, 'utf8');
    for (const part of ['area = 6 m2', '-2 * leak', 'param added = 1', 'param other = 2'])
      expect(text).toContain(part);
    expect(here('check').code).toBe(0);
  });

  it('keeps what one side removes and the other changes, as a conflict that can be read', () => {
    branch('g', 'main', ['  param leak = 0.1 m2/s\n', ''], ['-leak * level / area', '-level / 10 s']);
    branch('h', 'main', ['leak = 0.1 m2/s', 'leak = 0.3 m2/s']);
    const merged = git('merge', '--no-edit', 'g');
    expect(merged.status).toBe(1);
    expect(merged.stdout + merged.stderr).toContain('both sides changed asset Tank, param leak');
    expect(readFileSync(file, 'utf8')).toContain('param leak = 0.3 m2/s');
    expect(here('check').code).toBe(0);
    repository.git('merge', '--abort');
  });

  it('makes a conflict of what both sides rename or add in different ways', () => {
    branch('i', 'main', ['param leak', 'param drain'], ['-leak', '-drain']);
    branch('j', 'main', ['param leak', 'param outlet'], ['-leak', '-outlet']);
    expect(git('merge', '--no-edit', 'i').status).toBe(1);
    expect(here('fmt', '--check').err).not.toMatch(/PX1/);
    repository.git('merge', '--abort');
    branch('k', 'main', ['  state level', '  param both = 1\n  state level']);
    branch('l', 'main', ['  state level', '  param both = 2\n  state level']);
    expect(git('merge', '--no-edit', 'k').status).toBe(1);
    expect(here('check').code).toBe(0);
    repository.git('merge', '--abort');
  });

  it('is no merge where one side renames what the other begins to use', () => {
    branch('m', 'main', ['param leak', 'param drain'], ['-leak', '-drain']);
    branch('n', 'main', ['  state level', '  let half = leak / 2\n  state level']);
    const merged = git('merge', '--no-edit', 'm');
    expect(merged.status).toBe(1);
    expect(merged.stdout + merged.stderr).toMatch(
      /is right on both sides, and not when they are put together: .*leak/,
    );
    repository.git('merge', '--abort');
  });

  it('stops a commit of what is wrong, and looks at what is staged', () => {
    repository.git('checkout', '--quiet', 'main');
    writeFileSync(file, TANK.replace('-leak * level / area', '-leak * level'));
    repository.git('add', 'tank.twin');
    writeFileSync(file, TANK);
    const stopped = git('commit', '--message', 'wrong');
    expect(stopped.status).toBe(1);
    expect(stopped.stderr).toMatch(/tank\.twin:9:\d+ error PX3\d+/);
    expect(stopped.stderr).toContain('The commit was stopped by pollux');
    writeFileSync(file, TANK.replace('param area = 2 m2', 'param area   = 2.5 m2'));
    repository.git('add', 'tank.twin');
    expect(git('commit', '--message', 'out of format').stderr).toContain(
      'tank.twin is not in the canonical format',
    );
    writeFileSync(file, TANK.replace('param area = 2 m2', 'param area = 2.5 m2'));
    repository.git('add', 'tank.twin');
    expect(git('commit', '--message', 'right').status).toBe(0);
  });

  it('is gone without a trace after uninstall', () => {
    expect(here('git', 'uninstall').code).toBe(0);
    expect(readFileSync(join(repository.folder, '.gitattributes'), 'utf8')).toBe('*.png binary\n');
    expect(existsSync(join(repository.folder, '.git/hooks/pre-commit'))).toBe(false);
    expect(
      execFileSync('git', ['config', '--local', '--list'], { cwd: repository.folder, encoding: 'utf8' }),
    ).not.toContain('pollux');
    expect(here('git', 'uninstall').code).toBe(0);
  });

  it('leaves a hook of somebody else in place', () => {
    const hook = join(repository.folder, '.git/hooks/pre-commit');
    writeFileSync(hook, '#!/bin/sh\necho mine\n', { mode: 0o755 });
    expect(here('git', 'install').code).toBe(0);
    expect(readFileSync(hook, 'utf8')).toMatch(/^#!\/bin\/sh\necho mine\n# pollux: begin\n/);
    here('git', 'uninstall');
    expect(readFileSync(hook, 'utf8')).toBe('#!/bin/sh\necho mine\n');
    writeFileSync(hook, '#!/usr/bin/env python3\n');
    expect(here('git', 'install')).toMatchObject({
      code: 1,
      err: expect.stringContaining('install with --no-hook'),
    });
  });
});
