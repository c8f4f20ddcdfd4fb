/** The page and its WebSocket: who is let in, what is sent to whom. */
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createFan, serve } from '../../live/serve/index.ts';
import { readMessage } from '../../live/serve/messages.ts';
import type { FromPreview, ToPreview } from '../../preview/protocol.ts';
import { until } from './fixture.ts';

const pages = mkdtempSync(join(tmpdir(), 'pollux-pages-'));
mkdirSync(join(pages, 'chunks'));
writeFileSync(join(pages, 'index.html'), '<!doctype html><title>Twin</title>');
writeFileSync(join(pages, 'main.js'), 'console.log(1)');
writeFileSync(join(pages, 'chunks', 'elk-ABCD1234.js'), '1');
writeFileSync(join(pages, 'main.js.map'), '{}');
afterAll(() => rmSync(pages, { recursive: true }));

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A session that keeps what it was told, and says what the test says. */
async function start() {
  const received: FromPreview[] = [];
  const hidden: boolean[] = [];
  const fan = createFan();
  fan.connect({
    receive: (message) => {
      received.push(message);
      if (message.type === 'ready') fan.send({ type: 'problems', problems: [] });
      if (message.type === 'history')
        fan.send({ type: 'history', request: message.request, times: [], columns: {} });
    },
    flush: () => {},
    hidden: (now) => hidden.push(now),
  });
  const served = await serve({ session: fan, pages, port: 0 });
  closing.push(() => served.close());
  return { ...served, fan, received, hidden, port: Number(new URL(served.address).port) };
}

function get(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers }, (response) => {
      let body = '';
      response.on('data', (part: Buffer) => (body += part.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

async function page(port: number, headers: Record<string, string> = {}) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/session`, { headers });
  const got: ToPreview[] = [];
  socket.on('message', (data) => got.push(JSON.parse(String(data)) as ToPreview));
  closing.push(() => socket.terminate());
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return { socket, got, send: (message: FromPreview) => socket.send(JSON.stringify(message)) };
}
const frame = (series: string[], time = 1): ToPreview => ({
  type: 'frame',
  series,
  times: [time],
  columns: series.map((_, i) => [i]),
  now: series.map((_, i) => i),
  time,
});

describe('the page', () => {
  it('comes with a strict policy, and files that may be kept', async () => {
    const { port } = await start();
    const index = await get(port, '/');
    expect(index).toMatchObject({ status: 200, body: '<!doctype html><title>Twin</title>' });
    const policy = index.headers['content-security-policy']!;
    expect(policy).toContain(`default-src 'none'; script-src 'self';`);
    expect(policy).toContain(`connect-src 'self' ws://127.0.0.1:${port}`);
    expect(policy).not.toMatch(/unsafe|\*/);
    expect(index.headers['x-content-type-options']).toBe('nosniff');
    expect(index.headers['cache-control']).toBe('no-cache');
    expect((await get(port, '/chunks/elk-ABCD1234.js')).headers['cache-control']).toContain('immutable');
    const again = await get(port, '/main.js', {
      'if-none-match': (await get(port, '/main.js')).headers.etag!,
    });
    expect(again.status).toBe(304);
  });

  it.each(['/../package.json', '/..%2fpackage.json', '/main.js.map', '/nothing', '/chunks', '//etc/passwd'])(
    'has no %s',
    async (path) => {
      const { port } = await start();
      expect((await get(port, path)).status).toBe(404);
    },
  );

  it('answers to names of this machine only', async () => {
    const { port } = await start();
    expect((await get(port, '/', { host: `evil.example:${port}` })).status).toBe(421);
    expect((await get(port, '/', { host: `localhost:${port}` })).status).toBe(200);
  });

  it('says so in words when the port is taken, or the preview is not built', async () => {
    const { port, fan } = await start();
    await expect(serve({ session: fan, pages, port })).rejects.toThrow(`port ${port} is in use`);
    await expect(serve({ session: fan, pages: join(pages, 'none'), port: 0 })).rejects.toThrow(
      'npm run build',
    );
  });
});

describe('the socket', () => {
  it.each([
    ['a foreign page', { origin: 'https://evil.example' }],
    ['a foreign port', { origin: 'http://127.0.0.1:1' }],
    ['another name for this address', { host: 'evil.example' }],
    ['a file', { origin: 'null' }],
  ])('refuses %s', async (_, headers) => {
    const { port, clients } = await start();
    await expect(page(port, headers)).rejects.toThrow('403');
    expect(clients()).toBe(0);
  });

  it('lets in its own page', async () => {
    const { port, clients, received } = await start();
    const { send } = await page(port, { origin: `http://127.0.0.1:${port}` });
    send({ type: 'play' });
    await until('play', () => received.length === 1);
    expect(clients()).toBe(1);
  });

  it('drops what is no message, and lives', async () => {
    const { port, received } = await start();
    const { socket, send } = await page(port);
    for (const text of [
      '',
      '{',
      '[]',
      '{"type":"seek"}',
      '{"type":"__proto__"}',
      '{"type":"set","id":"x","value":"1"}',
      '{"type":"speed","speed":-1}',
    ])
      socket.send(text);
    socket.send(Buffer.from([1, 2, 3]));
    send({ type: 'pause' });
    await until('pause', () => received.length > 0);
    expect(received).toEqual([{ type: 'pause' }]);
  });

  it('no text whatever makes reading throw', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc
            .record({ type: fc.constantFrom('seek', 'set', 'history', 'subscribe') })
            .map((x) => JSON.stringify(x)),
        ),
        (text) => {
          const message = readMessage(text);
          expect(message === undefined || typeof message.type === 'string').toBe(true);
        },
      ),
    );
  });
});

describe('several pages', () => {
  it('get their own answers and series, and all hear what happens', async () => {
    const { port, fan, received, hidden } = await start();
    const [one, two] = [await page(port), await page(port)];
    expect(hidden).toEqual([true, false]);
    one.send({ type: 'ready' });
    one.send({ type: 'subscribe', series: ['a', 'b'] });
    two.send({ type: 'subscribe', series: ['b', 'c'] });
    two.send({ type: 'history', request: 7, series: ['c'], from: 0, to: 1, points: 10 });
    await until('all messages', () => received.length === 4);
    expect(received[2]).toEqual({ type: 'subscribe', series: ['a', 'b', 'c'] });
    fan.send(frame(['a', 'b', 'c']));
    fan.send({ type: 'events', events: [] });
    await until(
      'both',
      () => one.got.some(({ type }) => type === 'events') && two.got.some(({ type }) => type === 'events'),
    );
    expect(one.got.map(({ type }) => type)).toEqual(['problems', 'frame', 'events']);
    expect(two.got.map(({ type }) => type)).toEqual(['history', 'frame', 'events']);
    expect(one.got[1]).toMatchObject({ series: ['a', 'b'], columns: [[0], [1]], now: [0, 1] });
    expect(two.got[1]).toMatchObject({ series: ['b', 'c'], columns: [[1], [2]] });
    one.socket.close();
    two.socket.close();
    await until('hidden again', () => hidden.at(-1) === true);
  });

  it('that do not keep up miss frames, and no event', async () => {
    const { port, fan, clients } = await start();
    const { socket, got } = await page(port);
    await until('attached', () => clients() === 1);
    socket.pause();
    const wide: ToPreview = {
      ...frame([]),
      columns: [Array.from({ length: 20_000 }, () => 0.123456789)],
    } as ToPreview;
    for (let i = 0; i < 200; i += 1) {
      fan.send({ ...wide, time: i } as ToPreview);
      fan.send({
        type: 'events',
        events: [{ id: i, time: i, microstep: 0, kind: 'event', name: '', text: '', severity: 'info' }],
      });
      if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    socket.resume();
    const events = () =>
      got.flatMap((message) => (message.type === 'events' ? message.events.map(({ id }) => id) : []));
    await until('all events', () => events().length === 200);
    expect(events()).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect(got.filter(({ type }) => type === 'frame').length).toBeLessThan(200);
  });

  it('that do not read at all, however many, leave memory as it is, and the others get everything', async () => {
    const fan = createFan();
    const unread = 16 * 1024 * 1024;
    const served = await serve({ session: fan, pages, port: 0, unread });
    closing.push(() => served.close());
    const port = Number(new URL(served.address).port);
    const reader = await page(port);
    const idle = await Promise.all(Array.from({ length: 6 }, () => page(port)));
    await until('attached', () => served.clients() === 7);
    for (const { socket } of idle) socket.pause();
    const text = 'x'.repeat(1024 * 1024);
    const read = () => reader.got.filter(({ type }) => type === 'events').length;
    for (let i = 0; i < 40; i += 1) {
      const event = {
        id: i,
        time: i,
        microstep: 0,
        kind: 'event',
        name: '',
        text,
        severity: 'info',
      } as const;
      fan.send({ type: 'events', events: [event] });
      await until('it was read', () => read() === i + 1);
    }
    // Six that read nothing of 40 MB each, and 16 MB of room.
    await until('they are gone', () => served.clients() <= 2);
    expect(served.clients()).toBeGreaterThanOrEqual(1);
    expect(reader.socket.readyState).toBe(WebSocket.OPEN);
  });

  it('are told goodbye', async () => {
    const { port, close } = await start();
    const { socket } = await page(port);
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    await close();
    expect(await closed).toBe(1001);
    await expect(get(port, '/')).rejects.toThrow('ECONNREFUSED');
  });
});
