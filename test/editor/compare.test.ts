/** A reviewer in a real VS Code: what the last commit did, and what the text does now. */
import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withVscode } from '../harness/vscode.ts';

const example = fileURLToPath(new URL('../../examples/pump-station', import.meta.url));

describe('Compare Twin with…', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pollux-compare-'));
    await cp(example, folder, { recursive: true });
    const git = (...args: string[]): void =>
      void execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], { cwd: folder });
    git('init', '-q');
    git('add', '-A');
    git('commit', '-qm', 'first');
    const file = join(folder, 'pump.twin');
    const text = await readFile(file, 'utf8');
    expect(text).toContain('75 W/K');
    await writeFile(file, text.replace('75 W/K', '60 W/K'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('shows both texts, both runs, the report, and marks what changed', async () => {
    const viewport = { width: 1900, height: 1000 };
    await withVscode('compare', { folder, theme: 'light', viewport }, async (code) => {
      await code.openFile('pump.twin');
      await code.page.locator('.codelens-decoration').first().waitFor({ timeout: 60_000 });
      await code.runCommand('Pollux: Compare Twin with…');
      await code.entry('HEAD').click();
      const report = await code.webview('#findings', 180_000);
      expect(await report.locator('h1').innerText()).toContain('4 findings that break something');
      await report.locator('figure svg').first().waitFor();
      // The text diff, with the change marked where it stands.
      await expect
        .poll(() => marks(code.page), { timeout: 30_000 })
        .toMatch(/75 W\/K → 60 W\/K moves pump\[1\]/);
      await code.screenshot('compare-report-light');
      await code.page.locator('.tab', { hasText: 'Preview' }).first().click();
      const preview = await code.webview('.chart canvas', 60_000);
      const compared = preview.locator('.comparison.is-on');
      await compared.first().waitFor({ timeout: 60_000 });
      expect(await compared.first().innerText()).toContain('HEAD');
      // The difference stands beside the values in the legend, once the run is under way.
      await preview
        .locator('.legend-item .difference')
        .filter({ hasText: /\d/ })
        .first()
        .waitFor({ timeout: 60_000 });
      await code.screenshot('compare-preview-light');
      await code.runCommand('Pollux: End Comparison');
      await preview.locator('.comparison.is-on').waitFor({ state: 'detached', timeout: 30_000 });
      await expect.poll(() => marks(code.page), { timeout: 30_000 }).toBe('');
    });
  });
});

/** What stands behind the lines of a text diff: an editor's own, or generated content, which is in no element. */
const marks = (page: Page): Promise<string> =>
  page.evaluate(() =>
    [...document.querySelectorAll('.monaco-diff-editor .view-line')]
      .flatMap((line) => [
        line.textContent,
        ...[...line.querySelectorAll('span')].map((each) => getComputedStyle(each, '::after').content),
      ])
      .filter((text) => text?.includes('→'))
      .join('\n')
      .replaceAll(/\s+/g, ' '),
  );
