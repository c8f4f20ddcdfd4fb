/** Bytes ↔ messages, with the headers of the Debug Adapter Protocol. */
import type { DebugProtocol } from '@vscode/debugprotocol';

/** Longer messages are nobody's: a client that sends one is not spoken to any more. */
const LONGEST = 64 * 1024 * 1024;

export class NotAMessage extends Error {}

/** Takes bytes as they come; calls back for each message. Throws NotAMessage. */
export function createReader(receive: (message: DebugProtocol.ProtocolMessage) => void) {
  let rest = new Uint8Array();
  const decoder = new TextDecoder();
  return (bytes: Uint8Array): void => {
    const all = new Uint8Array(rest.length + bytes.length);
    all.set(rest);
    all.set(bytes, rest.length);
    rest = all;
    for (;;) {
      const end = headerEnd(rest);
      if (end < 0) {
        if (rest.length > 4096) throw new NotAMessage('There is no header of a message.');
        return;
      }
      const length = Number(
        /content-length: *(\d+)/i.exec(decoder.decode(rest.subarray(0, end)))?.[1] ?? NaN,
      );
      if (!(length <= LONGEST))
        throw new NotAMessage('A message does not say how long it is, or is too long.');
      if (rest.length < end + 4 + length) return;
      const text = decoder.decode(rest.subarray(end + 4, end + 4 + length));
      rest = rest.slice(end + 4 + length);
      let message: unknown;
      try {
        message = JSON.parse(text);
      } catch {
        throw new NotAMessage('A message is not JSON.');
      }
      receive(message as DebugProtocol.ProtocolMessage);
    }
  };
}

export function written(message: DebugProtocol.ProtocolMessage): string {
  const text = JSON.stringify(message);
  return `Content-Length: ${new TextEncoder().encode(text).length}\r\n\r\n${text}`;
}

/** Position of the blank line that ends the headers; -1 where there is none yet. */
function headerEnd(bytes: Uint8Array): number {
  for (let at = 0; at + 3 < bytes.length; at += 1)
    if (bytes[at] === 13 && bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at;
  return -1;
}
