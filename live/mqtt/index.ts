/** A manifest's mqtt bindings, linked to a broker. See README.md. */
import { createFaults } from '../faults.ts';
import type { Link, LinkOptions } from '../link.ts';
import { connect } from './connection.ts';
import { createIncoming, readersOf } from './incoming.ts';
import { createOutgoing } from './outgoing.ts';
import type { MqttSettings } from './settings.ts';

export { BindingError } from '../intake/readers.ts';
export { mqttSettings, MqttSettingsError } from './settings.ts';
export type { MqttSettings } from './settings.ts';

/** Throws a `BindingError` when a binding cannot be served; a broker that is away is only reported. */
export function linkMqtt({ manifest, settings, receiver, readUnit }: LinkOptions<MqttSettings>): Link {
  const faults = createFaults((fault) => receiver.fault(fault));
  let received = 0;
  let sent = 0;
  let open = true;
  const incoming = createIncoming({
    readers: readersOf(manifest),
    faults,
    readUnit,
    receiver,
    counted: () => {
      received += 1;
    },
  });
  const outgoing = createOutgoing({
    manifest,
    connected: () => connection.connected(),
    publish: (topic, payload, retain, done) => connection.publish(topic, payload, { retain, qos: 1 }, done),
    sent: () => {
      sent += 1;
    },
    notSent: (topic, name, why) => {
      if (open)
        faults.add(
          'notSent',
          `mqtt ${topic}`,
          name,
          () => `mqtt ${topic}: ${name} could not be sent (${why}).`,
        );
    },
  });
  const connection = connect(settings, incoming.topics, {
    message: (topic, packet) => {
      if (open) incoming.message(topic, packet);
    },
    state: (state) => {
      if (!open) return;
      receiver.connection('mqtt', state);
      if (state.state === 'connected') outgoing.flush();
    },
    refused: (topic, why) =>
      faults.add(
        'missing',
        `mqtt ${topic}`,
        'subscription',
        () =>
          `The broker refuses the subscription to ${topic}: ${why}. Ask who runs it to let this user read it.`,
      ),
  });
  return {
    alarm: (alarm, instance, active, time) => outgoing.alarm(alarm, instance, active, time),
    value: (probe, value, time) => outgoing.value(probe, value, time),
    probes: outgoing.probes,
    counts: () => ({ received, ...(sent === 0 ? {} : { sent }), ...faults.counts }),
    close: async () => {
      open = false;
      await connection.close();
    },
  };
}
