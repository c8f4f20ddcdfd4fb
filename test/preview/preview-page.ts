/**
 * The preview's page with a made-up session behind it: bundles preview/ as esbuild.mjs does, serves it on loopback under a
 * strict content security policy, and answers its WebSocket.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { FromPreview, ToPreview } from '../../preview/protocol.ts';

const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
};

/** What a webview allows, and no more: scripts by nonce, styles and fonts from its own files. */
const nonce = 'test';
const policy = [
  "default-src 'none'",
  `script-src 'nonce-${nonce}'`,
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' ws:",
].join('; ');

export interface Session {
  receive(message: FromPreview): void;
}

export interface PreviewPage {
  url: string;
  /** Ends all connections and takes no new ones, as a server that stops would. */
  goAway(): void;
  comeBack(): void;
  close(): Promise<void>;
}

/**
 * `open` is called for each connection and gives the session that answers it. Unless a worker is asked for, the page draws by itself: then
 * what is drawn can be read at once. The page is the one in the folder `bundled`; when that is left out, it is bundled here.
 */
export async function servePreview(
  open: (emit: (message: ToPreview) => void) => Session,
  { worker = false, bundled }: { worker?: boolean; bundled?: string } = {},
): Promise<PreviewPage> {
  const folder = bundled ?? (await mkdtemp(join(tmpdir(), 'pollux-preview-')));
  if (bundled === undefined) await bundlePreview(folder);
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = path === '/' ? 'index.html' : path.slice(1).replaceAll('..', '');
    readFile(join(folder, file)).then(
      (content) => {
        response.writeHead(200, {
          'content-type': types[extname(file)] ?? 'application/octet-stream',
          'content-security-policy': worker ? `${policy}; worker-src 'self'` : policy,
        });
        response.end(
          file === 'index.html'
            ? String(content)
                .replace('<script ', `<script nonce="${nonce}" `)
                .replace(worker ? '' : / data-painter="[^"]*"/, '')
            : content,
        );
      },
      () => response.writeHead(404).end(),
    );
  });
  const sockets = new WebSocketServer({ server, path: '/session' });
  let away = false;
  sockets.on('connection', (socket: WebSocket) => {
    if (away) {
      socket.terminate();
      return;
    }
    const session = open((message) => {
      if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
    });
    socket.on('message', (data) => session.receive(JSON.parse(String(data)) as FromPreview));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const goAway = () => {
    away = true;
    for (const socket of sockets.clients) socket.terminate();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    goAway,
    comeBack: () => (away = false),
    async close() {
      goAway();
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (bundled === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Writes main.js, main.css, chunks, fonts, index.html, and study.js and study.css. */
export async function bundlePreview(folder: string): Promise<void> {
  await esbuild.build({
    absWorkingDir: repository,
    entryPoints: ['preview/main.tsx'],
    outdir: folder,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    assetNames: '[name]',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.ttf': 'file', '.woff2': 'file' },
    logLevel: 'error',
  });
  await esbuild.build({
    absWorkingDir: repository,
    entryPoints: { study: 'preview/study/main.tsx' },
    outdir: folder,
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    assetNames: '[name]',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    loader: { '.ttf': 'file', '.woff2': 'file' },
    logLevel: 'error',
  });
  await esbuild.build({
    absWorkingDir: repository,
    entryPoints: ['preview/paint.worker.ts'],
    outdir: folder,
    bundle: true,
    format: 'iife',
    target: 'es2022',
    logLevel: 'error',
  });
  await cp(join(repository, 'preview', 'index.html'), join(folder, 'index.html'));
}
