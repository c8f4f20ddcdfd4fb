/** A name → what has it: rules, alarms, whens, steps of processes, one instance of them or all. */
import type { Manifest } from '../runtime/contract/manifest.ts';
import { elementNames } from '../runtime/names.ts';
import type { Reason } from './breakpoints.ts';
import { isInternal } from './places.ts';

/** Handlers that it can be, in words for who misses one. */
const MOST_NAMED = 8;

export function functionReason(manifest: Manifest, wanted: string): Reason | string {
  const name = wanted.trim();
  const bare = (other: string): string => other.replaceAll('[]', '');
  const handlers = new Set<number>();
  const only = new Set<string>();
  manifest.handlers.forEach((handler, id) => {
    if (isInternal(manifest, handler)) return;
    const own = handler.name;
    if (own === name || bare(own) === name || own.slice(own.lastIndexOf('.') + 1) === name) handlers.add(id);
    else if (name.includes('[')) {
      const instance = elementNames(own, handler.dims, handler.first).indexOf(name);
      if (instance < 0) return;
      handlers.add(id);
      only.add(`${id}/${instance}`);
    }
  });
  const codes = new Set<number>();
  for (const process of manifest.flow?.processes ?? [])
    if (process.name === name || bare(process.name) === name || process.name.endsWith(`.${name}`))
      codes.add(process.firstCode);
  if (handlers.size + codes.size > 0)
    return { kind: 'handlers', handlers, codes, description: name, ...(only.size === 0 ? {} : { only }) };
  const known = [
    ...new Set(manifest.handlers.filter((one) => !isInternal(manifest, one)).map((one) => one.name)),
  ];
  const list = known.slice(0, MOST_NAMED).join(', ');
  return `Nothing that fires has the name ${name}.${list === '' ? '' : ` There are ${list}${known.length > MOST_NAMED ? ', …' : ''}.`}`;
}
