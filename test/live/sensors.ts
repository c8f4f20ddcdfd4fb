/** Ten thousand sensors, each with its rules, that send once a second through a broker: for the test and the bench. */
import mqtt from 'mqtt';
import { analyse, compile } from '../../compiler/index.ts';
import type { LibraryFiles } from '../../compiler/library-files.ts';
import type { Artefact } from '../../runtime/contract/manifest.ts';

/** What devices send: a message a sensor, with its time or without, or one of a gateway for so many sensors. */
export type Sending = 'alone' | 'timed' | 'gateway';
export const BEHIND_GATEWAY = 100;

/** Hysteresis, a limit passed for a while, and a residual against its moving average, once it has measured. */
const asset = `asset Sensor {
  input raw = 50
  sensor v measures raw range -1000..1000
  state mean = 50
  state variance = 10
  state unlike: Integer = 0
  every 1 s {
    set mean = if v > -1000 then pre(mean) + 0.05 * (v - pre(mean)) else pre(mean)
    set variance = if v > -1000 then 0.95 * pre(variance) + 0.05 * (v - pre(mean)) * (v - pre(mean)) else pre(variance)
    set unlike = if (v - pre(mean)) * (v - pre(mean)) > 9 * pre(variance) + 25 then pre(unlike) + 1 else pre(unlike)
  }
  alarm high: warning "It is high" { raise when v > 70  clear when v < 65 }
  alarm lasting: critical "It has been high for long" { raise when v > 60 for 30 s  clear when v < 60 }
}
`;

export const textOf = (sensors: number, sending: Sending): string => `package sensors
${asset}
asset Plant { part device[${sensors}]: Sensor }
twin All: Plant
bind All {
${Array.from({ length: sensors }, (_, i) => `  device[${i + 1}].v from ${bindingOf(i, sending)} late 5 s: revise`).join('\n')}
}
`;

const bindingOf = (i: number, sending: Sending): string =>
  sending === 'gateway'
    ? `mqtt("gateway/${Math.floor(i / BEHIND_GATEWAY)}", path = "$.v[${i % BEHIND_GATEWAY}]")`
    : `mqtt("sensor/${i}", path = "$.v")`;

export function compileSensors(library: LibraryFiles, sensors: number, sending: Sending): Artefact {
  const { model, roots, diagnostics } = analyse(
    [{ uri: 'file:///sensors.twin', text: textOf(sensors, sending) }],
    library,
  );
  const root = roots.find(({ kind }) => kind === 'twin');
  const artefact = model && root && compile(model, root).value?.artefact;
  if (!artefact) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return artefact;
}

export interface SensorDevices {
  /** Sends for so many seconds, spread over each; returns how many values were sent. */
  run(seconds: number): Promise<number>;
  close(): Promise<void>;
}

export async function startSensors(url: string, sensors: number, sending: Sending): Promise<SensorDevices> {
  const client = mqtt.connect({ protocol: 'mqtt', host: '127.0.0.1', port: Number(new URL(url).port) });
  await new Promise<void>((resolve) => client.once('connect', () => resolve()));
  const level = new Float64Array(sensors);
  let x = 0.5;
  const valueOf = (i: number): number => {
    x = 3.99 * x * (1 - x);
    level[i] = 0.98 * level[i]! + (x - 0.5) * 8;
    return Math.round(100 * (50 + 1.2 * level[i])) / 100;
  };
  const step = sending === 'gateway' ? BEHIND_GATEWAY : 1;
  return {
    run: async (seconds) => {
      const start = Date.now();
      let sent = 0;
      while (sent < seconds * sensors) {
        const due = Math.min(seconds * sensors, Math.floor(((Date.now() - start) / 1000) * sensors));
        for (; sent + step <= due; sent += step) {
          const i = sent % sensors;
          // Devices measure on the second, and send in the one that follows.
          const ts = Math.floor((start + 1000 * Math.floor(sent / sensors)) / 1000) * 1000;
          const options = { qos: 0 } as const;
          if (sending === 'alone') client.publish(`sensor/${i}`, `{"v":${valueOf(i)}}`, options);
          else if (sending === 'timed')
            client.publish(`sensor/${i}`, `{"v":${valueOf(i)},"ts":${ts}}`, options);
          else {
            const values = Array.from({ length: BEHIND_GATEWAY }, (_, n) => valueOf(i + n));
            client.publish(`gateway/${i / BEHIND_GATEWAY}`, JSON.stringify({ ts, v: values }), options);
          }
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return sent;
    },
    close: () => client.endAsync(true),
  };
}
