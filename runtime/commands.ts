/** Commands of a model by name, and whether a call fits. */
import type { Manifest } from './contract/manifest.ts';
import { count, elementAt } from './contract/elements.ts';
import { parseElementName } from './names.ts';

/** The command and instance that a name such as `press[2].start` means. */
export function findCommand(
  manifest: Manifest,
  text: string,
): { command: number; instance: number } | undefined {
  const { name, index } = parseElementName(text);
  const command = (manifest.events ?? []).findIndex((event) => event.command && event.name === name);
  const found = manifest.events?.[command];
  if (found === undefined) return undefined;
  const { dims } = found;
  if (index.length !== dims.length || index.some((i, axis) => i < 0 || i >= dims[axis]!)) return undefined;
  return { command, instance: elementAt(dims, index) };
}

/** Why a command cannot be called so, in words. */
export function wrongCall(
  manifest: Manifest,
  command: number,
  instance: number,
  values: readonly number[],
): string | undefined {
  const found = manifest.events?.[command];
  if (found === undefined || !found.command || instance < 0 || instance >= count(found.dims))
    return 'There is no such command.';
  const { name, parameters } = found;
  const wanted = parameters.map((parameter) => parameter.name).join(', ');
  if (values.length !== parameters.length) return `${name} needs ${wanted === '' ? 'no values' : wanted}.`;
  for (const [at, value] of values.entries()) {
    const { name: own, variable } = parameters[at]!;
    const { base } = manifest.variables[variable]!;
    if (!Number.isFinite(value)) return `${own} of ${name} needs a number.`;
    if (base === 'boolean' && value !== 0 && value !== 1)
      return `${own} of ${name} is true or false (1 or 0).`;
    if (base === 'integer' && !Number.isInteger(value)) return `${own} of ${name} is a whole number.`;
  }
  return undefined;
}
