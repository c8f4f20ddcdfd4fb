/** The GitHub action as it is released, run as the runner runs it: a folder, inputs, an event file, a shallow clone. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeAction } from '../../tools/action.mjs';
import { argumentsOf } from '../../forge/github/inputs.ts';
import { pullRequest } from '../forge/payloads.ts';
import { standIn } from '../forge/stand-in.ts';
import type { StandIn } from '../forge/stand-in.ts';
import { temporaryFolder } from './pollux.ts';

const folder = temporaryFolder();
const action = join(folder, 'action');
const origin = join(folder, 'origin');
const work = join(folder, 'work');
const TEXT =
  'package trial\n\nasset Tank {\n  param inflow = 10 mm/s\n  state level  = 1 m\n  der(level) = inflow\n}\n';
let forge: StandIn;
let base = '';

interface Action {
  runs: { using: string; main: string };
  inputs: Record<string, { default?: string }>;
}
const metadata = (): Action => parse(readFileSync(join(action, 'action.yml'), 'utf8')) as Action;

beforeAll(async () => {
  forge = await standIn();
  makeAction(action);
  mkdirSync(origin);
  const git = (cwd: string, ...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd, encoding: 'utf8' });
  git(origin, 'init', '-q');
  git(origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  const commit = (text: string): string => {
    writeFileSync(join(origin, 'tank.twin'), text);
    git(origin, 'add', '.');
    git(origin, 'commit', '-qm', 'one more');
    return git(origin, 'rev-parse', 'HEAD').trim();
  };
  base = commit(TEXT);
  commit(TEXT.replace('10 mm/s', '12 mm/s'));
  // As actions/checkout leaves it.
  git(folder, 'clone', '-q', '--depth=1', `file://${origin}`, work);
});
afterAll(() => forge.close());

/** Inputs come with their defaults, in capitals; the runner fills in expressions. */
async function run(given: Record<string, string>): Promise<{ code: number | null; out: string }> {
  const { runs, inputs } = metadata();
  const values = Object.entries(inputs).map(([name, { default: value = '' }]) => [
    `INPUT_${name.toUpperCase()}`,
    given[name] ?? (name === 'token' ? 'job-token' : value),
  ]);
  const event = join(folder, 'event.json');
  writeFileSync(event, JSON.stringify(pullRequest(base)));
  const child = spawn(process.execPath, [join(action, runs.main)], {
    cwd: work,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      ...(Object.fromEntries(values) as Record<string, string>),
      GITHUB_ACTIONS: 'true',
      GITHUB_EVENT_NAME: 'pull_request',
      GITHUB_EVENT_PATH: event,
      GITHUB_REPOSITORY: 'o/r',
      GITHUB_SHA: 'f'.repeat(40),
      GITHUB_REF: 'refs/pull/42/merge',
      GITHUB_API_URL: forge.url,
      GITHUB_STEP_SUMMARY: join(folder, 'summary'),
      GITHUB_OUTPUT: join(folder, 'output'),
    },
  });
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => (out += part.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, out };
}

it('comments on what changed, and takes the comment away again', async () => {
  expect(metadata().runs.using).toBe('node24');
  const first = await run({ build: 'tank.pollux' });
  expect(first).toMatchObject({ code: 0 });
  expect(forge.notes[0]!.body).toContain('10 mm/s → 12 mm/s');
  expect(forge.analyses).toHaveLength(1);
  expect(readFileSync(join(folder, 'summary'), 'utf8')).toMatch(
    /\| 🟢 \| build \| tank\.pollux: \d+ bytes, sha256:/,
  );
  expect(readFileSync(join(folder, 'output'), 'utf8')).toContain('tank.pollux');
  expect(readFileSync(join(work, 'tank.pollux')).length).toBeGreaterThan(1000);
  writeFileSync(join(work, 'tank.twin'), TEXT);
  expect((await run({})).code).toBe(0);
  expect(forge.notes).toEqual([]);
});

it('hands each input over, and refuses one that means nothing', async () => {
  expect(argumentsOf({ INPUT_PATH: ' plant ', 'INPUT_COVERAGE-MIN': '80', INPUT_COMMENT: 'False' })).toEqual([
    'ci',
    '--forge=github',
    '--coverage-min=80',
    '--no-comment',
    '--',
    'plant',
  ]);
  const { inputs } = metadata();
  const silent = Object.keys(inputs).filter((name) => {
    const value = ['comment', 'scanning', 'cache'].includes(name) ? 'false' : 'x';
    return argumentsOf({ [`INPUT_${name.toUpperCase()}`]: value }).join(' ') === 'ci --forge=github -- .';
  });
  expect(silent).toEqual(['token']);
  const { code, out } = await run({ scanning: 'perhaps' });
  expect([code, out]).toEqual([
    1,
    '::error title=Pollux::the input scanning is true or false, not perhaps\n',
  ]);
});
