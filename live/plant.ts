/**
 * A simulated plant: a twin that runs by the clock and publishes what its sensors measure, noise and all, to the topics and in
 * the shape in which the bindings expect it. Whoever listens cannot tell it from devices.
 */
import type { Manifest, Unit } from '../runtime/contract/manifest.ts';
import type { KernelFactory } from '../runtime/load.ts';
import { createTwin } from '../runtime/twin.ts';
import type { Twin } from '../runtime/twin.ts';
import { connect } from './mqtt/connection.ts';
import type { MqttSettings } from './mqtt/settings.ts';
import { parsePath } from './intake/json-path.ts';
import type { Step } from './intake/json-path.ts';
import { BindingError } from './intake/readers.ts';
import { topicOf } from './mqtt/incoming.ts';
import { fromSI } from './units.ts';

/** Which twin plays the plant, and where it publishes. */
export interface PlantOptions {
  manifest: Manifest;
  kernel: KernelFactory;
  /** What happens to the plant; the twin that watches it does not know. */
  scenario?: string;
  seed: number;
  settings: MqttSettings;
  /** ms since 1970. */
  now(): number;
}

/** A simulated plant, not yet started. */
export interface Plant {
  /** Begins to run and to publish: time 0 is now. */
  start(): void;
  twin(): Twin;
  /** Resolves when there is a connection to publish on. */
  connected: Promise<void>;
  close(): Promise<void>;
}

/** ms between looks at the clock, and between two messages of an input that does not change. */
const TICK = 20;
const REPEAT = 1000;
/** More than this behind the clock (s), and it carries on from where it is rather than race. */
const MOST_BEHIND = 10;

interface Port {
  steps: readonly Step[] | undefined;
  unit: Unit;
  boolean: boolean;
  /** As it is written; undefined before the first. */
  last: number | boolean | undefined;
}
interface Topic {
  name: string;
  ports: Port[];
  retain: boolean;
}

/** Publishes what the mqtt bindings of `manifest` read. Throws a `BindingError` where a path of a payload cannot be written. */
export function createPlant({ manifest, kernel, scenario, seed, settings, now }: PlantOptions): Plant {
  const topics = new Map<string, Topic>();
  const sensors = new Map<string, { topic: Topic; port: Port }>();
  const inputs: { topic: Topic; port: Port; address: number; sent: number; at: number }[] = [];
  for (const { protocol, direction, target, arguments: bound, unit, base } of manifest.bindings) {
    if (protocol !== 'mqtt' || direction !== 'from') continue;
    const name = topicOf(bound, 'the plant');
    const steps = bound['path'] === undefined ? undefined : parsePath(String(bound['path']));
    if (typeof steps === 'string') throw new BindingError(`The plant cannot publish to ${name}: ${steps}.`);
    const topic = topics.get(name) ?? { name, ports: [], retain: false };
    topics.set(name, topic);
    const port: Port = { steps, unit, boolean: base === 'boolean', last: undefined };
    topic.ports.push(port);
    if (target.kind === 'sensor') sensors.set(`${target.sensor}/${target.instance}`, { topic, port });
    else if (target.kind === 'input') {
      topic.retain = true;
      const address = manifest.variables[target.variable]!.address + 8 * target.element;
      inputs.push({ topic, port, address, sent: NaN, at: -Infinity });
    }
  }
  const twin = createTwin({
    manifest,
    kernel,
    ...(scenario === undefined ? {} : { scenario }),
    seed,
    settings: { duration: Infinity, checkpoints: { limit: 2, keep: 'recent' } },
  });
  let ready = (): void => undefined;
  const connected = new Promise<void>((resolve) => {
    ready = resolve;
  });
  const connection = connect(settings, [], {
    message: () => undefined,
    refused: () => undefined,
    state: ({ state }) => {
      if (state === 'connected') ready();
    },
  });
  let epoch = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  /** Devices that find no broker drop what they measured. */
  const publish = ({ name, ports, retain }: Topic, time: number): void => {
    if (!connection.connected()) return;
    const [only] = ports;
    let payload: string;
    if (ports.length === 1 && only!.steps === undefined) payload = String(only!.last);
    else {
      let whole: unknown;
      for (const { steps = [], last } of ports) if (last !== undefined) whole = placed(whole, steps, last);
      if (isObject(whole) && !Object.hasOwn(whole, 'time'))
        whole['time'] = new Date(epoch + 1000 * time).toISOString();
      payload = JSON.stringify(whole);
    }
    connection.publish(name, payload, { retain, qos: 1 }, () => undefined);
  };
  const shown = (port: Port, si: number): number | boolean =>
    port.boolean ? si !== 0 : fromSI(si, port.unit);

  twin.listen({
    sample: ({ sensor, instance, time, measured }) => {
      const wanted = sensors.get(`${sensor}/${instance}`);
      if (wanted === undefined || !Number.isFinite(measured)) return;
      wanted.port.last = shown(wanted.port, measured);
      publish(wanted.topic, time);
    },
  });
  const publishInputs = (): void => {
    const at = now();
    for (const input of inputs) {
      const value = twin.value(input.address)!;
      if (value === input.sent && at - input.at < REPEAT) continue;
      input.sent = value;
      input.at = at;
      input.port.last = shown(input.port, value);
      publish(input.topic, twin.time());
    }
  };
  const tick = (): void => {
    if (twin.trouble() !== undefined) {
      clearInterval(timer);
      return;
    }
    const time = (now() - epoch) / 1000;
    if (time - twin.time() > MOST_BEHIND) epoch += 1000 * (time - twin.time() - MOST_BEHIND);
    twin.advance((now() - epoch) / 1000);
    publishInputs();
  };
  return {
    start: () => {
      epoch = now();
      tick();
      timer = setInterval(tick, TICK);
    },
    twin: () => twin,
    connected,
    close: async () => {
      clearInterval(timer);
      await connection.close();
    },
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value with `inner` put at a path, made where it is not there yet. */
function placed(whole: unknown, steps: readonly Step[], inner: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return inner;
  if (typeof step === 'number') {
    const list: unknown[] = Array.isArray(whole) ? whole : [];
    while (list.length < step) list.push(null);
    list[step] = placed(list[step], rest, inner);
    return list;
  }
  const object = isObject(whole) ? whole : {};
  Object.defineProperty(object, step, {
    value: placed(Object.hasOwn(object, step) ? object[step] : undefined, rest, inner),
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return object;
}
