/** Alarms and values → what is written to nodes. A node gets the latest; what could not be written is told. */
import type { Manifest, ManifestBinding } from '../../runtime/contract/manifest.ts';
import { elementName } from '../../runtime/names.ts';
import { fromSI } from '../units.ts';
import { nodeOf } from './incoming.ts';

/** ms between two values of one node. */
const VALUE_PERIOD = 100;

/** What a node is to hold: a number in the unit of its binding, true or false, or the name of a mode. */
export type Wanted = number | boolean | string;

export interface Port {
  node: string;
  /** Of what is written, for people. */
  name: string;
  /** undefined before the first. */
  wanted: Wanted | undefined;
  /** It has not been written yet. */
  due: boolean;
  writtenAt: number;
}

export interface Outgoing {
  readonly ports: readonly Port[];
  /** Probes that are to be written. */
  readonly probes: readonly number[];
  alarm(alarm: number, instance: number, active: boolean): void;
  value(probe: number, value: number): void;
}

export function createOutgoing(manifest: Manifest, changed: () => void): Outgoing {
  const ports: Port[] = [];
  const alarms = new Map<string, Port[]>();
  const values = new Map<number, { port: Port; binding: ManifestBinding }[]>();
  for (const binding of manifest.bindings) {
    if (binding.protocol !== 'opcua' || binding.direction !== 'to') continue;
    const { target } = binding;
    const made = (name: string): Port => {
      const port = {
        node: nodeOf(binding.arguments, name),
        name,
        wanted: undefined,
        due: false,
        writtenAt: -Infinity,
      };
      ports.push(port);
      return port;
    };
    if (target.kind === 'alarm') {
      const { name, dims } = manifest.alarms[target.alarm]!;
      const key = `${target.alarm}/${target.instance}`;
      alarms.set(key, [...(alarms.get(key) ?? []), made(elementName(name, dims, target.instance))]);
    } else if (target.kind === 'probe') {
      const port = made(manifest.probes[target.probe]!.text);
      values.set(target.probe, [...(values.get(target.probe) ?? []), { port, binding }]);
    }
  }
  const want = (port: Port, wanted: Wanted): void => {
    if (Object.is(port.wanted, wanted)) return;
    port.wanted = wanted;
    port.due = true;
    changed();
  };
  return {
    ports,
    probes: [...values.keys()],
    alarm: (alarm, instance, active) => {
      for (const port of alarms.get(`${alarm}/${instance}`) ?? []) want(port, active);
    },
    value: (probe, value) => {
      for (const { port, binding } of values.get(probe) ?? []) {
        const labels = manifest.probes[probe]?.labels;
        if (labels !== undefined) want(port, labels[value] ?? '');
        else want(port, binding.base === 'boolean' ? value !== 0 : fromSI(value, binding.unit));
      }
    },
  };
}

/** ms until a port may be written again. */
export const restOf = (port: Port, now: number): number => port.writtenAt + VALUE_PERIOD - now;
