/** A manifest's opcua bindings, linked to a server. See README.md. */
import type { ClientSession } from 'node-opcua-client';
import { createFaults } from '../faults.ts';
import type { Link, LinkOptions } from '../link.ts';
import { connect } from './connection.ts';
import { createIncoming } from './incoming.ts';
import { createOutgoing } from './outgoing.ts';
import { namespacesOf } from './server.ts';
import type { OpcuaSettings } from './settings.ts';
import { watch } from './watch.ts';
import type { Watch } from './watch.ts';
import { writer } from './write.ts';
import type { Writer } from './write.ts';

/** Throws a `BindingError` when a binding cannot be served; a server that is away is only reported. */
export function linkOpcua({ manifest, settings, receiver, readUnit }: LinkOptions<OpcuaSettings>): Link {
  const faults = createFaults((fault) => receiver.fault(fault));
  let received = 0;
  let sent = 0;
  let watching: Watch | undefined;
  let writing: Writer | undefined;
  const incoming = createIncoming({
    manifest,
    faults,
    receiver,
    ...(readUnit === undefined ? {} : { readUnit }),
    counted: () => {
      received += 1;
    },
  });
  const outgoing = createOutgoing(manifest, () => writing?.flush());
  let open = true;
  const leave = (): void => {
    watching?.stop();
    writing?.stop();
    watching = writing = undefined;
  };
  const attend = async (session: ClientSession, lost: (why: string) => void): Promise<void> => {
    leave();
    const namespaces = await namespacesOf(session);
    watching = await watch(session, namespaces, incoming, lost);
    writing = await writer(session, namespaces, outgoing.ports, {
      sent: () => {
        sent += 1;
      },
      notSent: ({ node, name }, why) =>
        faults.add(
          'notSent',
          `opcua ${node}`,
          name,
          () => `opcua ${node}: ${name} could not be written (${why}).`,
        ),
    });
    if (!open) return leave();
    // A server that was started anew has forgotten what it was told.
    for (const port of outgoing.ports) port.due = port.wanted !== undefined;
    writing.flush();
  };
  const connection = connect(settings, {
    attend,
    state: (state) => {
      if (state.state === 'lost') leave();
      receiver.connection('opcua', state);
    },
  });
  return {
    alarm: outgoing.alarm,
    value: outgoing.value,
    probes: outgoing.probes,
    counts: () => ({ received, ...(sent === 0 ? {} : { sent }), ...faults.counts }),
    close: async () => {
      open = false;
      leave();
      await connection.close();
    },
  };
}
