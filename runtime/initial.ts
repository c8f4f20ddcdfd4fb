/** Start values that were moved onto the equations that tie states to each other. */
import { variableText } from './describe.ts';
import type { RunEvent } from './describe.ts';
import type { Machine } from './machine.ts';
import { count, elementName } from './names.ts';

/** Rounding, and what a tolerance of a run would not show. */
const SEEN = 1e-6;

/** What to log of it: `given` are the states before. */
export function movedStates(
  { manifest, states }: Machine,
  given: Float64Array,
): Omit<RunEvent, 'id' | 'time' | 'microstep'>[] {
  const { address: base } = manifest.layout.states;
  return manifest.variables.flatMap((variable, id) => {
    if (variable.role !== 'state') return [];
    const first = (variable.address - base) / 8;
    return Array.from({ length: count(variable.dims) }, (_, element) => element).flatMap((element) => {
      const [from, to] = [given[first + element]!, states[first + element]!];
      const size = Math.max(Math.abs(from), Math.abs(to), Math.abs(variable.unit.factor) * SEEN);
      if (!(Math.abs(to - from) > SEEN * size)) return [];
      const name = elementName(variable.name, variable.dims, element);
      const [was, is] = [from, to].map((value) => variableText(manifest, id, value));
      return [
        {
          kind: 'event' as const,
          name,
          text: `starts at ${is} instead of ${was}: the equations that tie it to other states hold there`,
          severity: 'warning' as const,
          source: variable.source,
        },
      ];
    });
  });
}
