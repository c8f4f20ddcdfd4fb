/**
 * One MQTT client that comes back after every loss, with growing delays. The broker keeps the session meanwhile, so that
 * with QoS 1 nothing is lost on the way in, and what goes out with QoS 1 waits here.
 */
import { randomBytes } from 'node:crypto';
import mqtt from 'mqtt';
import type { IPublishPacket, MqttProtocol } from 'mqtt';
import type { ConnectionState } from '../receiver.ts';
import type { MqttSettings } from './settings.ts';

export interface Connection {
  publish(
    topic: string,
    payload: string,
    options: { retain: boolean; qos: 0 | 1 },
    done: (error?: Error) => void,
  ): void;
  connected(): boolean;
  /** Resolves at once or when a second has passed; messages on their way are given half of it. */
  close(): Promise<void>;
}

export interface ConnectionListener {
  message(topic: string, packet: IPublishPacket): void;
  state(state: ConnectionState): void;
  /** The broker refused a subscription, or the message did not follow the protocol. */
  refused(topic: string, why: string): void;
}

const SHORTEST_DELAY = 250;
const LONGEST_DELAY = 15_000;
const CLOSING = 500;
/** Topics in a message to the broker: some take few, and some work the longer on each the more there are. */
const TOPICS = 100;

const portions = (topics: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(topics.length / TOPICS) }, (_, n) =>
    topics.slice(n * TOPICS, (n + 1) * TOPICS),
  );

export function connect(
  settings: MqttSettings,
  topics: readonly string[],
  listener: ConnectionListener,
): Connection {
  const { host: address, hostname, protocol, port, pathname, search } = new URL(settings.url);
  let delay = SHORTEST_DELAY;
  let closing = false;
  let reason = '';
  const client = mqtt.connect({
    protocol: protocol.slice(0, -1) as MqttProtocol,
    // IPv6 addresses stand in brackets in an address only.
    host: hostname.replace(/^\[|\]$/g, ''),
    ...(port === '' ? {} : { port: Number(port) }),
    ...(protocol.startsWith('ws') ? { path: `${pathname}${search}` } : {}),
    clientId: settings.clientId ?? `pollux-${randomBytes(6).toString('hex')}`,
    // The broker keeps subscriptions and messages while we are away.
    clean: false,
    protocolVersion: 4,
    keepalive: 15,
    connectTimeout: 5000,
    reconnectPeriod: delay,
    reconnectOnConnackError: true,
    queueQoSZero: false,
    resubscribe: true,
    username: settings.username,
    password: settings.password,
    ca: settings.ca,
    cert: settings.cert,
    key: settings.key,
  });
  listener.state({ state: 'connecting', detail: address });
  client.on('connect', () => {
    delay = SHORTEST_DELAY;
    client.options.reconnectPeriod = delay;
    reason = '';
    listener.state({ state: 'connected', detail: address });
  });
  client.on('error', (error) => {
    reason = whyNot(error);
    if (!closing && !client.connected) listener.state({ state: 'lost', detail: `${address}: ${reason}` });
  });
  client.on('close', () => {
    // The client has planned its next attempt by now; this is how long it will wait after that one.
    delay = Math.min(LONGEST_DELAY, delay * 2);
    client.options.reconnectPeriod = delay * (0.75 + Math.random() / 4);
    if (!closing)
      listener.state({
        state: 'lost',
        detail: reason === '' ? `${address}: connection lost, trying again` : `${address}: ${reason}`,
      });
  });
  client.on('message', (topic, _payload, packet) => listener.message(topic, packet));
  for (const some of portions(topics))
    client.subscribe(some, { qos: 1 }, (error, granted) => {
      if (error && !closing) listener.refused(some[0]!, error.message);
      for (const { topic, qos } of granted ?? [])
        if (Number(qos) === 128) listener.refused(topic, 'the broker does not allow it');
    });
  return {
    publish: (topic, payload, options, done) =>
      client.publish(topic, payload, options, (error) => done(error ?? undefined)),
    connected: () => client.connected,
    close: async () => {
      closing = true;
      const ended = (force: boolean): Promise<void> =>
        new Promise((resolve) => {
          client.end(force, () => resolve());
        });
      const late = new Promise<'late'>((resolve) => {
        setTimeout(resolve, CLOSING, 'late').unref();
      });
      if (client.connected) {
        // Leaves nothing behind for the broker to keep.
        const unsubscribed = Promise.all(
          portions(topics).map((some) => client.unsubscribeAsync(some).catch(() => undefined)),
        );
        const done = await Promise.race([unsubscribed.then(() => ended(false)), late]);
        if (done !== 'late') return;
        client.stream.destroy();
        return;
      }
      await Promise.race([ended(true), late]);
    },
  };
}

/** What the operating system or the broker says, for people. */
function whyNot(error: Error & { code?: number | string }): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'nothing listens there; is the broker running?';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'there is no host of this name';
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'it cannot be reached';
    case 4:
    case 5:
    case 134:
    case 135:
      return 'the broker refuses the credentials (POLLUX_MQTT_USERNAME, POLLUX_MQTT_PASSWORD)';
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return 'its certificate is not trusted; name its authority with POLLUX_MQTT_CA';
    case 'CERT_HAS_EXPIRED':
      return 'its certificate has expired';
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return 'its certificate is for another host';
    default: {
      const first = error instanceof AggregateError ? (error.errors[0] as Error | undefined) : undefined;
      if (first !== undefined) return whyNot(first);
      return error.message.split('\n')[0] || 'it cannot be reached';
    }
  }
}
