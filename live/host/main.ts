/**
 * The process in which an editor runs a previewed twin. Speaks `protocol.ts` over its parent's channel and ends with it.
 * The broker comes from the environment; a twin that is bound to one starts live, others simulate.
 */
import { performance } from 'node:perf_hooks';
import { kernelFactory } from '../../runtime/load.ts';
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { BindingError, linkMqtt, mqttSettings, MqttSettingsError } from '../mqtt/index.ts';
import type { Link } from '../link.ts';
import type { MqttSettings } from '../mqtt/index.ts';
import { createSession } from '../session/session.ts';
import type { Session } from '../session/contract.ts';
import { createLines } from './lines.ts';
import type { FromHost, ToHost } from './protocol.ts';
import { valuesOf } from './values.ts';

const VALUES_PERIOD = 500;
const LINES_PERIOD = 150;

/** A clock that never goes back, in ms since 1970. */
const now = (): number => performance.timeOrigin + performance.now();
const send = (message: FromHost): void => {
  if (process.connected) process.send!(message);
};

const lines = createLines((time, told) => send({ type: 'lines', time, lines: told }));

let session: Session | undefined;
let link: Link | undefined;
let detach: (() => void) | undefined;
let bound = '';
let hidden = false;

function load({ manifest, wasmBase64, problems }: ToHost & { type: 'load' }): void {
  const kernel = kernelFactory({ manifest, wasm: Buffer.from(wasmBase64, 'base64') });
  const broker = brokerOf(manifest);
  session ??= start(broker !== undefined);
  session.load({ manifest, kernel }, problems);
  bind(manifest, broker);
}

function start(isLive: boolean): Session {
  const made = createSession({
    send: (message) => {
      lines.heard(message);
      send({ type: 'preview', message });
    },
    now,
    wall: Date.now,
    schedule: (callback, ms) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    live: isLive,
    mode: isLive ? 'live' : 'simulate',
  });
  made.hidden(hidden);
  return made;
}

function brokerOf(manifest: Manifest): MqttSettings | undefined {
  if (!manifest.bindings.some(({ protocol }) => protocol === 'mqtt')) return undefined;
  try {
    return mqttSettings(process.env);
  } catch (error) {
    if (!(error instanceof MqttSettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return undefined;
  }
}

/** Links anew only when the bindings changed: a broker is not left because an equation was edited. */
function bind(manifest: Manifest, settings: MqttSettings | undefined): void {
  const wanted =
    settings === undefined ? '' : JSON.stringify([manifest.bindings, manifest.sensors, manifest.name]);
  if (wanted === bound || session === undefined) return;
  bound = wanted;
  detach?.();
  void link?.close();
  detach = link = undefined;
  if (settings === undefined) return;
  try {
    link = linkMqtt({ manifest, settings, receiver: session });
    detach = session.attach(link);
  } catch (error) {
    if (!(error instanceof BindingError)) throw error;
    process.stderr.write(`${error.message}\n`);
  }
}

process.on('message', (message: ToHost) => {
  switch (message.type) {
    case 'load':
      load(message);
      break;
    case 'against': {
      const { label, manifest } = message;
      const kernel = kernelFactory({ manifest, wasm: Buffer.from(message.wasmBase64, 'base64') });
      session?.against({ label, manifest, kernel });
      break;
    }
    case 'alone':
      session?.against(undefined);
      break;
    case 'broken':
      session?.problems(message.problems);
      break;
    case 'preview':
      session?.receive(message.message);
      break;
    case 'lines':
      lines.want(message.uris);
      break;
    case 'hidden':
      hidden = message.hidden;
      session?.hidden(hidden);
      break;
  }
});
const values = setInterval(() => {
  if (session !== undefined && !hidden) send(valuesOf(session));
}, VALUES_PERIOD);
const looks = setInterval(() => {
  const twin = session?.twin();
  if (twin !== undefined) lines.look(twin);
}, LINES_PERIOD);

process.on('disconnect', () => {
  clearInterval(values);
  clearInterval(looks);
  session?.dispose();
  void Promise.resolve(link?.close()).finally(() => process.exit(0));
});
