/**
 * The seam to the session: the host of a webview, or a WebSocket of the page's own server. Nothing else in the
 * preview knows which. Messages are those of `protocol.ts`; what cannot be read is reported on the console and skipped.
 */
import type { FromPreview, ToPreview } from '../protocol.ts';

export type Connection = 'connecting' | 'open' | 'reconnecting';

export interface Transport {
  /** Sends, or keeps the message until there is a connection. */
  send(message: FromPreview): void;
  /** What was kept with `keep`, or undefined. Survives a reload. */
  kept(): unknown;
  keep(state: unknown): void;
  close(): void;
  /** Whether this is a page of its own, with no editor around it. */
  readonly standalone: boolean;
}

export interface Listener {
  message(message: ToPreview): void;
  /** `open` comes before the first message of a connection; `ready` has to be sent again then. */
  connection(state: Connection): void;
}

interface VscodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  function acquireVsCodeApi(): VscodeApi;
}

export function connect(listener: Listener): Transport {
  return typeof globalThis.acquireVsCodeApi === 'function'
    ? webview(listener)
    : socket(listener, sessionAddress());
}

function webview(listener: Listener): Transport {
  const host = acquireVsCodeApi();
  // What the host needs to restore the panel after a reload: it is kept with the preview's own state.
  let subject: unknown = JSON.parse(document.body.dataset['subject'] ?? 'null');
  const keepSubject = () => host.setState({ ...(host.getState() as object | undefined), subject });
  keepSubject();
  const receive = ({ data }: MessageEvent<unknown>) => {
    if (!isMessage(data)) return;
    if (data.type === 'subject') {
      subject = data.subject;
      keepSubject();
    } else listener.message(data);
  };
  window.addEventListener('message', receive);
  queueMicrotask(() => listener.connection('open'));
  return {
    standalone: false,
    send: (message) => host.postMessage(message),
    kept: () => (host.getState() as { preview?: unknown } | undefined)?.preview,
    keep: (preview) => host.setState({ subject, preview }),
    close: () => window.removeEventListener('message', receive),
  };
}

function sessionAddress(): string {
  const { protocol, host } = window.location;
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/session`;
}

const firstDelay = 250;
const longestDelay = 8000;
/** Messages that are worth sending late; a play or a seek of a minute ago is not. */
const keptWhileAway = 64;

/** Connects again with growing delays, for as long as the page is open. */
function socket(listener: Listener, address: string): Transport {
  let current: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let delay = firstDelay;
  let closed = false;
  const waiting: FromPreview[] = [];
  /** Whoever takes a connection may drop it at once, with what was sent: only a session that has spoken is there. */
  let there = false;

  const open = () => {
    clearTimeout(timer);
    timer = undefined;
    const ws = new WebSocket(address);
    current = ws;
    ws.addEventListener('open', () => {
      delay = firstDelay;
      listener.connection('open');
    });
    ws.addEventListener('message', (event: MessageEvent<unknown>) => {
      there = true;
      for (const message of waiting.splice(0)) ws.send(JSON.stringify(message));
      const message = read(event.data);
      if (message) listener.message(message);
    });
    ws.addEventListener('close', () => {
      if (closed || current !== ws) return;
      there = false;
      listener.connection('reconnecting');
      // Spread out, so that many pages do not come back at the same instant.
      timer = setTimeout(open, delay * (0.75 + Math.random() / 2));
      delay = Math.min(longestDelay, delay * 2);
    });
  };
  const hurry = () => {
    if (timer === undefined) return;
    delay = firstDelay;
    open();
  };
  window.addEventListener('online', hurry);
  open();

  const key = 'pollux.preview';
  return {
    standalone: true,
    send(message) {
      const isOpen = current?.readyState === WebSocket.OPEN;
      if (isOpen && (there || !worthKeeping(message))) current!.send(JSON.stringify(message));
      else if (worthKeeping(message) && waiting.length < keptWhileAway) waiting.push(message);
    },
    kept: () => readStorage(key),
    keep(state) {
      try {
        sessionStorage.setItem(key, JSON.stringify(state));
      } catch {
        // Storage may be forbidden or full; the page works without.
      }
    },
    close() {
      closed = true;
      clearTimeout(timer);
      window.removeEventListener('online', hurry);
      current?.close();
    },
  };
}

function worthKeeping(message: FromPreview): boolean {
  return message.type === 'set' || message.type === 'call' || message.type === 'acknowledge';
}

function read(data: unknown): ToPreview | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const message: unknown = JSON.parse(data);
    if (isMessage(message)) return message;
    console.warn('The session sent something that is no message.', message);
  } catch (error) {
    console.warn('The session sent something that is no JSON.', error);
  }
  return undefined;
}

const types: ReadonlySet<string> = new Set<ToPreview['type']>([
  'hello',
  'frame',
  'status',
  'events',
  'alarms',
  'problems',
  'refused',
  'history',
  'items',
  'role',
  'samples',
  'tests',
  'go',
  'subject',
  'ended',
]);

function isMessage(data: unknown): data is ToPreview {
  return typeof data === 'object' && data !== null && 'type' in data && types.has(String(data.type));
}

function readStorage(key: string): unknown {
  try {
    const text = sessionStorage.getItem(key);
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}
