/** Manifest → what a preview is told first. */
import type { Manifest } from '../../runtime/contract/manifest.ts';
import type { ManifestJoinEnd, ManifestStructure } from '../../runtime/contract/shown.ts';
import { isPrivateSensor, PRIVATE_TEXT } from '../../runtime/private.ts';
import { count, elementAt, indexOf } from '../../runtime/contract/elements.ts';
import { elementName, elementNames, parseElementName } from '../../runtime/names.ts';
import type { Twin } from '../../runtime/twin.ts';
import type {
  AlarmState,
  Hello,
  Mode,
  ParameterInfo,
  SensorInfo,
  StructureInfo,
} from '../../preview/protocol.ts';
import { diagramsOf } from './diagrams.ts';
import type { SessionSeries } from './series.ts';
import { testsOf } from './trials.ts';

export interface HelloParts {
  twin: Twin;
  series: readonly SessionSeries[];
  modes: Mode[];
  alarms: AlarmState[];
  /** Values at the start of the scenario, before anyone set anything, by id. */
  initial: ReadonlyMap<string, number>;
}

export function helloOf({ twin, series, modes, alarms, initial }: HelloParts): Hello {
  const { manifest } = twin;
  const ids = new Set(series.map(({ id }) => id));
  return {
    type: 'hello',
    name: manifest.name,
    title: manifest.title,
    doc: manifest.doc,
    scenarios: manifest.scenarios.map(({ name, doc, duration }) => ({ name, doc, duration })),
    modes,
    series: series.map(({ info }) => info),
    views: manifest.views,
    probes: manifest.probes.map(({ text, dims, first, private: isPrivate }, probe) => ({
      probe,
      text,
      series:
        isPrivate === true
          ? []
          : dims.length === 0
            ? [`probe:${probe}`]
            : elementNames(`probe:${probe}${'[]'.repeat(dims.length)}`, dims, first),
    })),
    sensors: sensorsOf(manifest),
    alarms,
    parameters: parametersOf(twin, initial),
    ...commandsOf(manifest),
    structure: structureOf(manifest, manifest.structure, '', ids),
    ...(manifest.tests.length === 0 ? {} : { tests: testsOf(manifest) }),
    ...diagramsOf(manifest),
  };
}

function sensorsOf(manifest: Manifest): SensorInfo[] {
  const bindings = new Map<string, Manifest['bindings'][number]>();
  for (const binding of manifest.bindings) {
    if (binding.target.kind !== 'sensor') continue;
    const key = `${binding.target.sensor}/${binding.target.instance}`;
    if (!bindings.has(key)) bindings.set(key, binding);
  }
  return manifest.sensors.flatMap(({ name, dims, doc, unit, low, high, measured }, sensor) =>
    (manifest.variables[measured]!.private === true ? [] : elementNames(name, dims)).map((id, instance) => {
      const bound = bindings.get(`${sensor}/${instance}`);
      return {
        id,
        label: id,
        doc,
        unit,
        measured: `${id}.measured`,
        predicted: `${id}.predicted`,
        residual: `${id}.residual`,
        ...(low === undefined ? {} : { low }),
        ...(high === undefined ? {} : { high }),
        ...(bound === undefined
          ? {}
          : { binding: `${bound.protocol} ${Object.values(bound.arguments)[0] ?? ''}`.trim() }),
      };
    }),
  );
}

export function parametersOf(twin: Twin, initial: ReadonlyMap<string, number>): ParameterInfo[] {
  return twin.manifest.variables.flatMap(
    ({ name, dims, role, doc, base, unit, low, high, visible, address, final }, variable) =>
      visible && !final && (role === 'parameter' || role === 'input')
        ? Array.from({ length: count(dims) }, (_, element) => {
            const id = elementName(name, dims, element);
            const value = twin.machine.numbers[address / 8 + element]!;
            return {
              id,
              label: id,
              doc,
              role,
              base,
              unit,
              value,
              initial: initial.get(id) ?? value,
              variable,
              index: indexOf(dims, element),
              ...(low === undefined ? {} : { low }),
              ...(high === undefined ? {} : { high }),
            };
          })
        : [],
  );
}

function commandsOf(manifest: Manifest): Pick<Hello, 'commands'> {
  const commands = (manifest.events ?? []).flatMap(({ name, dims, command, parameters, doc }, position) =>
    command
      ? elementNames(name, dims).map((id, instance) => ({
          id,
          label: id,
          doc,
          command: position,
          instance,
          parameters: parameters.map((parameter) => {
            const { unit, base } = manifest.variables[parameter.variable]!;
            return { name: parameter.name, unit, base };
          }),
        }))
      : [],
  );
  return commands.length === 0 ? {} : { commands };
}

/** States before other values: they say most about how a part is. */
const ORDER = ['state', 'discrete', 'algebraic', 'input', 'derivative', 'parameter'];

function structureOf(
  manifest: Manifest,
  node: ManifestStructure,
  path: string,
  ids: ReadonlySet<string>,
): StructureInfo {
  const inside = (id: string): boolean =>
    path === '' || id.startsWith(`${path}.`) || id.startsWith(`${path}[`);
  // What is inside has the indexes of the path first: a block of the elements.
  const { index } = parseElementName(path);
  const own = (name: string, dims: readonly number[]): string[] => {
    if (!index.every((i, axis) => i < (dims[axis] ?? 0))) return elementNames(name, dims).filter(inside);
    const size = count(dims.slice(index.length));
    const first = elementAt(dims.slice(0, index.length), index) * size;
    return Array.from({ length: size }, (_, i) => elementName(name, dims, first + i)).filter(inside);
  };
  const children = node.children.flatMap((child) =>
    Array.from({ length: child.size ?? 1 }, (_, i) => {
      const name = child.size === undefined ? child.name : `${child.name}[${i + 1}]`;
      return { ...structureOf(manifest, child, path === '' ? name : `${path}.${name}`, ids), name };
    }),
  );
  const variables = node.variables
    .map((variable) => manifest.variables[variable]!)
    .toSorted((a, b) => ORDER.indexOf(a.role) - ORDER.indexOf(b.role));
  return {
    name: node.name,
    path,
    asset: node.asset,
    doc: node.doc,
    series: variables.flatMap(({ name, dims }) => own(name, dims)).filter((id) => ids.has(id)),
    sensors: node.sensors.flatMap((sensor) =>
      isPrivateSensor(manifest, manifest.sensors[sensor]!)
        ? []
        : own(manifest.sensors[sensor]!.name, manifest.sensors[sensor]!.dims),
    ),
    alarms: node.alarms.flatMap((alarm) => own(manifest.alarms[alarm]!.name, manifest.alarms[alarm]!.dims)),
    children,
    ...(node.joins === undefined || node.joins.length === 0 ? {} : { links: linksOf(node.joins, path) }),
    ...(node.ports === undefined || node.ports.length === 0
      ? {}
      : { ports: node.ports.map(({ name }) => name) }),
  };
}

/** More lines than anyone can follow. */
const MOST_LINKS = 500;

function linksOf(
  joins: NonNullable<ManifestStructure['joins']>,
  path: string,
): NonNullable<StructureInfo['links']> {
  const elements = (
    name: string,
    { first, count: length, each }: NonNullable<ManifestJoinEnd['partElements']>,
    round: number,
  ): string[] =>
    each ? [`${name}[${first + round}]`] : Array.from({ length }, (_, i) => `${name}[${first + i}]`);
  return joins
    .flatMap(({ rounds, ends }) =>
      Array.from({ length: Math.min(rounds, MOST_LINKS) }, (_, round) =>
        ends.flatMap(({ part, port, partElements, portElements }) => {
          const parts =
            part === undefined
              ? [path]
              : (partElements === undefined ? [part] : elements(part, partElements, round)).map((name) =>
                  path === '' ? name : `${path}.${name}`,
                );
          const ports = portElements === undefined ? [port] : elements(port, portElements, round);
          return parts.flatMap((each) => ports.map((name) => ({ part: each, port: name })));
        }),
      ),
    )
    .slice(0, MOST_LINKS);
}

/** `cooling = 60 W/K` */
export function settingText(manifest: Manifest, id: string, value: number): string {
  const variable = manifest.variables.find(({ name, dims }) => elementNames(name, dims).includes(id));
  if (variable === undefined) return id;
  if (variable.private === true) return `${id} = ${PRIVATE_TEXT}`;
  const { unit, base } = variable;
  if (base === 'boolean') return `${id} = ${value > 0.5}`;
  const shown = Number((value / unit.factor - unit.offset).toPrecision(4));
  return `${id} = ${shown}${unit.label === '' ? '' : ` ${unit.label}`}`;
}
