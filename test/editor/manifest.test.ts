/** `pollux.json` in VS Code: what is wrong is marked while it is typed, and its keys are offered. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withVscode } from '../harness/vscode.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pollux-manifest-'));
  await writeFile(join(folder, 'tank.twin'), 'package plant\n\nasset Tank {\n  state level = 1 m\n}\n');
  await writeFile(join(folder, 'pollux.json'), '{\n  "name": "plant",\n  "version": "1.0"\n}\n');
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

it('marks what is wrong until it is mended, and offers what is missing', async () => {
  await withVscode('manifest', { folder, theme: 'dark' }, async (code) => {
    const { page } = code;
    // Before it is opened: as it lies on the disk.
    await code.runCommand('View: Toggle Problems');
    const wrong = '"version" is 1.0; it must be a version such as 1.2.0';
    await code.waitForText(wrong, 60_000);
    await code.openFile('pollux.json');
    await page.locator('.squiggly-error').waitFor();
    await code.screenshot('manifest-dark');
    await page.locator('.view-line', { hasText: 'version' }).click();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('.0');
    await page.locator('.squiggly-error').waitFor({ state: 'detached' });
    await page.locator('.markers-panel', { hasText: wrong }).waitFor({ state: 'detached' });
    await page.keyboard.press('End');
    await page.keyboard.type(',');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Control+Space');
    const offered = page.locator('.suggest-widget .monaco-list-row');
    await offered.filter({ hasText: 'dependencies' }).waitFor();
    expect(await offered.filter({ hasText: 'license' }).count()).toBe(1);
    await code.screenshot('manifest-completion-dark');
  });
});
