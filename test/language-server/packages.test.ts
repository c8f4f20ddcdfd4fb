/** Packages from elsewhere in the editor: reported while they are missing, and there as soon as they are installed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Location } from 'vscode-languageserver';
import { install } from '../../packages/install.ts';
import { Repository, temporaryFolder, write } from '../packages/repository.ts';
import { bundleServer, Client, position } from './client.ts';

const parent = temporaryFolder();
const pumps = new Repository(parent, 'pumps');
pumps.commit(
  {
    'pollux.json': { name: 'acme.pumps', version: '1.0.0' },
    'pump.twin': 'package acme.pumps\n\nasset Pump {\n  param flow = 10 m3/h\n}\n',
  },
  '1.0.0',
);
const TEXT =
  'package station\n\nuse acme.pumps: Pump\n\nasset Station {\n  part pump: Pump\n  let out = pump.flow\n}\n';
const folder = join(parent, 'station');
const dependencies = { 'acme.pumps': { git: pumps.address, version: '1.0.0' } };
write(folder, { 'pollux.json': { name: 'station', version: '0.1.0', dependencies }, 'station.twin': TEXT });
const uri = pathToFileURL(join(folder, 'station.twin')).href;

describe('packages in the editor', () => {
  let client: Client;
  beforeAll(async () => {
    client = new Client(await bundleServer());
    await client.start(pathToFileURL(folder).href);
  });
  afterAll(async () => void (await client.stop()));

  it('are named as missing, and found after they were installed', async () => {
    const before = await client.open(uri, TEXT);
    expect(before.diagnostics.map(({ code }) => code)).toContain('PX2301');
    await install(folder);
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: pathToFileURL(join(folder, 'pollux.lock')).href, type: 1 }],
    });
    const after = await client.change(uri, { text: `${TEXT}\n` });
    expect(after.diagnostics).toEqual([]);
    const found = await client.request<Location | Location[]>('textDocument/definition', {
      textDocument: { uri },
      position: position(TEXT, 'Pump\n'),
    });
    const place = Array.isArray(found) ? found[0]! : found;
    expect(place.uri).toMatch(/\.pollux\/packages\/acme\.pumps\/pump\.twin$/);
    expect(readFileSync(new URL(place.uri), 'utf8').split('\n')[place.range.start.line]).toBe('asset Pump {');
  });
});
