/** A hundred devices, each sending a hundred samples a second, through a broker and rules: for the test and the bench. */
import mqtt from 'mqtt';
import { analyse, compile } from '../../compiler/index.ts';
import type { LibraryFiles } from '../../compiler/library-files.ts';
import { startBroker } from '../../live/broker.ts';
import { linkMqtt } from '../../live/mqtt/index.ts';
import { createSession } from '../../live/session/session.ts';
import type { Session } from '../../live/session/contract.ts';
import { kernelFactory } from '../../runtime/load.ts';
import type { Artefact } from '../../runtime/contract/manifest.ts';
import type { ToPreview } from '../../preview/protocol.ts';

export const DEVICES = 100;
/** A device's value is high for so many samples, then low for as many; each change is a change of its alarm. */
export const HALF_PERIOD = 25;

const text = `package rate

asset Device {
  state drift = 0 mm/s
  der(drift) = 0.001 mm/s2 - drift * 0.1 /s
  let shake = 2 mm/s + drift
  sensor vibration measures shake every 10 ms range 0..50 mm/s
  alarm rough: warning "It runs rough" {
    raise when vibration > 5 mm/s
    clear when vibration < 4 mm/s
  }
}
asset Plant { part device[${DEVICES}]: Device }
twin All: Plant
bind All {
${Array.from({ length: DEVICES }, (_, i) => `  device[${i + 1}].vibration from mqtt("rate/${i + 1}", path = "$.v") as mm/s late 5 s: revise`).join('\n')}
}
`;

export function compileRate(library: LibraryFiles): Artefact {
  const { model, roots, diagnostics } = analyse([{ uri: 'file:///rate.twin', text }], library);
  const root = roots.find(({ kind }) => kind === 'twin');
  const artefact = model && root && compile(model, root).value?.artefact;
  if (!artefact) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return artefact;
}

export interface Rig {
  session: Session;
  counts(): Record<string, number>;
  close(): Promise<void>;
}

/** A live session on a broker. `send` is what a preview would get. */
export async function startRig(
  artefact: Artefact,
  url: string,
  send: (message: ToPreview) => void,
): Promise<Rig> {
  const begun = Date.now();
  const origin = performance.now();
  const session = createSession({
    send,
    now: () => begun + performance.now() - origin,
    schedule: (callback, ms) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
    mode: 'live',
    live: true,
  });
  let connected = (): void => undefined;
  const ready = new Promise<void>((resolve) => (connected = resolve));
  const link = linkMqtt({
    manifest: artefact.manifest,
    settings: { url },
    receiver: {
      now: session.now,
      arrive: session.arrive,
      gather: session.gather,
      fault: session.fault,
      connection: (name, state) => {
        session.connection(name, state);
        if (state.state === 'connected') connected();
      },
    },
  });
  session.attach(link);
  await ready;
  session.load({ manifest: artefact.manifest, kernel: kernelFactory(artefact) });
  // The broker answers a subscription within this time on loopback.
  await new Promise((resolve) => setTimeout(resolve, 200));
  return {
    session,
    counts: () => ({ ...session.twin()!.sampleCounts(), ...link.counts() }),
    close: async () => {
      session.dispose();
      await link.close();
    },
  };
}

export interface Devices {
  /** Sends for so many seconds at 10,000 samples a second; returns how many were sent. */
  run(seconds: number): Promise<number>;
  close(): Promise<void>;
}

/** Round by round, every device once: a hundred rounds a second by the clock. */
export async function startDevices(url: string): Promise<Devices> {
  const client = mqtt.connect({ protocol: 'mqtt', host: '127.0.0.1', port: Number(new URL(url).port) });
  await new Promise<void>((resolve) => client.once('connect', () => resolve()));
  let round = 0;
  return {
    run: async (seconds) => {
      const first = round;
      const start = performance.now();
      while (round - first < seconds * 100) {
        const due = Math.min(seconds * 100, Math.floor((performance.now() - start) / 10));
        for (; round - first < due; round += 1) {
          const value = Math.floor(round / HALF_PERIOD) % 2 === 1 ? 10 : 1;
          for (let device = 1; device <= DEVICES; device += 1)
            client.publish(`rate/${device}`, `{"v":${value}}`, { qos: 0 });
        }
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      return (round - first) * DEVICES;
    },
    close: () => client.endAsync(true),
  };
}

export { startBroker };
