/** Samples over HTTP: what is read, what becomes of it, and what whoever sends is told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createFaults } from '../../live/faults.ts';
import type { Fault } from '../../live/faults.ts';
import { linkHttp } from '../../live/http/index.ts';
import type { HttpLink, SampleReport } from '../../live/http/index.ts';
import { createIncoming, readersOf } from '../../live/mqtt/incoming.ts';
import type { Receiver } from '../../live/receiver.ts';
import { createAuthenticator, hashOfToken, newToken } from '../../live/serve/access.ts';
import { createGuard } from '../../live/serve/guard.ts';
import { createFan, serve } from '../../live/serve/index.ts';
import type { SampleSink } from '../../live/serve/index.ts';
import { casing, manifestWith, receiver, running, vibration } from './fixture.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const bindings = [casing('P101/casing'), vibration(2, 'P101/vib'), running('P101/state')];
const over = (protocol: string, path?: string) =>
  manifestWith(
    bindings.map((one) => ({
      ...one,
      protocol,
      arguments: { ...one.arguments, ...(path === undefined ? {} : { path }) },
    })),
  );
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function linked(manifest = over('http')) {
  const got = receiver(() => NOW);
  return { ...got, link: linkHttp({ manifest, receiver: got.self }) };
}
async function sent(link: HttpLink, format: 'lines' | 'json' | 'senml', text: string): Promise<SampleReport> {
  const batch = link.batch(format);
  await batch.take(bytes(text));
  const report = await batch.end();
  if ('problem' in report) throw new Error(report.problem);
  return report;
}

describe('samples', () => {
  it('come as lines, as a list, alone, and as SenML, in their units and at their times', async () => {
    const { link, arrivals } = linked();
    const time = '2026-03-01T11:59:58Z';
    const one = { name: 'P101/casing', value: 61.5, time };
    expect(await sent(link, 'lines', `${JSON.stringify(one)}\n\n`)).toMatchObject({ taken: 1, refused: 0 });
    expect(
      await sent(link, 'json', JSON.stringify([{ ...one, time: NOW / 1000 - 1, unit: '°C' }])),
    ).toMatchObject({ taken: 1 });
    expect(await sent(link, 'json', '{"name": "P101/state", "value": true}')).toMatchObject({ taken: 1 });
    expect(
      await sent(
        link,
        'senml',
        '[{"bn":"P101/","n":"vib","u":"mm/s","v":7,"t":-3},{"n":"casing","u":"Cel","v":20}]',
      ),
    ).toMatchObject({ taken: 2, refused: 0, remarks: [] });
    expect(arrivals).toEqual([
      { binding: 0, time: NOW - 2000, value: 61.5 + 273.15 },
      { binding: 0, time: NOW - 1000, value: 61.5 + 273.15 },
      { binding: 2, time: NOW, value: 1 },
      { binding: 1, time: NOW - 3000, value: 0.007 },
      { binding: 0, time: NOW, value: 293.15 },
    ]);
    expect(link.counts()).toEqual({ received: 5 });
  });

  it('that cannot be used are told of where they stand, and the others are taken', async () => {
    const { link, arrivals, faults } = linked();
    const report = await sent(
      link,
      'lines',
      [
        '{"name": "P101/casing", "value": 20, "time": "2026-03-01T11:59:50Z"}',
        '{"name": "P101/casng", "value": 20}',
        'garbage',
        '',
        '{"value": 1}',
        '[1]',
        '{"name": "P101/casing", "value": "hot"}',
        '{"name": "P101/casing", "value": 20, "time": "2026-03-01T11:59:50Z"}',
        '{"name": "P101/casing", "value": 20, "time": "2026-03-01T11:59:40Z"}',
        '{"name": "P101/casing", "value": 500, "time": "2026-03-01T11:59:51Z"}',
        '{"name": "P101/casing", "value": 1e999, "time": "2026-03-01T11:59:52Z"}',
        '{"name": "P101/casing", "value": 21, "unit": "bar"}',
        `{"name": "P101/casing", "value": 21, "more": "${'x'.repeat(70_000)}"}`,
        '{"name": "P101/casing", "value": 22, "time": "2027-03-01T12:00:00Z"}',
        '{"name": "P101/casing"}',
      ].join('\r\n'),
    );
    expect(report.problems.map(({ line, kind }) => [line, kind])).toEqual([
      [2, 'unknown'],
      [3, 'unreadable'],
      [5, 'missing'],
      [6, 'wrongType'],
      [7, 'unreadable'],
      [8, 'duplicate'],
      [9, 'outOfOrder'],
      [11, 'notFinite'],
      [12, 'wrongUnit'],
      [13, 'tooLarge'],
      [15, 'missing'],
    ]);
    expect(report.problems[0]!.why).toContain('this twin takes P101/casing, P101/vib, P101/state');
    expect(report).toMatchObject({ taken: 3, refused: 11 });
    expect(report.remarks.map(({ line, kind }) => [line, kind])).toEqual([
      [10, 'outOfRange'],
      [14, 'clockAhead'],
    ]);
    expect(arrivals.map(({ value }) => Math.round(value - 273.15))).toEqual([20, 500, 22]);
    // Told to whoever looks on, too, once a kind and source.
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(
      new Set([...report.problems, ...report.remarks].map(({ kind }) => kind)),
    );
  });

  it('are not told of where they are private, to nobody', async () => {
    const manifest = over('http');
    manifest.variables[0]!.private = true;
    const { link, faults } = linked(manifest);
    const report = await sent(link, 'json', '[{"name": "P101/casing", "value": "secret words"}]');
    expect(report).toMatchObject({ taken: 0, refused: 1 });
    expect(JSON.stringify([report, faults])).not.toContain('secret');
    expect(report.problems[0]!.why).toContain('it is private');
  });

  it('that are no list, no JSON or no text are refused as a whole', async () => {
    const { link } = linked();
    for (const [format, body] of [
      ['json', bytes('{"name"')],
      ['senml', bytes('{"n":"a","v":1}')],
      ['senml', bytes('[{"n":"a","v":1,"x_":1}]')],
      ['json', Uint8Array.of(0xff, 0xfe)],
    ] as const) {
      const batch = link.batch(format);
      await batch.take(body);
      expect(await batch.end()).toHaveProperty('problem');
    }
  });

  it('are not read on until those before them are worked off', async () => {
    const got = receiver(() => NOW);
    const waiting: (() => void)[] = [];
    const self: Receiver = {
      ...got.self,
      gather: (_arrival, became) => waiting.push(() => became('onTime')),
    };
    const { link } = { link: linkHttp({ manifest: over('http'), receiver: self }) };
    const batch = link.batch('lines');
    const text = '{"name":"P101/casing","value":1}\n'.repeat(12_000);
    let over10 = false;
    const taking = batch.take(bytes(text)).then(() => (over10 = true));
    await new Promise((go) => setTimeout(go, 20));
    expect(over10).toBe(false);
    expect(waiting).toHaveLength(12_000);
    for (const became of waiting.splice(0, 3000)) became();
    await taking;
    const ended = batch.end();
    for (const became of waiting.splice(0)) became();
    expect(await ended).toMatchObject({ taken: 12_000 });
  });

  it('cut anywhere, are the same samples as over MQTT', async () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, min: -50, max: 200 }),
      fc.integer({ min: -5, max: 5 }),
      fc.constantFrom('12.5', '7 °C', 'garbage', null, true, '∞'),
    );
    const sample = fc.record(
      {
        name: fc.constantFrom('P101/casing', 'P101/vib', 'P101/state', 'P101/none'),
        value,
        time: fc.oneof(
          fc.integer({ min: -20, max: 5 }).map((s) => new Date(NOW + 500 * s).toISOString()),
          fc.integer({ min: -20, max: 5 }).map((s) => (NOW + 500 * s) / 1000),
          fc.constant('no time'),
        ),
        unit: fc.constantFrom('°C', 'mm/s', 'bar', ''),
        ü: fc.constant('€𝄞'),
      },
      { requiredKeys: ['name', 'value'] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(sample, { minLength: 1, maxLength: 40 }),
        fc.array(fc.nat(300), { maxLength: 30 }),
        async (samples, cuts) => {
          const other = receiver(() => NOW);
          const told: Fault[] = [];
          const incoming = createIncoming({
            readers: readersOf(over('mqtt', '$.value')),
            faults: createFaults((fault) => told.push(fault)),
            receiver: { now: () => NOW, arrive: other.self.arrive },
          });
          for (const one of samples)
            incoming.message(one.name, {
              payload: JSON.stringify(one),
              qos: 0,
              dup: false,
              retain: false,
            } as never);
          const kindsBy = (list: readonly Fault[]) =>
            list
              .filter(({ kind }) => kind !== 'unknown')
              .map(({ kind, name, text }) => [kind, name, text.replace(/^(mqtt|http) /, '')]);

          const pieced = linked();
          const batch = pieced.link.batch('lines');
          const all = bytes(samples.map((one) => JSON.stringify(one)).join('\n'));
          let from = 0;
          for (const length of cuts) {
            await batch.take(all.slice(from, from + length));
            from += length;
          }
          await batch.take(all.slice(from));
          const report = (await batch.end()) as SampleReport;
          expect(pieced.arrivals).toEqual(other.arrivals);
          expect(kindsBy(pieced.faults)).toEqual(kindsBy(told));
          expect(report.taken + report.refused).toBe(samples.length);
          // A list says the same.
          const listed = linked();
          expect(await sent(listed.link, 'json', JSON.stringify(samples))).toMatchObject({
            taken: report.taken,
            refused: report.refused,
          });
          expect(listed.arrivals).toEqual(other.arrivals);
        },
      ),
      { numRuns: 200 },
    );
  });
});

const pages = mkdtempSync(join(tmpdir(), 'pollux-http-'));
writeFileSync(join(pages, 'index.html'), '<!doctype html>');
afterAll(() => rmSync(pages, { recursive: true }));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('POST /samples', () => {
  const tokens = { ada: newToken(), bob: newToken() };
  async function started(options: { guarded?: boolean; sink?: SampleSink | null } = {}) {
    const got = linked();
    const sink: SampleSink = { closed: () => undefined, batch: (format) => got.link.batch(format) };
    const access = {
      tokens: [
        { name: 'ada', sha256: hashOfToken(tokens.ada), role: 'operate' as const },
        { name: 'bob', sha256: hashOfToken(tokens.bob), role: 'view' as const },
      ],
      providers: [],
    };
    const served = await serve({
      session: createFan(),
      pages,
      port: 0,
      samples: () => (options.sink === null ? undefined : (options.sink ?? sink)),
      ...(options.guarded === true
        ? { guard: createGuard({ authenticator: createAuthenticator(access, () => NOW) }) }
        : {}),
    });
    closing.push(() => served.close());
    const post = async (body: BodyInit, headers: Record<string, string> = {}) => {
      const answer = await fetch(`${served.address}samples`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-ndjson', ...headers },
        ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
      } as RequestInit);
      return {
        status: answer.status,
        headers: answer.headers,
        said: (await answer.json()) as SampleReport & { error?: string },
      };
    };
    return { ...got, post, port: Number(new URL(served.address).port) };
  }
  const good = '{"name":"P101/casing","value":20}\n';

  it('answers how many were taken, 200 for all, 207 for some, 400 for none', async () => {
    const { post } = await started();
    expect(await post(good)).toMatchObject({ status: 200, said: { taken: 1, refused: 0, problems: [] } });
    expect(await post(`${good}nothing\n`)).toMatchObject({
      status: 207,
      said: { taken: 1, refused: 1, problems: [{ line: 2, kind: 'unreadable' }] },
    });
    expect(await post('nothing')).toMatchObject({ status: 400, said: { taken: 0, refused: 1 } });
    expect(await post('\n')).toMatchObject({ status: 400, said: { error: 'There are no samples in it.' } });
    expect(await post('[', { 'content-type': 'application/json' })).toMatchObject({ status: 400 });
    expect(
      await post('[{"n":"P101/casing","u":"Cel","v":20}]', { 'content-type': 'application/senml+json; x=y' }),
    ).toMatchObject({ status: 200, said: { taken: 1 } });
  });

  it('refuses what it cannot read, and says what can be', async () => {
    const { post, arrivals } = await started();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/senml+cbor', ''])
      expect(await post(good, { 'content-type': type })).toMatchObject({
        status: 415,
        said: { error: expect.stringContaining('application/x-ndjson') as string },
      });
    expect(await post(good, { 'content-encoding': 'gzip' })).toMatchObject({ status: 415 });
    expect(await post(good, { origin: 'https://elsewhere.example' })).toMatchObject({ status: 403 });
    expect(arrivals).toEqual([]);
  });

  it('wants a role that may operate, where one has to say who one is', async () => {
    const { post, arrivals } = await started({ guarded: true });
    expect(await post(good)).toMatchObject({ status: 401 });
    expect(await post(good, { authorization: 'Bearer nobody' })).toMatchObject({ status: 401 });
    expect(await post(good, { authorization: `Bearer ${tokens.bob}` })).toMatchObject({
      status: 403,
      said: { error: expect.stringContaining('operate') as string },
    });
    expect(arrivals).toEqual([]);
    expect(await post(good, { authorization: `Bearer ${tokens.ada}` })).toMatchObject({ status: 200 });
    expect(arrivals).toHaveLength(1);
  });

  it('says when nothing takes samples, or not now', async () => {
    expect(await (await started({ sink: null })).post(good)).toMatchObject({
      status: 404,
      said: { error: expect.stringContaining('from http(') as string },
    });
    const closed: SampleSink = { closed: () => 'Not now.', batch: () => expect.unreachable() };
    const answer = await (await started({ sink: closed })).post(good);
    expect(answer).toMatchObject({ status: 503, said: { error: 'Not now.' } });
    expect(answer.headers.get('retry-after')).toBe('5');
  });

  it('takes a hundred thousand at once, and not without end', async () => {
    const { post, arrivals, port } = await started();
    const line = (n: number): string =>
      `{"name":"P101/casing","value":20,"time":${(NOW - 200_000 + n) / 1000}}\n`;
    const many = Array.from({ length: 100_000 }, (_, n) => line(n)).join('');
    expect(await post(many)).toMatchObject({ status: 200, said: { taken: 100_000, refused: 0 } });
    expect(arrivals).toHaveLength(100_000);
    const big = ' '.repeat(9 * 1024 * 1024);
    expect(await post(big, { 'content-type': 'application/json' })).toMatchObject({
      status: 413,
      said: { error: expect.stringContaining('application/x-ndjson') as string },
    });
    // Without saying how long it is.
    const status = await new Promise<number>((resolve, reject) => {
      const asked = request(
        {
          port,
          host: '127.0.0.1',
          path: '/samples',
          method: 'POST',
          headers: { 'content-type': 'application/json' },
        },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode!);
        },
      );
      asked.on('error', reject);
      for (let n = 0; n < 9; n += 1) asked.write(' '.repeat(1024 * 1024));
      asked.end();
    });
    expect(status).toBe(413);
  });

  it('keeps what came of a request that was cut off', async () => {
    const { arrivals, port, post } = await started();
    const asked = request({
      port,
      host: '127.0.0.1',
      path: '/samples',
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson', 'content-length': '1000' },
    });
    asked.on('error', () => {});
    asked.write(`${good}{"name":"P101/cas`);
    while (arrivals.length === 0) await new Promise((go) => setTimeout(go, 5));
    asked.destroy();
    expect(await post(good)).toMatchObject({ status: 200 });
    expect(arrivals).toHaveLength(2);
  });
});
