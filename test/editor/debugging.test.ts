import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withVscode } from '../harness/vscode.ts';
import type { Vscode } from '../harness/vscode.ts';

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pollux-debugging-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The line of `at height <= 0 m falling {` in the bouncing ball. */
const BOUNCE = 19;

/** A breakpoint on the bounce, and a run up to it. */
async function stopAtBounce(code: Vscode): Promise<void> {
  await code.openFile('ball.twin', BOUNCE);
  await code.page.locator('.codelens-decoration').first().waitFor({ timeout: 60_000 });
  await code.page.keyboard.press('F9');
  await code.page.locator('.codicon-debug-breakpoint').first().waitFor();
  await code.page.keyboard.press('F5');
  await code.entry('drop').click({ timeout: 60_000 });
  await code.waitForText(/t = 0\.4516\d* s, event 1 of 1/, 60_000);
}

/** What decorations write behind lines. */
const behindLines = (code: Vscode): Promise<string> =>
  code.page.evaluate(() =>
    [...document.querySelectorAll('.view-line span[class*="ced-"]')]
      .map((one) => getComputedStyle(one, '::after').content)
      .join('\n')
      .replaceAll('\u00a0', ' '),
  );

/** The ratio of contrast (WCAG 2) of what is written behind lines, on its own background over that of the editor. */
const contrastBehindLines = (code: Vscode): Promise<number> =>
  code.page.evaluate(() => {
    const parts = (color: string): number[] => [...color.matchAll(/[\d.]+/g)].map(Number);
    const over = (color: string, below: number[]): number[] => {
      const [r = 0, g = 0, b = 0, alpha = 1] = parts(color);
      return [r, g, b].map((each, at) => alpha * each + (1 - alpha) * below[at]!);
    };
    const light = (color: number[]): number => {
      const [r = 0, g = 0, b = 0] = color
        .map((each) => each / 255)
        .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const note = [...document.querySelectorAll('.view-line span[class*="ced-"]')]
      .map((one) => getComputedStyle(one, '::after'))
      .find(({ content }) => /\d/.test(content))!;
    const editor = getComputedStyle(document.querySelector('.monaco-editor-background')!).backgroundColor;
    const ground = over(note.backgroundColor, parts(editor));
    const [a, b] = [light(over(note.color, ground)), light(ground)];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  });

describe('debugging in VS Code', () => {
  it('stops at a rule, goes on and back, says why, and shows values behind the lines', async () => {
    const work = join(folder, 'ball');
    await cp(join(repository, 'examples', 'bouncing-ball'), work, { recursive: true });
    await withVscode('debugging', { folder: work, viewport: { width: 1500, height: 950 } }, async (code) => {
      await stopAtBounce(code);
      await code.waitForText(/-4\.4287 m\/s/);
      await code.screenshot('debugging-dark');
      await code.runCommand('Debug: Continue');
      await code.waitForText(/t = 1\.1741\d* s, event 1 of 1/);
      await code.page.locator('.debug-toolbar .codicon-debug-step-back').click();
      await code.waitForText(/t = 0\.4516\d* s, event 1 of 1/);
      await code.runCommand('Pollux: Why Did This Fire?');
      await code.waitForText(/at height <= 0 m falling: it had become true/);
      await code.runCommand('Preferences: Toggle between Light/Dark Themes');
      await code.screenshot('debugging-why-light');
      expect(await code.page.locator('.debug-toolbar .codicon-debug-step-back').count()).toBe(1);
      await code.page.keyboard.press('Shift+F5');
      await code.page.locator('.debug-toolbar').waitFor({ state: 'hidden' });
    });
  });

  it('shows the values of a running preview in its text', async () => {
    const work = join(folder, 'station');
    await cp(join(repository, 'examples', 'pump-station'), work, { recursive: true });
    await withVscode(
      'live-values',
      { folder: work, viewport: { width: 1700, height: 950 } },
      async (code) => {
        await code.openFile('pump.twin', 12);
        await code.page.locator('.codelens-decoration').first().waitFor({ timeout: 60_000 });
        await code.openFile('station.twin', 24);
        await code.runCommand('Pollux: Open Preview to the Side');
        await code.entry('Station').waitFor();
        // What one is writing at comes first, though the file begins with something else.
        expect(await code.entry('').innerText()).toMatch(/^Station/);
        await code.entry('Station').click();
        await code.webview('.chart', 60_000);
        await expect.poll(() => behindLines(code), { timeout: 60_000 }).toMatch(/120 m³\/h/);
        await expect.poll(() => behindLines(code), { timeout: 60_000 }).toMatch(/fired at t = /);
        expect(await contrastBehindLines(code)).toBeGreaterThan(4.5);
        await code.screenshot('live-values-dark');
        await code.runCommand('Preferences: Toggle between Light/Dark Themes');
        await code.page.locator('.monaco-workbench.vs').waitFor();
        await expect.poll(() => contrastBehindLines(code)).toBeGreaterThan(4.5);
        await code.screenshot('live-values-light');
      },
    );
  });
});
