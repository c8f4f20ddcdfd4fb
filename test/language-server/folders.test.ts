/** A workspace of several folders: its files are those of the folders that it has now. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleServer, Client } from './client.ts';

const PUMP = 'package plant\n\nasset Pump { param head = 3 m }\n';
const LIFT = 'package plant\n\nasset Lift { param wrong = 3 m + 2 s }\n';
const HALL = 'package plant\n\nasset Hall { part pump: Pump }\n';
let root = '';
let server = '';
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'pollux-folders-'));
  for (const folder of ['north', 'south']) mkdirSync(join(root, folder));
  server = await bundleServer();
});
afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

/** A client whose workspace has both folders, and what was last said of each file. */
async function workspace() {
  const client = new Client(server);
  const folders = ['north', 'south'].map((name) => ({ uri: pathToFileURL(join(root, name)).href, name }));
  await client.request('initialize', {
    processId: process.pid,
    rootUri: null,
    workspaceFolders: folders,
    capabilities: { workspace: { workspaceFolders: true } },
  });
  await client.connection.sendNotification('initialized', {});
  const said = (uri: string): string[] | undefined =>
    client.published.findLast((each) => each.uri === uri)?.diagnostics.map(({ code }) => String(code));
  const change = (added: object[], removed: object[]): Promise<void> =>
    client.connection.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added, removed } });
  return { client, folders, said, change };
}
const place = (...parts: string[]): string => {
  const file = join(root, ...parts);
  return pathToFileURL(file).href;
};

it('no longer has the files of a folder that was taken out, and has them again', async () => {
  writeFileSync(join(root, 'north', 'pump.twin'), PUMP);
  writeFileSync(join(root, 'south', 'pump.twin'), PUMP);
  writeFileSync(join(root, 'south', 'lift.twin'), LIFT);
  const { client, folders, said, change } = await workspace();
  await client.open(place('north', 'pump.twin'), PUMP);
  // What is there twice, and what is wrong in a file that nobody has opened.
  await expect.poll(() => said(place('north', 'pump.twin')), { timeout: 20_000 }).toEqual(['PX2101']);
  await expect.poll(() => said(place('south', 'lift.twin')), { timeout: 20_000 }).toEqual(['PX3001']);
  // Of a copy it says so, and whose it is.
  const [twice] = client.published.findLast(({ uri }) => uri === place('north', 'pump.twin'))!.diagnostics;
  expect(twice!.message).toBe(
    `'Pump' is declared twice in package plant.\nThe pump.twin in ${join(root, 'south')} declares it, too. If that is a copy of this package, open one of the two in a window of its own; else give one of them another name.`,
  );
  await change([], [folders[1]!]);
  await expect.poll(() => said(place('north', 'pump.twin')), { timeout: 20_000 }).toEqual([]);
  await expect.poll(() => said(place('south', 'lift.twin')), { timeout: 20_000 }).toEqual([]);
  await change([folders[1]!], []);
  await expect.poll(() => said(place('north', 'pump.twin')), { timeout: 20_000 }).toEqual(['PX2101']);
  await client.stop();
});

it('keeps what is open, and what lies beside it', async () => {
  writeFileSync(join(root, 'north', 'pump.twin'), 'package other\n');
  writeFileSync(join(root, 'south', 'pump.twin'), PUMP);
  const { client, folders, said, change } = await workspace();
  const hall = place('south', 'hall.twin');
  // What lies in the second folder is not missed while the first has been read alone.
  expect((await client.open(hall, HALL)).diagnostics).toEqual([]);
  await change([], [folders[1]!]);
  // A mistake that is made then, so that something is said.
  await client.change(hall, { text: HALL.replace('Pump }', 'Pumpp }') });
  await expect.poll(() => said(hall), { timeout: 20_000 }).toEqual(['PX2004']);
  await client.change(hall, { text: HALL });
  await expect.poll(() => said(hall), { timeout: 20_000 }).toEqual([]);
  await client.stop();
});
