/**
 * A VS Code that runs in the browser alone, as vscode.dev does: the workbench of code-server as plain files, without its
 * server. Extensions run in a worker, and the folder is a virtual one: an extension of our own reads it over HTTP.
 */
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { ensureNode } from '../../tools/setup/node24.mjs';
import { ensureVscode } from '../../tools/setup/vscode.mjs';
import { launchChromium } from './chromium.ts';
import { unpack } from './vscode.ts';
import type { VscodeOptions, Workbench } from './vscode.ts';

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const workbench = 'out/vs/code/browser/workbench/workbench.js';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

export async function launchInBrowser(options: VscodeOptions, settings: object): Promise<Workbench> {
  const vscode = await ensureVscode(await ensureNode());
  const data = await mkdtemp(join(tmpdir(), 'pollux-vscode-'));
  let extension = options.extension ?? repository;
  if (options.vsix !== undefined) {
    await unpack(options.vsix, data);
    extension = join(data, 'packaged');
  }
  const provider = await fileProvider();
  let output = '';
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
      if (!absent) output += `\n${String(error)}`;
      if (!response.headersSent) response.writeHead(absent ? 404 : 500);
      response.end();
    });
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const [, place = '', ...rest] = normalize(path).split('/');
    const inside = rest.join('/');
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Allow-Methods', '*');
    if (place === '') send(response, '.html', await page());
    else if (inside === workbench) send(response, '.js', await withoutServer(join(vscode, inside)));
    else if (place === 'static') await sendFile(response, join(vscode, inside));
    else if (place === 'extension') await sendFile(response, join(extension, inside));
    else if (place === 'provider' && provider[inside] !== undefined)
      send(response, extname(inside), provider[inside]);
    else if (place === 'files') await answerFile(request, response, join(options.folder, ...rest.slice(1)));
    else response.writeHead(404).end();
  }

  async function page(): Promise<string> {
    const { port } = server.address() as AddressInfo;
    const at = (path: string) => ({ scheme: 'http', authority: `localhost:${port}`, path });
    const configuration = {
      // Additions of code-server.
      userDataPath: '/',
      isEnabledFileDownloads: true,
      isEnabledFileUploads: true,
      isEnabledCoderGettingStarted: false,
      folderUri: { scheme: 'test-files', authority: 'folder', path: '/twins' },
      additionalBuiltinExtensions: [
        at('/static/extensions/theme-defaults'),
        at('/provider'),
        at('/extension'),
      ],
      configurationDefaults: settings,
      webviewEndpoint: `http://localhost:${port}/static/out/vs/workbench/contrib/webview/browser/pre/`,
      productConfiguration: {
        webEndpointUrlTemplate: `http://{{uuid}}.localhost:${port}/static`,
        commit: 'test',
        quality: 'test',
      },
    };
    const html = await readFile(join(vscode, 'out/vs/code/browser/workbench/workbench.html'), 'utf8');
    const values: Record<string, string> = {
      WORKBENCH_WEB_CONFIGURATION: JSON.stringify(configuration).replaceAll('"', '&quot;'),
      WORKBENCH_WEB_BASE_URL: '/static',
      WORKBENCH_NLS_URL: '/static/out/nls.messages.js',
      WORKBENCH_NLS_FALLBACK_URL: '/static/out/nls.messages.js',
    };
    return html.replace(/\{\{([A-Z_]+)\}\}/g, (_, name: string) => values[name] ?? '');
  }

  const stop = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  };
  try {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const browser = await launchChromium({
      viewport: options.viewport ?? { width: 1280, height: 800 },
      colorScheme: options.theme === 'light' ? 'light' : 'dark',
    });
    const tab = browser.context.pages()[0] ?? (await browser.context.newPage());
    tab.on('pageerror', (error) => (output += `\npage: ${error.message}`));
    tab.on('console', (message) => {
      if (message.type() === 'error') output += `\nconsole: ${message.text()} ${message.location().url}`;
    });
    await tab.goto(`http://localhost:${(server.address() as AddressInfo).port}/`);
    return {
      page: tab,
      log: () => output,
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

function send(response: ServerResponse, extension: string, content: string): void {
  response.writeHead(200, { 'Content-Type': types[extension] ?? 'application/octet-stream' }).end(content);
}

async function sendFile(response: ServerResponse, file: string): Promise<void> {
  const { size } = await stat(file);
  const type = types[extname(file)] ?? 'application/octet-stream';
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': size });
  createReadStream(file).pipe(response);
}

/**
 * code-server's workbench takes the server it came from for a machine to work on, and keeps what the user sets there.
 * Here there is none: both go back to what VS Code does in a browser.
 */
async function withoutServer(file: string): Promise<string> {
  let script = await readFile(file, 'utf8');
  for (const [theirs, plain] of [
    [',remoteAuthority:location.host}', '}'],
    [/(?<=file\(this\.userDataPath\)\.with\(\{scheme:)\w+\.vscodeRemote/, '"vscode-userdata"'],
  ] as const) {
    const next = script.replace(theirs, plain);
    if (next === script) throw new Error(`${file} is another workbench than this harness knows.`);
    script = next;
  }
  return script;
}

/** GET of a folder lists it, GET of a file is its bytes, HEAD is what it is, PUT writes it. */
async function answerFile(request: IncomingMessage, response: ServerResponse, file: string): Promise<void> {
  if (request.method === 'PUT') {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    await writeFile(file, Buffer.concat(chunks));
    response.end();
    return;
  }
  const found = await stat(file);
  const kind = found.isDirectory() ? 'folder' : 'file';
  response.setHeader('Access-Control-Expose-Headers', '*');
  response.setHeader('X-Kind', kind);
  response.setHeader('X-Size', found.size);
  response.setHeader('X-Modified', Math.round(found.mtimeMs));
  if (request.method === 'HEAD') response.end();
  else if (kind === 'file') await sendFile(response, file);
  else {
    const entries = await readdir(file, { withFileTypes: true });
    const listed = entries.map((entry) => [entry.name, entry.isDirectory() ? 'folder' : 'file']);
    send(response, '.json', JSON.stringify(listed));
  }
}

/** The extension that lends the workbench the folder: `browser-files.ts` and its manifest. */
async function fileProvider(): Promise<Record<string, string>> {
  const result = await build({
    entryPoints: [fileURLToPath(new URL('browser-files.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'cjs',
    external: ['vscode'],
  });
  const manifest = {
    name: 'browser-files',
    publisher: 'test',
    version: '1.0.0',
    engines: { vscode: '^1.100.0' },
    browser: './extension.js',
    activationEvents: ['onFileSystem:test-files'],
  };
  return { 'package.json': JSON.stringify(manifest), 'extension.js': result.outputFiles[0]?.text ?? '' };
}
