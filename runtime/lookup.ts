/** What people name → an element of a variable; what is wrong with a name, or with a value that is to be set, in words. */
import type { Manifest } from './contract/manifest.ts';
import { valueText, variableText } from './describe.ts';
import { variableElement } from './machine.ts';
import { count, elementAt } from './contract/elements.ts';
import { parseElementName } from './names.ts';

/**
 * The variable and the element (row-major, from 0) that a name such as `pump[2].temperature` means; undefined where it means none. A variable
 * with elements needs an index.
 */
export function findElement(
  manifest: Manifest,
  text: string,
): { variable: number; element: number } | undefined {
  const { name, index } = parseElementName(text);
  const variable = manifest.variables.findIndex((v) => v.name === name);
  if (variable < 0) return undefined;
  const { dims } = manifest.variables[variable]!;
  if (index.length !== dims.length || index.some((i, axis) => i < 0 || i >= dims[axis]!)) return undefined;
  return { variable, element: elementAt(dims, index) };
}

/** Why a name means no element, and what may have been meant. */
export function unknownName(manifest: Manifest, text: string): string {
  const settable = manifest.variables.filter(
    ({ role, visible }) => visible && (role === 'parameter' || role === 'input'),
  );
  const last = text.split('.').at(-1)!;
  const near = settable.find(({ name }) => name.split('.').at(-1) === last)?.name;
  const { name } = parseElementName(text);
  const known = manifest.variables.find((variable) => variable.name === name);
  if (known !== undefined)
    return `${text} needs an index within ${known.dims.map((size) => `1..${size}`).join(', ') || 'no brackets: it is one value'}.`;
  return `${manifest.name} has no variable ${text}.${near === undefined ? '' : ` Did you mean ${near}?`}`;
}

/** Why a value (SI; 0 or 1 for false and true) may not be set; undefined where it may. */
export function wrongValue(
  manifest: Manifest,
  variable: number,
  element: number,
  value: number,
): string | undefined {
  const found = manifest.variables[variable];
  if (found === undefined || element < 0 || element >= count(found.dims)) return 'There is no such variable.';
  const name = variableElement(manifest, variable, element);
  const { role, base, low, high, unit } = found;
  if (role !== 'parameter' && role !== 'input')
    return `${name} is computed by the model (${role}), so it cannot be set. Set a parameter or an input that it depends on.`;
  if (!Number.isFinite(value)) return `${name} needs a number.`;
  if (base === 'boolean' && value !== 0 && value !== 1)
    return `${name} is true or false (1 or 0), not ${value}.`;
  if (base === 'integer' && !Number.isInteger(value)) return `${name} is a whole number, not ${value}.`;
  if (value < (low ?? -Infinity) || value > (high ?? Infinity)) {
    const bound = (limit: number | undefined): string =>
      limit === undefined ? '' : valueText(limit, unit, base);
    return `${name} = ${variableText(manifest, variable, value)} is outside its range ${bound(low)}..${bound(high)}.`;
  }
  return undefined;
}
