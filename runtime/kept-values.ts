/** What a restored state holds that its text gives otherwise now. */
import { count } from './contract/elements.ts';
import { variableText } from './describe.ts';
import { elementName } from './names.ts';
import type { Twin } from './twin.ts';

export interface KeptValue {
  /** Element of a parameter; of an array the first that is another. */
  name: string;
  /** As people read them. */
  kept: string;
  now: string;
}

/** Parameters that nobody has set, and that another text gave the values that they have: a state may go on with a text that gives others. */
export function keptValues({ manifest, machine }: Twin): KeptValue[] {
  const { numbers, kernel } = machine;
  const begin = manifest.layout.parameters.address / 8;
  const kept = numbers.slice(begin, begin + manifest.layout.parameters.count);
  kernel.parameters();
  const now = numbers.slice(begin, begin + kept.length);
  numbers.set(kept, begin);
  machine.status.fill(0);
  return manifest.variables.flatMap(({ name, role, dims, visible, address }, id) => {
    if (role !== 'parameter' || !visible) return [];
    const first = address / 8 - begin;
    const own = kept.subarray(first, first + count(dims));
    const element = own.findIndex((value, one) => !Object.is(value, now[first + one]));
    if (element < 0) return [];
    const text = (values: Float64Array): string => variableText(manifest, id, values[first + element]!);
    return [{ name: elementName(name, dims, element), kept: text(kept), now: text(now) }];
  });
}
