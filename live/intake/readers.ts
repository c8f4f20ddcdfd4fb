/** A manifest's bindings of a protocol → who reads what, by where it comes from. */
import type { Manifest, ManifestBinding } from '../../runtime/contract/manifest.ts';
import { elementName } from '../../runtime/names.ts';
import { isPrivateBinding } from '../../runtime/private.ts';
import { dimensionOf } from '../units.ts';
import { parsePath } from './json-path.ts';
import type { Format } from './payload.ts';

export interface Reader {
  binding: number;
  name: string;
  format: Format;
  low: number;
  high: number;
  /** ms; the latest time handed on. */
  latest: number;
  /** Inputs hold their value: the same again says nothing new. Sensors: NaN. */
  held: number;
  isInput: boolean;
  /** What is late is dropped, as the binding says. */
  dropsLate: boolean;
  /** Nothing of its messages is told. */
  private: boolean;
  /** Of a command: how each of its values is read. */
  values?: { name: string; format: Format }[];
}

/** A binding that nothing could serve. */
export class BindingError extends Error {
  override name = 'BindingError';
}

export interface Protocol {
  /** As it stands in the text. */
  name: string;
  /** Where a binding says that its values come from; throws a `BindingError` in the modeller's words. */
  addressOf(bound: ManifestBinding['arguments'], name: string): string;
  /** Where the value of a sensor or input is, when the binding says no path; left out: a message is a value. */
  path?: string;
}

/** Readers by address; throws a `BindingError` in the modeller's words when a binding cannot be served. */
export function readersOf(manifest: Manifest, { name: protocol, addressOf, path: usual }: Protocol) {
  const readers = new Map<string, Reader[]>();
  manifest.bindings.forEach((binding, index) => {
    if (binding.protocol !== protocol || binding.direction !== 'from') return;
    const { target } = binding;
    if (target.kind !== 'sensor' && target.kind !== 'input' && target.kind !== 'command') return;
    const { name, low, high } = targetOf(manifest, target);
    const address = addressOf(binding.arguments, name);
    const said = binding.arguments['path'];
    const path = said ?? usual;
    const steps = path === undefined ? undefined : parsePath(String(path));
    if (typeof steps === 'string')
      throw new BindingError(`The binding of ${name} has a path that cannot be used: ${steps}.`);
    const reader: Reader = {
      binding: index,
      name,
      format: {
        path: steps,
        pathText: String(path ?? ''),
        base: binding.base,
        unit: binding.unit,
        dimension: dimensionOf(manifest, binding),
      },
      low: low ?? -Infinity,
      high: high ?? Infinity,
      latest: -Infinity,
      held: NaN,
      isInput: target.kind === 'input',
      dropsLate: binding.late?.policy === 'drop',
      private: isPrivateBinding(manifest, binding),
      ...(target.kind === 'command' ? { values: valuesOf(manifest, target.command, said) } : {}),
    };
    readers.set(address, [...(readers.get(address) ?? []), reader]);
  });
  return readers;
}

/** A command with one value may come as that value alone; with several, or with a path, as JSON by their names. */
function valuesOf(
  manifest: Manifest,
  command: number,
  path: string | number | boolean | undefined,
): NonNullable<Reader['values']> {
  const { parameters } = manifest.events![command]!;
  return parameters.map(({ name, variable }) => {
    const { base, unit, dimension } = manifest.variables[variable]!;
    const alone = parameters.length === 1 && path === undefined;
    const pathText = `${path ?? '$'}.${name}`;
    const steps = alone ? undefined : parsePath(pathText);
    if (typeof steps === 'string')
      throw new BindingError(`The binding of ${name} has a path that cannot be used: ${steps}.`);
    return { name, format: { path: steps, pathText: alone ? '' : pathText, base, unit, dimension } };
  });
}

function targetOf(
  manifest: Manifest,
  target:
    | { kind: 'sensor'; sensor: number; instance: number }
    | { kind: 'input'; variable: number; element: number }
    | { kind: 'command'; command: number; instance: number },
): { name: string; low?: number; high?: number } {
  if (target.kind === 'command') {
    const { name, dims } = manifest.events![target.command]!;
    return { name: elementName(name, dims, target.instance) };
  }
  if (target.kind === 'sensor') {
    const { name, dims, low, high } = manifest.sensors[target.sensor]!;
    return { name: elementName(name, dims, target.instance), low, high };
  }
  const { name, dims, low, high } = manifest.variables[target.variable]!;
  return { name: elementName(name, dims, target.element), low, high };
}
