/** The harness itself: an extension made on the spot is loaded, its command runs, its webview is found. */
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { strToU8, zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { libraryFiles } from '../../library/embedded.ts';
import { bundleForBrowser } from './browser-bundle.ts';
import { withChromium } from './chromium.ts';
import { withVscode } from './vscode.ts';

const manifest = {
  name: 'probe',
  publisher: 'pollux-tests',
  version: '0.0.1',
  engines: { vscode: '^1.100.0' },
  main: './main.cjs',
  activationEvents: [],
  contributes: { commands: [{ command: 'probe.show', title: 'Show the Panel', category: 'Probe' }] },
};

const main = `
const vscode = require('vscode');
exports.activate = (context) => context.subscriptions.push(vscode.commands.registerCommand('probe.show', () => {
  const panel = vscode.window.createWebviewPanel('probe', 'Probe', vscode.ViewColumn.Beside, { enableScripts: true });
  panel.webview.html = '<p id="sum"></p><script>document.getElementById("sum").textContent = "sum " + (19 + 23)</script>';
  return vscode.window.showInformationMessage('The probe ran in ' + vscode.workspace.workspaceFolders[0].name);
}));`;

describe('the VS Code under test', () => {
  let base = '';
  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), 'pollux-harness-'));
    await mkdir(join(base, 'extension'));
    await mkdir(join(base, 'workspace'));
    await writeFile(join(base, 'extension', 'package.json'), JSON.stringify(manifest));
    await writeFile(join(base, 'extension', 'main.cjs'), main);
    await writeFile(join(base, 'workspace', 'notes.txt'), 'first line\nsecond line\n');
  });
  afterAll(() => rm(base, { recursive: true, force: true }));

  it('opens a file, runs a command of an extension and shows its webview', async () => {
    const options = {
      folder: join(base, 'workspace'),
      extension: join(base, 'extension'),
      theme: 'light',
    } as const;
    await withVscode('harness', options, async (code) => {
      await code.openFile('notes.txt');
      await code.waitForText('second line');
      await code.runCommand('Probe: Show the Panel');
      await code.waitForText('The probe ran in workspace');
      const webview = await code.webview('#sum');
      expect(await webview.locator('#sum').textContent()).toBe('sum 42');
      // A light theme's editor is brighter than its text.
      const background = await code.page.evaluate(
        () => getComputedStyle(document.querySelector('.monaco-workbench') ?? document.body).backgroundColor,
      );
      expect(Math.min(...(background.match(/\d+/g) ?? []).slice(0, 3).map(Number))).toBeGreaterThan(200);
      expect((await stat(await code.screenshot('harness'))).size).toBeGreaterThan(10_000);
    });
  });
});

describe('a packaged extension', () => {
  it('is installed and runs', async () => {
    const base = await mkdtemp(join(tmpdir(), 'pollux-harness-'));
    try {
      const vsix = join(base, 'probe.vsix');
      await mkdir(join(base, 'workspace'));
      const files = {
        'extension/package.json': strToU8(JSON.stringify(manifest)),
        'extension/main.cjs': strToU8(main),
      };
      await writeFile(vsix, zipSync(files));
      await withVscode('harness-package', { folder: join(base, 'workspace'), vsix }, async (code) => {
        await code.runCommand('Probe: Show the Panel');
        const webview = await code.webview('#sum');
        expect(await webview.locator('#sum').textContent()).toBe('sum 42');
      });
    } finally {
      await rm(base, { recursive: true, force: true });
    }
  });
});

describe('Chromium under test', () => {
  it('runs the code that Node runs, and is gone afterwards', async () => {
    const script = await bundleForBrowser(
      fileURLToPath(new URL('../../library/embedded.ts', import.meta.url)),
      'library',
    );
    const context = await withChromium({ viewport: { width: 300, height: 200 } }, async (open) => {
      const page = await open.newPage();
      await page.addScriptTag({ content: script });
      const inPage = await page.evaluate('[innerWidth, library.libraryFiles["units.twin"]]');
      expect(inPage).toEqual([300, libraryFiles['units.twin']]);
      return open;
    });
    await expect(context.newPage()).rejects.toThrow(/closed/);
  });
});
