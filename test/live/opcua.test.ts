/** A real OPC UA server on loopback: values, qualities and times; losses; what is refused; what is written. */
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { DataType, StatusCodes } from 'node-opcua-client';
import { describe, expect, it } from 'vitest';
import type { OpcuaSettings } from '../../live/opcua/settings.ts';
import { casing, celsius, running, until, vibration } from './fixture.ts';
import { bind, number, plants, type Bound } from './opcua-link.ts';
import { startServer } from './opcua-server.ts';

const { closing, server, link } = plants();

const probe = (node: string): Bound =>
  bind({ direction: 'to', target: { kind: 'probe', probe: 0 }, unit: celsius, arguments: {} }, node);
const alarm = (node: string): Bound =>
  bind({ direction: 'to', target: { kind: 'alarm', alarm: 0, instance: 1 }, arguments: {} }, node);
const open = (url: string): OpcuaSettings => ({ url, security: 'none', trusted: [] });
/** Nodes are written without a time. */
const NOW = 0;

describe('what comes in', () => {
  it('is in SI, with the time of its source, and as it stands when the twin comes', async () => {
    const plant = await server({
      nodes: {
        casing: number(20),
        vib: { type: DataType.Int64, value: [0, 4] },
        run: { type: DataType.Boolean, value: true },
      },
    });
    const {
      arrivals,
      faults,
      connected,
      link: made,
    } = link(
      [
        bind(casing(''), 'ns=1;s=casing', { arguments: { sampling: 20 } }),
        bind(vibration(1, ''), 'ns=1;s=vib'),
        bind(running(''), 'ns=1;s=run'),
      ],
      open(plant.url),
    );
    await connected();
    await until('three', () => arrivals.length === 3);
    expect(new Map(arrivals.map(({ binding, value }) => [binding, value]))).toEqual(
      new Map([
        [0, 293.15],
        [1, 0.004],
        [2, 1],
      ]),
    );
    const time = new Date(Date.now() + 700);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    plant.set('casing', 30, { time });
    await until('another', () => arrivals.length === 4);
    expect(arrivals[3]).toEqual({ binding: 0, value: 303.15, time: time.getTime() });
    expect(faults).toEqual([]);
    expect(made.counts()).toEqual({ received: 4 });
  });

  it('is not used where the server says that it is bad or uncertain, unless the binding wants that', async () => {
    const plant = await server({ nodes: { a: number(20), b: number(20) } });
    const { arrivals, faults, connected } = link(
      [bind(casing(''), 'ns=1;s=a'), bind(vibration(1, ''), 'ns=1;s=b', { arguments: { uncertain: true } })],
      open(plant.url),
    );
    await connected();
    await until('both', () => arrivals.length === 2);
    plant.set('a', 40, { status: StatusCodes.UncertainLastUsableValue });
    plant.set('b', 40, { status: StatusCodes.UncertainLastUsableValue });
    await until('the one', () => arrivals.length === 3);
    await until('told', () => faults.some(({ name }) => name === 'casing'));
    plant.set('b', 50, { status: StatusCodes.BadSensorFailure });
    await until('told of the other', () => faults.some(({ text }) => text.includes('BadSensorFailure')));
    expect(arrivals.slice(2).map(({ binding, value }) => [binding, value])).toEqual([[1, 0.04]]);
    // What is set within a millisecond of what came before has its time, and is asked for again.
    const bad = faults.filter(({ kind }) => kind !== 'duplicate');
    expect(
      bad.map(({ kind, text }) => [kind, /UncertainLastUsableValue|BadSensorFailure/.exec(text)?.[0]]),
    ).toEqual([
      ['badStatus', 'UncertainLastUsableValue'],
      ['badStatus', 'BadSensorFailure'],
    ]);
  });

  it('is asked for where a node that may be stale says nothing, and not when it is bad', async () => {
    const plant = await server({ nodes: { casing: number(20), vib: number(1) } });
    const { arrivals, connected } = link(
      [bind(casing(''), 'ns=1;s=casing', { stale: 1 }), bind(vibration(1, ''), 'ns=1;s=vib')],
      open(plant.url),
    );
    await connected();
    await until('again and again', () => arrivals.filter(({ binding }) => binding === 0).length >= 4);
    expect(arrivals.filter(({ binding }) => binding === 1)).toHaveLength(1);
    plant.set('casing', 20, { status: StatusCodes.BadNoCommunication });
    await new Promise((resolve) => setTimeout(resolve, 400));
    const then = arrivals.length;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(arrivals).toHaveLength(then);
  });

  it('is right in the end where the clock of the source is behind', async () => {
    const plant = await server({ nodes: { casing: number(20) } });
    const { arrivals, faults, connected } = link([bind(casing(''), 'ns=1;s=casing')], open(plant.url));
    await connected();
    await until('the first', () => arrivals.length === 1);
    plant.set('casing', 30, { time: new Date(Date.now() - 60_000) });
    await until('the second', () => arrivals.length === 2);
    expect(arrivals[1]!.value).toBe(303.15);
    expect(faults.map(({ kind }) => kind)).toEqual(['outOfOrder']);
  });

  it('is right in the end where another value has the same time', async () => {
    const plant = await server({ nodes: { casing: number(20) } });
    const { arrivals, connected } = link([bind(casing(''), 'ns=1;s=casing')], open(plant.url));
    await connected();
    await until('the first', () => arrivals.length === 1);
    const time = new Date(Date.now() + 300);
    await new Promise((resolve) => setTimeout(resolve, 600));
    plant.set('casing', 30, { time });
    await until('the second', () => arrivals.length === 2);
    plant.set('casing', 40, { time });
    await until('the third', () => arrivals.length === 3);
    expect(arrivals.map(({ value }) => value)).toEqual([293.15, 303.15, 313.15]);
  });

  it('is converted from the unit that the server tells, and refused where that does not fit', async () => {
    const plant = await server({
      nodes: {
        // FAH and MMT of UNECE Recommendation 20, as numbers by OPC 10000-8, 5.6.3.3.
        casing: { ...number(68), unit: { unitId: 4_604_232, displayName: '°F' } },
        one: { ...number(1), unit: { unitId: 5_066_068, displayName: 'mm' } },
        two: { ...number(2), unit: { unitId: -1, displayName: 'furlong per fortnight' } },
      },
    });
    const units: Record<string, { factor: number; offset: number; dimension: string }> = {
      degF: { factor: 5 / 9, offset: 459.67, dimension: 'K' },
      mm: { factor: 0.001, offset: 0, dimension: 'm' },
    };
    const { arrivals, faults, connected } = link(
      [
        bind(casing(''), 'ns=1;s=casing'),
        bind(vibration(1, ''), 'ns=1;s=one'),
        bind(vibration(2, ''), 'ns=1;s=two'),
      ],
      open(plant.url),
      (text) => (units[text] === undefined ? undefined : { text, label: text, ...units[text] }),
    );
    await connected();
    await until('two', () => arrivals.length === 2);
    await until('told', () => faults.length === 3);
    expect(arrivals.find(({ binding }) => binding === 0)!.value).toBeCloseTo(293.15, 9);
    expect(arrivals.find(({ binding }) => binding === 2)!.value).toBeCloseTo(0.002, 12);
    expect(faults.map(({ kind, name }) => `${name} ${kind}`).sort()).toEqual([
      'casing wrongUnit',
      'pump[1].vibration wrongUnit',
      'pump[2].vibration unknownUnit',
    ]);
  });

  it('says which node there is instead of one that there is not, what cannot be read, and what is no number', async () => {
    const plant = await server({
      nodes: {
        'P101.CasingTemp': number(20),
        hidden: { ...number(1), hidden: true },
        words: { type: DataType.String, value: 'none' },
      },
    });
    const { arrivals, faults, connected } = link(
      [
        bind(casing(''), 'ns=1;s=P101.CasingTmp'),
        bind(vibration(1, ''), 'ns=1;s=hidden'),
        bind(vibration(2, ''), 'ns=7;s=x'),
        bind(running(''), 'ns=1;s=words'),
      ],
      open(plant.url),
    );
    await connected();
    await until('told', () => faults.length === 4);
    const texts = Object.fromEntries(faults.map(({ name, text }) => [name, text]));
    expect(texts['casing']).toMatch(/no such node\. Did you mean ns=1;s=P101\.CasingTemp\?/);
    expect(texts['pump[1].vibration']).toMatch(/does not let this user read it/);
    expect(texts['pump[2].vibration']).toMatch(
      /no namespace 7; it has 0 “http:\/\/opcfoundation\.org\/UA\/”, 1/,
    );
    expect(texts['running']).toMatch(/should be true or false/);
    expect(arrivals).toEqual([]);
  });

  it('goes on when the server comes back, which is told what it has forgotten', async () => {
    const nodes = { casing: number(20), out: number(0) };
    const first = await startServer({ nodes });
    const {
      arrivals,
      connected,
      states,
      link: made,
    } = link([bind(casing(''), 'nsu=urn:plant;s=casing'), probe('ns=1;s=out')], open(first.url));
    await connected();
    made.value(0, 280.15, NOW);
    await until('written', () => Math.abs(Number(first.get('out')) - 7) < 1e-9);
    await first.stop();
    await until('lost', () => states.at(-1)?.state === 'lost');
    const again = await server({ nodes, port: first.port });
    await until('told anew', () => Math.abs(Number(again.get('out')) - 7) < 1e-9);
    again.set('casing', 33);
    await until('another', () => arrivals.at(-1)?.value === 306.15);
    expect(states.map(({ state }) => state)).toContain('lost');
  });
});

describe('what goes out', () => {
  it('is of the type of its node, in the unit of the binding, the latest of each', async () => {
    const plant = await server({
      nodes: {
        t: { type: DataType.Float, value: 0 },
        n: { type: DataType.Int16, value: 0 },
        l: { type: DataType.Int64, value: [0, 0] },
        a: { type: DataType.Boolean, value: false },
      },
    });
    const { link: made, connected } = link(
      [probe('ns=1;s=t'), probe('ns=1;s=n'), probe('ns=1;s=l'), alarm('ns=1;s=a')],
      open(plant.url),
    );
    made.value(0, 280.15, NOW);
    await connected();
    for (const value of [283.15, 288.15, 293.15]) made.value(0, value, NOW);
    made.alarm(0, 1, true, NOW);
    made.alarm(0, 0, false, NOW);
    await until('written', () => plant.get('n') === 20 && plant.get('a') === true);
    await until('the rest', () => plant.get('t') === 20);
    expect(plant.get('l')).toEqual([0, 20]);
  });

  it('is told of where it cannot be written, and nothing is rounded or cut', async () => {
    const plant = await server({
      nodes: {
        n: { type: DataType.Byte, value: 0 },
        r: { ...number(1), readOnly: true },
        b: { type: DataType.Boolean, value: false },
      },
    });
    const {
      link: made,
      connected,
      faults,
    } = link(
      [probe('ns=1;s=n'), probe('ns=1;s=r'), probe('ns=1;s=b'), probe('ns=1;s=gone')],
      open(plant.url),
    );
    await connected();
    made.value(0, 273.15 + 12.5, NOW);
    await until('told', () => faults.length === 4);
    const texts = faults.map(({ text }) => text);
    expect(texts.find((each) => each.includes('=n'))).toMatch(/holds Byte, and 12\.5.* is no whole number/);
    expect(texts.find((each) => each.includes('=r'))).toMatch(/nobody write it|does not let this user/);
    expect(texts.find((each) => each.includes('=b'))).toMatch(/holds Boolean, and .* is a number/);
    expect(texts.find((each) => each.includes('=gone'))).toMatch(/no such node/);
    expect(plant.get('n')).toBe(0);
    expect(made.counts()['sent']).toBeUndefined();
  });
});

describe('a server', () => {
  it('that is not there, or is none, is said and tried again', async () => {
    const { states } = link([bind(casing(''), 'ns=1;s=a')], open('opc.tcp://127.0.0.1:1'));
    await until('lost', () => states.some(({ detail }) => /nothing listens there/.test(detail)));
    const sockets = new Set<Socket>();
    const other = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    closing.push(() => other.close());
    const { port } = other.address() as AddressInfo;
    const second = link([bind(casing(''), 'ns=1;s=a')], open(`opc.tcp://127.0.0.1:${port}`));
    await until('told', () => second.states.some(({ state }) => state === 'lost'));
    await until('again', () => sockets.size > 1);
    expect(second.arrivals).toEqual([]);
  });

  it.each([
    ['says that it goes on for gigabytes', 0x7fff_ffff],
    ['ends its first answer, and sends garbage behind it', 28],
  ])('that %s is left, and nothing else happens', async (_what, length) => {
    let asked = 0;
    const other = createServer((socket) => {
      asked += 1;
      socket.on('error', () => undefined);
      socket.once('data', () => {
        // OPC 10000-6, 7.1.2.4: an acknowledgement of version 0 and its five numbers.
        const answer = Buffer.alloc(100_000, 1);
        answer.write('ACKF', 'latin1');
        for (const [n, value] of [length, 0, 65_536, 65_536, 0, 0].entries())
          answer.writeUInt32LE(value, 4 + 4 * n);
        socket.write(answer);
      });
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    closing.push(() => other.close());
    const { port } = other.address() as AddressInfo;
    const { states, arrivals } = link([bind(casing(''), 'ns=1;s=a')], open(`opc.tcp://127.0.0.1:${port}`));
    await until('lost', () => states.some(({ state }) => state === 'lost'));
    await until('tried again', () => asked > 1);
    expect(arrivals).toEqual([]);
  });

  it('is left at the end', async () => {
    const plant = await server({ nodes: { a: number(1) } });
    const { connected, link: made } = link([bind(casing(''), 'ns=1;s=a')], open(plant.url));
    await connected();
    expect(plant.subscriptions()).toBe(1);
    await made.close();
    await until('gone', () => plant.subscriptions() === 0);
  });
});
