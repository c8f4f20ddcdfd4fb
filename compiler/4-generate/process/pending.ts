/** How many events of a flow can be pending at once, as far as that can be said before it runs. */
import type { FlatFlow, FlatProcess } from '../../ir/process.ts';
import { instancesOf } from './plan.ts';

/** Infinity where items may be delayed that hold no units of a resource of fixed size, or ride. */
export function mostPending(flow: FlatFlow): number {
  if (flow.belts.length > 0) return Infinity;
  const held = new Set<number>();
  // The end of the warm-up.
  let most = 1;
  for (const process of flow.processes) {
    // Who repairs: a unit that is down has no event of its own.
    if (process.internal) continue;
    for (const step of process.steps) {
      if (step.kind === 'arrive') most += instancesOf(process.loops);
      else if (step.kind === 'enter' && step.patience !== undefined)
        most += sizeOf(flow.queues[step.place.id]!);
      else if (step.kind === 'delay') {
        const resource = step.use === undefined ? undefined : holds(flow, process, step.use);
        if (resource === undefined) return Infinity;
        held.add(resource);
      }
    }
  }
  for (const resource of held) most += sizeOf(flow.resources[resource]!);
  for (const { units, breaks, shifts, loops } of flow.resources)
    most += instancesOf(loops) * ((breaks ? (units ?? 0) : 0) + (shifts ? 1 : 0));
  return most;
}

/** A resource of fixed size of which whoever is in a use holds a unit. */
function holds(flow: FlatFlow, { uses }: FlatProcess, use: number): number | undefined {
  return uses[use]!.needs.find(
    ({ resource, units }) =>
      flow.resources[resource.id]!.capacity.kind === 'number' &&
      units.kind === 'number' &&
      Math.round(units.value) >= 1,
  )?.resource.id;
}

const sizeOf = ({ capacity, loops }: Pick<FlatFlow['queues'][number], 'capacity' | 'loops'>): number =>
  capacity?.kind === 'number' ? Math.max(Math.floor(capacity.value), 0) * instancesOf(loops) : Infinity;
