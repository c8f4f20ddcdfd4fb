/**
 * The extension in a VS Code that runs in a browser alone, on a virtual folder: what vscode.dev shows for a repository.
 * No process and no Node: the language server and the twin run in workers.
 */
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withVscode } from '../harness/vscode.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('in the browser alone', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pollux-web-'));
    await cp(join(root, 'examples/wind-farm'), join(folder, 'farm'), { recursive: true });
    await cp(join(root, 'examples/pump-station'), join(folder, 'station'), { recursive: true });
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it.each(['extension.cjs', 'language-server.js', 'twin.js'])('needs nothing of Node: %s', (name) => {
    const script = readFileSync(join(root, 'dist/web', name), 'utf8');
    // What is left are member calls that libraries guard, such as `module.require`.
    const required = [...script.matchAll(/(?<![.\w])require\("([^"]+)"\)/g)].map((match) => match[1]);
    expect(required.filter((each) => each !== 'vscode')).toEqual([]);
    expect(script).not.toMatch(/["'`]node:[a-z]/);
  });

  it('checks, completes, previews, reads tables and writes back', async () => {
    const viewport = { width: 1600, height: 950 };
    const options = { folder, where: 'browser', theme: 'light', viewport } as const;
    await withVscode('web', options, async (code) => {
      const { page } = code;
      const file = join(folder, 'station/station.twin');
      const text = await readFile(file, 'utf8');
      const line = text.slice(0, text.indexOf('der(level)')).split('\n').length;
      await code.openFile('station/station.twin', line);
      await page.locator('.codelens-decoration').first().waitFor({ timeout: 60_000 });
      await page.keyboard.press('End');
      await page.keyboard.type(' + 5 kg');
      await page.locator('.squiggly-error').first().waitFor({ timeout: 30_000 });
      for (let n = 0; n < ' + 5 kg'.length; n++) await page.keyboard.press('Backspace');
      await page.locator('.squiggly-error').first().waitFor({ state: 'detached', timeout: 30_000 });
      await page.keyboard.type(' + 0 * inf');
      await page.keyboard.press('Control+Space');
      await page.locator('.suggest-widget .monaco-list-row', { hasText: 'inflow' }).first().waitFor();
      await code.screenshot('web-completion-light');
      await page.keyboard.press('Escape');
      for (let n = 0; n < ' + 0 * inf'.length; n++) await page.keyboard.press('Backspace');
      await page.keyboard.type(' // as it was');
      await page.keyboard.press('Control+S');
      await expect.poll(() => readFile(file, 'utf8'), { timeout: 20_000 }).toContain('/ area // as it was');

      await code.runCommand('Pollux: Open Preview to the Side');
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'East' }).first().click();
      const preview = await code.webview('.chart canvas');
      const clock = preview.locator('.clock').first();
      const before = await clock.textContent();
      await expect.poll(() => clock.textContent(), { timeout: 30_000 }).not.toBe(before);
      await code.screenshot('web-preview-light');

      // Its tables come from CSV files, which only the extension's own host can read.
      await code.openFile('farm/farm.twin');
      await page.locator('.codelens-decoration').first().waitFor({ timeout: 60_000 });
      await page.locator('[id="status.problems"] [aria-label="No Problems"]').waitFor({ timeout: 30_000 });
      expect(await page.locator('.squiggly-error').count()).toBe(0);
      await code.screenshot('web-tables-light');
    });
  });
});
