/** What views draw of modes and processes: the manifest's places → series and names. */
import type { Manifest, SourceRange } from '../../runtime/contract/manifest.ts';
import { count } from '../../runtime/contract/elements.ts';
import { elementName } from '../../runtime/names.ts';
import type { Hello, ModesInfo, Place, ProcessInfo, ProcessStep } from '../../preview/protocol.ts';
import { drawn } from './items.ts';

export function diagramsOf(manifest: Manifest): Pick<Hello, 'charts' | 'processes'> {
  const modes = drawn(manifest, 'modes').map(({ chart, instance }) => modesOf(manifest, chart, instance));
  const processes = drawn(manifest, 'process').map(({ process, instance }) =>
    processOf(manifest, process, instance),
  );
  return { ...(modes.length > 0 ? { charts: modes } : {}), ...(processes.length > 0 ? { processes } : {}) };
}

const placeOf = ({ uri, line, column }: SourceRange): Place => ({ uri, line, column });

function modesOf(manifest: Manifest, chart: number, instance: number): ModesInfo {
  const { name, dims, doc, regions, transitions } = manifest.modes![chart]!;
  return {
    chart,
    instance,
    label: elementName(name, dims, instance),
    doc,
    regions: regions.map(({ variable, modes, ...region }) => ({
      name: region.name,
      series: seriesOf(manifest, variable, instance),
      modes: modes.map(({ source, ...mode }) => ({ ...mode, source: placeOf(source) })),
    })),
    transitions: transitions.map(({ source, ...transition }) => ({ ...transition, source: placeOf(source) })),
  };
}

function processOf(manifest: Manifest, process: number, instance: number): ProcessInfo {
  const { name, dims, doc, arrived, left, inside, steps } = manifest.flow!.processes[process]!;
  return {
    process,
    instance,
    label: elementName(name, dims, instance),
    doc,
    arrived: seriesOf(manifest, arrived, instance),
    left: seriesOf(manifest, left, instance),
    inside: seriesOf(manifest, inside, instance),
    steps: steps.map((step) => stepOf(manifest, step, dims, instance)),
  };
}

type Step = NonNullable<Manifest['flow']>['processes'][number]['steps'][number];

function stepOf(
  manifest: Manifest,
  { kind, text, source, to, full, gaveUp, queue, belt, resources }: Step,
  dims: readonly number[],
  instance: number,
): ProcessStep {
  const flow = manifest.flow!;
  const line = queue === undefined ? undefined : flow.queues[queue];
  const place = line ?? (belt === undefined ? undefined : flow.belts[belt]);
  const at = (own: readonly number[]): number => instanceWithin(own, dims, instance);
  return {
    kind,
    text,
    source: placeOf(source),
    ...(to === undefined ? {} : { to }),
    ...(full === undefined ? {} : { full }),
    ...(gaveUp === undefined ? {} : { gaveUp }),
    ...(place === undefined
      ? {}
      : {
          place: {
            name: lastName(place.name),
            length: seriesOf(manifest, place.length, at(place.dims)),
            ...(line?.capacity === undefined ? {} : { capacity: line.capacity }),
            belt: belt !== undefined,
          },
        }),
    ...(resources === undefined
      ? {}
      : {
          resources: resources.map((resource) => {
            const { name, dims: own, busy, waiting, down, units } = flow.resources[resource]!;
            return {
              name: lastName(name),
              busy: seriesOf(manifest, busy, at(own)),
              waiting: seriesOf(manifest, waiting, at(own)),
              ...(down === undefined ? {} : { down: seriesOf(manifest, down, at(own)) }),
              ...(units === undefined ? {} : { units }),
            };
          }),
        }),
  };
}

const lastName = (name: string): string => name.split('.').at(-1)!.replaceAll('[]', '');

/** Which one of what stands in an asset around belongs to an instance: the first indexes are the same. */
function instanceWithin(own: readonly number[], dims: readonly number[], instance: number): number {
  const shared = own.every((size, axis) => size === dims[axis]);
  if (!shared) return 0;
  return Math.floor(instance / count(dims.slice(own.length)));
}

function seriesOf(manifest: Manifest, variable: number, element: number): string {
  const { name, dims } = manifest.variables[variable]!;
  return elementName(name, dims, element);
}
