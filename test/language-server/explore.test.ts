/** The tree of a workspace: what is in closed files too, and what an edit changes. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExploreItem } from '../../language-server/protocol.ts';
import { bundleServer, Client } from './client.ts';

const folder = new URL('../../examples/pump-station/', import.meta.url).href.replace(/\/$/, '');
const uri = `${folder}/operation.twin`;
const text = readFileSync(fileURLToPath(uri), 'utf8');

describe('the explorer', () => {
  let client: Client;
  const explore = () => client.request<ExploreItem[]>('pollux/explore', {});
  beforeAll(async () => {
    client = new Client(await bundleServer());
    await client.start(folder);
    await client.open(uri, text);
  });
  afterAll(async () => void (await client.stop()));

  it('knows twins, assets, their sensors, rules and alarms, scenarios and tests of all files', async () => {
    const items = await explore();
    const named = (kind: string) => items.filter((each) => each.kind === kind).map(({ label }) => label);
    expect(named('twin')).toEqual(['East']);
    expect(named('asset').sort()).toEqual(['Bearing', 'Pump', 'Station', 'Tank']);
    expect(named('scenario')).toContain('bearingFault');
    expect(named('test').length).toBeGreaterThan(1);
    const tank = items.find(({ label }) => label === 'Tank')!;
    expect(tank).toMatchObject({ name: 'waterworks.Tank', runs: true });
    expect(tank.children).toMatchObject([{ kind: 'sensor', label: 'gauge', detail: 'measures level' }]);
    const station = items.find(({ label }) => label === 'Station')!;
    expect(station.children.filter(({ kind }) => kind === 'rule').map(({ label }) => label)).toContain(
      'startLead',
    );
  });

  it('follows an edit', async () => {
    await client.change(uri, { text: `${text}\nscenario another for Station {\n  run 1 h\n}\n` });
    expect((await explore()).map(({ label }) => label)).toContain('another');
  });
});
