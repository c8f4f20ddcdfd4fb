/**
 * The Web Worker in which an editor without processes runs a previewed twin. Speaks `protocol.ts` by messages; it ends
 * when it is terminated. A browser reaches no MQTT broker over TCP, so every twin simulates here.
 */
import { kernelFactory } from '../../runtime/load.ts';
import { createSession } from '../session/session.ts';
import { createLines } from './lines.ts';
import type { FromHost, ToHost } from './protocol.ts';
import { valuesOf } from './values.ts';

/** ms */
const VALUES_PERIOD = 500;
const LINES_PERIOD = 150;

const send = (message: FromHost): void => postMessage(message);
let hidden = false;
const lines = createLines((time, told) => send({ type: 'lines', time, lines: told }));

const session = createSession({
  send: (message) => {
    lines.heard(message);
    send({ type: 'preview', message });
  },
  now: () => performance.timeOrigin + performance.now(),
  schedule: (callback, ms) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
});

addEventListener('message', ({ data }: MessageEvent<ToHost>) => {
  switch (data.type) {
    case 'load': {
      const wasm = Uint8Array.from(atob(data.wasmBase64), (character) => character.charCodeAt(0));
      const { manifest, problems } = data;
      session.load({ manifest, kernel: kernelFactory({ manifest, wasm }) }, problems);
      break;
    }
    case 'against': {
      const wasm = Uint8Array.from(atob(data.wasmBase64), (character) => character.charCodeAt(0));
      const { label, manifest } = data;
      session.against({ label, manifest, kernel: kernelFactory({ manifest, wasm }) });
      break;
    }
    case 'alone':
      session.against(undefined);
      break;
    case 'broken':
      session.problems(data.problems);
      break;
    case 'preview':
      session.receive(data.message);
      break;
    case 'lines':
      lines.want(data.uris);
      break;
    case 'hidden':
      hidden = data.hidden;
      session.hidden(hidden);
      break;
  }
});
setInterval(() => {
  if (!hidden) send(valuesOf(session));
}, VALUES_PERIOD);
setInterval(() => {
  const twin = session.twin();
  if (twin !== undefined) lines.look(twin);
}, LINES_PERIOD);
