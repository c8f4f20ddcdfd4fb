/**
 * The first hour in a real VS Code: the tests that are listed, the walkthrough and its check marks, and a preview whose text
 * is saved for the first time, gets another name, and whose language server starts again.
 */
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Frame, Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openVscode, pictured } from '../harness/vscode.ts';
import type { Vscode } from '../harness/vscode.ts';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));

let folder = '';
let code: Vscode;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pollux-steps-'));
  for (const name of ['bouncing-ball', 'epidemic'])
    await cp(join(examples, name), join(folder, name), { recursive: true });
  code = await openVscode({ folder, theme: 'dark', viewport: { width: 1500, height: 950 } });
});
afterAll(async () => {
  await code?.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});
const shown = (name: string, use: () => Promise<void>): Promise<void> =>
  pictured(code, `first-steps-${name}`, use);
const step = (title: string): Locator =>
  code.page.locator('.getting-started-step', { hasText: title }).first();
const isDone = (title: string): Promise<string | null> =>
  step(title).getByRole('checkbox').first().getAttribute('aria-checked');
/** The welcome page goes back to its first side where what it lists comes late; its steps cannot be pressed then. */
const stay = async (): Promise<void> => {
  const isOpen = async (): Promise<boolean> => {
    const first = step('Choose a first twin');
    return (await first.count()) > 0 && (await first.isEnabled());
  };
  const opened = async (): Promise<boolean> => {
    if (await isOpen()) return true;
    await code.runCommand('Welcome: Open Walkthrough...');
    await code.entry('From Nothing to a Live Twin').click();
    await code.page.waitForTimeout(1000);
    return isOpen();
  };
  await expect.poll(opened, { timeout: 60_000, interval: 500 }).toBe(true);
};
const press = async (title: string, button: string): Promise<void> => {
  await stay();
  const wanted = step(title).getByRole('button', { name: button }).first();
  // The step that is open already would be closed by a click.
  if (!(await wanted.isVisible())) await step(title).click();
  await wanted.click();
};
/** Where the list has no focus, the page beneath would be left. */
const closeList = async (): Promise<void> => {
  const list = code.page.locator('.quick-input-widget');
  await list.locator('.quick-input-box input').press('Escape');
  await list.waitFor({ state: 'hidden' });
};
const inTree = (text: string): Locator =>
  code.page.locator('.part.sidebar .monaco-list-row', { hasText: text }).first();

it('lists the tests of files that nobody has opened, and no longer those of files that are gone', () =>
  shown('tests', async () => {
    await code.runCommand('Testing: Focus on Test Explorer View');
    await inTree('ball.twin').waitFor({ timeout: 60_000 });
    await inTree('sir.twin').waitFor();
    await cp(join(folder, 'epidemic'), join(folder, 'another'), { recursive: true });
    await code.runCommand('Test: Refresh Tests');
    await inTree('another').waitFor({ timeout: 60_000 });
    await rm(join(folder, 'another'), { recursive: true });
    await code.runCommand('Test: Refresh Tests');
    await inTree('another').waitFor({ state: 'detached', timeout: 60_000 });
    expect(await inTree('ball.twin').count()).toBe(1);
  }));

it('leads through the first steps, and marks what has been done', () =>
  shown('walkthrough', async () => {
    const { page } = code;
    await stay();
    expect(await isDone('Watch it run')).toBe('false');
    // No text is open: which one is asked for, and nothing is done by asking.
    await press('Watch it run', 'Open Preview');
    await code.entry('bouncing-ball/ball.twin').waitFor({ timeout: 30_000 });
    await closeList();
    await press('Choose a first twin', 'New Twin…');
    await code.entry('Epidemic').waitFor();
    await closeList();
    await page.waitForTimeout(500);
    expect([await isDone('Choose a first twin'), await isDone('Watch it run')]).toEqual(['false', 'false']);

    await press('Choose a first twin', 'New Twin…');
    await code.entry('Epidemic').waitFor();
    await page.keyboard.type('Epidemic');
    await code.entry('Epidemic').and(page.locator('.focused')).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.tab', { hasText: 'Untitled-1' }).waitFor();
    await page.locator('.tab', { hasText: 'Welcome' }).click();
    await expect.poll(() => isDone('Choose a first twin')).toBe('true');
    // The walkthrough lies over the new twin, which is what is meant all the same.
    await press('Watch it run', 'Open Preview');
    await code.webview('.chart canvas');
    await page.locator('.tab', { hasText: 'Preview Town' }).waitFor();
    await expect.poll(() => isDone('Watch it run')).toBe('true');
    expect([await isDone('Change it'), await isDone('Say what must hold')]).toEqual(['false', 'false']);
  }));

it('goes on with a preview when its text is saved, when its file is renamed, and when the language server starts again', () =>
  shown('goes-on', async () => {
    const { page } = code;
    const untitled = page.locator('.tab', { hasText: /Untitled-\d/ });
    // Of the walkthrough, whose package it would share.
    while ((await untitled.count()) > 0) {
      const before = await untitled.count();
      await untitled.first().click();
      await code.runCommand('View: Revert and Close Editor');
      await expect.poll(() => untitled.count()).toBe(before - 1);
    }
    await code.runCommand('View: Close All Editors');
    await code.runCommand('Pollux: New Twin…');
    await code.entry('Epidemic').click();
    await untitled.waitFor();
    await code.runCommand('Pollux: Open Preview to the Side');
    const preview = await code.webview('.chart canvas');
    await untitled.click();
    await page.locator('.monaco-editor .view-lines').first().click();
    await page.keyboard.press('Control+S');
    const where = page.locator('.quick-input-widget input.input:visible');
    await expect.poll(() => where.inputValue(), { timeout: 60_000 }).toMatch(/^\/.*\.twin$/);
    await where.fill(join(folder, 'town.twin'));
    await where.press('Enter');
    await page.locator('.tab', { hasText: 'town.twin' }).waitFor({ timeout: 30_000 });
    expect(await readdir(folder)).toContain('town.twin');
    await follows(preview, 'town.twin');

    await page.keyboard.press('Control+Shift+E');
    const row = page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'town.twin' }).first();
    const field = page.locator('.explorer-item-edited input');
    // The text that the click shows may take the focus, and the key with it, some time after.
    const isAsked = async (): Promise<boolean> => {
      if (await field.isVisible()) return true;
      await row.click();
      await page.keyboard.press('F2');
      await page.waitForTimeout(1000);
      return field.isVisible();
    };
    await expect.poll(isAsked, { timeout: 60_000 }).toBe(true);
    await field.fill('village.twin');
    await field.press('Enter');
    await page.locator('.tab', { hasText: 'village.twin' }).waitFor({ timeout: 60_000 });
    await follows(preview, 'village.twin');

    await code.runCommand('Pollux: Restart Language Server');
    await follows(preview, 'village.twin');
    expect(await page.locator('.tab', { hasText: 'Preview' }).count()).toBe(1);
  }));

/** The preview says so when a mistake is made in the text, and when it is taken back. */
async function follows(preview: Frame, file: string): Promise<void> {
  const { page } = code;
  const banner = preview.locator('.banner', { hasText: 'last good run' });
  await code.openFile(file, 6);
  await banner.waitFor({ state: 'detached', timeout: 60_000 });
  // What was renamed may take the focus, and the keys with it, some time after.
  const mistake = page.locator('.monaco-editor .view-line', { hasText: /3\skg/ });
  const isMade = async (): Promise<boolean> => {
    if ((await mistake.count()) > 0) return true;
    await code.openFile(file, 6);
    await page.keyboard.press('End');
    await page.keyboard.type(' + 3 kg');
    await page.waitForTimeout(500);
    return (await mistake.count()) > 0;
  };
  await expect.poll(isMade, { timeout: 60_000 }).toBe(true);
  await banner.waitFor({ timeout: 60_000 });
  for (const _ of ' + 3 kg') await page.keyboard.press('Backspace');
  await banner.waitFor({ state: 'detached', timeout: 60_000 });
}
