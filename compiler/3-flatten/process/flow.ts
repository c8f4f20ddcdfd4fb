/** Processes and resources of all groups → one flow of primitive steps. */
import type { Block } from '../../ir/flat-system.ts';
import type { FlatFlow } from '../../ir/process.ts';
import { join } from '../instances/instances.ts';
import type { Flattening } from '../flattening.ts';
import { tallyKey } from '../instances/measures.ts';
import { keyOf } from './context.ts';
import type { FlowContext, Known } from './context.ts';
import { flatProcess } from './steps.ts';
import { addRepair, declarePlaces, declareResource, knowUnits } from './resources.ts';

export function flowOf(flattening: Flattening, running: readonly Block[]): FlatFlow | undefined {
  const { groups } = flattening;
  if (groups.every(({ type }) => type.processes.length === 0 && type.resources.length === 0))
    return undefined;
  const known: Known = {
    queues: [],
    belts: [],
    resources: [],
    processes: [],
    places: new Map(),
    lines: new Map(),
    used: new Map(),
    numbers: new Map(),
    declared: [],
  };
  const context: FlowContext = { flattening, running, known };
  for (const group of groups) {
    for (const resource of group.type.resources) declareResource(context, group, resource);
    for (const process of group.type.processes) {
      known.numbers.set(keyOf(group, process.name), known.numbers.size);
      declarePlaces(context, group, process);
    }
  }
  for (const group of groups)
    for (const process of group.type.processes) known.processes.push(flatProcess(context, group, process));
  for (const { group, resource } of known.declared) addRepair(context, group, resource);
  knowUnits(context);
  const tallies = [...flattening.statistics.tallies].map(([key, tally]) => {
    const process = groups
      .flatMap((group) => group.type.processes.map(({ name }) => tallyKey(group, name)))
      .indexOf(key);
    const of = process >= 0 ? { kind: 'process' as const, id: process } : placeTallied(known, key);
    return { of, ...tally };
  });
  const attributes = known.processes.flatMap(({ attributes: carried, held }) =>
    [...carried, ...held].map(({ slot }) => slot),
  );
  return {
    processes: known.processes,
    queues: known.queues,
    belts: known.belts,
    resources: known.resources,
    levels: [...flattening.statistics.levels.values()],
    tallies,
    coupled: false,
    attributes: Math.max(0, ...attributes) + 1,
  };
}

/** Names of the processes in the order of the flow; those that repair come after them. */
export const processNames = ({ groups }: Flattening): string[] =>
  groups.flatMap((group) => group.type.processes.map(({ name }) => join(group.path, name)));

function placeTallied({ places, lines }: Known, key: string): { kind: 'queue' | 'belt'; id: number } {
  const belt = lines.get(key);
  return belt === undefined ? { kind: 'queue', id: places.get(key)! } : { kind: 'belt', id: belt };
}
