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

  it.each(['extension.cjs', 'language-server.js', 'twin.js', 'program.js'])(
    'needs nothing of Node: %s',
    (name) => {
      const script = readFileSync(join(root, 'dist/web', name), 'utf8');
      // What is left are member calls that libraries guard, such as `module.require`.
      const required = [...script.matchAll(/(?<![.\w])require\("([^"]+)"\)/g)].map((match) => match[1]);
      expect(required.filter((each) => each !== 'vscode')).toEqual([]);
      expect(script).not.toMatch(/["'`]node:[a-z]/);
    },
  );

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
      await code.entry('East').click();
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

  it('debugs, and runs tests', async () => {
    const work = join(folder, 'programs');
    await cp(join(root, 'examples/bouncing-ball'), join(work, 'ball'), { recursive: true });
    await cp(join(root, 'examples/pump-station'), join(work, 'station'), { recursive: true });
    const viewport = { width: 1600, height: 950 };
    await withVscode(
      'web-programs',
      { folder: work, where: 'browser', theme: 'dark', viewport },
      async (code) => {
        const { page } = code;
        // The line of `at height <= 0 m falling {`.
        await code.openFile('ball/ball.twin', 19);
        await page.locator('.codelens-decoration').first().waitFor({ timeout: 60_000 });
        await page.keyboard.press('F9');
        await page.locator('.codicon-debug-breakpoint').first().waitFor();
        await page.keyboard.press('F5');
        const scenario = code.entry('drop');
        await scenario.click({ timeout: 60_000 });
        await code.waitForText(/t = 0\.4516\d* s, event 1 of 1/, 60_000);
        await code.waitForText(/-4\.4287 m\/s/);
        await code.runCommand('Debug: Continue');
        await code.waitForText(/t = 1\.1741\d* s, event 1 of 1/);
        await page.locator('.debug-toolbar .codicon-debug-step-back').click();
        await code.waitForText(/t = 0\.4516\d* s, event 1 of 1/);
        await code.screenshot('web-debugging-dark');
        await page.keyboard.press('Shift+F5');
        await page.locator('.debug-toolbar').waitFor({ state: 'hidden' });

        // Its twin and its assets lie in other files; its experiments read recordings.
        await code.openFile('station/operation.twin', 34);
        await page.locator('.testing-run-glyph').first().waitFor({ timeout: 60_000 });
        await code.runCommand('Test: Run Tests in Current File');
        await code.runCommand('Testing: Focus on Test Explorer View');
        await code.waitForText(/4\/4/, 90_000);
        await code.screenshot('web-tests-dark');
      },
    );
  });
});
