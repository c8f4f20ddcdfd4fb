/** What a preview is told of its twin: after each change that matters, and when the file is gone or comes back. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DID_COMPILE, WATCH } from '../../language-server/protocol.ts';
import type { CompileResult, DidCompileParams } from '../../language-server/protocol.ts';
import { bundleServer, Client } from './client.ts';

const TANK =
  'package plant\n\nasset Tank {\n  param area = 2 m2\n  state level = 1 m\n  der(level) = 0 m/s\n}\n';
let root = '';
let server = '';
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'pollux-watched-'));
  writeFileSync(join(root, 'tank 1.twin'), TANK);
  server = await bundleServer();
});
afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

it('tells that the file of a watched twin was deleted, and goes on when it is back', async () => {
  const file = join(root, 'tank 1.twin');
  const uri = pathToFileURL(file).href;
  const client = new Client(server);
  const told: DidCompileParams[] = [];
  client.connection.onNotification(DID_COMPILE, (params: DidCompileParams) => void told.push(params));
  await client.start(pathToFileURL(root).href);
  const watched = { uri, root: 'plant.Tank' };
  await client.open(uri, TANK);
  expect(await client.request<CompileResult>(WATCH, watched)).toMatchObject({ ok: true, root: 'plant.Tank' });
  const changed = (type: 1 | 3): Promise<void> =>
    client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri, type }] });
  await client.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });

  rmSync(file);
  await changed(3);
  await expect.poll(() => told.at(-1)?.ok).toBe(false);
  expect(told.at(-1)).toMatchObject({ uri, root: 'plant.Tank' });
  expect(told.at(-1)?.problems.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
    'error: tank 1.twin is not there any more: it was deleted, moved or renamed. Close this preview, or put the file back.',
  ]);
  writeFileSync(file, TANK);
  await changed(1);
  await expect.poll(() => told.at(-1)?.ok).toBe(true);
  await client.stop();
});
