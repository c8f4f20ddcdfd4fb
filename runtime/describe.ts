/** Events of a run, and values in the modeller's units, as text for people. */
import type { Manifest, Unit } from './contract/manifest.ts';
import type { SourceRange } from './contract/manifest.ts';
import { elementAt, indexOf } from './contract/elements.ts';
import { elementName } from './names.ts';
import { PRIVATE_TEXT } from './private.ts';

export type Severity = 'critical' | 'warning' | 'info';

/** One entry of the log of a run. */
export interface RunEvent {
  /** Ascending over the run; the same event has the same number when time is gone over again. */
  id: number;
  /** s */
  time: number;
  microstep: number;
  kind: 'rule' | 'alarm' | 'event' | 'sensor' | 'range' | 'command' | 'trouble';
  /** `pump[2].tripHot` */
  name: string;
  text: string;
  severity: Severity;
  /** Of a warning with a page of its own. */
  code?: 'PX9054';
  source?: SourceRange;
  /** Raise and clear: which alarm, and whether it is active now. */
  alarm?: { alarm: number; instance: number; active: boolean };
}

/** `95.3 °C`, `true`, `3`: an SI value in a unit, to at most `digits` significant digits. */
export function valueText(
  value: number,
  unit: Unit,
  base: 'number' | 'integer' | 'boolean',
  digits = 4,
  labels?: readonly string[],
): string {
  if (labels !== undefined) return labels[value] || 'none';
  if (base === 'boolean') return value === 0 ? 'false' : 'true';
  const shown = unit.factor === 1 && unit.offset === 0 ? value : value / unit.factor - unit.offset;
  const text = Number.isFinite(shown) ? String(Number(shown.toPrecision(digits))) : 'no value';
  return unit.label === '' || unit.label === '1' ? text : `${text} ${unit.label}`;
}

/** A difference between two values of a variable, in its unit. */
export const differenceText = (value: number, { unit, base }: Manifest['variables'][number]): string =>
  valueText(value, { ...unit, offset: 0 }, base, 2);

export function variableText(manifest: Manifest, variable: number, value: number): string {
  const { unit, base, labels, private: isPrivate } = manifest.variables[variable]!;
  if (isPrivate === true) return PRIVATE_TEXT;
  return valueText(value, unit, base, 4, labels);
}

/** Element of a variable that belongs to an instance: its own where the leading indexes agree, the only one of a scalar. */
export function elementOfInstance(
  dims: readonly number[],
  loops: readonly number[],
  instance: number,
): number | undefined {
  if (dims.length === 0) return 0;
  if (dims.length > loops.length) return undefined;
  if (!dims.every((size, axis) => size === loops[axis])) return undefined;
  return elementAt(dims, indexOf(loops, instance).slice(0, dims.length));
}

export const handlerName = (manifest: Manifest, handler: number, instance: number): string => {
  const { name, dims, first } = manifest.handlers[handler]!;
  return elementName(name, dims, instance, first);
};

/** `jam(position = 3 m)`: an event of the list with the values it has now; without its path. */
export function emitText(
  manifest: Manifest,
  event: number,
  instance: number,
  read: (variable: number, element: number) => number,
): string {
  const { name, dims, parameters } = manifest.events![event]!;
  const values = parameters.map(
    (one) => `${one.name} = ${variableText(manifest, one.variable, read(one.variable, instance))}`,
  );
  return `${elementName(name, dims, instance)}${values.length === 0 ? '' : `(${values.join(', ')})`}`;
}

/** `temperature 95.3 °C`: the values a condition looked at, as far as they are known. */
export function causeText(
  manifest: Manifest,
  handler: number,
  instance: number,
  read: (variable: number, element: number) => number,
): string {
  const { reads = [], sets, dims } = manifest.handlers[handler]!;
  const bookkeeping = (variable: number): boolean => {
    const { role, visible, labels, private: isPrivate } = manifest.variables[variable]!;
    if (isPrivate === true) return true;
    // What counts events is no cause by itself.
    if (manifest.events?.some(({ count: counter }) => counter === variable)) return true;
    // A transition names the mode that it leaves.
    if (labels !== undefined && sets.includes(variable)) return true;
    return role === 'parameter' || (!visible && manifest.alarms.some(({ active }) => active === variable));
  };
  return reads
    .filter((variable) => !bookkeeping(variable))
    .flatMap((variable) => {
      const { name, dims: own } = manifest.variables[variable]!;
      const element = elementOfInstance(own, dims, instance);
      if (element === undefined) return [];
      return [
        `${elementName(name, own, element)} ${variableText(manifest, variable, read(variable, element))}`,
      ];
    })
    .slice(0, 3)
    .join(', ');
}
