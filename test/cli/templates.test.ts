/** Every template of `pollux init` and *New Twin…*: in order, in format, tested, with a view, and told of in the list. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { pollux, temporaryFolder } from './pollux.ts';

const templates = fileURLToPath(new URL('../../cli/templates/', import.meta.url));
const listed = JSON.parse(readFileSync(join(templates, 'templates.json'), 'utf8')) as {
  name: string;
  title: string;
  about: string;
}[];
const folder = temporaryFolder();

describe('templates', () => {
  it('are all listed, each with a title and what it is about', () => {
    const files = readdirSync(templates).filter((name) => name.endsWith('.twin'));
    expect(listed.map(({ name }) => `${name}.twin`).sort()).toEqual(files.sort());
    for (const { title, about } of listed) expect([title, about].every((text) => text.length > 3)).toBe(true);
  });

  it('have nothing to report, are in format, pass their tests, and have a view', () => {
    for (const { name } of listed) {
      const made = pollux(['init', `all/${name}`, '--template', name], { cwd: folder });
      expect([made.code, made.err]).toEqual([0, '']);
      const text = readFileSync(join(folder, 'all', name, `${name}.twin`), 'utf8');
      expect(text).toMatch(/^test "/m);
      expect(text).toMatch(/^view \w+ "/m);
    }
    expect(pollux(['check', 'all'], { cwd: folder })).toEqual({
      code: 0,
      out: '',
      err: `${listed.length} files: nothing to report\n`,
    });
    expect(pollux(['fmt', '--check', 'all'], { cwd: folder })).toMatchObject({ code: 0, out: '' });
    const tested = pollux(['test', 'all'], { cwd: folder });
    expect(tested.out).toMatch(/\n1[0-9] passed, 0 failed\n$/);
    expect(tested.code).toBe(0);
  });

  it('are named when one is asked for that is not there', () => {
    const made = pollux(['init', 'other', '--template', 'rocket'], { cwd: folder });
    expect(made.code).toBe(1);
    expect(made.err).toContain('there is no template rocket');
    for (const { name } of listed) expect(made.err).toContain(name);
  });
});
