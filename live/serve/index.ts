/** Serves a session's preview as a page. See README.md. */
import type { AddressInfo } from 'node:net';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import Fastify from 'fastify';
import { WebSocket, WebSocketServer } from 'ws';
import type { FromPreview, ToPreview } from '../../preview/protocol.ts';
import { pageFiles } from './files.ts';
import { readMessage } from './messages.ts';

/** What a session offers to each page. */
export interface PageSession {
  /** A page has connected; `send` may be called at once and until `detach`. */
  attach(send: (message: ToPreview) => void): PageClient;
}
export interface PageClient {
  receive(message: FromPreview): void;
  detach(): void;
}

export { createFan } from './fan.ts';
export type { Fan } from './fan.ts';

export interface ServeOptions {
  session: PageSession;
  /** Folder of the built preview. */
  pages: string;
  /** 0 takes any that is free. */
  port: number;
  host?: string;
}

export interface Served {
  /** `http://127.0.0.1:8080/` */
  address: string;
  /** Connected pages. */
  clients(): number;
  close(): Promise<void>;
}

/** What keeps a page from being served, for people. */
export class ServeError extends Error {
  override name = 'ServeError';
}

/** A page with more than this unsent (bytes) gets no frames until it has caught up. */
const BUSY = 1024 * 1024;
/** A page with more than this unsent has gone: it may come back. */
const GONE = 64 * 1024 * 1024;
const LARGEST_MESSAGE = 256 * 1024;
const MOST_CLIENTS = 64;

export async function serve({ session, pages, port, host = '127.0.0.1' }: ServeOptions): Promise<Served> {
  const files = pageFiles(pages);
  if (files === undefined) throw new ServeError('the preview has not been built; run npm run build');
  const server = Fastify({ logger: false, forceCloseConnections: true });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });

  server.addHook('onRequest', async (request, reply) => {
    if (!isOurHost(request.headers.host, host))
      return reply.code(421).type('text/plain').send('This server answers for this machine only.\n');
    reply.headers({
      'content-security-policy': policy(request.headers.host!),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
  });
  server.route({
    method: ['GET', 'HEAD'],
    url: '/*',
    handler: (request, reply) => {
      const file = files.get(request.url.split('?', 1)[0]!);
      if (file === undefined) return reply.code(404).type('text/plain').send('There is no such page.\n');
      reply.headers({
        etag: file.tag,
        'cache-control': file.lasting ? 'public, max-age=31536000, immutable' : 'no-cache',
      });
      if (request.headers['if-none-match'] === file.tag) return reply.code(304).send();
      return reply.type(file.type).send(file.bytes);
    },
  });

  server.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refuse = (status: string): void => {
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    };
    socket.on('error', () => socket.destroy());
    if (request.url?.split('?', 1)[0] !== '/session') return refuse('404 Not Found');
    if (!isOurHost(request.headers.host, host) || !isOurOrigin(request)) return refuse('403 Forbidden');
    if (sockets.clients.size >= MOST_CLIENTS) return refuse('503 Service Unavailable');
    sockets.handleUpgrade(request, socket, head, (client) => welcome(client));
  });

  // What goes to several pages is written out once.
  const written = new WeakMap<ToPreview, string>();
  const textOf = (message: ToPreview): string => {
    const known = written.get(message);
    if (known !== undefined) return known;
    const text = JSON.stringify(message);
    written.set(message, text);
    return text;
  };

  function welcome(client: WebSocket): void {
    const attached = session.attach((message) => {
      if (client.readyState !== WebSocket.OPEN) return;
      if (message.type === 'frame' && client.bufferedAmount > BUSY) return;
      if (client.bufferedAmount > GONE) return client.terminate();
      client.send(textOf(message));
    });
    client.on('message', (data, isBinary) => {
      const message = isBinary ? undefined : readMessage(String(data));
      if (message !== undefined) attached.receive(message);
    });
    client.on('error', () => client.terminate());
    client.on('close', () => attached.detach());
  }

  try {
    await server.listen({ port, host });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    await server.close();
    if (code === 'EADDRINUSE')
      throw new ServeError(
        `port ${port} is in use by another program; choose another with --port, or leave it out`,
      );
    if (code === 'EACCES')
      throw new ServeError(`port ${port} needs rights that this user does not have; choose one above 1023`);
    throw new ServeError(`the page cannot be served on ${host}:${port} (${code ?? String(error)})`);
  }
  const { port: taken } = server.server.address() as AddressInfo;
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${taken}/`,
    clients: () => sockets.clients.size,
    close: async () => {
      for (const client of sockets.clients) client.close(1001, 'the twin was stopped');
      await server.close();
      for (const client of sockets.clients) client.terminate();
    },
  };
}

/** Names that mean this machine, or the address we were told to listen on. */
function isOurHost(header: string | undefined, host: string): boolean {
  if (header === undefined) return false;
  const name = header.replace(/:\d+$/, '').toLowerCase();
  return ['127.0.0.1', 'localhost', '[::1]', host, `[${host}]`].includes(name);
}

/** Programs send no Origin; browsers always do, and then it must be the page's own. */
function isOurOrigin({ headers }: IncomingMessage): boolean {
  if (headers.origin === undefined) return true;
  return headers.origin === `http://${headers.host}` || headers.origin === `https://${headers.host}`;
}

const policy = (host: string): string =>
  [
    `default-src 'none'`,
    `script-src 'self'`,
    `worker-src 'self'`,
    `style-src 'self'`,
    `font-src 'self'`,
    `img-src 'self' data:`,
    // Not every browser counts a WebSocket to the same place as 'self'.
    `connect-src 'self' ws://${host}`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ');
