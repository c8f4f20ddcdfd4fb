/** What can go wrong between handlers, and is named with both, or with the whole circle: two writers, endless loops of events. */
import type { Instance } from './due.ts';
import { elementOfInstance, handlerName } from '../describe.ts';
import { variableElement } from '../machine.ts';
import type { Machine } from '../machine.ts';
import { timeText } from '../trouble.ts';
import type { Trouble } from '../trouble.ts';

export function twoWriters(machine: Machine, fired: readonly Instance[], second: Instance): Trouble {
  const { manifest, status } = machine;
  const variable = status[1]!;
  const element = status[2]!;
  const sets = ({ which }: Instance): boolean => manifest.handlers[which]!.sets.includes(variable);
  const near = ({ which, instance }: Instance): boolean => {
    const own = elementOfInstance(
      manifest.variables[variable]!.dims,
      manifest.handlers[which]!.dims,
      instance,
    );
    return own === undefined || own === element;
  };
  const earlier = fired.slice(
    0,
    fired.indexOf(fired.find((f) => f.which === second.which && f.instance === second.instance)!),
  );
  const first = earlier.find((f) => sets(f) && near(f)) ?? earlier.find(sets);
  const time = machine.time();
  const name = variableElement(manifest, variable, element);
  const b = handlerName(manifest, second.which, second.instance);
  const a = first === undefined ? b : handlerName(manifest, first.which, first.instance);
  return {
    code: 'PX9002',
    message:
      `${a} and ${b} both set ${name} at t = ${timeText(time)}. Only one may: ` +
      'join them in one rule, or make their conditions exclude each other.',
    time,
    source: manifest.handlers[second.which]!.source,
  };
}

export function endless(machine: Machine, history: readonly (readonly Instance[])[]): Trouble {
  const { manifest } = machine;
  const time = machine.time();
  const chain: Instance[] = [];
  for (const item of history.toReversed().map((round) => round[0]!)) {
    if (chain.some((c) => c.which === item.which && c.instance === item.instance)) break;
    chain.unshift(item);
  }
  const step = ({ which, instance }: Instance): string => {
    const handler = manifest.handlers[which]!;
    const sets = handler.sets.map((variable, n) => {
      const own = elementOfInstance(manifest.variables[variable]!.dims, handler.dims, instance);
      const element = handler.setElements?.[n] ?? own;
      return element === undefined
        ? manifest.variables[variable]!.name
        : variableElement(manifest, variable, element);
    });
    return `${handlerName(manifest, which, instance)}${sets.length === 0 ? '' : ` sets ${sets.join(' and ')}`}`;
  };
  const names = chain.map(step);
  const again = handlerName(manifest, chain[0]!.which, chain[0]!.instance);
  return {
    code: 'PX9001',
    message:
      `Endless event loop at t = ${timeText(time)}: ${names.join(', which triggers ')}, which triggers ${again} again. ` +
      'Let one of them wait (for), or compare with some distance between on and off.',
    time,
    source: manifest.handlers[chain[0]!.which]!.source,
  };
}
