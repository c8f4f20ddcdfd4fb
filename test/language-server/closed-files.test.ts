/** Files that are not open: their findings are told too, follow what is edited, and are kept for the next start. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundleServer, Client, position } from './client.ts';

const TANK = 'package plant\n\nasset Tank {\n  param area = 2 m2\n  let twice = area * 2\n}\n';
const USER = `package other

use plant: Tank

asset User {
  part tank: Tank
  let wrong = tank.area + 3 m
}
`;
let root = '';
let server = '';
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'pollux-closed-'));
  mkdirSync(join(root, 'plant'));
  writeFileSync(join(root, 'plant', 'tank.twin'), TANK);
  writeFileSync(join(root, 'plant', 'user.twin'), USER);
  server = await bundleServer();
});
afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

/** Waits until the one finding of a file is this one. */
async function tells(client: Client, uri: string, code: string): Promise<void> {
  for (;;) {
    const found = client.published.findLast((each) => each.uri === uri)?.diagnostics ?? [];
    if (found.length === 1 && found[0]!.code === code) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

it('are told of at the start and after edits of what they use, and at the next start from what was kept', async () => {
  const folder = pathToFileURL(join(root, 'plant')).href;
  const [tank, user] = [`${folder}/tank.twin`, `${folder}/user.twin`];
  const cache = join(root, 'cache');
  const first = new Client(server, cache);
  await first.start(folder);
  await tells(first, user, 'PX3001');
  await first.open(tank, TANK);
  const start = position(TANK, 'area');
  await first.change(tank, {
    range: { start, end: { ...start, character: start.character + 4 } },
    text: 'size',
  });
  await tells(first, user, 'PX2002');
  await first.change(tank, { text: TANK });
  await tells(first, user, 'PX3001');
  const kept = join(cache, 'pollux', 'findings');
  for (;;) {
    const files = existsSync(kept) ? readdirSync(kept) : [];
    if (files.some((each) => each.endsWith('.json'))) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(await first.stop()).toBe(0);
  expect(readdirSync(kept)).toHaveLength(1);
  const second = new Client(server, cache);
  await second.start(folder);
  await tells(second, user, 'PX3001');
  expect(await second.stop()).toBe(0);
  expect(first.stderr + second.stderr).toBe('');
});
