/** A revision is compared as it was: with the packages that it has locked, and with those that lie beside it in its history. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Repository, temporaryFolder, write } from '../packages/repository.ts';
import { pollux } from './pollux.ts';
import type { Ended } from './pollux.ts';

interface Review {
  problems: string[];
  behaviour: { scenarios: { signals: { name: string; before: number; after: number }[] }[] };
}

const parent = temporaryFolder();
const pumps = new Repository(parent, 'pumps');
/** Its flow stands in the text, and what it lifts in a table. */
const pump = (flow: string, lift: number): Record<string, string> => ({
  'pump.twin':
    'package acme.pumps\n\n' +
    'table lift(flow: VolumeFlow): Length from "lift.csv"\n\n' +
    `asset Pump {\n  param flow = ${flow}\n  let head = lift(flow)\n}\n`,
  'lift.csv': `flow [m3/h],lift [m]\n0,${lift}\n100,${lift}\n`,
});
const publish = (version: string, flow: string, lift: number): string =>
  pumps.commit({ 'pollux.json': { name: 'acme.pumps', version }, ...pump(flow, lift) }, version);
publish('1.0.0', '10 m3/h', 5);
publish('1.1.0', '11 m3/h', 7);

const STATION =
  'package station\n\nuse acme.pumps: Pump\n\nasset Station {\n  part pump: Pump\n' +
  '  let out = 2 * pump.flow\n  let head = pump.head\n}\n\nscenario day for Station {\n  run 1 s\n}\n';
/** By name: whichever moves more comes first in the review. */
const changes = (review: Review): [string, number, number][] =>
  review.behaviour.scenarios
    .flatMap(({ signals }) => signals)
    .filter(({ name }) => !name.startsWith('pump'))
    .map(({ name, before, after }): [string, number, number] => [name, Math.round(before), Math.round(after)])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));

// Each goes on where the one before ends.
describe('a revision', { shuffle: false }, () => {
  const station = new Repository(parent, 'station');
  const environment = { POLLUX_CACHE: join(parent, 'cache') };
  const here = (...args: string[]): Ended => pollux(args, { cwd: station.folder, environment });
  const compared = (...args: string[]): Review =>
    JSON.parse(here('diff', ...args, '--format', 'json').out) as Review;

  it('is read with the packages that its lock file names', () => {
    write(station.folder, { 'station.twin': STATION, '.gitignore': '.pollux/\n' });
    expect(here('add', `${pumps.address}@1.0.0`).code).toBe(0);
    station.commit({});
    expect(here('update').out).toBe('acme.pumps 1.0.0 → 1.1.0\n');
    const review = compared();
    expect(changes(review)).toEqual([
      ['head', 5, 7],
      ['out', 20, 22],
    ]);
    expect(review.problems).toEqual([
      expect.stringMatching(
        /^HEAD is read with acme\.pumps 1\.0\.0 \([0-9a-f]{12}\) and the working tree with 1\.1\.0 \([0-9a-f]{12}\), as their pollux\.lock says/,
      ),
    ]);
    station.commit({});
    expect(compared('HEAD~1..HEAD').problems).toHaveLength(1);
    expect(changes(compared('HEAD~1..HEAD'))).toEqual(changes(review));
    // Nothing is installed any more: what was is kept elsewhere.
    rmSync(join(station.folder, '.pollux'), { recursive: true });
    expect(changes(compared('HEAD~1..HEAD'))).toEqual(changes(review));
    expect(here('install').code).toBe(0);
  });

  it('is read with those that are installed where its own are nowhere, and says so', () => {
    const kept = join(environment.POLLUX_CACHE, 'packages');
    const folders = readdirSync(kept);
    expect(folders).toHaveLength(2);
    // Damaged is as good as gone.
    for (const name of folders) writeFileSync(join(kept, name, 'lift.csv'), '');
    const review = compared('HEAD~1');
    expect(changes(review)).toEqual([]);
    expect(review.problems).toEqual([
      expect.stringMatching(
        /^HEAD~1 locks acme\.pumps 1\.0\.0 .* and is read with 1\.1\.0 .*what that changes is not seen/,
      ),
    ]);
    // What it says to do.
    station.git('worktree', 'add', '--quiet', '../before', 'HEAD~1');
    expect(pollux(['install'], { cwd: join(parent, 'before'), environment }).code).toBe(0);
    expect(changes(compared('HEAD~1'))).toEqual([
      ['head', 5, 7],
      ['out', 20, 22],
    ]);
    expect(readFileSync(join(station.folder, 'pollux.lock'), 'utf8')).toContain('1.1.0');
  });
});

it('has the packages that lie in folders of its repository as they were', () => {
  const works = new Repository(parent, 'works');
  const files = (flow: string, lift: number): Record<string, string> =>
    Object.fromEntries(Object.entries(pump(flow, lift)).map(([name, text]) => [`shared/${name}`, text]));
  write(works.folder, {
    'shared/pollux.json': { name: 'acme.pumps', version: '1.0.0' },
    'station/station.twin': STATION,
    '.gitignore': '.pollux/\n',
    ...files('10 m3/h', 5),
  });
  const here = (...args: string[]): Ended => pollux(args, { cwd: join(works.folder, 'station') });
  expect(here('add', '../shared').code).toBe(0);
  works.commit({});
  works.commit(files('12 m3/h', 6));
  const review = JSON.parse(here('diff', 'HEAD~1', '--format', 'json').out) as Review;
  expect(changes(review)).toEqual([
    ['head', 5, 6],
    ['out', 20, 24],
  ]);
  expect(review.problems).toEqual([]);
});
