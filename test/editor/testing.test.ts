/** Tests run in a real VS Code: what they reach stands in the gutter, and where one fails is a click away. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openVscode, pictured } from '../harness/vscode.ts';
import type { Vscode } from '../harness/vscode.ts';

const example = fileURLToPath(new URL('../../examples/pump-station', import.meta.url));

const kettle = `asset Kettle {
  param power = 2 kW  in 1 kW..4 kW
  input heating = false
  state temperature = 20 degC
  der(temperature) = (if heating then power else 0 W) / 4 kJ/K
}
scenario boil for Kettle { at 10 s: set heating = true  output every 1 s  run 2 min }
test "it stays below 60 °C" on boil {
  require always (temperature < 60 degC)
}
view Kettle {
  chart "Water" temperature
  slider power
}
`;

let folder = '';
let code: Vscode;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pollux-editor-'));
  const work = join(folder, 'works');
  await cp(example, work, { recursive: true });
  await writeFile(join(work, 'kettle.twin'), kettle);
  code = await openVscode({ folder: work, theme: 'light', viewport: { width: 1500, height: 1000 } });
});
afterAll(async () => {
  await code?.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});
const shown = (name: string, use: () => Promise<void>): Promise<void> =>
  pictured(code, `testing-${name}`, use);

it('shows what tests reach, and what they do not, in the gutter', () =>
  shown('coverage', async () => {
    await code.openFile('operation.twin');
    await code.page.locator('.testing-run-glyph').first().waitFor({ timeout: 60_000 });
    await code.runCommand('Test: Run All Tests with Coverage');
    // Shares stand in the view of coverage and beside the files: now and then VS Code keeps the view closed.
    await code.page
      .getByText(/^\d+(\.\d+)?%$/)
      .first()
      .waitFor({ timeout: 90_000 });
    await code.openFile('pump.twin', 28);
    const gutter = (what: string) => code.page.locator(`.coverage-deco-gutter.coverage-deco-${what}`);
    for (const what of ['hit', 'miss']) await gutter(what).first().waitFor({ timeout: 60_000 });
    expect(await gutter('miss').count()).toBeGreaterThan(1);
    await code.screenshot('editor-coverage-light');
  }));

it('shows where a test fails, and leads back there by a link', () =>
  shown('trace', async () => {
    const { page } = code;
    await code.openFile('kettle.twin', 8);
    await page.locator('.testing-run-glyph').first().waitFor({ timeout: 60_000 });
    await code.runCommand('Test: Run Tests in Current File');
    const failure = page.locator('.inner .content', { hasText: 'fails by 15 K' });
    await failure.waitFor({ timeout: 60_000 });
    // The same is offered where results and tests are listed.
    await expect
      .poll(() => page.locator('.test-output-peek-tree [aria-label="Show Failing Trace"]').count())
      .toBeGreaterThan(0);
    await failure.click();
    const link = page.locator('.preview-text a', { hasText: 'Show failing trace' }).first();
    await link.waitFor({ timeout: 30_000 });
    await code.screenshot('editor-failure-light');
    await link.click();
    const preview = await code.webview('.trace-mark', 60_000);
    // Heated by 0.5 K/s from 10 s on.
    await preview.locator('.banner', { hasText: 'fails by 15 K at 2:00.0' }).waitFor({ timeout: 60_000 });
    await code.screenshot('editor-trace-light');
    // Its chart is drawn by a worker: such a canvas has no context in the page.
    const drawnElsewhere = (): Promise<boolean> =>
      preview
        .locator('.chart canvas.traces')
        .first()
        .evaluate((canvas: HTMLCanvasElement) => {
          try {
            return canvas.getContext('2d') === null;
          } catch {
            return true;
          }
        });
    await expect.poll(drawnElsewhere).toBe(true);

    const clock = preview.locator('.clock-now');
    await preview.locator('.scrubber').focus();
    await preview.locator('.scrubber').press('Home');
    await expect.poll(() => clock.textContent()).toBe('0:00.0');
    await preview.locator('.scrubber').press('PageUp');
    await expect.poll(() => clock.textContent()).toBe('0:12.0');
    await preview.getByRole('button', { name: 'Copy a link to this moment' }).click();
    await page.getByText('Link to this moment copied').first().waitFor();
    await code.runCommand('View: Close All Editors');
    await code.runCommand('Pollux: Open Link to a Moment…');
    await page.locator('.quick-input-box input').press('Control+V');
    await expect
      .poll(() => page.locator('.quick-input-box input').inputValue())
      .toMatch(/:\/\/pollux\.pollux\/preview\?.*file.*kettle\.twin/);
    await page.keyboard.press('Enter');
    await page.locator('.tab', { hasText: 'kettle.twin' }).first().waitFor();
    const again = await code.webview('.chart canvas', 60_000);
    await expect.poll(() => again.locator('.clock-now').textContent(), { timeout: 30_000 }).toBe('0:12.0');
  }));

it('debugs a test, which stops where it fails', () =>
  shown('debug', async () => {
    const { page } = code;
    await code.runCommand('View: Close All Editors');
    await code.openFile('kettle.twin', 8);
    await page.locator('.testing-run-glyph').first().waitFor({ timeout: 60_000 });
    await code.runCommand('Test: Debug Tests in Current File');
    // Heated by 0.5 K/s from 10 s on.
    await code.waitForText('A requirement fails', 60_000);
    await page.locator('.debug-top-stack-frame-line').first().waitFor();
    await code.screenshot('editor-debugged-test-light');
    await page.keyboard.press('F5');
    // The run stands at its end, from where one can go back.
    await code.waitForText(/fails by 15 K at t = 2 min/, 30_000);
    await page.keyboard.press('Shift+F5');
    await page.locator('.debug-toolbar').waitFor({ state: 'hidden', timeout: 60_000 });
    await page.locator('.testing-run-glyph.codicon-testing-failed-icon').first().waitFor({ timeout: 30_000 });
  }));

it('writes what a slider was moved to into the text', () =>
  shown('write', async () => {
    await code.runCommand('View: Close All Editors');
    await code.openFile('kettle.twin', 2);
    await code.runCommand('Pollux: Open Preview to the Side');
    const preview = await code.webview('.chart canvas', 60_000);
    await preview.getByRole('slider', { name: 'power' }).first().press('End');
    await preview.locator('body').press('p');
    await preview.getByRole('button', { name: 'Write to the text' }).click();
    await code.waitForText(/power = 4 kW/, 30_000);
    await code.page.keyboard.press('Control+1');
    await code.page.keyboard.press('Control+S');
    const written = () => readFile(join(folder, 'works', 'kettle.twin'), 'utf8');
    await expect.poll(written, { timeout: 20_000 }).toContain('param power = 4 kW  in 1 kW..4 kW');
    await code.screenshot('editor-written-light');
  }));
