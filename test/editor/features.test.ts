/**
 * The package as it ships, installed into a clean VS Code: each language feature as VS Code itself gets it, the tree, the
 * status bar, the walkthrough and templates; and how the main views look in a light, a dark and a high-contrast theme.
 */
import { createRequire } from 'node:module';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVSIX } from '@vscode/vsce';
import { build } from 'esbuild';
import type { Frame } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareLooks, keptLook, lookOf } from '../harness/look.ts';
import { openVscode, pictured } from '../harness/vscode.ts';
import type { Vscode } from '../harness/vscode.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const looks = fileURLToPath(new URL('looks', import.meta.url));

const PARTS = `package works.parts

abstract asset Device { param mass = 3 kg }

asset Valve extends Device {
  param opening = 50 %
}

asset Gate extends Device { param width = 1 m }
`;
const PLANT = `package works

use works.parts: Valve
use works.parts: Device

function double(x: Length, times: Number): Length = x * times

// What follows
// is a tank.

/// Holds water.
asset Tank {
  param area = 2 m2
  param heat = 3 kj/K
  param inflow = 36 m3/h
  state level = 1 m  in 0..5 m
  part valve: Valve(opening = 40 %)
  let out = valve.opening * 2 m3/h
  let twice = double(level, 2)

  der(level) = (inflow - out) / area

  sensor gauge measures level every 1 s  noise normal(1 mm)

  alarm full: warning "Close it" {
    raise when level > 3 m
    clear when level < 2 m
  }
}

scenario fill for Tank {
  run 10 min
}

test "it fills" on fill {
  expect level > 1 m
}
`;

/** One mistake, and an empty line to complete. */
const WRONG = `package wrong

asset Bath {
  state level = 1 m

  param heat = 3 kj/K
  der(level) = 0.1 m/s - level / 10 s
}
`;

/** What VS Code gets of each feature. */
const EXPECTED = {
  diagnostics: [{ code: 'PX3003', message: "There is no unit 'kj'; did you mean kJ or kg or kn?" }],
  fixes: ['Write kJ', 'Write kg', 'Write kn'],
  mended: true,
  rename: [
    ['parts.twin', 1],
    ['plant.twin', 2],
  ],
  autoImport: [', Gate'],
  members: ['mass', 'opening'],
  hints: [': VolumeFlow', ': Length', 'times:', 'mean:'],
  supertypes: ['Device'],
  subtypes: ['Gate', 'Valve'],
  callers: ['Tank'],
  implementations: ['der(level) = (inflow - out) / area'],
  definition: ['parts.twin'],
  references: 2,
  hover: [expect.stringContaining('*d level/dt = (inflow − out) / area*')],
  signature: ['function double(x: Length, times: Number): Length'],
  tokens: expect.arrayContaining([
    'namespace',
    'class',
    'function',
    'number',
    'variable',
    'property',
    'event',
  ]),
  folds: expect.arrayContaining([
    ['use works.parts: Valve', 'Imports'],
    ['// What follows', 'Comment'],
    ['asset Tank {', 'block'],
  ]),
  selections: expect.arrayContaining(['level', 'double(level, 2)', 'let twice = double(level, 2)']),
  linked: 2,
  symbols: ['Valve', 'valve'],
  outline: ['double', 'Tank', 'fill', 'it fills'],
  refactorings: ['Extract into a let'],
  extracted: true,
  afterExtract: 'let value = valve.opening * 2 m3/h',
  organised: true,
  uses: ['use works.parts: Valve'],
};

describe('the package in a clean VS Code', () => {
  let base = '';
  let folder = '';
  let code: Vscode;
  let answers: Record<string, unknown> = {};

  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'pollux-features-'));
    folder = join(base, 'plant');
    await mkdir(folder);
    await writeFile(join(folder, 'parts.twin'), PARTS);
    await writeFile(join(folder, 'plant.twin'), PLANT);
    await writeFile(join(folder, 'wrong.twin'), WRONG);
    await writeFile(join(folder, 'tank.twin'), await readFile(join(root, 'cli/templates/tank.twin')));
    const vsix = join(base, 'pollux.vsix');
    await createVSIX({
      cwd: root,
      packagePath: vsix,
      dependencies: false,
      allowMissingRepository: true,
      rewriteRelativeLinks: false,
    });
    code = await openVscode({
      folder,
      vsix,
      beside: { probe: await probe() },
      // With these, which are there for every language, VS Code gives up a question for quick fixes, with an error or as if
      // there were none, when any extension registers actions meanwhile, for whatever language.
      settings: { 'editor.snippets.codeActions.enabled': false },
      theme: 'light',
      viewport: { width: 1400, height: 850 },
    });
  });
  afterAll(async () => {
    await code?.close();
    await rm(base, { recursive: true, force: true, maxRetries: 5 });
  });
  const shown = (name: string, use: () => Promise<void>): Promise<void> =>
    pictured(code, `features-${name}`, use);

  it('answers', () =>
    shown('answers', async () => {
      await code.openFile('plant.twin');
      await code.runCommand('Probe: Ask');
      const file = join(folder, 'answers.json');
      await expect.poll(() => readFile(file, 'utf8').catch(() => ''), { timeout: 90_000 }).toContain('}');
      answers = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
      expect(answers['failed']).toBeUndefined();
      expect(answers).toMatchObject(EXPECTED);
    }));

  it('shows twins as a tree, a status and templates', () =>
    shown('explorer', async () => {
      const { page } = code;
      await code.runCommand('View: Show Pollux');
      const tree = page.locator('.part.sidebar .monaco-list');
      await tree.locator('.monaco-list-row', { hasText: 'fill' }).first().waitFor({ timeout: 60_000 });
      for (const text of ['Assets', 'Device', 'Scenarios', 'surge', 'Tests', 'it fills'])
        await tree.locator('.monaco-list-row', { hasText: text }).first().waitFor();
      await tree.locator('.monaco-list-row', { hasText: 'surge' }).first().click();
      await page.locator('.tab.active', { hasText: 'tank.twin' }).waitFor();
      await page.locator('.statusbar-item', { hasText: 'tank: not running, no findings' }).waitFor();
      await code.runCommand('Pollux: New Twin…');
      const row = code.entry('Epidemic');
      await row.click();
      await page.locator('.tab.active', { hasText: 'Untitled-1' }).waitFor();
      await code.waitForText('Susceptible, exposed, infectious, recovered.');
      await code.runCommand('View: Revert and Close Editor');
    }));

  it(
    'looks as it should in every theme, and is accessible',
    () =>
      shown('looks', async () => {
        const { page } = code;
        const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
        const preview = await showEverything(code);
        const differing: string[] = [];
        for (const theme of ['Light', 'Dark', 'High Contrast']) {
          const look = async (view: string, selector: string): Promise<void> => {
            const name = `${view}-${theme.toLowerCase().replaceAll(' ', '-')}`;
            const now = await lookOf(page.context(), page.locator(selector).first());
            const { share, differs } = keptLook(join(looks, `${name}.txt`), now);
            if (differs) differing.push(`${name}: ${Math.round(share * 100)} % of its cells`);
          };
          await code.runCommand(`Probe: ${theme}`);
          const base = theme === 'Light' ? 'vs' : theme === 'Dark' ? 'vs-dark' : 'hc-black';
          await page.locator(`.monaco-workbench.${base}`).waitFor();
          await code.openFile('wrong.twin', 1);
          await page.mouse.move(200, 700);
          await page.waitForTimeout(700);
          await code.screenshot(`features-${base}`);
          await look('explorer', '.part.sidebar');
          await look('editor', '.editor-group-container >> nth=0');
          await look('preview', '.editor-group-container >> nth=1');
          expect(await accessible(preview, axe), theme).toEqual([]);

          await code.openFile('wrong.twin', 4);
          await page.keyboard.press('Control+ArrowRight');
          await page.keyboard.press('Control+ArrowRight');
          await code.runCommand('Show or Focus Hover');
          await page.locator('.monaco-hover', { hasText: 'Length' }).first().waitFor();
          await look('hover', '.editor-group-container >> nth=0');
          await code.openFile('wrong.twin', 5);
          await page.keyboard.press('Control+Space');
          await page.locator('.suggest-widget.visible .monaco-list-row').first().waitFor();
          await page.waitForTimeout(300);
          await look('completion', '.editor-group-container >> nth=0');
          await page.keyboard.press('Escape');
          await code.runCommand('Probe: Walkthrough');
          await page.getByText('From Nothing to a Live Twin').first().waitFor();
          await page.waitForTimeout(500);
          await look('walkthrough', '.editor-group-container >> nth=0');
        }
        expect(differing).toEqual([]);
        // What is kept tells themes and views apart.
        const kept = (name: string): Promise<string> => readFile(join(looks, `${name}.txt`), 'utf8');
        expect(compareLooks(await kept('explorer-light'), await kept('explorer-dark')).differs).toBe(true);
        for (const theme of ['light', 'dark'])
          for (const view of ['completion', 'walkthrough'])
            expect(compareLooks(await kept(`editor-${theme}`), await kept(`${view}-${theme}`)).differs).toBe(
              true,
            );
      }),
    400_000,
  );
});

/** The tree, a text with a mistake, and beside it a preview at the end of its run. */
async function showEverything(code: Vscode): Promise<Frame> {
  const { page } = code;
  await code.runCommand('View: Close All Editors');
  await code.openFile('tank.twin');
  await page.locator('.statusbar-item', { hasText: 'tank: not running' }).waitFor({ timeout: 60_000 });
  await code.runCommand('Pollux: Open Preview to the Side');
  const preview = await code.webview('.chart canvas');
  await page.locator('.statusbar-item', { hasText: 'Tank: playing' }).waitFor();
  await preview.locator('body').press('End');
  await page.locator('.statusbar-item', { hasText: 'Tank: paused' }).waitFor({ timeout: 60_000 });
  await code.openFile('wrong.twin');
  await page.locator('.squiggly-error').first().waitFor();
  return preview;
}

/** What axe finds in a page: rule and place. */
async function accessible(frame: Frame, axe: string): Promise<string[]> {
  await frame.evaluate(axe);
  const found = await frame.evaluate(() =>
    (
      globalThis as unknown as {
        axe: { run(root: Document): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      }
    ).axe.run(document),
  );
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
}

/** `probe.ts` as an extension. */
async function probe(): Promise<Record<string, string>> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL('probe.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  });
  const titles = ['Ask', 'Walkthrough', 'Light', 'Dark', 'High Contrast'];
  const manifest = {
    name: 'probe',
    publisher: 'pollux-tests',
    version: '0.0.1',
    engines: { vscode: '^1.100.0' },
    main: './main.cjs',
    contributes: {
      commands: titles.map((title) => ({
        command: `probe.${title}`,
        title,
        category: 'Probe',
      })),
    },
  };
  return { 'package.json': JSON.stringify(manifest), 'main.cjs': result.outputFiles[0]?.text ?? '' };
}
