/** An experiment in a real VS Code: from the line above it to a panel that draws it, and from a row to the preview. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openVscode, pictured } from '../harness/vscode.ts';
import type { Vscode } from '../harness/vscode.ts';

/** Level falls by `rate` for ten seconds from `high`: what is reported is known. */
const text = `/// A tank that runs empty.
asset Tank {
  param rate = 0.1 m/s
  param high = 5 m
  state level = high
  der(level) = -rate
  sensor gauge measures level every 1 s noise normal(5 cm)
}

/// How fast it runs empty.
experiment falls on Tank {
  vary rate in 0.1 m/s..0.4 m/s step 0.1 m/s
  vary high in [5 m, 10 m]
  repeat 12
  run 10 s
  report level, mean of gauge as cm
}

/// The slowest that is empty in time.
experiment slowest on Tank {
  choose rate in 0.05..2 m/s
  subject to level < 1 m
  minimise rate
  search by cmaes with 120 runs
  run 10 s after warmup 9.99 s
}

/// Long enough to be stopped.
experiment endless on Tank {
  vary rate in 0.1 m/s..0.4 m/s step 0.001 m/s
  repeat 5000
  run 10 h
  report mean of gauge
}
`;

const fitted = `/// Another tank, whose rate is not known.
asset Leak {
  param rate = 0.1 m/s in 0..1 m/s
  state level = 5 m
  der(level) = -rate
}

calibrate Leak from "falls.csv" {
  fit rate
  compare level with "level" as m
}
`;

let folder = '';
let code: Vscode;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pollux-study-'));
  await writeFile(join(folder, 'tank.twin'), text);
  await writeFile(join(folder, 'fit.twin'), fitted);
  await writeFile(join(folder, 'locked.twin'), `package locked\n\n${fitted}`);
  const rows = Array.from({ length: 11 }, (_, n) => `${n},${(5 - 0.3 * n + (n % 2) / 100).toFixed(2)}`);
  await writeFile(join(folder, 'falls.csv'), ['time [s],level [m]', ...rows, ''].join('\n'));
  code = await openVscode({
    folder,
    theme: 'light',
    viewport: { width: 1700, height: 1000 },
    settings: { 'files.readonlyInclude': { '**/locked.twin': true } },
  });
});
afterAll(async () => {
  await code?.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});
const shown = (name: string, use: () => Promise<void>): Promise<void> => pictured(code, `study-${name}`, use);
/** Closes the panels, and opens the text at an experiment. */
const open = async (name: string): Promise<void> => {
  await code.runCommand('View: Close All Editors');
  const line = text.split('\n').findIndex((each) => each.startsWith(`experiment ${name}`)) + 1;
  await code.openFile('tank.twin', line);
};
const run = async (name: string): Promise<Frame> => {
  await open(name);
  await code.runCommand('Pollux: Run Experiment');
  await code.entry(name).click();
  return code.webview(`h1[title="${name}"]`, 120_000);
};
const cells = (frame: Frame, column: number): Promise<string[]> =>
  frame.locator(`.results tbody tr td:nth-child(${column})`).allInnerTexts();

describe('an experiment', () => {
  it('is run by the line above it, drawn, and opened row by row in the preview', () =>
    shown('falls', async () => {
      await open('falls');
      const lens = code.page.locator('.codelens-decoration a', { hasText: 'Run experiment' }).first();
      await lens.click({ timeout: 60_000 });
      const frame = await code.webview('.results tbody tr', 120_000);
      await frame.getByText(/^96 runs in/).waitFor({ timeout: 60_000 });
      const table = await Promise.all([cells(frame, 1), cells(frame, 2), cells(frame, 3)]);
      expect(table[0]).toHaveLength(8);
      table[2]!.forEach((level, at) =>
        expect(Number(level.replace('−', '-'))).toBeCloseTo(
          Number(table[1]![at]) - 10 * Number(table[0]![at]),
          4,
        ),
      );
      await frame.locator('.results tbody tr').nth(3).click();
      await frame.getByText('Runs of rate').waitFor();
      await code.screenshot('study-falls-light');
      await code.runCommand('Preferences: Toggle between Light/Dark Themes');
      await frame.locator('body.vscode-dark').waitFor({ timeout: 30_000 });
      await code.screenshot('study-falls-dark');
      // Row 3: 0.2 m/s from 10 m, so 8 m are left after 10 s.
      await frame.locator('.results tbody tr').nth(3).getByRole('button', { name: 'Preview' }).click();
      const preview = await code.webview('.chart canvas', 120_000);
      const value = preview.locator('.legend-item', { hasText: 'predicted' }).first();
      await expect.poll(() => value.innerText(), { timeout: 60_000 }).toMatch(/\b8\.0/);
      await code.screenshot('study-falls-preview-dark');
    }));

  it('is there still after a reload of the window', () =>
    shown('reload', async () => {
      const before = await run('falls');
      await before.getByText(/^96 runs in/).waitFor({ timeout: 60_000 });
      const levels = await cells(before, 3);
      await code.runCommand('Developer: Reload Window');
      await expect.poll(() => before.isDetached(), { timeout: 60_000 }).toBe(true);
      const frame = await code.webview('.results tbody tr', 120_000);
      await frame.getByText('From before this window was opened').waitFor({ timeout: 60_000 });
      expect(await cells(frame, 3)).toEqual(levels);
      await code.screenshot('study-reloaded');
      await frame.getByRole('button', { name: 'Run again' }).click();
      await frame
        .getByText('From before this window was opened')
        .waitFor({ state: 'detached', timeout: 60_000 });
      await frame.getByText(/^96 runs in/).waitFor({ timeout: 60_000 });
      expect(await cells(frame, 3)).toEqual(levels);
    }));

  it('that searches shows the best', () =>
    shown('slowest', async () => {
      const frame = await run('slowest');
      await frame.getByText(/^\d+ runs in .*candidates/).waitFor({ timeout: 60_000 });
      // From 5 m to 1 m in ten seconds.
      const found = await frame.locator('.best tbody tr td').first().innerText();
      expect(Number(found)).toBeGreaterThan(0.3999);
      expect(Number(found)).toBeLessThan(0.41);
      await code.screenshot('study-search-dark');
    }));

  it('that takes long shows what has come, is stopped, and goes on', () =>
    shown('endless', async () => {
      const frame = await run('endless');
      const finished = async (): Promise<number> =>
        Number(/^(\d+) of/.exec(await frame.locator('.how-far-text').innerText())?.[1] ?? 0);
      await expect.poll(finished, { timeout: 60_000 }).toBeGreaterThan(0);
      await frame.locator('.results tbody tr').first().waitFor();
      await frame.getByRole('button', { name: 'Stop' }).click();
      await frame.getByText('Stopped. What has been done is shown').waitFor({ timeout: 60_000 });
      const before = Number(/^(\d+) runs?/.exec(await frame.getByText(/^\d+ runs? in/).innerText())![1]);
      expect(before).toBeGreaterThan(0);
      await code.screenshot('study-stopped-dark');
      await frame.getByRole('button', { name: 'Go on' }).click();
      await expect.poll(finished, { timeout: 60_000 }).toBeGreaterThan(before);
      await frame.getByRole('button', { name: 'Stop' }).click();
      await frame.getByText('Stopped. What has been done is shown').waitFor({ timeout: 60_000 });
    }));

  it('that fits parameters shows measured against modelled, and writes what it found', () =>
    shown('fit', async () => {
      await code.runCommand('View: Close All Editors');
      await code.openFile('fit.twin');
      await code.runCommand('Pollux: Fit to Recording');
      const frame = await code.webview('.parameters', 120_000);
      // The recording falls from 5 m by 0.3 m/s, and is 1 cm above that at odd seconds, which add up to 25 s; the squares of all seconds to 385 s².
      await frame.getByText(/^settled after/).waitFor({ timeout: 60_000 });
      const rate = await frame.locator('.parameters tbody td').first().innerText();
      expect(Number(rate)).toBeCloseTo(0.3 - (0.01 * 25) / 385, 6);
      await code.screenshot('study-fit-dark');
      await frame.getByRole('button', { name: 'Write to the text' }).click();
      await code.waitForText(/rate\s*=\s*0\.2993\d*\s*m\/s/);
    }));

  it('says so where the text cannot be written, and leaves what was found', () =>
    shown('read-only', async () => {
      await code.runCommand('View: Close All Editors');
      await code.openFile('locked.twin');
      await code.runCommand('Pollux: Fit to Recording');
      const frame = await code.webview('.parameters', 120_000);
      await frame.getByText(/^settled after/).waitFor({ timeout: 60_000 });
      await frame.getByRole('button', { name: 'Write to the text' }).click();
      await code.waitForText('Not written: locked.twin', 60_000);
      // It is as it was when it was run.
      await frame
        .getByText('The text has been changed since')
        .waitFor({ state: 'detached', timeout: 30_000 });
      await code.screenshot('study-read-only');
      expect(await readFile(join(folder, 'locked.twin'), 'utf8')).toContain('rate = 0.1 m/s');
    }));
});
