/** Files that are put in place whole, and things that are closed whatever the others do. */
import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { createJournal, journalAt } from '../../cli/experiments/journal.ts';
import { closeAll } from '../../cli/until-stopped.ts';
import { writeWhole } from '../../cli/whole-file.ts';
import { freshName } from '../../live/recording/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'pollux-whole-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a file that is written whole', () => {
  it('is the old one or the new one, whenever the process is killed', async () => {
    const file = join(folder, 'killed.txt');
    const script = join(folder, 'write.mjs');
    const module = pathToFileURL(join(import.meta.dirname, '..', '..', 'cli', 'whole-file.ts')).href;
    writeFileSync(
      script,
      `import { writeWhole } from ${JSON.stringify(module)};
for (let n = 0; ; n += 1) {
  writeWhole(${JSON.stringify(file)}, String(n % 10).repeat(8 << 20));
  if (n === 0) process.stdout.write('begun');
}`,
    );
    for (let round = 0; round < 6; round += 1) {
      const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
      await new Promise((go) => child.stdout.once('data', go));
      await new Promise((go) => setTimeout(go, 7 * round));
      child.kill('SIGKILL');
      await new Promise((go) => child.once('exit', go));
      const text = readFileSync(file, 'utf8');
      expect(text === text[0]!.repeat(8 << 20)).toBe(true);
    }
  });

  it('keeps its rights and its link, and leaves nothing beside it', () => {
    const own = join(folder, 'own');
    mkdirSync(own);
    const [file, link] = [join(own, 'file'), join(own, 'link')];
    writeFileSync(file, 'old');
    chmodSync(file, 0o640);
    symlinkSync(file, link);
    writeWhole(link, 'new', 0o777);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(statSync(file).mode & 0o777).toBe(0o640);
    writeWhole(join(own, 'secret'), 'mine', 0o600);
    expect(statSync(join(own, 'secret')).mode & 0o777).toBe(0o600);
    writeWhole(join(own, 'a', 'b', 'c'), 'deep');
    expect(readFileSync(join(own, 'a', 'b', 'c'), 'utf8')).toBe('deep');
    expect(readdirSync(own).toSorted()).toEqual(['a', 'file', 'link', 'secret']);
    // What is no file is written to.
    writeWhole('/dev/null', 'gone');
    expect(statSync('/dev/null').isFile()).toBe(false);
    expect(() => writeWhole(join(file, 'below'), 'x')).toThrow(/ENOTDIR|EEXIST/);
  });
});

describe('a recording', () => {
  it('takes a name under which nothing is lost', () => {
    const file = join(folder, 'in.csv');
    expect(freshName(file)).toBe(file);
    // Empty: nothing is lost.
    expect(freshName(file)).toBe(file);
    writeFileSync(file, 'time [s]\n');
    expect(freshName(file)).toBe(join(folder, 'in-2.csv'));
    writeFileSync(join(folder, 'in-2.csv'), 'x');
    expect(freshName(file)).toBe(join(folder, 'in-3.csv'));
    expect(readFileSync(file, 'utf8')).toBe('time [s]\n');
    expect(() => freshName(join(folder, 'in.twin'))).toThrow('its name must end in .csv');
    expect(existsSync(join(folder, 'in.twin'))).toBe(false);
    expect(() => freshName(join(folder, 'none', 'in.csv'))).toThrow('cannot be written (ENOENT)');
  });
});

describe('what a journal would be written over', () => {
  it('is nothing, one of the same experiment, one of another, or none', () => {
    const file = join(folder, 'j.jsonl');
    const at = (): string => journalAt(file, 'key');
    expect(at()).toBe('nothing');
    const journal = createJournal(file, 'key', false);
    journal.add([{ run: 0, result: { values: [1] } }]);
    journal.flush();
    expect(at()).toBe('own');
    expect(journalAt(file, 'other')).toBe('another');
    writeFileSync(file, '{"key":"k');
    expect(at()).toBe('nothing');
    for (const text of ['package p\n', '{"key":"l', '{"kez":"key"}\n', '[1]\n', 'x'.repeat(100_000)]) {
      writeFileSync(file, text);
      expect(at(), text.slice(0, 20)).toBe('noJournal');
    }
    expect(journalAt(folder, 'key')).toBe('noJournal');
  });
});

describe('closing', () => {
  it('goes on behind what fails and what never ends', async () => {
    const closed: number[] = [];
    await closeAll([
      () => closed.push(1),
      () => Promise.reject(new Error('later')),
      () => {
        throw new Error('at once');
      },
      () => closed.push(2),
      () => new Promise(() => {}),
      () => closed.push(3),
    ]);
    expect(closed).toEqual([3, 2, 1]);
  });
});
