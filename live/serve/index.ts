/** Serves a session's preview as a page. See README.md. */
import type { AddressInfo } from 'node:net';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import Fastify from 'fastify';
import { WebSocket, WebSocketServer } from 'ws';
import type { FromPreview, ToPreview } from '../../preview/protocol.ts';
import type { FastifyInstance } from 'fastify';
import type { Identity } from './access.ts';
import { pageFiles } from './files.ts';
import { createGuard } from './guard.ts';
import type { Guard } from './guard.ts';
import { readMessage } from './messages.ts';
import { addSamples } from './samples.ts';
import type { SampleSink } from './samples.ts';
import { sentenceOf } from '../said.ts';
import { addSignIn, askToSignIn, isOurOrigin } from './sign-in-routes.ts';

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
export type { SampleSink } from './samples.ts';

export interface ServeOptions {
  session: PageSession;
  /** Folder of the built preview. */
  pages: string;
  /** 0 takes any that is free. */
  port: number;
  host?: string;
  /** PEM. */
  tls?: { cert: string; key: string };
  /** What takes samples that are sent, once there is something. */
  samples?: () => SampleSink | undefined;
  /** Bytes that all pages together may leave unread; with more, the one that left most unread has gone. */
  unread?: number;
  /** Who may do what; without it everyone who can reach us may all. */
  guard?: Guard;
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

/** ms; the longest that a timer can wait. */
const LONGEST_TIMER = 2 ** 31 - 1;

export async function serve({
  session,
  pages,
  port,
  host = '127.0.0.1',
  tls,
  guard = createGuard({}),
  samples = () => undefined,
  unread = 4 * GONE,
}: ServeOptions): Promise<Served> {
  const files = pageFiles(pages);
  if (files === undefined) throw new ServeError('the preview has not been built; run npm run build');
  const server = fastify(tls);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });

  server.addHook('onRequest', async (request, reply) => {
    // Who has to say who they are cannot be used by a page of another name.
    if (!guard.required && !isOurHost(request.headers.host, host))
      return reply.code(421).type('text/plain').send('This server answers for this machine only.\n');
    reply.headers({
      'content-security-policy': policy(request.headers.host ?? host, tls !== undefined),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      ...(tls === undefined ? {} : { 'strict-transport-security': 'max-age=31536000' }),
    });
    if (guard.isFlooding(request.ip)) return reply.code(429).type('text/plain').send('Too many requests.\n');
  });
  server.get('/healthz', async (_, reply) => reply.type('text/plain').send('ok\n'));
  if (guard.required) addSignIn(server, guard);
  addSamples(server, guard, samples);
  server.route({
    method: ['GET', 'HEAD'],
    url: '/*',
    handler: async (request, reply) => {
      if ((await guard.identify(request.headers, request.ip)) === undefined)
        return askToSignIn(request, reply);
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
    if ((!guard.required && !isOurHost(request.headers.host, host)) || !isOurOrigin(request))
      return refuse('403 Forbidden');
    if (sockets.clients.size >= MOST_CLIENTS) return refuse('503 Service Unavailable');
    const from = request.socket.remoteAddress ?? '';
    if (guard.isFlooding(from)) return refuse('429 Too Many Requests');
    void guard.identify(request.headers, from).then((identity) => {
      if (identity === undefined) refuse('401 Unauthorized');
      else sockets.handleUpgrade(request, socket, head, (client) => welcome(client, identity, from));
    });
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

  /** However many do not read, memory stays bounded. */
  function dropSlowest(): void {
    const all = [...sockets.clients];
    if (all.reduce((total, { bufferedAmount }) => total + bufferedAmount, 0) <= unread) return;
    all.reduce((a, b) => (b.bufferedAmount > a.bufferedAmount ? b : a)).terminate();
  }

  function welcome(client: WebSocket, identity: Identity, from: string): void {
    const attached = session.attach((message) => {
      if (client.readyState !== WebSocket.OPEN) return;
      if (message.type === 'frame' && client.bufferedAmount > BUSY) return;
      if (client.bufferedAmount > GONE) return client.terminate();
      if (client.bufferedAmount > BUSY) dropSlowest();
      if (client.readyState !== WebSocket.OPEN) return;
      client.send(textOf(message));
    });
    if (guard.required) {
      const { name, role } = identity;
      client.send(JSON.stringify({ type: 'role', name, role } satisfies ToPreview));
    }
    client.on('message', (data, isBinary) => {
      const message = isBinary ? undefined : readMessage(String(data));
      if (message === undefined) return;
      const refusal = guard.refusal(identity, message, from);
      if (refusal === undefined) attached.receive(message);
      else {
        const told: ToPreview = { type: 'refused', text: sentenceOf(refusal), said: refusal };
        client.send(JSON.stringify(told));
      }
    });
    const over = setTimeout(
      () => client.close(1008, 'your time is over: sign in again'),
      Math.min(guard.timeLeft(identity), LONGEST_TIMER),
    );
    client.on('error', () => client.terminate());
    client.on('close', () => {
      clearTimeout(over);
      attached.detach();
    });
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
    address: `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${taken}/`,
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

/** TLS 1.2 and later. What is wrong with certificate or key is said in words. */
function fastify(tls: ServeOptions['tls']): FastifyInstance {
  const common = { logger: false, forceCloseConnections: true, bodyLimit: 64 * 1024 } as const;
  if (tls === undefined) return Fastify(common);
  try {
    return Fastify({ ...common, https: { ...tls, minVersion: 'TLSv1.2' } }) as unknown as FastifyInstance;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServeError(`the certificate and its key cannot be used: ${reason}`);
  }
}

const policy = (host: string, secure: boolean): string =>
  [
    `default-src 'none'`,
    `script-src 'self'`,
    `worker-src 'self'`,
    `style-src 'self'`,
    `font-src 'self'`,
    `img-src 'self' data:`,
    // Not every browser counts a WebSocket to the same place as 'self'.
    `connect-src 'self' ${secure ? 'wss' : 'ws'}://${host}`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ');
