/** Numbers as they are written outside ↔ SI. */
import type { Manifest, ManifestBinding, Unit } from '../runtime/contract/manifest.ts';

/** A unit with its dimension, as `ManifestVariable.dimension` has it. */
export interface KnownUnit extends Unit {
  dimension: string;
}

/** Looks up a unit by its text, such as `mm/s`; undefined when there is none. The command line hands in the compiler's table. */
export type ReadUnit = (text: string) => KnownUnit | undefined;

/** A number in a unit → SI. */
export const toSI = (shown: number, unit: Unit): number =>
  unit.factor === 1 && unit.offset === 0 ? shown : (shown + unit.offset) * unit.factor;

/** SI → a number in a unit. */
export const fromSI = (si: number, unit: Unit): number =>
  unit.factor === 1 && unit.offset === 0 ? si : si / unit.factor - unit.offset;

/** Whether a text is the unit as it is written, or as it is shown. */
export const isWrittenAs = (text: string, unit: Unit): boolean => text === unit.text || text === unit.label;

/** The units that a manifest itself speaks of: enough to read back what was recorded with it. */
export function unitsOf(manifest: Manifest): ReadUnit {
  const known = new Map<string, KnownUnit>();
  const add = (unit: Unit, dimension: string): void => {
    for (const text of [unit.text, unit.label])
      if (text !== '' && !known.has(text)) known.set(text, { ...unit, dimension });
  };
  for (const { unit, dimension } of manifest.variables) add(unit, dimension);
  for (const { unit, measured } of manifest.sensors) add(unit, manifest.variables[measured]!.dimension);
  for (const binding of manifest.bindings) add(binding.unit, dimensionOf(manifest, binding));
  return (text) => known.get(text);
}

/** Key of the dimension that values of a binding have; empty for commands and alarms. */
export function dimensionOf(manifest: Manifest, { target }: ManifestBinding): string {
  if (target.kind === 'sensor')
    return manifest.variables[manifest.sensors[target.sensor]!.measured]!.dimension;
  if (target.kind === 'input') return manifest.variables[target.variable]!.dimension;
  return '';
}
