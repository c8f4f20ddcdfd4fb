/**
 * Lengths of queues, busy units and those who wait are kept twice: by the machine, as whole numbers, and as variables. Where nobody reads
 * a variable while the flow runs, it is written when the flow stops.
 */
import type { VariableId } from '../../ir/flat-system.ts';
import type { FlatFlow } from '../../ir/process.ts';
import { f64, i32 } from '../wasm/index.ts';
import type { Statement } from '../wasm/index.ts';
import { instancesOf, List, Place, Resource } from './plan.ts';
import type { FlowPlan } from './plan.ts';

interface Derived {
  variable: VariableId;
  /** Where its whole number stands. */
  record: number;
  size: number;
  at: number;
  instances: number;
}

/** Beyond so many in all it costs more to write them whenever the flow stops. */
const MOST = 200;

export function derived(flow: FlatFlow, plan: FlowPlan): Derived[] {
  // A coupled flow stops after each event.
  if (flow.coupled) return [];
  const read = new Set<number>();
  mentioned(flow, read);
  const all = [
    ...flow.queues.map(({ length, loops }, id) => ({
      variable: length,
      record: plan.queues[id]!,
      size: Place.size,
      at: Place.taken,
      instances: instancesOf(loops),
    })),
    ...flow.resources.flatMap(({ busy, waiting, loops }, id) => {
      const there = { record: plan.resources[id]!, size: Resource.size, instances: instancesOf(loops) };
      return [
        { ...there, variable: busy, at: Resource.taken },
        { ...there, variable: waiting, at: List.count },
      ];
    }),
  ].filter(({ variable }) => !read.has(variable));
  return all.reduce((total, { instances }) => total + instances, 0) > MOST ? [] : all;
}

/** Variables that expressions and statistics of a flow read. */
function mentioned(part: unknown, into: Set<number>): void {
  if (typeof part !== 'object' || part === null) return;
  if ('variable' in part && typeof part.variable === 'number') into.add(part.variable);
  for (const inner of Object.values(part)) mentioned(inner, into);
}

/** While no item moves, as many places are taken as items are in the queue. */
export const written = (all: readonly Derived[], addresses: readonly number[]): Statement[] =>
  all.flatMap(({ variable, record, size, at, instances }) =>
    Array.from({ length: instances }, (_, instance) =>
      f64.store(
        0,
        f64.fromI32(i32.load(0, record + size * instance + at)),
        addresses[variable]! + 8 * instance,
      ),
    ),
  );
