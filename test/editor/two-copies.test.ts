/** A workspace of two folders that hold two checkouts of one package: what is of which can be told, and why nothing of it runs. */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withVscode } from '../harness/vscode.ts';

const example = fileURLToPath(new URL('../../examples/pump-station', import.meta.url));
let base = '';
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'pollux-two-'));
  for (const name of ['main', 'review']) await cp(example, join(base, name), { recursive: true });
  await list('main', 'review');
});
/** The folders of the workspace from now on. */
const list = (...names: string[]): Promise<void> =>
  writeFile(join(base, 'both.code-workspace'), JSON.stringify({ folders: names.map((path) => ({ path })) }));
afterAll(() => rm(base, { recursive: true, force: true, maxRetries: 5 }));

it('says of each row of the tree whose it is, and of what is declared twice that it is a copy', async () => {
  const folder = join(base, 'both.code-workspace');
  await withVscode('two-copies', { folder, theme: 'light' }, async (code) => {
    const { page } = code;
    await code.runCommand('View: Show Pollux');
    const rows = page.locator('.part.sidebar .monaco-list-row');
    for (const place of ['main', 'review']) {
      await rows
        .filter({ hasText: 'East' })
        .filter({ hasText: `${place} · waterworks` })
        .first()
        .waitFor({ timeout: 60_000 });
      await rows
        .filter({ hasText: 'storm' })
        .filter({ hasText: `${place} · for Station` })
        .first()
        .waitFor();
    }
    await code.runCommand('View: Toggle Problems');
    const other = join(base, 'review');
    await code.waitForText(
      `The bearing.twin in ${other} declares it, too. If that is a copy of this package, open one of the two`,
      60_000,
    );
    await code.screenshot('two-copies-light');
    // A folder that leaves the workspace takes that with it.
    expect(await page.locator('.statusbar-item', { hasText: '28' }).count()).toBe(1);
    await list('main');
    await rows.filter({ hasText: 'East' }).filter({ hasText: '·' }).first().waitFor({ state: 'detached' });
    await rows.filter({ hasText: /^Twins\s*1$/ }).waitFor({ timeout: 60_000 });
    await page.locator('.statusbar-item', { hasText: /^\s*0\s*0\s*$/ }).waitFor({ timeout: 60_000 });
  });
});
