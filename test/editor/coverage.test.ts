/** Tests run with their coverage in a real VS Code: what they reach stands in the gutter, what they do not as well. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withVscode } from '../harness/vscode.ts';

const example = fileURLToPath(new URL('../../examples/pump-station', import.meta.url));
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pollux-editor-'));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

it('shows what tests reach, and what they do not, in the gutter', async () => {
  const work = join(folder, 'coverage');
  await cp(example, work, { recursive: true });
  await withVscode(
    'coverage',
    { folder: work, theme: 'light', viewport: { width: 1500, height: 1000 } },
    async (code) => {
      await code.openFile('operation.twin');
      await code.page.locator('.testing-run-glyph').first().waitFor({ timeout: 60_000 });
      await code.runCommand('Test: Run All Tests with Coverage');
      // The view opens when the run has ended.
      await code.waitForText('Test Coverage', 90_000);
      await code.openFile('pump.twin', 28);
      const gutter = (what: string) => code.page.locator(`.coverage-deco-gutter.coverage-deco-${what}`);
      for (const what of ['hit', 'miss']) await gutter(what).first().waitFor({ timeout: 30_000 });
      expect(await gutter('miss').count()).toBeGreaterThan(1);
      await code.screenshot('editor-coverage-light');
    },
  );
});
