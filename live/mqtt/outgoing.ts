/** Alarms and values → messages. Alarms are retained, so that whoever subscribes later knows how things stand. */
import type { Manifest, ManifestBinding } from '../../runtime/contract/manifest.ts';
import { elementName } from '../../runtime/names.ts';
import { fromSI } from '../units.ts';
import { topicOf } from './incoming.ts';

/** ms between two messages of one value. */
const VALUE_PERIOD = 100;
/** Alarm changes that wait for the broker; beyond it the oldest that has a newer one of its own is passed over. */
const MOST_WAITING = 10_000;

export interface Outgoing {
  /** `time`: ms since 1970. */
  alarm(alarm: number, instance: number, active: boolean, time: number): void;
  /** SI. Sent when it changed, ten times a second at most. */
  value(probe: number, value: number, time: number): void;
  /** Probes that are to be sent. */
  readonly probes: number[];
  /** Sends what has been held back. */
  flush(): void;
}

export interface OutgoingOptions {
  manifest: Manifest;
  connected(): boolean;
  publish(topic: string, payload: string, retain: boolean, done: (error?: Error) => void): void;
  sent(): void;
  notSent(topic: string, name: string, why: string): void;
}

interface AlarmPort {
  topic: string;
  id: string;
  severity: string;
  message: string;
}
interface ValuePort {
  topic: string;
  binding: ManifestBinding;
  last: string;
  pending: string | undefined;
  sentAt: number;
}

export function createOutgoing(options: OutgoingOptions): Outgoing {
  const { manifest } = options;
  const alarms = new Map<string, AlarmPort[]>();
  const values = new Map<number, ValuePort[]>();
  let waiting = 0;
  for (const binding of manifest.bindings) {
    if (binding.protocol !== 'mqtt' || binding.direction !== 'to') continue;
    const { target } = binding;
    if (target.kind === 'alarm') {
      const { name, dims, severity, message } = manifest.alarms[target.alarm]!;
      const id = elementName(name, dims, target.instance);
      const key = `${target.alarm}/${target.instance}`;
      alarms.set(key, [
        ...(alarms.get(key) ?? []),
        { topic: topicOf(binding.arguments, id), id, severity, message },
      ]);
    } else if (target.kind === 'probe') {
      const topic = topicOf(binding.arguments, manifest.probes[target.probe]!.text);
      const port = { topic, binding, last: '', pending: undefined, sentAt: -Infinity };
      values.set(target.probe, [...(values.get(target.probe) ?? []), port]);
    }
  }
  const send = (topic: string, name: string, payload: string): void => {
    waiting += 1;
    options.publish(topic, payload, true, (error) => {
      waiting -= 1;
      if (error === undefined) options.sent();
      else options.notSent(topic, name, error.message);
    });
  };
  const sendValue = (port: ValuePort): void => {
    if (port.pending === undefined || !options.connected()) return;
    const payload = port.pending;
    port.pending = undefined;
    port.last = payload;
    send(port.topic, port.topic, payload);
  };
  return {
    probes: [...values.keys()],
    alarm: (alarm, instance, active, time) => {
      for (const { topic, id, severity, message } of alarms.get(`${alarm}/${instance}`) ?? []) {
        if (waiting >= MOST_WAITING) {
          options.notSent(topic, id, `${MOST_WAITING} messages are waiting for the broker`);
          continue;
        }
        send(
          topic,
          id,
          JSON.stringify({ id, active, severity, message, time: new Date(time).toISOString() }),
        );
      }
    },
    value: (probe, value, time) => {
      for (const port of values.get(probe) ?? []) {
        const labels = manifest.probes[probe]?.labels;
        const payload =
          labels !== undefined
            ? (labels[value] ?? '')
            : port.binding.base === 'boolean'
              ? String(value !== 0)
              : Number.isFinite(value)
                ? String(fromSI(value, port.binding.unit))
                : 'NaN';
        if (payload === port.last && port.pending === undefined) continue;
        port.pending = payload;
        if (time - port.sentAt < VALUE_PERIOD) continue;
        port.sentAt = time;
        sendValue(port);
      }
    },
    flush: () => {
      for (const ports of values.values()) for (const port of ports) sendValue(port);
    },
  };
}
