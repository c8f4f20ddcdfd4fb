/** What there is in a compiled twin, for one who has not read the text. */
import { isPrivateSensor } from '../../runtime/private.ts';
import type { Manifest, ManifestVariable } from '../../runtime/contract/manifest.ts';

export interface Outline {
  name: string;
  title: string;
  parameters: OutlineVariable[];
  inputs: OutlineVariable[];
  states: OutlineVariable[];
  others: OutlineVariable[];
  sensors: { name: string; unit: string }[];
  scenarios: { name: string; duration: number }[];
  tests: string[];
}

interface OutlineVariable {
  name: string;
  unit: string;
  /** In the unit. */
  range?: [low: number | null, high: number | null];
  doc?: string;
}

/** Arrays are named once: `node[].temperature`. */
export function outlineOf(manifest: Manifest): Outline {
  const visible = manifest.variables.filter((variable) => variable.visible);
  const having = (...roles: ManifestVariable['role'][]): OutlineVariable[] =>
    visible.filter(({ role }) => roles.includes(role)).map(described);
  return {
    name: manifest.name,
    title: manifest.title,
    parameters: having('parameter'),
    inputs: having('input'),
    states: having('state', 'discrete'),
    others: visible
      .filter(({ role }) => !['parameter', 'input', 'state', 'discrete'].includes(role))
      .map(described),
    sensors: manifest.sensors
      .filter((sensor) => !isPrivateSensor(manifest, sensor))
      .map(({ name, unit }) => ({ name, unit: unit.text })),
    scenarios: manifest.scenarios.map(({ name, duration }) => ({ name, duration })),
    tests: manifest.tests.map(({ name }) => name),
  };
}

function described({ name, unit, doc, low, high }: ManifestVariable): OutlineVariable {
  const inUnit = (value: number | undefined): number | null =>
    value === undefined ? null : value / unit.factor - unit.offset;
  return {
    name,
    unit: unit.text,
    ...(low === undefined && high === undefined ? {} : { range: [inUnit(low), inUnit(high)] }),
    ...(doc === '' ? {} : { doc }),
  };
}
