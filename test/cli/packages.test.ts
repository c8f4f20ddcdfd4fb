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

describe('a manifest that cannot be read', () => {
  const tank = 'package depot\n\nasset Tank {\n  param height = 3 m\n}\n\ntwin T: Tank\n';
  const broken = '{ "name": "depot", "version": "1.0.0" "dependencies": {} }';
  const depot = (
    name: string,
    files: Record<string, string>,
  ): ((...args: string[]) => ReturnType<typeof pollux>) => {
    write(join(parent, name), { 'depot.twin': tank, ...files });
    return (...args) => pollux(args, { cwd: join(parent, name) });
  };

  it('is an error wherever the project is read, though no text uses a package', () => {
    const inDepot = depot('depot', { 'pollux.json': broken });
    const refusal =
      /^pollux: pollux\.json is no JSON: Expected ',' or '}' after property value in JSON at position 38 .*\n$/;
    for (const args of [
      ['check'],
      ['check', 'depot.twin'],
      ['test'],
      ['run', '.', '--duration', '1 s'],
      ['build', '.'],
      ['diff', 'depot.twin', '.'],
      ['install'],
    ])
      expect([args, inDepot(...args)]).toEqual([
        args,
        { code: 1, out: '', err: expect.stringMatching(refusal) },
      ]);
    // How a text is written depends on no package.
    expect(inDepot('fmt', '--check').code).toBe(0);
    expect(pollux(['check', 'depot'], { cwd: parent }).err).toMatch(
      /^pollux: depot\/pollux\.json is no JSON: /,
    );
  });

  it('is an error too when it was sound the last time', () => {
    const inDepot = depot('once', { 'pollux.json': '\uFEFF{ "name": "depot", "version": "1.0.0" }' });
    expect(inDepot('check').code).toBe(0);
    write(join(parent, 'once'), { 'pollux.json': '{ "name": "depot", "version": "1" }' });
    expect(inDepot('check')).toMatchObject({
      code: 1,
      err: 'pollux: pollux.json: "version" is 1; it must be a version such as 1.2.0\n',
    });
    write(join(parent, 'once'), { 'pollux.json': { name: 'depot', version: '1.0.0' }, 'pollux.lock': '[]' });
    expect(inDepot('check')).toMatchObject({
      code: 1,
      err: 'pollux: pollux.lock must hold one JSON object: { … }\n',
    });
  });

  it('is said of the folder that a package is taken from', () => {
    const text = 'package yard\n\nuse depot: Tank\n\nasset Yard {\n  part tank: Tank\n}\n';
    depot('lent', { 'pollux.json': '{ "name": "depot", "version": "1.0.0" }' });
    write(join(parent, 'yard'), { 'yard.twin': text });
    const inYard = (...args: string[]) => pollux(args, { cwd: join(parent, 'yard') });
    expect(inYard('add', '../lent').code).toBe(0);
    expect(inYard('check').code).toBe(0);
    write(join(parent, 'lent'), { 'pollux.json': broken });
    const { code, err } = inYard('check');
    expect([code, err]).toEqual([3, expect.stringContaining('../lent/pollux.json is no JSON: ')]);
  });
});
