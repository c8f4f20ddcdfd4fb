/** Which elements were given a value from outside: a byte of the saved state for each that can be. */
import type { Machine } from '../machine.ts';

/** The element was given its value; nothing for what is computed. */
export function markGiven(machine: Machine, variable: number, element: number): void {
  const address = givenAddress(machine, variable, element);
  if (address !== undefined) machine.bytes[address] = 1;
}

/** Roles that can be given a value, and the regions in whose order their bytes lie. */
const IN_ORDER = [
  ['parameter', 'parameters'],
  ['input', 'inputs'],
  ['discrete', 'discretes'],
  ['state', 'states'],
] as const;

function givenAddress({ manifest }: Machine, variable: number, element: number): number | undefined {
  const { layout, variables } = manifest;
  const { role, address } = variables[variable]!;
  let before = 0;
  for (const [own, region] of IN_ORDER) {
    if (own === role) return layout.given.address + before + (address - layout[region].address) / 8 + element;
    before += layout[region].count;
  }
  return undefined;
}
