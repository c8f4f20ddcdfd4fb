import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyseProject } from '../../cli/analyse.ts';
import { install, lockOf } from '../../packages/install.ts';
import { readManifest, writeManifest } from '../../packages/manifest.ts';
import { usesIn } from '../../packages/used.ts';
import { Repository, temporaryFolder, write } from './repository.ts';

const parent = temporaryFolder();
const valves = new Repository(parent, 'valves');
const VALVE = 'package acme.valves\n\nasset Valve {\n  param opening = 50 %\n}\n';
const firstValves = valves.commit(
  { 'pollux.json': { name: 'acme.valves', version: '1.0.0' }, 'valve.twin': VALVE, 'notes.txt': 'not taken' },
  '1.0.0',
);
valves.commit({ 'pollux.json': { name: 'acme.valves', version: '1.1.0' } }, '1.1.0');
const pumps = new Repository(parent, 'pumps');
pumps.commit(
  {
    'pollux.json': {
      name: 'acme.pumps',
      version: '2.3.1',
      dependencies: { 'acme.valves': { git: valves.address, version: '1.0.0' } },
    },
    'pump.twin':
      'package acme.pumps\n\nuse acme.valves: Valve\n\nasset Pump {\n  param flow = 10 m3/h\n  part valve: Valve\n  let out = flow * valve.opening\n}\n',
    'examples/broken.twin': 'package elsewhere\n\nasset {{{\n',
  },
  '2.3.1',
);

const STATION =
  'package station\n\nuse acme.pumps: Pump\n\nasset Station {\n  part pump: Pump(flow = 20 m3/h)\n  let out = pump.out\n}\n';
const needsPumps = { 'acme.pumps': { git: pumps.address, version: '2.3.1' } };
let projects = 0;
function project(dependencies: object, files: Record<string, string> = { 'station.twin': STATION }): string {
  const folder = join(parent, `project-${(projects += 1)}`);
  write(folder, { 'pollux.json': { name: 'station', version: '0.1.0', dependencies }, ...files });
  return folder;
}
const codes = (folder: string): string[] =>
  analyseProject([folder]).findings.map(({ code, message }) => `${code} ${message}`);

describe('installing packages', () => {
  it('fetches what is needed from package to package, and texts that use it check', async () => {
    const folder = project(needsPumps);
    expect(codes(folder)).toContain(
      'PX2301 Package acme.pumps cannot be used: acme.pumps stands in pollux.json and not in pollux.lock: run pollux install.',
    );
    const done = await install(folder);
    expect(done.fetched).toEqual(['acme.pumps', 'acme.valves']);
    expect(done.lock.packages['acme.valves']).toMatchObject({ version: '1.0.0', commit: firstValves });
    expect(codes(folder)).toEqual([]);
    expect(existsSync(join(folder, '.pollux/packages/acme.valves/notes.txt'))).toBe(false);
    expect((await install(folder)).changed).toBe(false);
  });

  it('lets a project use what it asks for itself, and not what its packages need', async () => {
    const valve = STATION.replace('\n\nasset', '\nuse acme.valves: Valve\n\nasset').replace(
      'let out',
      'part valve: Valve\n  let out',
    );
    const folder = project(needsPumps, { 'station.twin': valve });
    await install(folder);
    const [finding, ...more] = analyseProject([folder]).findings;
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ code: 'PX2302', source: { line: 4, column: 5 } });
    expect(finding!.message).toBe(
      'Package acme.valves is here because acme.pumps needs it, and pollux.json does not name it.',
    );
    expect(finding!.help).toContain(`pollux add ${valves.address}@1.0.0`);
    const [edit] = finding!.fixes[0]!.edits;
    const manifest = readFileSync(join(folder, 'pollux.json'), 'utf8');
    expect(edit).toMatchObject({ start: 0, end: manifest.length });
    writeFileSync(join(folder, 'pollux.json'), edit!.text);
    expect(codes(folder)).toEqual([]);
    expect((await install(folder)).lock.packages['acme.valves']).toMatchObject({ version: '1.0.0' });
    expect(codes(folder)).toEqual([]);
  });

  it('writes the same lock file and the same packages in another folder', async () => {
    const [one, other] = [project(needsPumps), project(needsPumps)];
    await install(one);
    await install(other);
    expect(readFileSync(join(other, 'pollux.lock'), 'utf8')).toBe(
      readFileSync(join(one, 'pollux.lock'), 'utf8'),
    );
  });

  it('takes the greatest version that anyone asks for', async () => {
    const folder = project({ ...needsPumps, 'acme.valves': { git: valves.address, version: '1.1.0' } });
    const { lock } = await install(folder);
    expect(lock.packages['acme.valves']!.version).toBe('1.1.0');
  });

  it('notices files that were changed, and restores them', async () => {
    const folder = project(needsPumps);
    await install(folder);
    const file = join(folder, '.pollux/packages/acme.pumps/pump.twin');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('10 m3/h', '11 m3/h'));
    expect(codes(folder)[0]).toContain('are not those of pollux.lock: run pollux install to restore them');
    expect((await install(folder)).fetched).toEqual(['acme.pumps']);
    expect(readFileSync(file, 'utf8')).toBe(text);
    rmSync(join(folder, '.pollux'), { recursive: true });
    expect(codes(folder)[0]).toContain('acme.pumps 2.3.1 is not installed: run pollux install');
    expect((await install(folder, { frozen: true })).fetched).toEqual(['acme.pumps', 'acme.valves']);
  });

  it('refuses bytes that are not those that were locked, and writes nothing', async () => {
    const folder = project(needsPumps);
    await install(folder);
    const lockFile = join(folder, 'pollux.lock');
    const lied = readFileSync(lockFile, 'utf8').replace(/sha256-./, (found) =>
      found.endsWith('0') ? 'sha256-1' : 'sha256-0',
    );
    writeFileSync(lockFile, lied);
    await expect(install(folder)).rejects.toThrow(/is not what pollux.lock says/);
    expect(readFileSync(lockFile, 'utf8')).toBe(lied);
  });

  it('fails in CI when the lock file does not answer the manifest', async () => {
    const folder = project(needsPumps);
    await expect(install(folder, { frozen: true })).rejects.toThrow('there is no pollux.lock');
    await install(folder);
    const dependencies = { ...needsPumps, 'acme.valves': { git: valves.address, version: '1.1.0' } };
    write(folder, { 'pollux.json': { name: 'station', version: '0.1.0', dependencies } });
    await expect(install(folder, { frozen: true })).rejects.toThrow(
      'pollux.lock does not answer pollux.json',
    );
  });

  it('keeps a branch at the commit that was locked until it is renewed', async () => {
    const folder = project({ 'acme.valves': { git: valves.address, revision: 'main' } });
    const before = (await install(folder)).lock.packages['acme.valves'];
    const now = valves.commit({ 'valve.twin': VALVE.replace('50', '60') });
    write(folder, {
      'pollux.json': {
        name: 'station',
        version: '0.1.0',
        dependencies: { ...needsPumps, 'acme.valves': { git: valves.address, revision: 'main' } },
      },
    });
    await expect(install(folder)).rejects.toThrow(/acme.valves at main, acme.pumps 2.3.1 at version 1.0.0/);
    write(folder, {
      'pollux.json': {
        name: 'station',
        version: '0.1.0',
        dependencies: { 'acme.valves': { git: valves.address, revision: 'main' } },
      },
    });
    expect((await install(folder)).lock.packages['acme.valves']).toEqual(before);
    const renewed = await install(folder, { renew: new Set(['acme.valves']) });
    expect(renewed.lock.packages['acme.valves']).toMatchObject({ commit: now });
  });

  it('takes folders as they are, and their requirements with them', async () => {
    const local = join(parent, 'local');
    write(local, {
      'pollux.json': { name: 'local', version: '0.1.0', dependencies: needsPumps },
      'pair.twin':
        'package local\n\nuse acme.pumps: Pump\n\nasset Pair {\n  part pump[2]: Pump\n  let out = sum(pump[*].out)\n}\n',
    });
    const text =
      'package station\n\nuse local: Pair\n\nasset Station {\n  part pair: Pair\n  let out = pair.out\n}\n';
    const folder = project({ local: { path: '../local' } }, { 'station.twin': text });
    await install(folder);
    expect(codes(folder)).toEqual([]);
    expect(lockOf(folder)!.packages['local']).toEqual({
      version: '0.1.0',
      path: '../local',
      dependencies: ['acme.pumps'],
    });
  });

  it('does not read packages that nobody uses', async () => {
    const text = 'package station\n\n// use acme.pumps\nasset Station {\n  param a = 1 m\n}\n';
    const folder = project(needsPumps, { 'station.twin': text });
    await install(folder);
    const { project: read } = analyseProject([folder]);
    expect(read.texts.map(({ uri }) => uri.slice(uri.lastIndexOf('/') + 1))).toEqual(['station.twin']);
  });

  it('names what is wrong with a source', async () => {
    const cases: [object, RegExp][] = [
      [
        { 'acme.pumps': { git: pumps.address, version: '2.9.0' } },
        /has no version 2\.9\.0; there are 2\.3\.1/,
      ],
      [
        { 'acme.pump': { git: pumps.address, version: '2.3.1' } },
        /station asks for acme\.pump, and file:.* is acme\.pumps/,
      ],
      [{ gone: { path: '../gone' } }, /\.\.\/gone is no package: it has no pollux\.json/],
      [{ gone: { git: `${pumps.address}-gone`, version: '1.0.0' } }, /git says: /],
      [{ gone: { git: '--upload-pack=touch x', version: '1.0.0' } }, /is no address/],
      [{ gone: { git: 'ext::sh -c true', version: '1.0.0' } }, /is no address/],
      [{ gone: { git: pumps.address, revision: '--output=x' } }, /must be a commit, tag or branch/],
      [{ gone: { git: pumps.address } }, /either a "version" or a "revision"/],
      [{ '../gone': { path: '.' } }, /is no package name/],
    ];
    for (const [dependencies, message] of cases) {
      const folder = project(dependencies);
      await expect(install(folder)).rejects.toThrow(message);
      expect(existsSync(join(folder, 'pollux.lock'))).toBe(false);
    }
  });

  it('takes no links out of the package', async () => {
    const linked = new Repository(parent, 'linked');
    symlinkSync('/etc/passwd', join(linked.folder, 'secret.twin'));
    linked.commit({ 'pollux.json': { name: 'linked', version: '1.0.0' } }, '1.0.0');
    const folder = project({ linked: { git: linked.address, version: '1.0.0' } });
    await expect(install(folder)).rejects.toThrow(/secret\.twin in the package is no plain file/);
  });

  it('takes files of the package only', async () => {
    const foreign = new Repository(parent, 'foreign');
    foreign.commit(
      { 'pollux.json': { name: 'foreign', version: '1.0.0' }, 'a.twin': 'package station\n' },
      '1.0.0',
    );
    const folder = project({ foreign: { git: foreign.address, version: '1.0.0' } });
    await expect(install(folder)).rejects.toThrow(
      /a\.twin is of package station, and the manifest's name is foreign/,
    );
  });
});

describe('the manifest', () => {
  it('is read and written without loss', () => {
    const text = writeManifest({
      name: 'a.b',
      version: '1.0.0',
      license: 'Apache-2.0',
      dependencies: { z: { path: '../z' }, c: { git: 'https://example.org/c', revision: 'main' } },
    });
    expect(writeManifest(readManifest(text, 'pollux.json'))).toBe(text);
    expect(text.indexOf('"c"')).toBeLessThan(text.indexOf('"z"'));
  });

  it.each([
    ['{', /pollux\.json is no JSON/],
    ['[]', /must hold one JSON object/],
    ['{"name":"pollux.x","version":"1.0.0"}', /names that begin with pollux are the library's/],
    ['{"name":"a","version":"1"}', /"version" is 1; it must be a version such as 1\.2\.0/],
    [
      '{"name":"a","version":"1.0.0","dependency":{}}',
      /nothing is called "dependency"; there are .*dependencies/,
    ],
    ['{"name":"a","version":"1.0.0","dependencies":{"__proto__x":1}}', /must say its source/],
    ['{"version":"1.0.0"}', /"name" is missing/],
  ])('%s is refused with a reason', (text, message) => {
    expect(() => readManifest(text, 'pollux.json')).toThrow(message);
  });
});

it('finds the packages that a text uses', () => {
  expect(
    usesIn('package p\n\n// use a\n/* use b\nuse c */\nuse d.e: F, G\n  use h\n\nasset reuse {}\n'),
  ).toEqual(['d.e', 'h']);
});
