/** Messages → values in SI with a time, in the order in which they came. */
import type { IPublishPacket } from 'mqtt';
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { elementName } from '../../runtime/names.ts';
import { isPrivateBinding } from '../../runtime/private.ts';
import { excerpt } from '../faults.ts';
import type { Faults } from '../faults.ts';
import type { Arrival, Receiver, Verdict } from '../receiver.ts';
import { dimensionOf, fromSI } from '../units.ts';
import type { ReadUnit } from '../units.ts';
import { parsePath } from './json-path.ts';
import { decode, read } from './payload.ts';
import type { Format, Message } from './payload.ts';

/** A time more than this ahead of our clock (ms) is not believed. */
const MOST_AHEAD = 2000;
/**
 * ms: how exactly the time of arrival is told where a message has no time; 0: as the clock has it. Each time is an instant for all there is in a model, and of very many
 * sensors there are few in a millisecond.
 */
const grainOf = (readers: number): number => Math.floor(readers / 1000);

/** So many messages with QoS 1 are remembered, to tell what the broker sends twice. */
const REMEMBERED = 4096;

export interface Reader {
  binding: number;
  topic: string;
  name: string;
  format: Format;
  low: number;
  high: number;
  /** ms; the latest time handed on. */
  latest: number;
  /** Inputs hold their value: the same again says nothing new. Sensors: NaN. */
  held: number;
  isInput: boolean;
  /** Nothing of its messages is told. */
  private: boolean;
  /** Of a command: how each of its values is read. */
  values?: { name: string; format: Format }[];
}

export interface Incoming {
  readonly topics: string[];
  message(
    topic: string,
    packet: Pick<IPublishPacket, 'payload' | 'qos' | 'dup' | 'messageId' | 'retain'>,
  ): void;
}

/** Readers of a manifest's mqtt bindings, by topic; throws in the modeller's words when a binding cannot be served. */
export function readersOf(manifest: Manifest): Map<string, Reader[]> {
  const readers = new Map<string, Reader[]>();
  manifest.bindings.forEach((binding, index) => {
    if (binding.protocol !== 'mqtt' || binding.direction !== 'from') return;
    const { target } = binding;
    if (target.kind !== 'sensor' && target.kind !== 'input' && target.kind !== 'command') return;
    const { name, low, high } = targetOf(manifest, target);
    const topic = topicOf(binding.arguments, name);
    const path = binding.arguments['path'];
    const steps = path === undefined ? undefined : parsePath(String(path));
    if (typeof steps === 'string')
      throw new BindingError(`The binding of ${name} has a path that cannot be used: ${steps}.`);
    const reader: Reader = {
      binding: index,
      topic,
      name,
      format: {
        path: steps,
        pathText: String(path ?? ''),
        base: binding.base,
        unit: binding.unit,
        dimension: dimensionOf(manifest, binding),
      },
      low: low ?? -Infinity,
      high: high ?? Infinity,
      latest: -Infinity,
      held: NaN,
      isInput: target.kind === 'input',
      private: isPrivateBinding(manifest, binding),
      ...(target.kind === 'command' ? { values: valuesOf(manifest, target.command, path) } : {}),
    };
    readers.set(topic, [...(readers.get(topic) ?? []), reader]);
  });
  return readers;
}

/** A command with one value may come as that value alone; with several, or with a path, as JSON by their names. */
function valuesOf(
  manifest: Manifest,
  command: number,
  path: string | number | boolean | undefined,
): NonNullable<Reader['values']> {
  const { parameters } = manifest.events![command]!;
  return parameters.map(({ name, variable }) => {
    const { base, unit, dimension } = manifest.variables[variable]!;
    const alone = parameters.length === 1 && path === undefined;
    const pathText = `${path ?? '$'}.${name}`;
    const steps = alone ? undefined : parsePath(pathText);
    if (typeof steps === 'string')
      throw new BindingError(`The binding of ${name} has a path that cannot be used: ${steps}.`);
    return { name, format: { path: steps, pathText: alone ? '' : pathText, base, unit, dimension } };
  });
}

/** A binding that no broker could serve. */
export class BindingError extends Error {
  override name = 'BindingError';
}

export function topicOf(bound: Readonly<Record<string, string | number | boolean>>, name: string): string {
  const topic = bound['0'] ?? bound['topic'];
  if (typeof topic !== 'string' || topic === '')
    throw new BindingError(`The binding of ${name} names no topic: write mqtt("plant/…").`);
  if (/[+#\0]/.test(topic) || topic.length > 1024)
    throw new BindingError(
      `The binding of ${name} has the topic ${excerpt(topic)}: a topic names one place, without + and #.`,
    );
  return topic;
}

function targetOf(
  manifest: Manifest,
  target:
    | { kind: 'sensor'; sensor: number; instance: number }
    | { kind: 'input'; variable: number; element: number }
    | { kind: 'command'; command: number; instance: number },
): { name: string; low?: number; high?: number } {
  if (target.kind === 'command') {
    const { name, dims } = manifest.events![target.command]!;
    return { name: elementName(name, dims, target.instance) };
  }
  if (target.kind === 'sensor') {
    const { name, dims, low, high } = manifest.sensors[target.sensor]!;
    return { name: elementName(name, dims, target.instance), low, high };
  }
  const { name, dims, low, high } = manifest.variables[target.variable]!;
  return { name: elementName(name, dims, target.element), low, high };
}

export interface IncomingOptions {
  readers: ReadonlyMap<string, readonly Reader[]>;
  faults: Faults;
  readUnit?: ReadUnit;
  /** ms since 1970. */
  now(): number;
  arrive(arrival: Arrival): Verdict;
  gather?: Receiver['gather'];
  /** A message was read or refused. */
  counted?(good: boolean): void;
}

/** Of a topic that brings private data it is told that something is wrong, and not what was sent. */
function discreet(faults: Faults, readers: ReadonlyMap<string, readonly Reader[]>): Faults {
  const secret = new Set(
    [...readers].flatMap(([topic, all]) => (all.some((each) => each.private) ? [`mqtt ${topic}`] : [])),
  );
  if (secret.size === 0) return faults;
  return {
    counts: faults.counts,
    add: (kind, source, name, text) =>
      faults.add(kind, source, name, () =>
        secret.has(source) ? `${source}, for ${name}: a message is wrong (${kind}); it is private.` : text(),
      ),
  };
}

export function createIncoming(options: IncomingOptions): Incoming {
  const { readers, now, arrive } = options;
  const faults = discreet(options.faults, readers);
  const seen = createMemory(REMEMBERED);
  const topics = new Map(
    [...readers].map(([topic, wanted]) => [
      topic,
      { wanted, source: `mqtt ${topic}`, name: wanted.map((reader) => reader.name).join(', ') },
    ]),
  );
  const grain = grainOf([...readers.values()].reduce((total, { length }) => total + length, 0));
  return {
    topics: [...readers.keys()],
    message: (topic, packet) => {
      const known = topics.get(topic);
      if (known === undefined) return;
      const { wanted, source, name } = known;
      const arrived = now();
      const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
      if (packet.qos > 0 && packet.messageId !== undefined) {
        const again = seen(packet.messageId, topic, payload);
        // Sent once more because our receipt was lost: it has been dealt with.
        if (again && packet.dup) {
          faults.add(
            'duplicate',
            source,
            name,
            () =>
              `The broker sent a message twice (${excerpt(payload.toString('utf8', 0, 80))}); the second is not used. That is in order after a lost connection.`,
          );
          return;
        }
      }
      const message = decode(payload);
      if ('kind' in message) {
        faults.add(message.kind, source, name, () => `${source}: ${message.text}`);
        options.counted?.(false);
        return;
      }
      for (const reader of wanted)
        if (reader.values === undefined) take(reader, source, arrived, message, packet.retain);
        // What the broker kept was called before our time.
        else if (!packet.retain) call(reader, reader.values, source, arrived, message);
    },
  };

  function call(
    reader: Reader,
    wanted: NonNullable<Reader['values']>,
    source: string,
    arrived: number,
    message: Message,
  ): void {
    const values: number[] = [];
    let sent: number | undefined;
    for (const { name, format } of wanted) {
      const alone = format.path === undefined && /^\s*\{/.test(message.text);
      const how = alone ? { ...format, path: [name], pathText: `$.${name}` } : format;
      const reading = read(message, how, options.readUnit);
      if ('kind' in reading) {
        faults.add(reading.kind, source, reader.name, () => `${source}, for ${reader.name}: ${reading.text}`);
        options.counted?.(false);
        return;
      }
      for (const { kind, text } of reading.remarks)
        faults.add(kind, source, reader.name, () => `${source}, for ${reader.name}: ${text}`);
      values.push(reading.value);
      sent ??= reading.time;
    }
    options.counted?.(true);
    const time = sent === undefined || sent > arrived ? Math.max(arrived, reader.latest + 0.001) : sent;
    reader.latest = Math.max(reader.latest, time);
    arrive({ binding: reader.binding, time, value: NaN, values });
  }

  function take(reader: Reader, source: string, arrived: number, message: Message, retained: boolean): void {
    const reading = read(message, reader.format, options.readUnit);
    if ('kind' in reading) {
      faults.add(reading.kind, source, reader.name, () => `${source}, for ${reader.name}: ${reading.text}`);
      options.counted?.(false);
      return;
    }
    options.counted?.(true);
    for (const { kind, text } of reading.remarks)
      faults.add(kind, source, reader.name, () => `${source}, for ${reader.name}: ${text}`);
    const { value } = reading;
    const { unit } = reader.format;
    const shown = (si: number): string =>
      `${Number(fromSI(si, unit).toPrecision(6))} ${unit.label}`.trimEnd();
    if (value < reader.low || value > reader.high)
      faults.add(
        'outOfRange',
        source,
        reader.name,
        () =>
          `${source}: ${reader.name} is ${shown(value)}, which is outside ${shown(reader.low)} to ${shown(reader.high)}. It is kept; check the device, its unit, and the range in the text.`,
      );
    // What the broker kept was published some time ago; an input still has that value, now.
    let time = retained && reader.isInput ? undefined : reading.time;
    if (time !== undefined && time > arrived + MOST_AHEAD) {
      const ahead = Math.round((time - arrived) / 1000);
      faults.add(
        'clockAhead',
        source,
        reader.name,
        () =>
          `${source}, for ${reader.name}: its time lies ${ahead} s in the future; the time of arrival is taken. Set the device's clock.`,
      );
      time = undefined;
    }
    // Several in one tick of the clock are different samples: a microsecond apart.
    if (time === undefined)
      time = Math.max(grain === 0 ? arrived : Math.ceil(arrived / grain) * grain, reader.latest + 0.001);
    else time = Math.min(time, arrived);
    const inOrder = time >= reader.latest;
    if (inOrder) {
      reader.latest = time;
      if (reader.isInput && reader.held === value) return;
      // What comes next may come before it is known what becomes of this one.
      reader.held = value;
    }
    const arrival: Arrival = { binding: reader.binding, time, value };
    const { text } = message;
    if (options.gather === undefined) judged(reader, source, text, retained, inOrder, value, arrive(arrival));
    else
      options.gather(arrival, (verdict) => judged(reader, source, text, retained, inOrder, value, verdict));
  }

  function judged(
    reader: Reader,
    source: string,
    text: string,
    retained: boolean,
    inOrder: boolean,
    value: number,
    verdict: Verdict,
  ): void {
    if (verdict === 'onTime') return;
    if (inOrder && verdict !== 'revised' && reader.held === value) reader.held = NaN;
    // What the broker kept from before our time is nobody's fault.
    if (retained && verdict === 'dropped') return;
    const shownText = excerpt(text);
    if (verdict === 'notANumber')
      faults.add(
        'notFinite',
        source,
        reader.name,
        () => `${source}: ${reader.name} got ${shownText}, which is no finite number.`,
      );
    else if (verdict === 'duplicate')
      faults.add(
        'duplicate',
        source,
        reader.name,
        () => `${source}: a sample of ${reader.name} came twice (${shownText}); the second is not used.`,
      );
    else {
      const what = inOrder ? 'came later than the twin waits for samples' : 'is older than the one before';
      const then =
        verdict === 'revised'
          ? 'the run is gone over again from its time.'
          : 'it is not used. To go over the run again with such samples, write late 5 s: revise.';
      faults.add(
        inOrder ? 'late' : 'outOfOrder',
        source,
        reader.name,
        () => `${source}: a sample of ${reader.name} ${what} (${shownText}); ${then}`,
      );
    }
  }
}

/** Whether a message was seen before, by its number and content, among the last `size`. */
function createMemory(size: number): (messageId: number, topic: string, payload: Uint8Array) => boolean {
  const ids = new Map<number, string>();
  return (messageId, topic, payload) => {
    const mark = `${topic}\n${payload.length}\n${fnv(payload)}`;
    const again = ids.get(messageId) === mark;
    ids.delete(messageId);
    ids.set(messageId, mark);
    if (ids.size > size) ids.delete(ids.keys().next().value!);
    return again;
  };
}

/** 32-bit FNV-1a. */
function fnv(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
