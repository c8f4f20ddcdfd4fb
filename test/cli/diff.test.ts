/** `pollux diff` and `pollux breaking` on a real repository. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Repository, temporaryFolder } from '../packages/repository.ts';
import { pollux } from './pollux.ts';

const parent = temporaryFolder();
const repository = new Repository(parent, 'plant');
const TANK = `package plant

asset Tank {
  param drain = 0.1 1/s
  state level = 1 m
  der(level) = -drain * level

  alarm empty: warning "Refill" {
    raise when level < 0.2 m
  }
}

scenario day for Tank {
  run 20 s
}

test "lasts" on day {
  require always level > 0.1 m
}
`;
repository.commit({ 'models/tank.twin': TANK });
const first = repository.git('rev-parse', 'HEAD');
repository.commit({ 'models/tank.twin': TANK.replace('0.1 1/s', '0.2 1/s'), 'README.md': 'A plant' });
const here = (...args: string[]) => pollux(args, { cwd: repository.folder });

// In this order: later tests change what earlier ones compare.
describe('pollux diff', { shuffle: false }, () => {
  it('says in one line that nothing changed', () => {
    expect(here('diff')).toEqual({
      code: 0,
      out: 'Nothing changed: neither what the text says nor what it does.\n',
      err: '',
    });
  });

  it('compares two revisions, and exits with 2', () => {
    const { code, out } = here('diff', `${first}..HEAD`);
    expect(code).toBe(2);
    expect(out).toContain('~ param Tank.drain: 0.1 1/s → 0.2 1/s  models/tank.twin:4');
    // level = exp(-drain t): below 0.2 m after ln 5 / 0.2 s, and at first after ln 5 / 0.1 s.
    expect(out).toMatch(/alarm empty: 16\.09\d* s → 8\.047\d* s/);
    expect(out).toMatch(/lasts: require always level > 0\.1 m: holds by 0\.0353 m → fails by 0\.0817 m/);
  });

  it('compares a revision with the working tree, and a folder with a folder', () => {
    const file = join(repository.folder, 'models/tank.twin');
    const committed = readFileSync(file, 'utf8');
    writeFileSync(file, committed.replace('0.2 1/s', '0.1 1/s'));
    expect(here('diff', first).code).toBe(0);
    expect(here('diff', 'HEAD', 'models').out).toContain('0.2 1/s → 0.1 1/s');
    writeFileSync(file, committed);
    for (const name of ['a', 'b']) {
      mkdirSync(join(parent, name));
      writeFileSync(join(parent, name, 'tank.twin'), name === 'a' ? TANK : TANK.replaceAll('drain', 'leak'));
    }
    const { code, out } = pollux(['diff', 'a', 'b'], { cwd: parent });
    expect([code, out]).toEqual([2, expect.stringContaining('> param Tank.leak: was Tank.drain')]);
  });

  it('compares bundles', () => {
    for (const name of ['a', 'b'])
      expect(pollux(['build', name, '--out', `${name}.pollux`], { cwd: parent }).code).toBe(0);
    expect(pollux(['diff', 'a.pollux', 'a.pollux'], { cwd: parent }).code).toBe(0);
    const { code, out } = pollux(['diff', 'a.pollux', 'b.pollux'], { cwd: parent });
    expect([code, out]).toEqual([2, expect.stringContaining('Parameter drain is gone')]);
  });

  it('writes reports and pictures', () => {
    const { code, out } = here('diff', `${first}..HEAD`, '--format', 'markdown', '--pictures', '../pictures');
    expect(code).toBe(2);
    expect(readdirSync(join(parent, 'pictures'))).toEqual(['day-level.svg']);
    expect(out).toContain('](../pictures/day-level.svg)');
    here('diff', `${first}..HEAD`, '--format', 'html', '--out', '../report.html');
    expect(readFileSync(join(parent, 'report.html'), 'utf8')).toMatch(/^<!doctype html>/);
    const json = JSON.parse(here('diff', `${first}..HEAD`, '--format', 'json').out) as { verdict: object };
    expect(json.verdict).toMatchObject({ breaking: true, bump: 'major' });
  });

  it('refuses in one sentence', () => {
    expect(here('diff', 'nowhere..HEAD')).toMatchObject({
      code: 1,
      err: 'pollux: git knows no revision nowhere\n',
    });
    expect(here('diff', '--output=x..HEAD').code).toBe(1);
    writeFileSync(join(parent, 'b', 'tank.twin'), 'asset {');
    const broken = pollux(['diff', 'a', 'b'], { cwd: parent });
    expect([broken.code, broken.err]).toEqual([
      3,
      expect.stringContaining('b has errors, so it cannot be compared'),
    ]);
  });
});

it('says where a revision has locked another version of a package than the one that it is read with', () => {
  const project = new Repository(parent, 'locked');
  const lock = (version: string, digit: string): object => ({
    format: 1,
    requirements: '',
    packages: {
      'acme.pumps': {
        version,
        git: 'https://example.org/pumps.git',
        commit: digit.repeat(40),
        integrity: `sha256-${digit.repeat(64)}`,
        dependencies: [],
      },
    },
  });
  const manifest = { name: 'plant', version: '1.0.0' };
  project.commit({ 'tank.twin': TANK, 'pollux.json': manifest, 'pollux.lock': lock('1.0.0', 'a') });
  const compared = () => pollux(['diff', 'HEAD~1', '--format', 'json'], { cwd: project.folder });
  const problems = (): string[] => (JSON.parse(compared().out) as { problems: string[] }).problems;
  project.commit({ 'README.md': 'A plant' });
  expect(problems()).toEqual([]);
  project.commit({ 'pollux.lock': lock('1.1.0', 'b') });
  expect(problems()).toEqual([
    expect.stringContaining(
      'HEAD~1 locks acme.pumps 1.0.0 (aaaaaaaaaaaa) and is read with 1.1.0 (bbbbbbbbbbbb)',
    ),
  ]);
  expect(pollux(['diff', 'HEAD~1'], { cwd: project.folder }).out).toMatch(
    /^Nothing changed: .*\n {2}note: HEAD~1 locks acme\.pumps/,
  );
});

describe('pollux breaking', () => {
  it('exits with 3 until what breaks is waived', () => {
    const { code, out } = here('breaking', `${first}..HEAD`);
    expect(code).toBe(3);
    const fingerprints = [...out.matchAll(/^breaks .* ([0-9a-f]{16})$/gm)].map((match) => match[1]);
    expect(fingerprints).toHaveLength(1);
    writeFileSync(
      join(repository.folder, 'pollux.waivers.json'),
      JSON.stringify(
        fingerprints.map((fingerprint) => ({
          fingerprint,
          reason: 'a pump is added next week',
          expires: '2999-12-31',
        })),
      ),
    );
    const waived = here('breaking', `${first}..HEAD`);
    expect([waived.code, waived.out]).toEqual([0, expect.stringContaining('waived until 2999-12-31')]);
  });
});

describe('recordings and tolerances', () => {
  it('are taken from the folder, and can be left out or set', () => {
    const plants = join(parent, 'plants');
    for (const [name, tau] of [
      ['old', '2 s'],
      ['new', '3 s'],
    ] as const) {
      mkdirSync(join(plants, name, 'recorded'), { recursive: true });
      writeFileSync(
        join(plants, name, 'lag.twin'),
        `asset Lag {\n  param tau = ${tau}\n  input u = 0\n  state x = 0 m\n  der(x) = (u * 1 m - x) / tau\n}\n`,
      );
      writeFileSync(join(plants, name, 'recorded', 'june.csv'), 'time [s],u\n0,2\n10,2\n');
      writeFileSync(join(plants, name, 'table.csv'), 'speed [m/s],power [W]\n1,2\n');
    }
    const diff = (...words: string[]) => pollux(['diff', 'old', 'new', ...words], { cwd: plants });
    const told = diff();
    expect([told.code, told.err]).toEqual([2, '']);
    expect(told.out).toContain('Recording recorded/june.csv');
    expect(told.out).toMatch(/Lag\.tau \(lag\.twin:2\) alone moves, in recording recorded\/june\.csv: x/);
    expect(diff('--no-recordings').out).toContain('nothing run');
    expect(diff('--absolute', 'x=50 cm').out).toContain('the same behaviour in 1 recording');
    expect(diff('--absolute', 'x=20 cm').out).toContain('other behaviour in 1 of 1 recording');
    expect(diff('--absolute', 'y=1').err).toBe('pollux: --absolute y=1: there is no signal y\n');
    expect(diff('--recording', 'new/table.csv').err).toContain('has no column of times');
  });
});

describe('data files of tables', { shuffle: false }, () => {
  const farm = new Repository(parent, 'farm');
  const TURBINE =
    'package farm\n\nasset Farm {\n  let power = curve(5 m/s)\n}\n\ntable curve(speed: Velocity): Power from "curve.csv" column "power"\n\nscenario day for Farm {\n  run 1 s\n}\n';
  const curve = (watts: number): string => `speed [m/s],power [W]\n0,0\n10,${watts}\n`;
  const diff = (...words: string[]) => pollux(['diff', ...words], { cwd: farm.folder });

  it('are those of each version', () => {
    farm.commit({ 'farm.twin': TURBINE, 'curve.csv': curve(100) });
    farm.commit({ 'curve.csv': curve(200) });
    writeFileSync(join(farm.folder, 'curve.csv'), curve(300));
    const committed = diff('HEAD~1..HEAD');
    expect([committed.code, committed.err]).toEqual([2, '']);
    expect(committed.out).toContain('power: 50 W → 100 W');
    expect(diff('HEAD').out).toContain('power: 100 W → 150 W');
    expect(diff('HEAD~1..HEAD')).toEqual(committed);
  });

  it('what was found is remembered until something that it depends on is another', () => {
    const words = ['HEAD', '--format', 'json'];
    const [first, again, anew] = [diff(...words), diff(...words), diff(...words, '--no-cache')];
    expect(again).toEqual(first);
    expect(anew).toEqual(first);
    writeFileSync(join(farm.folder, 'curve.csv'), curve(200));
    expect(diff('HEAD')).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing changed/) });
  });
});
