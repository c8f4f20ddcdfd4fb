/**
 * A VS Code with a folder open and an extension under development loaded, and hands to work it.
 *
 * One seam, two launchers: code-server in Chromium (everything comes from npm and the system's packages), or the
 * desktop build through @vscode/test-electron when POLLUX_VSCODE=desktop. Tests see the same workbench either way.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { unzipSync } from 'fflate';
import type { Frame, Locator, Page } from 'playwright-core';
import { ensureNode } from '../../tools/setup/node24.mjs';
import { ensureVscode } from '../../tools/setup/vscode.mjs';
import { launchChromium } from './chromium.ts';
import { launchInBrowser } from './vscode-browser.ts';

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

export interface VscodeOptions {
  /** Absolute path of the folder to open, or of a `.code-workspace` file of several. */
  folder: string;
  /** Absolute path of the extension under development; this repository when left out. */
  extension?: string;
  /** Absolute path of a packaged extension to install instead, so that what is tested is what ships. */
  vsix?: string;
  /** Further extensions to install: by folder, their files. */
  beside?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Settings on top of the quiet ones that every test gets. */
  settings?: Readonly<Record<string, unknown>>;
  theme?: 'light' | 'dark';
  /** `browser`: the workbench alone, without a server; extensions run in a worker. `workbench` when left out. */
  where?: 'workbench' | 'browser';
  /** CSS pixels; 1280 × 800 when left out. */
  viewport?: { width: number; height: number };
}

/** What a launcher has to give. */
export interface Workbench {
  page: Page;
  /** What the server or the desktop application wrote so far, for a failure's message. */
  log(): string;
  close(): Promise<void>;
}

export interface Vscode {
  /** The workbench's page, for whatever the functions below do not cover. */
  page: Page;
  /** Opens a file (relative to the folder, or absolute) and waits until it is the active editor. */
  openFile(path: string, line?: number): Promise<void>;
  /** Runs a command by its title in the palette, as a user would: `Category: Title`. */
  runCommand(title: string): Promise<void>;
  /**
   * Waits until a text is visible in the workbench or in a webview.
   * @returns the frame that shows it
   * @throws when `timeout` (milliseconds) is over; the message has what is visible instead
   */
  waitForText(text: string | RegExp, timeout?: number): Promise<Frame>;
  /** The first entry with a text in the list that is open, of commands or of whatever there is to choose. */
  entry(text: string): Locator;
  /** Waits for the webview that holds an element, and returns the innermost frame, where the content is. */
  webview(selector: string, timeout?: number): Promise<Frame>;
  /** Writes test-results/NAME.png and returns its path. */
  screenshot(name: string): Promise<string>;
  /** Output of the server or the application. */
  log(): string;
  close(): Promise<void>;
}

/** No welcome page, no telemetry, no experiments: nothing on the screen but what the test is about. */
const quiet = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'git.enabled': false,
  'chat.disableAIFeatures': true,
  'editor.minimap.enabled': false,
  'files.simpleDialog.enable': true,
};

const themes = { light: 'Default Light Modern', dark: 'Default Dark Modern' };

/** Opens VS Code; the caller closes it. Prefer `withVscode`, which closes it and keeps a picture of a failure. */
export async function openVscode(options: VscodeOptions): Promise<Vscode> {
  const settings = {
    ...quiet,
    'workbench.colorTheme': themes[options.theme ?? 'dark'],
    ...options.settings,
  };
  const workbench = await launcher(options)(options, settings);
  const { page } = workbench;
  try {
    await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    await page.locator('.statusbar-item').first().waitFor({ timeout: 60_000 });
  } catch (error) {
    const log = workbench.log();
    await workbench.close();
    throw new Error(`The workbench did not open.\n${log}`, { cause: error });
  }
  const waitForText = (text: string | RegExp, timeout = 30_000) => findText(page, text, timeout);
  return {
    page,
    async openFile(path, line) {
      if (options.where === 'browser') {
        await openFromExplorer(page, path, line);
        return;
      }
      await pick(
        page,
        'Control+P',
        line === undefined ? path : `${path}:${line}`,
        path.split('/').at(-1) ?? path,
      );
      const name = path.split('/').at(-1) ?? path;
      await page.locator('.tab.active', { hasText: name }).waitFor({ timeout: 30_000 });
    },
    runCommand: (title) => pick(page, 'F1', `>${title}`, title),
    waitForText,
    entry: (text) => page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first(),
    webview: (selector, timeout = 60_000) => findWebview(page, selector, timeout),
    async screenshot(name) {
      const file = join(repository, 'test-results', `${name}.png`);
      await mkdir(dirname(file), { recursive: true });
      await page.screenshot({ path: file });
      return file;
    },
    log: () => workbench.log(),
    close: () => workbench.close(),
  };
}

function launcher({
  where,
}: VscodeOptions): (options: VscodeOptions, settings: object) => Promise<Workbench> {
  if (where === 'browser') return launchInBrowser;
  return process.env['POLLUX_VSCODE'] === 'desktop' ? launchDesktop : launchServer;
}

/** Runs `use` with an open VS Code and closes it; `pictured` under its name. */
export async function withVscode<T>(
  name: string,
  options: VscodeOptions,
  use: (code: Vscode) => Promise<T>,
): Promise<T> {
  const code = await openVscode(options);
  try {
    return await pictured(code, name, () => use(code));
  } finally {
    await code.close();
  }
}

/** Where `use` fails, test-results/NAME-failed.png shows what it looked like. */
export async function pictured<T>(code: Vscode, name: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    await code.screenshot(`${name}-failed`).catch(() => undefined);
    throw error;
  }
}

async function launchServer(options: VscodeOptions, settings: object): Promise<Workbench> {
  const node = await ensureNode();
  const vscode = await ensureVscode(node);
  const data = await mkdtemp(join(tmpdir(), 'pollux-vscode-'));
  await mkdir(join(data, 'user', 'Machine'), { recursive: true });
  await writeFile(join(data, 'user', 'Machine', 'settings.json'), JSON.stringify(settings));
  if (options.vsix !== undefined) await unpack(options.vsix, join(data, 'extensions'));
  for (const [name, files] of Object.entries(options.beside ?? {})) {
    const place = join(data, 'extensions', name);
    await mkdir(place, { recursive: true });
    for (const [file, text] of Object.entries(files)) await writeFile(join(place, file), text);
  }
  const args = [
    'out/server-main.js',
    ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--accept-server-license-terms'],
    ...['--user-data-dir', join(data, 'user')],
    ...['--server-data-dir', join(data, 'server')],
    ...['--extensions-dir', join(data, 'extensions')],
    ...['--disable-telemetry', '--disable-workspace-trust', '--enable-smoke-test-driver'],
  ];
  // A group of its own, so that extension hosts end with the server.
  const server = spawn(node, args, { cwd: vscode, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  server.stdout.on('data', (chunk) => (output += chunk));
  server.stderr.on('data', (chunk) => (output += chunk));
  const kill = () => {
    try {
      if (server.pid !== undefined) process.kill(-server.pid, 'SIGKILL');
    } catch {
      // It has ended already.
    }
  };
  process.once('exit', kill);
  const stop = async () => {
    kill();
    process.off('exit', kill);
    await rm(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  try {
    const port = await until(
      () => /Extension host agent listening on (\d+)/.exec(output)?.[1],
      60_000,
      () => `The VS Code server did not start.\n${output}`,
    );
    const browser = await launchChromium({
      viewport: options.viewport ?? { width: 1280, height: 800 },
      colorScheme: options.theme ?? 'dark',
    });
    const remote = (path: string) => `vscode-remote://localhost:${port}${path}`;
    const payload = JSON.stringify(
      options.vsix === undefined
        ? [['extensionDevelopmentPath', remote(options.extension ?? repository)]]
        : [],
    );
    const page = browser.context.pages()[0] ?? (await browser.context.newPage());
    page.on('pageerror', (error) => (output += `\npage: ${error.message}`));
    const folder = encodeURIComponent(options.folder).replaceAll('%2F', '/');
    const kind = options.folder.endsWith('.code-workspace') ? 'workspace' : 'folder';
    await page.goto(`http://localhost:${port}/?${kind}=${folder}&payload=${encodeURIComponent(payload)}`);
    if (kind === 'workspace') await untilFolders(page);
    return {
      page,
      log: () => `${output}\n${extensionHostLog(data)}`,
      async close() {
        await browser.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * On a busy machine a workbench in a browser may open a `.code-workspace` before it can read the file, and then has no
 * folders for as long as it lives (code-server 4.139.1: the Explorer says so, and no event ever comes). Asked anew it has.
 */
async function untilFolders(page: Page): Promise<void> {
  const folder = page.locator('.explorer-folders-view .monaco-list-row').first();
  for (let attempt = 1; ; attempt++) {
    try {
      await folder.waitFor({ timeout: 20_000 });
      return;
    } catch (error) {
      if (attempt === 4) throw new Error('The workspace opened without its folders.', { cause: error });
      await page.reload();
    }
  }
}

/** A package is a zip archive with the extension's files below `extension/`; VS Code finds them in a folder of any name. */
export async function unpack(vsix: string, extensions: string): Promise<void> {
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(vsix)))) {
    if (!name.startsWith('extension/') || name.endsWith('/')) continue;
    const file = join(extensions, 'packaged', name.slice('extension/'.length));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
  }
}

/** The extension host writes to a file of its own; that is where an extension's failure to start is told. */
function extensionHostLog(data: string): string {
  const folder = join(data, 'user', 'logs');
  if (!existsSync(folder)) return '';
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /remoteexthost.*\.log$/.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8').slice(-4000))
    .join('\n');
}

async function launchDesktop(options: VscodeOptions, settings: object): Promise<Workbench> {
  const { downloadAndUnzipVSCode } = await import('@vscode/test-electron');
  const { _electron } = await import('playwright-core');
  const data = await mkdtemp(join(tmpdir(), 'pollux-vscode-'));
  await mkdir(join(data, 'user', 'User'), { recursive: true });
  await writeFile(join(data, 'user', 'User', 'settings.json'), JSON.stringify(settings));
  if (options.vsix !== undefined) await unpack(options.vsix, join(data, 'extensions'));
  const development = `--extensionDevelopmentPath=${options.extension ?? repository}`;
  const application = await _electron.launch({
    executablePath: await downloadAndUnzipVSCode(),
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-updates', '--skip-welcome', '--skip-release-notes'],
      ...['--disable-workspace-trust', `--user-data-dir=${join(data, 'user')}`],
      `--extensions-dir=${join(data, 'extensions')}`,
      ...(options.vsix === undefined ? [development] : []),
      options.folder,
    ],
  });
  let output = '';
  application.process().stderr?.on('data', (chunk) => (output += chunk));
  const page = await application.firstWindow();
  await page.setViewportSize(options.viewport ?? { width: 1280, height: 800 });
  return {
    page,
    log: () => output,
    async close() {
      await application.close();
      await rm(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}

/** Opens a quick input, types, and takes the first entry once it is the wanted one. */
async function pick(page: Page, key: string, typed: string, wanted: string): Promise<void> {
  const widget = page.locator('.quick-input-widget');
  const input = widget.locator('input.input');
  const row = widget.locator('.monaco-list-row.focused', { hasText: wanted });
  // A key pressed while the workbench is still starting is lost, and the list may be older than the extension.
  for (let attempt = 1; ; attempt++) {
    try {
      await page.keyboard.press(key);
      await input.waitFor({ state: 'visible', timeout: 5_000 });
      await input.fill(typed);
      await row.first().waitFor({ state: 'visible', timeout: 5_000 });
      await page.keyboard.press('Enter');
      await widget.waitFor({ state: 'hidden', timeout: 5_000 }).catch(() => undefined);
      return;
    } catch (error) {
      if (attempt === 8) throw new Error(`Nothing called "${wanted}" can be picked.`, { cause: error });
      await page.keyboard.press('Escape');
      await sleep(500);
    }
  }
}

/** A virtual folder has no search by file name, so the file is taken from the tree. */
async function openFromExplorer(page: Page, path: string, line: number | undefined): Promise<void> {
  await page.keyboard.press('Control+Shift+E');
  const tree = page.locator('.explorer-folders-view');
  const parts = path.split('/');
  for (const [index, part] of parts.entries()) {
    const row = tree.locator('.monaco-list-row', { hasText: part }).first();
    await row.waitFor({ timeout: 30_000 });
    if (index === parts.length - 1) await row.dblclick();
    else if ((await row.getAttribute('aria-expanded')) !== 'true') await row.click();
  }
  await page.locator('.tab.active', { hasText: parts.at(-1) ?? path }).waitFor({ timeout: 30_000 });
  if (line === undefined) return;
  await page.keyboard.press('Control+G');
  const input = page.locator('.quick-input-widget input.input');
  await input.waitFor({ state: 'visible', timeout: 5_000 });
  await input.fill(`:${line}`);
  await page.keyboard.press('Enter');
}

async function findText(page: Page, text: string | RegExp, timeout: number): Promise<Frame> {
  let visible = '';
  const matches = (content: string) =>
    typeof text === 'string' ? content.includes(text) : text.test(content);
  return until(
    async () => {
      visible = '';
      for (const frame of page.frames()) {
        const content = await textOf(frame);
        if (matches(content)) return frame;
        visible += `${content}\n`;
      }
      return undefined;
    },
    timeout,
    () => `"${String(text)}" did not appear. Visible instead:\n${visible.replace(/\n\s*\n/g, '\n')}`,
  );
}

/** The editor shows blanks as no-break spaces, which no test wants to write. */
async function textOf(frame: Frame): Promise<string> {
  const content = await frame.evaluate(() => document.body?.innerText ?? '').catch(() => '');
  return content.replaceAll('\u00a0', ' ');
}

async function findWebview(page: Page, selector: string, timeout: number): Promise<Frame> {
  return until(
    async () => {
      for (const frame of page.frames()) {
        if (frame.parentFrame() === null) continue;
        if (
          (await frame
            .locator(selector)
            .count()
            .catch(() => 0)) > 0
        )
          return frame;
      }
      return undefined;
    },
    timeout,
    () =>
      `No webview has ${selector}. Frames:\n${page
        .frames()
        .map((frame) => frame.url())
        .join('\n')}`,
  );
}

/** Polls until `probe` gives something. */
async function until<T>(
  probe: () => T | undefined | Promise<T | undefined>,
  timeout: number,
  explain: () => string,
): Promise<T> {
  for (const end = Date.now() + timeout; ;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error(explain());
    await sleep(50);
  }
}
