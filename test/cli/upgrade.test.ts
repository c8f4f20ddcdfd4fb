/** `pollux upgrade`: from bundle to bundle, and nothing lost unasked. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { pollux, temporaryFolder } from './pollux.ts';

const folder = temporaryFolder();
const here = { cwd: folder };
const text = (rest: string): string =>
  `asset Tank {\n  param rate = 2 1/h\n  state level = 3 m\n  der(level) = -rate * level\n${rest}}\n\nscenario day for Tank { run 2 h }\n`;

it('carries a state from one bundle to the next', () => {
  const build = (name: string, content: string): void => {
    writeFileSync(join(folder, `${name}.twin`), content);
    // Each in a folder of its own, since files of one folder belong together.
    const made = pollux(['build', `${name}.twin`, '-o', `${name}.pollux`], here);
    expect([made.code, made.err]).toEqual([0, expect.stringContaining('Run it')]);
    writeFileSync(join(folder, `${name}.twin`), '');
  };
  build('old', text('  state extra = 1 m\n  der(extra) = 0 m/s\n'));
  build('new', text('  state reserve = 1 m\n  der(reserve) = 0 m/s\n').replace('2 1/h', '1 1/h'));
  expect(pollux(['run', 'old.pollux', '--duration', '3600', '--save', 's.bin'], here).code).toBe(0);
  const versions = ['--from', 'old.pollux', '--to', 'new.pollux', '-o', 't.bin'];
  const refused = pollux(['upgrade', 's.bin', ...versions], here);
  expect(refused.code).toBe(3);
  expect(refused.out).toMatch(/^Tank at t = 1 h, scenario day: 1 values carried over\n/);
  expect(refused.out).toMatch(/\nvalues that the new version gives\n {2}rate: 2 1\/h → 1 1\/h\n/);
  expect(refused.out).toMatch(/\nnew\n {2}reserve\n\nlost\n {2}extra: the new version has no such thing\n/);
  expect(refused.err).toMatch(/nothing was written/);
  expect(existsSync(join(folder, 't.bin'))).toBe(false);
  const accepted = pollux(['upgrade', 's.bin', ...versions, '--accept-loss', '--json'], here);
  expect([accepted.code, JSON.parse(accepted.out)]).toEqual([
    0,
    expect.objectContaining({ time: 3600, written: 't.bin', begins: ['reserve'] }),
  ]);
  const ended = pollux(['run', 'new.pollux', '--restore', 't.bin', '-o', 'r.json'], here);
  expect([ended.code, ended.err]).toEqual([0, expect.stringContaining('r.json')]);
  // An hour by each of the two rates.
  const level = /level +([\d.]+) m/.exec(ended.out)![1]!;
  expect(Number(level)).toBeCloseTo(3 * Math.exp(-3), 3);
  expect(readFileSync(join(folder, 't.bin')).length).toBeGreaterThan(100);
});

it('a run that is restored by a text with other values says that it keeps those that it had', () => {
  const name = (rate: string): string => `rate-${rate}.pollux`;
  for (const rate of ['2', '1']) {
    writeFileSync(join(folder, 'rate.twin'), text('').replace('2 1/h', `${rate} 1/h`));
    expect(pollux(['build', 'rate.twin', '-o', name(rate)], here).code).toBe(0);
  }
  writeFileSync(join(folder, 'rate.twin'), '');
  expect(pollux(['run', name('2'), '--duration', '3600', '--save', 'kept.bin'], here).code).toBe(0);
  const restored = (rate: string): [string, string] => {
    const { out, err } = pollux(['run', name(rate), '--restore', 'kept.bin'], here);
    return [/level +([\d.]+) m/.exec(out)![1]!, err];
  };
  const [level, nothing] = restored('2');
  expect(nothing).toBe('');
  expect(restored('1')).toEqual([
    level,
    'pollux: rate is 2 1/h in kept.bin, and stays so; the text says 1 1/h now (pollux upgrade takes what the text says)\n',
  ]);
});
