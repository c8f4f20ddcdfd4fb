import type { FlatEvent } from '../../ir/flat-system.ts';
import { join } from './instances.ts';
import type { Flattening } from '../flattening.ts';

/** Events and commands of every group, with the variables that count them and hold their values. */
export function eventsOf({ groups }: Flattening): FlatEvent[] {
  return groups.flatMap((group) =>
    group.type.events.map(({ name, command, parameters, doc, source }) => ({
      name: join(group.path, name),
      dims: group.dims,
      command,
      count: group.variables.get(name)!,
      parameters: parameters.map((each) => ({
        name: each,
        variable: group.variables.get(`${name}.${each}`)!,
      })),
      doc,
      source,
    })),
  );
}
