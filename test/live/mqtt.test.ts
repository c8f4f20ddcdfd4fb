/** A real broker on loopback: each way in which live data goes wrong, by itself and mixed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { certificate, hasOpenssl } from '../harness/certificate.ts';
import { linkMqtt, mqttSettings } from '../../live/mqtt/index.ts';
import type { Link } from '../../live/link.ts';
import type { Manifest } from '../../runtime/contract/manifest.ts';
import {
  casing,
  celsius,
  manifestWith,
  receiver,
  running,
  startBroker,
  until,
  vibration,
} from './fixture.ts';
import type { Broker } from './fixture.ts';

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function broker(port = 0, tls?: Parameters<typeof startBroker>[1]): Promise<Broker> {
  const started = await startBroker(port, tls);
  closing.push(() => started.stop());
  return started;
}

async function link(
  manifest: Manifest,
  port: number,
  into = receiver(),
): Promise<ReturnType<typeof receiver> & { link: Link }> {
  const made = linkMqtt({ manifest, settings: { url: `mqtt://127.0.0.1:${port}` }, receiver: into.self });
  closing.push(() => made.close());
  await until('connected', () => into.states.at(-1)?.state === 'connected');
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { ...into, link: made };
}

const all = [casing('p/casing', '$.value'), vibration(1, 'p/vib'), running('p/run')];

describe('a link', () => {
  it('brings in bare values, JSON and booleans, in SI', async () => {
    const { publish, port } = await broker();
    const { arrivals, faults, link: made } = await link(manifestWith(all), port);
    await publish('p/casing', '{"value": 20, "time": "2020-01-01T00:00:00Z"}');
    await publish('p/vib', '4');
    await publish('p/run', 'on');
    await until('three arrivals', () => arrivals.length === 3);
    expect(arrivals.map(({ binding, value }) => [binding, value])).toEqual([
      [0, 293.15],
      [1, 0.004],
      [2, 1],
    ]);
    expect(arrivals[0]!.time).toBe(Date.UTC(2020, 0, 1));
    expect(faults).toEqual([]);
    expect(made.counts()).toEqual({ received: 3 });
  });

  it('feeds several sensors from one topic', async () => {
    const { publish, port } = await broker();
    const { arrivals } = await link(
      manifestWith([vibration(1, 'p', '$.a'), vibration(2, 'p', "$['b'][1]")]),
      port,
    );
    await publish('p', '{"a": 1, "b": [0, 2]}');
    await until('two arrivals', () => arrivals.length === 2);
    expect(arrivals.map(({ binding, value }) => [binding, value])).toEqual([
      [0, 0.001],
      [1, 0.002],
    ]);
  });

  it('sends alarms, retained, as JSON', async () => {
    const { port } = await broker();
    const { link: made } = await link(
      manifestWith([
        { direction: 'to', target: { kind: 'alarm', alarm: 0, instance: 1 }, arguments: { '0': 'alarms/2' } },
      ]),
      port,
    );
    made.alarm(0, 1, true, Date.UTC(2026, 0, 1));
    made.alarm(0, 0, true, 0);
    await until('sent', () => made.counts()['sent'] === 1);
    const late = mqtt.connect(`mqtt://127.0.0.1:${port}`);
    closing.push(() => late.endAsync(true));
    const got: unknown[] = [];
    late.on('message', (_topic, payload, packet) =>
      got.push([JSON.parse(payload.toString()), packet.retain]),
    );
    late.subscribe('alarms/#');
    await until('the retained alarm', () => got.length === 1);
    expect(got[0]).toEqual([
      {
        id: 'pump[2].rough',
        active: true,
        severity: 'warning',
        message: 'It runs rough',
        time: '2026-01-01T00:00:00.000Z',
      },
      true,
    ]);
  });

  it('sends values in the unit of the binding, when they change', async () => {
    const { port, aedes } = await broker();
    const got: string[] = [];
    aedes.on('publish', ({ topic, payload }) => {
      if (topic === 'out') got.push(payload.toString());
    });
    const { link: made } = await link(
      manifestWith([
        { direction: 'to', target: { kind: 'probe', probe: 0 }, arguments: { '0': 'out' }, unit: celsius },
      ]),
      port,
    );
    expect(made.probes).toEqual([0]);
    made.value(0, 293.15, 1000);
    made.value(0, 293.15, 2000);
    made.value(0, 303.15, 3000);
    await until('two values', () => got.length === 2);
    expect(got).toEqual(['20', '30']);
  });

  it('refuses topics with wildcards and bad paths before it connects', () => {
    const attempt = (manifest: Manifest) => () =>
      linkMqtt({ manifest, settings: { url: 'mqtt://127.0.0.1:1' }, receiver: receiver().self });
    expect(attempt(manifestWith([vibration(1, 'plant/+/vib')]))).toThrow('without + and #');
    expect(attempt(manifestWith([vibration(1, 'plant/vib', 'value')]))).toThrow('begins with $');
  });
});

/** Each kind of bad message: sent three times, it is told once and counted three times. */
describe('what is wrong is told once and counted:', () => {
  it.each([
    ['unreadable', 'p/vib', 'garbage \u0007', 'neither a number nor'],
    ['missing', 'p/casing', '20', 'There is nothing at $.value in “20”'],
    ['missing', 'p/casing', '{"temperature": 20}', 'There is nothing at $.value'],
    ['wrongType', 'p/casing', '{"value": [20]}', 'a list'],
    ['wrongType', 'p/run', '3.7', 'should be true or false'],
    ['wrongUnit', 'p/vib', '4.5 kg', 'The message is in “kg”, and the binding reads mm/s'],
    ['notFinite', 'p/vib', 'NaN', 'not a finite number'],
    ['tooLarge', 'p/vib', 'x'.repeat(2_000_000), '2000000 bytes'],
    ['unreadable', 'p/casing', '['.repeat(60_000), 'no JSON'],
  ])('%s on %s', async (kind, topic, payload, words) => {
    const { publish, port } = await broker();
    const { arrivals, faults, link: made } = await link(manifestWith(all), port);
    for (let i = 0; i < 3; i += 1) await publish(topic, payload);
    await publish('p/vib', '1');
    await until('the good one', () => arrivals.length > 0);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ kind, source: `mqtt ${topic}` });
    expect(faults[0]!.text).toContain(words);
    expect(faults[0]!.text).not.toMatch(/\p{C}/u);
    expect(made.counts()[kind]).toBe(3);
    expect(arrivals).toHaveLength(1);
  });

  it('out of range, which is kept', async () => {
    const { publish, port } = await broker();
    const { arrivals, faults, link: made } = await link(manifestWith(all), port);
    for (const shown of ['60', '61', '-1']) await publish('p/vib', shown);
    await until('three arrivals', () => arrivals.length === 3);
    expect(faults).toHaveLength(1);
    expect(faults[0]!.text).toContain('60 mm/s, which is outside 0 mm/s to 50 mm/s');
    expect(made.counts()).toEqual({ received: 3, outOfRange: 3 });
  });

  it('duplicates and samples out of order', async () => {
    const { publish, port } = await broker();
    const { arrivals, faults, link: made } = await link(manifestWith(all), port);
    for (const second of [10, 20, 20, 15, 20, 30, 12])
      await publish('p/casing', JSON.stringify({ value: second, ts: 1_700_000_000 + second }));
    await until('all are in', () => made.counts()['received'] === 7);
    expect(arrivals.map(({ time }) => time / 1000 - 1_700_000_000)).toEqual([10, 20, 30]);
    expect(faults.map(({ kind }) => kind)).toEqual(['duplicate', 'outOfOrder']);
    expect(made.counts()).toEqual({ received: 7, duplicate: 2, outOfOrder: 2 });
  });

  it('times from the future and times that are none: the time of arrival is taken', async () => {
    const { publish, port } = await broker();
    let now = Date.UTC(2026, 0, 1);
    const { arrivals, faults } = await link(
      manifestWith(all),
      port,
      receiver(() => now),
    );
    await publish('p/casing', '{"value": 20, "time": "2027-01-01T00:00:00Z"}');
    await until('one arrival', () => arrivals.length === 1);
    now += 1000;
    await publish('p/casing', '{"value": 21, "time": "noon"}');
    await until('two arrivals', () => arrivals.length === 2);
    expect(arrivals.map(({ time }) => time)).toEqual([now - 1000, now]);
    expect(faults.map(({ kind }) => kind)).toEqual(['clockAhead', 'badTime']);
  });
});

describe('a broker that goes away', () => {
  it('at the start is waited for', async () => {
    const gone = await startBroker();
    await gone.stop();
    const into = receiver();
    const made = linkMqtt({
      manifest: manifestWith(all),
      settings: { url: `mqtt://127.0.0.1:${gone.port}` },
      receiver: into.self,
    });
    closing.push(() => made.close());
    await until('lost', () => into.states.some(({ state }) => state === 'lost'));
    expect(into.states.find(({ state }) => state === 'lost')!.detail).toContain('is the broker running?');
    const { publish } = await broker(gone.port);
    await until('connected', () => into.states.at(-1)?.state === 'connected');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await publish('p/vib', '1');
    await until('an arrival', () => into.arrivals.length === 1);
  });

  it('mid-stream is come back to; alarms sent meanwhile arrive', async () => {
    const first = await startBroker();
    const manifest = manifestWith([
      ...all,
      { direction: 'to', target: { kind: 'alarm', alarm: 0, instance: 0 }, arguments: { '0': 'alarms' } },
    ]);
    const { arrivals, states, link: made } = await link(manifest, first.port);
    await first.publish('p/vib', '1');
    await until('the first', () => arrivals.length === 1);
    await first.stop();
    await until('lost', () => states.at(-1)?.state === 'lost');
    made.alarm(0, 0, true, 1);
    made.alarm(0, 0, false, 2);
    const second = await broker(first.port);
    const sent: unknown[] = [];
    second.aedes.on('publish', ({ topic, payload }) => {
      if (topic === 'alarms') sent.push((JSON.parse(payload.toString()) as { active: unknown }).active);
    });
    await until('connected again', () => states.at(-1)?.state === 'connected');
    await until('both alarms', () => sent.length === 2);
    expect(sent).toEqual([true, false]);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await second.publish('p/vib', '2');
    await until('the second', () => arrivals.length === 2);
  });

  it('takes nothing with it that QoS 1 can keep: a plant that goes on publishing loses no sample', async () => {
    const first = await startBroker();
    const { arrivals, states, faults } = await link(manifestWith(all), first.port);
    const plant = mqtt.connect(`mqtt://127.0.0.1:${first.port}`, { reconnectPeriod: 400 });
    closing.push(() => plant.endAsync(true));
    await until('plant connected', () => plant.connected);
    const start = Date.now() - 60_000;
    let n = 0;
    const send = () => {
      n += 1;
      plant.publish(
        'p/casing',
        JSON.stringify({ value: n % 100, time: new Date(start + n * 10).toISOString() }),
        { qos: 1 },
      );
    };
    for (let i = 0; i < 200; i += 1) send();
    await until('the first 200', () => arrivals.length === 200);
    await first.stop();
    await until('both lost', () => states.at(-1)?.state === 'lost' && !plant.connected);
    for (let i = 0; i < 200; i += 1) send();
    await broker(first.port);
    await until('400', () => arrivals.length >= 400);
    for (let i = 0; i < 200; i += 1) send();
    await until('600', () => arrivals.length >= 600);
    expect(arrivals.map(({ time }) => (time - start) / 10)).toEqual(
      Array.from({ length: 600 }, (_, i) => i + 1),
    );
    expect(faults.filter(({ kind }) => kind !== 'duplicate')).toEqual([]);
  });

  it('and everything at once is still counted exactly', async () => {
    const first = await startBroker();
    const { arrivals, faults, states, link: made } = await link(manifestWith(all), first.port);
    const round = async ({ publish }: Broker, from: number) => {
      for (let i = 0; i < 100; i += 1) {
        const ts = 1_700_000_000 + from + i;
        await publish('p/casing', JSON.stringify({ value: 20, ts }));
        if (i % 10 === 0) await publish('p/casing', JSON.stringify({ value: 20, ts }));
        if (i % 20 === 10) await publish('p/casing', JSON.stringify({ value: 20, ts: ts - 5 }));
        if (i % 25 === 0) await publish('p/casing', 'garbage');
        if (i % 50 === 0) await publish('p/run', '{}');
        await publish('p/vib', String(i));
      }
    };
    await round(first, 0);
    await until('half', () => made.counts()['received'] === 221);
    await first.stop();
    await until('lost', () => states.at(-1)?.state === 'lost');
    const second = await broker(first.port);
    await until('connected', () => states.at(-1)?.state === 'connected');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await round(second, 1000);
    await until('all', () => made.counts()['received'] === 442);
    expect(arrivals).toHaveLength(400);
    expect(made.counts()).toEqual({
      received: 442,
      duplicate: 20,
      outOfOrder: 10,
      unreadable: 8,
      wrongType: 4,
      outOfRange: 98,
    });
    expect(faults.map(({ kind }) => kind).toSorted()).toEqual([
      'duplicate',
      'outOfOrder',
      'outOfRange',
      'unreadable',
      'wrongType',
    ]);
  });
});

it('ten thousand samples a second come in whole', async () => {
  const { port } = await broker();
  const pumps = [vibration(1, 'p/1'), vibration(2, 'p/2')];
  const { arrivals, faults, link: made } = await link(manifestWith(pumps), port);
  const plant = mqtt.connect(`mqtt://127.0.0.1:${port}`);
  closing.push(() => plant.endAsync(true));
  await until('plant connected', () => plant.connected);
  const total = 30_000;
  for (let sent = 0; sent < total; sent += 100) {
    for (let i = sent; i < sent + 100; i += 1) plant.publish(`p/${1 + (i % 2)}`, String(i % 50), { qos: 0 });
    if (sent % 1000 === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await until('all of them', () => made.counts()['received'] === total, 25_000);
  expect(arrivals).toHaveLength(total);
  expect(faults).toEqual([]);
  for (const pump of [0, 1]) {
    const times = arrivals.filter(({ binding }) => binding === pump).map(({ time }) => time);
    expect(times.every((time, i) => i === 0 || time > times[i - 1]!)).toBe(true);
  }
});

describe('TLS', () => {
  it.skipIf(!hasOpenssl)(
    '(needs openssl to make a certificate) with an authority of our own, and not without',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'pollux-tls-'));
      closing.push(() => rmSync(folder, { recursive: true }));
      const { cert, key, files } = certificate(folder);
      const { port, publish, aedes } = await broker(0, { key, cert });
      aedes.authenticate = (_client, user, password, done) =>
        done(null, user === 'plant' && String(password) === 'secret');
      const environment = {
        POLLUX_MQTT_URL: `mqtts://localhost:${port}`,
        POLLUX_MQTT_USERNAME: 'plant',
        POLLUX_MQTT_PASSWORD: 'secret',
      };
      const start = (variables: Record<string, string>) => {
        const into = receiver();
        const made = linkMqtt({
          manifest: manifestWith(all),
          settings: mqttSettings(variables)!,
          receiver: into.self,
        });
        closing.push(() => made.close());
        return into;
      };
      const trusting = start({ ...environment, POLLUX_MQTT_CA: files.cert });
      const doubting = start(environment);
      const stranger = start({
        ...environment,
        POLLUX_MQTT_CA: files.cert,
        POLLUX_MQTT_PASSWORD: 'guess',
      });
      await until('connected', () => trusting.states.at(-1)?.state === 'connected');
      await until('not trusted', () =>
        doubting.states.some(({ detail }) => detail.includes('POLLUX_MQTT_CA')),
      );
      await until('refused', () =>
        stranger.states.some(({ detail }) => detail.includes('POLLUX_MQTT_PASSWORD')),
      );
      expect(JSON.stringify([doubting.states, stranger.states])).not.toMatch(/guess|"secret"/);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await publish('p/vib', '1');
      await until('an arrival', () => trusting.arrivals.length === 1);
      expect(doubting.arrivals.concat(stranger.arrivals)).toEqual([]);
    },
  );

  it.each([
    [{ POLLUX_MQTT_URL: 'http://x' }, 'begins with mqtt://'],
    [{ POLLUX_MQTT_URL: 'nonsense' }, 'is no address'],
    [{ POLLUX_MQTT_URL: 'mqtt://me:pass@host' }, 'POLLUX_MQTT_PASSWORD'],
    [{ POLLUX_MQTT_URL: 'mqtt://host', POLLUX_MQTT_CA: 'x' }, 'mqtts://'],
    [{ POLLUX_MQTT_URL: 'mqtts://host', POLLUX_MQTT_CA: '/does/not/exist' }, 'cannot be read (ENOENT)'],
    [{ POLLUX_MQTT_URL: 'mqtts://host', POLLUX_MQTT_CERT: import.meta.filename }, 'belong together'],
  ])('settings %j are refused in words', (environment, words) => {
    expect(() => mqttSettings(environment)).toThrow(words);
  });
  it('no settings are no settings', () => expect(mqttSettings({})).toBeUndefined());
});
