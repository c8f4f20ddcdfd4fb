/** What has been found is not computed again, parts of the tests make the whole, and a budget of time ends a run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { keptResults } from '../../cli/kept-results.ts';
import { rememberedValue } from '../../cli/results-cache.ts';
import { command, pollux, temporaryFolder } from './pollux.ts';
import type { Ended } from './pollux.ts';

const REMEMBERED = 'nothing has changed since this was found';
const folder = temporaryFolder();
let number = 0;
let project = '';
let cache = '';

const TEXT = `package trial

table loss(level: Length): Velocity from "loss.csv"

/// Falls as the table says.
asset Tank {
  state level = 2 m
  der(level) = -loss(level)
}

scenario emptying for Tank { run 60 s }

${['a', 'b', 'c', 'd', 'e'].map((name) => `test "${name}" on emptying { expect level < 3 m }`).join('\n')}
`;

beforeEach(() => {
  number += 1;
  project = join(folder, `project-${number}`);
  cache = join(folder, `cache-${number}`);
  mkdirSync(project);
  writeFileSync(join(project, 'tank.twin'), TEXT);
  writeFileSync(join(project, 'loss.csv'), 'level [m],loss [mm/s]\n0,0\n4,8\n');
});

const run = (...args: string[]): Ended =>
  pollux(args, { cwd: project, environment: { POLLUX_CACHE: cache } });
const isRemembered = ({ err }: Ended): boolean => err.includes(REMEMBERED);

describe('a second run on the same inputs', () => {
  it.each([
    ['check', '--json'],
    ['test', '--format', 'junit'],
  ])('says what the first said: %j %j %j', (...args) => {
    const first = run(...args);
    const second = run(...args);
    expect(first.code).toBe(0);
    expect([isRemembered(first), isRemembered(second)]).toEqual([false, true]);
    expect({ code: second.code, out: second.out }).toEqual({ code: first.code, out: first.out });
    expect(isRemembered(run(...args, '--no-cache'))).toBe(false);
  });

  it('also remembers what is wrong', () => {
    appendFileSync(join(project, 'tank.twin'), 'test "f" on emptying { expect level > 3 m }\n');
    const [first, second] = [run('test'), run('test')];
    expect([first.code, second.code]).toEqual([3, 3]);
    expect(second.out).toBe(first.out);
    expect(isRemembered(second)).toBe(true);
  });

  it('is a first one after each change that could matter', () => {
    run('test');
    expect(isRemembered(run('test', '--filter', 'a'))).toBe(false);
    appendFileSync(join(project, 'loss.csv'), '5,9\n');
    expect(isRemembered(run('test'))).toBe(false);
    expect(isRemembered(run('test'))).toBe(true);
    appendFileSync(join(project, 'tank.twin'), '\n');
    expect(isRemembered(run('test'))).toBe(false);
    writeFileSync(join(project, 'other.twin'), 'package trial\n');
    expect(isRemembered(run('test'))).toBe(false);
  });

  it('finds anew what is torn', () => {
    run('test');
    const entries = join(cache, 'results');
    for (const name of readdirSync(entries)) writeFileSync(join(entries, name), '{"code":0,');
    const again = run('test');
    expect([again.code, isRemembered(again)]).toEqual([0, false]);
    for (const name of readdirSync(entries))
      expect(JSON.parse(readFileSync(join(entries, name), 'utf8').split('\n')[1]!)).toHaveProperty('code', 0);
  });
});

describe('parts of the tests', () => {
  const names = ({ out }: Ended): string[] =>
    (JSON.parse(out) as { tests: { name: string }[] }).tests.map(({ name }) => name);

  it.each([3])('of %d make the whole, each test once', (of) => {
    const parts = Array.from({ length: of }, (_, n) =>
      names(run('test', '--json', '--shard', `${n + 1}/${of}`)),
    );
    expect(parts.flat().toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
    const sizes = parts.map(({ length }) => length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  });

  it.each(['0/2', '3/2', 'x'])('are not %s', (part) => {
    const { code, err } = run('test', '--shard', part);
    expect(code).toBe(1);
    expect(err).toContain('which part of how many');
  });
});

describe('a budget', () => {
  it('ends with 4 and says how many tests are left', () => {
    const { code, out } = run('test', '--budget', '0.000001');
    expect(code).toBe(4);
    expect(out).toContain('5 not run');
  });
  it('is no matter where it is kept', () => expect(run('test', '--budget', '500').code).toBe(0));
});

describe('coverage', () => {
  it('is written to files, also when it is known from before, and fails below a bound', () => {
    const args = ['test', '--coverage-report', 'text,lcov,cobertura,json', '--coverage-out', 'reports'];
    const first = run(...args, '--coverage-min', '50 %');
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out).toContain('requirements        100 %  5 of 5');
    const reports = join(project, 'reports');
    const read = (name: string): string => readFileSync(join(reports, name), 'utf8');
    const names = ['cobertura.xml', 'coverage.json', 'lcov.info'];
    const texts = names.map(read);
    expect(readdirSync(reports).toSorted()).toEqual(names);
    expect(texts[2]).toContain('SF:tank.twin\n');
    rmSync(reports, { recursive: true });
    const second = run(...args, '--coverage-min', '50 %');
    expect([isRemembered(second), second.out]).toEqual([true, first.out]);
    expect(names.map(read)).toEqual(texts);
    appendFileSync(
      join(project, 'tank.twin'),
      '\nasset Never { state x = 0 m  when x > 1 m { set x = 0 m } }\n',
    );
    const less = run('test', '--json', '--coverage', '--coverage-min', '99.5');
    expect(less.code).toBe(3);
    expect(less.err).toContain('pollux: the tests reach 83.3 % of what they could; 99.5 % is asked for');
    expect((JSON.parse(less.out) as { passed: number }).passed).toBe(5);
  });

  it('refuses words that mean nothing', () => {
    expect(run('test', '--coverage-report', 'html').err).toContain('Choose from text, json, lcov, cobertura');
    expect(run('test', '--coverage-min', '120').err).toContain('a percentage from 0 to 100');
  });
});

describe('results of runs', () => {
  const DRAWN = `package trial

asset Lottery {
  param x = draw normal(10, 1)
  kpi out = 2 * x
}

scenario once for Lottery { run 1 s }
`;
  beforeEach(() => {
    for (const factor of ['2', '3', '4']) {
      mkdirSync(join(project, factor));
      writeFileSync(join(project, factor, 'lottery.twin'), DRAWN.replace('2 * x', `${factor} * x`));
    }
  });

  it('of the version before are known when another one is compared with it, to the last bit', () => {
    const results = join(cache, 'results');
    const compared = (head: string, ...more: string[]): Ended =>
      run('diff', '2', head, '--format', 'json', ...more);
    expect(compared('3').out).toBe(compared('3', '--no-cache').out);
    // The review, and the runs of two versions.
    expect(readdirSync(results)).toHaveLength(3);
    expect(compared('4').out).toBe(compared('4', '--no-cache').out);
    expect(readdirSync(results)).toHaveLength(5);
  });

  it('come back as they were: what is no number, what is infinite, and the sign of a zero', () => {
    vi.stubEnv('POLLUX_CACHE', cache);
    const rows = [
      [NaN, -0, Infinity],
      [5e-324, 0.1, -1e308],
    ];
    const [one, other] = [
      ['a', new Uint8Array([1])],
      ['a', new Uint8Array([2])],
    ];
    keptResults({}).write(one!, rows);
    expect(keptResults({}).read(one!)).toEqual(rows);
    expect(keptResults({}).read(other!)).toBeUndefined();
    expect(keptResults({ cache: false }).read(one!)).toBeUndefined();
    vi.unstubAllEnvs();
  });

  it('are those that were written or none, whatever happens to their files', async () => {
    vi.stubEnv('POLLUX_CACHE', cache);
    const results = join(cache, 'results');
    const rows = [
      [0.1, NaN, 2],
      [3, -0, 5],
    ];
    const [one, other] = [['a'], ['b']];
    const compute = async () => ({ found: [1, 2, 3] });
    const remember = async () => rememberedValue(['value'], {}, compute, () => true);
    const writeAll = async (): Promise<void> => {
      rmSync(results, { recursive: true, force: true });
      keptResults({}).write(one, rows);
      keptResults({}).write(other, [[7, 8, 9]]);
      await remember();
    };
    await writeAll();
    const names = readdirSync(results);
    expect(names).toHaveLength(3);
    const bytes = new Map(names.map((name) => [name, readFileSync(join(results, name))]));
    const at = fc.nat({ max: 2000 });
    const damage = fc.oneof(
      fc.record({ kind: fc.constant('cut' as const), at }),
      fc.record({ kind: fc.constant('flip' as const), at, bit: fc.nat({ max: 7 }) }),
      fc.record({ kind: fc.constant('insert' as const), at, byte: fc.nat({ max: 255 }) }),
      fc.record({ kind: fc.constant('drop' as const), at }),
      fc.record({ kind: fc.constant('value' as const), text: fc.json() }),
      fc.record({ kind: fc.constant('other' as const), name: fc.nat({ max: 2 }) }),
      fc.record({ kind: fc.constant('folder' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(damage, fc.nat({ max: 2 }), async (how, which) => {
        for (const [name, content] of bytes) {
          rmSync(join(results, name), { recursive: true, force: true });
          writeFileSync(join(results, name), content);
        }
        const file = join(results, names[which]!);
        const content = [...bytes.get(names[which]!)!];
        const where = 'at' in how ? how.at % content.length : 0;
        if (how.kind === 'cut') content.length = where;
        else if (how.kind === 'flip') content[where]! ^= 1 << how.bit;
        else if (how.kind === 'insert') content.splice(where, 0, how.byte);
        else if (how.kind === 'drop') content.splice(where, 1);
        const text = how.kind === 'value' ? how.text : Buffer.from(content);
        if (how.kind === 'folder') {
          rmSync(file);
          mkdirSync(file);
        } else writeFileSync(file, how.kind === 'other' ? bytes.get(names[how.name]!)! : text);
        for (const [of, kept] of [
          [one, rows],
          [other, [[7, 8, 9]]],
        ] as const) {
          const found = keptResults({}).read(of);
          if (found !== undefined) expect(found).toEqual(kept);
          keptResults({}).write(of, kept);
        }
        expect(await remember()).toEqual({ found: [1, 2, 3] });
        // What could not be believed is there again, except where a folder is in its place.
        if (how.kind !== 'folder') expect(keptResults({}).read(one)).toEqual(rows);
      }),
      { numRuns: 300 },
    );
    vi.unstubAllEnvs();
  });

  it.each(['a file', 'below a file'])('need no folder: one that is %s', async (what) => {
    const file = join(folder, `no-folder-${number}`);
    writeFileSync(file, '');
    const at = what === 'a file' ? file : join(file, 'deep');
    const { code, err } = pollux(['diff', '2', '3'], { cwd: project, environment: { POLLUX_CACHE: at } });
    expect([code, err]).toEqual([2, '']);
  });

  it('that were used last are kept', () => {
    vi.stubEnv('POLLUX_CACHE', cache);
    const kept = keptResults({});
    const results = join(cache, 'results');
    for (let n = 0; n < 400; n += 1) kept.write([`entry ${n}`], [[n]]);
    const long = new Date(Date.now() - 3_600_000);
    for (const name of readdirSync(results)) utimesSync(join(results, name), long, long);
    // Used: later than all the others.
    expect(kept.read(['entry 0'])).toEqual([[0]]);
    for (let n = 400; n < 799; n += 1) kept.write([`entry ${n}`], [[n]]);
    expect(readdirSync(results)).toHaveLength(400);
    expect([0, 1, 399, 400, 798].map((n) => kept.read([`entry ${n}`])?.[0])).toEqual([
      [0],
      undefined,
      undefined,
      [400],
      [798],
    ]);
    vi.unstubAllEnvs();
  });

  it('are found by many reviews at a time, and are whole', async () => {
    const reviews = await Promise.all(
      Array.from({ length: 4 }, async (_, n) => {
        const child = spawn(
          process.execPath,
          [command, 'diff', '2', n % 2 === 0 ? '3' : '4', '--format', 'json'],
          {
            cwd: project,
            env: { ...process.env, POLLUX_CACHE: cache },
          },
        );
        let out = '';
        child.stdout.on('data', (piece: Buffer) => (out += piece.toString()));
        await once(child, 'close');
        return out;
      }),
    );
    expect(reviews[2]).toBe(reviews[0]);
    expect(reviews[3]).toBe(reviews[1]);
    expect(reviews[0]).toBe(run('diff', '2', '3', '--format', 'json', '--no-cache').out);
    // Two reviews, and runs of three versions; nothing half-written.
    expect(
      readdirSync(join(cache, 'results')).filter((name) => /^[0-9a-f]{64}\.json$/.test(name)),
    ).toHaveLength(5);
    expect(readdirSync(join(cache, 'results'))).toHaveLength(5);
  });
});
