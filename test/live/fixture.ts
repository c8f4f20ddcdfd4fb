/** A small manifest with bindings, a broker on loopback, and somewhere to receive. */
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TlsOptions } from 'node:tls';
import { Aedes } from 'aedes';
import type { Manifest, ManifestBinding, Unit } from '../../runtime/contract/manifest.ts';
import type { Fault } from '../../live/faults.ts';
import type { Arrival, ConnectionState, Receiver, Verdict } from '../../live/receiver.ts';

const source = { uri: 'file:///a.twin', start: 0, end: 1, line: 1, column: 1, endLine: 1, endColumn: 2 };
export const celsius: Unit = { text: 'degC', label: '°C', factor: 1, offset: 273.15 };
export const millimetresPerSecond: Unit = { text: 'mm/s', label: 'mm/s', factor: 0.001, offset: 0 };
export const none: Unit = { text: '', label: '', factor: 1, offset: 0 };

type Bound = Pick<ManifestBinding, 'target' | 'arguments'> & Partial<ManifestBinding>;

/** Two sensors (`casing` in °C, −20…150; `pump[1..2].vibration` in mm/s), a Boolean input `running`, one alarm, one probe. */
export function manifestWith(bindings: readonly Bound[]): Manifest {
  const variable = (
    name: string,
    role: 'input' | 'algebraic',
    unit: Unit,
    dimension: string,
    base: 'number' | 'boolean' = 'number',
    dims: number[] = [],
  ) => ({
    name,
    role,
    base,
    address: 0,
    dims,
    quantity: '',
    dimension,
    unit,
    doc: '',
    visible: true,
    final: false,
    source,
  });
  const sensor = (name: string, measured: number, unit: Unit, dims: number[], low: number, high: number) => ({
    name,
    dims,
    offset: 0,
    measured,
    predicted: measured,
    stale: measured,
    hasPeriod: true,
    hasNoise: true,
    low,
    high,
    quantity: '',
    unit,
    doc: '',
    source,
  });
  return {
    format: 'pollux-twin',
    formatVersion: 1,
    name: 'test.P',
    title: '',
    doc: '',
    stateFingerprint: '',
    layout: undefined as never,
    variables: [
      variable('casing.measured', 'algebraic', celsius, 'K'),
      variable('pump[].vibration.measured', 'algebraic', millimetresPerSecond, 'm/s', 'number', [2]),
      variable('running', 'input', none, '', 'boolean'),
      variable('ambient', 'input', celsius, 'K'),
    ],
    handlers: [],
    alarms: [
      {
        name: 'pump[].rough',
        dims: [2],
        severity: 'warning',
        message: 'It runs rough',
        active: 0,
        doc: '',
        source,
      },
    ],
    streams: [],
    sensors: [
      sensor('casing', 0, celsius, [], 253.15, 423.15),
      sensor('pump[].vibration', 1, millimetresPerSecond, [2], 0, 0.05),
    ],
    probes: [{ text: 'ambient', dims: [], first: [], base: 'number', unit: celsius }],
    solves: [],
    scenarios: [],
    tests: [],
    views: [],
    bindings: bindings.map((binding) => ({
      direction: 'from',
      protocol: 'mqtt',
      base: 'number',
      unit: none,
      source,
      ...binding,
    })),
    structure: { name: '', asset: '', doc: '', children: [], variables: [], sensors: [], alarms: [], source },
  };
}

export const casing = (topic: string, path?: string, unit: Unit = celsius): Bound => ({
  target: { kind: 'sensor', sensor: 0, instance: 0 },
  arguments: { '0': topic, ...(path === undefined ? {} : { path }) },
  unit,
});
export const vibration = (pump: number, topic: string, path?: string): Bound => ({
  target: { kind: 'sensor', sensor: 1, instance: pump - 1 },
  arguments: { '0': topic, ...(path === undefined ? {} : { path }) },
  unit: millimetresPerSecond,
});
export const running = (topic: string, path?: string): Bound => ({
  target: { kind: 'input', variable: 2, element: 0 },
  arguments: { '0': topic, ...(path === undefined ? {} : { path }) },
  base: 'boolean',
});

/** Receives everything, and judges order by time as a twin does that drops what is late. */
export function receiver(now: () => number = Date.now) {
  const arrivals: Arrival[] = [];
  const faults: Fault[] = [];
  const states: ConnectionState[] = [];
  const latest = new Map<number, number>();
  const self: Receiver = {
    now,
    arrive: (arrival): Verdict => {
      const before = latest.get(arrival.binding) ?? -Infinity;
      if (arrival.time === before) return 'duplicate';
      if (arrival.time < before) return 'dropped';
      latest.set(arrival.binding, arrival.time);
      arrivals.push(arrival);
      return 'onTime';
    },
    fault: (fault) => faults.push(fault),
    connection: (_name, state) => states.push(state),
  };
  return { self, arrivals, faults, states };
}

export interface Broker {
  readonly port: number;
  readonly aedes: Aedes;
  publish(topic: string, payload: string | Buffer, qos?: 0 | 1, retain?: boolean): Promise<void>;
  /** Cuts all connections and stops listening; what it knew is gone. */
  stop(): Promise<void>;
}

export async function startBroker(port = 0, tls?: TlsOptions): Promise<Broker> {
  const aedes = await Aedes.createBroker();
  const server: Server = tls === undefined ? createServer(aedes.handle) : createTlsServer(tls, aedes.handle);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    aedes,
    publish: (topic, payload, qos = 1, retain = false) =>
      new Promise((resolve, reject) => {
        aedes.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false }, (error) =>
          error ? reject(error) : resolve(),
        );
      }),
    stop: async () => {
      await new Promise<void>((resolve) => aedes.close(resolve));
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Gives up after `patience` (ms) in which nothing has come nearer, as `nearer` tells: on a busy machine what is much takes as long as it takes. */
export async function until(
  what: string,
  holds: () => boolean,
  patience = 10_000,
  nearer: () => unknown = () => undefined,
): Promise<void> {
  let [seen, end] = [nearer(), Date.now() + patience];
  while (!holds()) {
    const now = nearer();
    if (now !== seen) [seen, end] = [now, Date.now() + patience];
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
