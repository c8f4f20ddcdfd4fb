import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Repository, temporaryFolder, write } from '../packages/repository.ts';
import { pollux } from './pollux.ts';

const parent = temporaryFolder();
const pumps = new Repository(parent, 'pumps');
const pump = (flow: string): string => `package acme.pumps\n\nasset Pump {\n  param flow = ${flow}\n}\n`;
const publish = (version: string, flow: string): string =>
  pumps.commit({ 'pollux.json': { name: 'acme.pumps', version }, 'pump.twin': pump(flow) }, version);
publish('1.0.0', '10 m3/h');
publish('1.1.0', '11 m3/h');

const folder = join(parent, 'station');
write(folder, {
  'station.twin':
    'package station\n\nuse acme.pumps: Pump\n\nasset Station {\n  part pump: Pump\n  let out = 2 * pump.flow\n}\n\nscenario day for Station {\n  run 1 s\n}\n\ntest "flow" on day {\n  expect out > 21 m3/h\n}\n',
});
const here = (...args: string[]) => pollux(args, { cwd: folder });
const manifest = (): unknown => JSON.parse(readFileSync(join(folder, 'pollux.json'), 'utf8'));

// The second knows what the first has published.
describe('packages on the command line', { shuffle: false }, () => {
  it('are added, used, updated and removed', () => {
    expect(here('check').code).toBe(3);
    const added = here('add', `${pumps.address}@1.0.0`);
    expect([added.code, added.out]).toEqual([
      0,
      expect.stringMatching(
        /^acme\.pumps 1\.0\.0 \([0-9a-f]{10}\)\nAdded acme\.pumps 1\.0\.0\. Use it with: use acme\.pumps\n$/,
      ),
    ]);
    expect(manifest()).toEqual({
      name: 'station',
      version: '0.1.0',
      dependencies: { 'acme.pumps': { git: pumps.address, version: '1.0.0' } },
    });
    expect(here('check')).toMatchObject({ code: 0, err: '1 file: nothing to report\n' });
    expect(here('test').code).toBe(3);
    expect(here('update')).toMatchObject({ code: 0, out: 'acme.pumps 1.0.0 → 1.1.0\n' });
    expect(here('update')).toMatchObject({ code: 0, out: 'Everything is the newest of its line.\n' });
    expect(here('test').code).toBe(0);
    expect(here('install', '--frozen')).toMatchObject({ code: 0, out: '1 package, 0 fetched\n' });
    publish('2.0.0', '20 m3/h');
    expect(here('update').out).toBe('Everything is the newest of its line.\n');
    expect(here('remove', 'acme.pumps')).toMatchObject({ code: 0, out: 'Removed acme.pumps.\n' });
    expect(existsSync(join(folder, '.pollux/packages/acme.pumps'))).toBe(false);
    expect(here('check').code).toBe(3);
  });

  it('refuse in one sentence', () => {
    expect(here('add', 'acme.pumps')).toMatchObject({
      code: 1,
      err: 'pollux: acme.pumps is neither a folder nor an address: packages come from git (https://…, ssh://…, git@…) or from a folder\n',
    });
    expect(here('add', `${pumps.address}@9.0.0`)).toMatchObject({
      code: 1,
      err: `pollux: ${pumps.address} has no version 9.0.0; there are 2.0.0, 1.1.0, 1.0.0\n`,
    });
    expect(here('remove', 'nothing')).toMatchObject({
      code: 1,
      err: 'pollux: nothing is not in pollux.json; there are no packages in it\n',
    });
    expect(pollux(['install'], { cwd: parent })).toMatchObject({
      code: 1,
      err: 'pollux: there is no pollux.json here or above: pollux add begins one\n',
    });
  });
});
