/** Which variable a number among the states belongs to: for messages, which know where in the vector something went wrong. */
import type { Manifest, ManifestVariable } from './contract/manifest.ts';
import { count } from './contract/elements.ts';
import { elementName } from './names.ts';

export interface StateElement {
  variable: ManifestVariable;
  /** Position of the variable in the manifest. */
  id: number;
  /** Position within the variable, row-major. */
  element: number;
  /** `pump[2].temperature` */
  name: string;
}

/** `position`: in the vector of all states; undefined beyond its end. */
export function stateAt(manifest: Manifest, position: number): StateElement | undefined {
  const address = manifest.layout.states.address + 8 * position;
  const id = manifest.variables.findIndex(
    ({ role, address: first, dims }) =>
      role === 'state' && address >= first && address < first + 8 * count(dims),
  );
  const variable = manifest.variables[id];
  if (variable === undefined) return undefined;
  const element = (address - variable.address) / 8;
  return { variable, id, element, name: elementName(variable.name, variable.dims, element) };
}
