/** Which elements were given a value from outside: a byte of the saved state for each that can be. */
import type { Machine } from '../machine.ts';

/** The element was given its value; nothing for what is computed. */
export function markGiven(machine: Machine, variable: number, element: number): void {
  const address = givenAddress(machine, variable, element);
  if (address !== undefined) machine.bytes[address] = 1;
}

function givenAddress({ manifest }: Machine, variable: number, element: number): number | undefined {
  const { layout, variables } = manifest;
  const { role, address } = variables[variable]!;
  const regions = {
    parameter: layout.parameters,
    input: layout.inputs,
    discrete: layout.discretes,
    state: layout.states,
  } as const;
  if (!(role in regions)) return undefined;
  let before = 0;
  for (const [own, region] of Object.entries(regions)) {
    if (own === role) return layout.given.address + before + (address - region.address) / 8 + element;
    before += region.count;
  }
  return undefined;
}
