/** What is private is searched for in everything that Pollux writes about a twin: each command, in each of its formats. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toolsOf } from '../../cli/agents/tools.ts';
import { createGuard } from '../../live/serve/guard.ts';
import type { AuditEntry } from '../../live/serve/audit.ts';
import { pollux, temporaryFolder } from '../cli/pollux.ts';

const parent = temporaryFolder();
const folder = join(parent, 'clinic');
const cache = join(parent, 'cache');
mkdirSync(folder);

/** Digits that stand nowhere else; those of what is computed from them, and of the distances to 100 kg, 80 kg and 10 kg. */
const [BEFORE, AFTER] = ['71.2345', '73.4567'];
const SECRETS =
  /71\.23|73\.45|142\.46|146\.91|35\.617|36\.728|28\.7[67]|26\.5[34]|8\.7[67]|6\.5[45]|25\.6|26\.7/;
const clinic = (weight: string): string => `package clinic

asset Patient {
  private param weight = ${weight} kg in 0 kg..200 kg
  private state note   = ${weight} m
  private kpi worth    = 2 * weight
  state dose           = 0 kg
  let half             = weight / 2
  input u = 0
  let open = 5 m
  released let size = if weight > 90 kg then 3 else 2

  der(dose) = weight / 1 h

  every 1 min { set note = note }
  sensor scale measures half every 10 s
  alarm heavy: warning "heavy" { raise when half > 35 kg }
}

scenario day for Patient {
  weight = ${weight} kg
  run 1 h
}

twin P1: Patient(weight = ${weight} kg)

test "margins" on day {
  require always weight < 100 kg
  require always half > 10 kg
  expect dose < 100 kg
  require eventually weight > 80 kg
  require always (eventually(weight < 100 kg within 1 min))
}

experiment many on day {
  repeat 2
  report size
}

calibrate find on Patient from "levels.csv" {
  fit weight in 50 kg..90 kg
  compare dose with "dose" as kg
}
`;
const file = join(folder, 'c.twin');
const git = (...args: string[]): string =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
git('init', '-q');
writeFileSync(file, clinic(BEFORE));
git('add', '-A');
git('commit', '-qm', 'first');
writeFileSync(file, clinic(AFTER));
writeFileSync(
  join(folder, 'levels.csv'),
  `time [s],dose [kg]\n${[0, 600, 1200, 3600].map((t) => `${t},${(Number(AFTER) * t) / 3600}`).join('\n')}\n`,
);

const key = Buffer.alloc(32, 7).toString('base64');
const here = (...args: string[]) =>
  pollux(args, { cwd: folder, environment: { POLLUX_CACHE: cache, POLLUX_DATA_KEY: key } });
function filesBelow(path: string): string[] {
  return statSync(path).isDirectory()
    ? readdirSync(path).flatMap((name) => filesBelow(join(path, name)))
    : [path];
}

// In this order: what is remembered comes from the commands before.
describe('what commands say', { shuffle: false }, () => {
  it.each([
    ['check', '--format', 'json'],
    ...['json', 'junit', 'markdown'].map((format) => ['test', '--format', format]),
    ['run', 'c.twin', '--scenario', 'day', '--json'],
    ['run', 'c.twin', '--scenario', 'day', '--set', `weight=${AFTER}`, '-o', 'out.csv'],
    ['experiment', 'c.twin', 'many', '--json'],
    ['calibrate', 'c.twin'],
    ['calibrate', 'c.twin', '--json'],
    ...['json', 'markdown', 'html'].map((format) => ['diff', '--format', format]),
    ['breaking'],
    ['build', 'c.twin', '--root', 'P1'],
  ])('%s %s %s', (...words) => {
    const { code, out, err } = here(...words);
    expect([0, 1, 2, 3]).toContain(code);
    expect(out + err).not.toBe('');
    expect(out + err).not.toMatch(SECRETS);
  });

  it('still says that something changed, and whether a requirement holds', () => {
    const { out } = here('diff');
    expect(out).not.toMatch(SECRETS);
    expect(out).toContain('param Patient.weight: (private) → another value (private)');
    expect(out).toContain('twin P1: Patient(weight = (private))');
    const tests = here('test');
    expect(tests.out).not.toMatch(SECRETS);
    expect([tests.code, tests.out]).toEqual([3, expect.stringContaining('eventually weight > 80 kg')]);
    expect(here('calibrate', 'c.twin').out).toMatch(/weight \[kg\] +\(private\)/);
  });

  it('builds values of the text into a bundle only when that is said', () => {
    const refused = here('build', 'c.twin', '--root', 'P1', '-o', 'p.pollux');
    expect([refused.code, refused.err]).toEqual([
      1,
      expect.stringMatching(/would hold values that are private: weight, note\..*--with-private/),
    ]);
    expect(readdirSync(folder)).not.toContain('p.pollux');
    expect(here('build', 'c.twin', '--root', 'P1', '-o', 'p.pollux', '--with-private').code).toBe(0);
    expect(here('inspect', 'p.pollux', '--json').out).not.toMatch(SECRETS);
  });

  it('carries a state to another version without telling what is in it', () => {
    writeFileSync(file, clinic(BEFORE));
    expect(here('build', 'c.twin', '--root', 'P1', '-o', 'old.pollux', '--with-private').code).toBe(0);
    writeFileSync(file, clinic(AFTER));
    expect(here('build', 'c.twin', '--root', 'P1', '-o', 'new.pollux', '--with-private').code).toBe(0);
    const saved = here('run', 'old.pollux', '--duration', '600', '--save', 's.bin');
    expect([saved.code, saved.err]).toEqual([0, expect.any(String)]);
    for (const json of [[], ['--json']]) {
      const words = [
        'upgrade',
        's.bin',
        '--from',
        'old.pollux',
        '--to',
        'new.pollux',
        '-o',
        't.bin',
        ...json,
      ];
      const { code, out, err } = here(...words);
      expect([code, out]).toEqual([0, expect.stringContaining('weight')]);
      expect(out + err).not.toMatch(SECRETS);
    }
  });

  it('keeps none of it among what it remembers', () => {
    const kept = filesBelow(cache);
    expect(kept.length).toBeGreaterThan(2);
    for (const each of kept) expect(readFileSync(each, 'latin1'), each).not.toMatch(SECRETS);
    // The text and its data are the author's own, and bundles and states were asked for.
    for (const each of filesBelow(folder).filter(
      (path) => !/\.git\/|\.twin$|levels\.csv$|\.pollux$|\.bin$/.test(path),
    ))
      expect(readFileSync(each, 'latin1'), each).not.toMatch(SECRETS);
  });
});

it('agents are told nothing of it', async () => {
  const tools = new Map(toolsOf(folder).map((each) => [each.name, each]));
  const call = (name: string, input: object): Promise<string> => tools.get(name)!.call(input as never);
  const said = [
    await call('check', { paths: ['.'] }),
    await call('outline', { path: '.', root: 'Patient' }),
    await call('run', { path: '.', root: 'Patient', scenario: 'day' }),
    await call('test', { paths: ['.'] }),
  ];
  for (const text of said) expect(text).not.toMatch(SECRETS);
  expect(said[1]).toContain('"open"');
});

it('the audit log says who set it, and not to what', () => {
  const written: Omit<AuditEntry, 'time' | 'previous' | 'hash'>[] = [];
  const guard = createGuard({
    audit: { write: (entry: (typeof written)[number]) => written.push(entry) } as never,
    isPrivate: (id) => id === 'weight',
    now: () => 0,
  });
  const who = { name: 'ada', role: 'administer' as const };
  expect(guard.refusal(who, { type: 'set', id: 'weight', value: Number(AFTER) }, 'here')).toBeUndefined();
  expect(guard.refusal(who, { type: 'set', id: 'open', value: 3 }, 'here')).toBeUndefined();
  expect(JSON.stringify(written)).not.toMatch(SECRETS);
  expect(written.map(({ detail }) => detail)).toEqual([
    { id: 'weight', private: true },
    { id: 'open', value: 3 },
  ]);
});
