/** The library's transport, held to what it lets through of what it cannot read: that ends the connection, never the process. */
import { StatusCodes } from 'node-opcua-client';
import { defaultClientTransportFactory } from 'node-opcua-transport';

type Factory = typeof defaultClientTransportFactory;

/** What of a transport takes bytes; private to the library, and `test/live/opcua.test.ts` notices when that changes. */
interface Taking {
  _on_socket_data(data: Buffer): void;
  prematureTerminate(error: Error, status: typeof StatusCodes.Bad): void;
}

/** `broken`: the server sent what is no message. */
export const guardedTransport = (broken: () => void): Factory => ({
  create: (settings) => {
    const transport = defaultClientTransportFactory.create(settings);
    const taking = transport as unknown as Taking;
    const take = taking._on_socket_data.bind(transport);
    let isBroken = false;
    // While it changes what puts messages together, the library has nobody who listens to the errors of the one before: they are thrown.
    taking._on_socket_data = (data) => {
      if (isBroken) return;
      try {
        take(data);
      } catch {
        isBroken = true;
        broken();
        taking.prematureTerminate(new Error('no message of OPC UA'), StatusCodes.BadTcpInternalError);
      }
    };
    return transport;
  },
});
