/** Messages → values in SI with a time, in the order in which they came. */
import type { IPublishPacket } from 'mqtt';
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { excerpt } from '../faults.ts';
import { createIntake } from '../intake/intake.ts';
import type { IntakeOptions, Sent } from '../intake/intake.ts';
import { decode, read } from '../intake/payload.ts';
import { BindingError, readersOf as readersBy } from '../intake/readers.ts';
import type { Reader } from '../intake/readers.ts';

/** So many messages with QoS 1 are remembered, to tell what the broker sends twice. */
const REMEMBERED = 4096;

export interface Incoming {
  readonly topics: string[];
  message(
    topic: string,
    packet: Pick<IPublishPacket, 'payload' | 'qos' | 'dup' | 'messageId' | 'retain'>,
  ): void;
}

/** Readers of a manifest's mqtt bindings, by topic; throws in the modeller's words when a binding cannot be served. */
export const readersOf = (manifest: Manifest): Map<string, Reader[]> =>
  readersBy(manifest, { name: 'mqtt', addressOf: topicOf });

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

export interface IncomingOptions extends Omit<IntakeOptions, 'readers'> {
  readers: ReadonlyMap<string, readonly Reader[]>;
}

export function createIncoming(options: IncomingOptions): Incoming {
  const { readers, faults, receiver } = options;
  const intake = createIntake({
    ...options,
    readers: [...readers.values()].reduce((total, { length }) => total + length, 0),
  });
  const seen = createMemory(REMEMBERED);
  const topics = new Map(
    [...readers].map(([topic, wanted]) => [
      topic,
      {
        wanted,
        source: `mqtt ${topic}`,
        name: wanted.map((reader) => reader.name).join(', '),
        secret: wanted.some((reader) => reader.private),
      },
    ]),
  );
  return {
    topics: [...readers.keys()],
    message: (topic, packet) => {
      const known = topics.get(topic);
      if (known === undefined) return;
      const { wanted, source, name, secret } = known;
      const arrived = receiver.now();
      const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
      if (packet.qos > 0 && packet.messageId !== undefined) {
        const again = seen(packet.messageId, topic, payload);
        // Sent once more because our receipt was lost: it has been dealt with.
        if (again && packet.dup) {
          const what = secret ? '' : ` (${excerpt(payload.toString('utf8', 0, 80))})`;
          faults.add(
            'duplicate',
            source,
            name,
            () =>
              `The broker sent a message twice${what}; the second is not used. That is in order after a lost connection.`,
          );
          return;
        }
      }
      const message = decode(payload);
      if ('kind' in message) {
        const text = secret ? `a message is wrong (${message.kind}); it is private.` : message.text;
        faults.add(message.kind, source, name, () => `${source}: ${text}`);
        options.counted?.();
        return;
      }
      for (const reader of wanted) {
        const retained = packet.retain;
        const sent: Sent = { reader, source, arrived, text: message.text, retained, secret };
        if (reader.values === undefined) intake.sample(sent, read(message, reader.format, options.readUnit));
        // What the broker kept was called before our time.
        else if (!packet.retain) intake.call(sent, message);
      }
    },
  };
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
