/** What the parts of the machine share while it is made. */
import type { FlatFlow, FlatPlace, FlatProcess } from '../../ir/process.ts';
import type { Context } from '../context.ts';
import { f64, i32, set } from '../wasm/index.ts';
import type { F64, I32, LocalOwner, Statement } from '../wasm/index.ts';
import type { Agenda } from './agenda.ts';
import { agenda } from './agenda.ts';
import { derived, written } from './derived.ts';
import type { Lists } from './lists.ts';
import { lists } from './lists.ts';
import type { Measures } from './measures.ts';
import { measures } from './measures.ts';
import { mostPending } from './pending.ts';
import { Header, Place, Resource } from './plan.ts';
import type { FlowPlan } from './plan.ts';
import { record } from './record.ts';
import { instanceOf, Values } from './values.ts';

export interface Flow {
  context: Context;
  flow: FlatFlow;
  plan: FlowPlan;
  agenda: Agenda;
  lists: Lists;
  measures: Measures;
  /** Writes what is not written at each change: when the flow stops. */
  tells: Statement[];
  values: Values;
}

export function flowOf(context: Context, inVectors: boolean): Flow {
  const { module, system, plan } = context;
  const flow = system.flow!;
  const own = plan.flow!;
  const later = derived(flow, own);
  return {
    context,
    flow,
    plan: own,
    agenda: agenda(module, own, mostPending(flow), inVectors),
    lists: lists(module, own),
    measures: measures(
      module,
      flow,
      plan.addresses,
      plan.manifest.layout.time,
      new Set(later.map(({ variable }) => variable)),
    ),
    tells: written(later, plan.addresses),
    values: new Values(context, inVectors),
  };
}

/** An instance that a step means: its record and its number, both constant or in a local. */
export interface Found {
  id: number;
  record: I32;
  instance: I32;
  statements: Statement[];
}
export function found(
  { flow, plan }: Flow,
  f: LocalOwner,
  kind: 'queues' | 'resources',
  process: FlatProcess,
  place: FlatPlace,
  item: I32,
): Found {
  const { id } = place;
  const number = instanceOf(process.loops, flow[kind][id]!.dims, place, item);
  const at = (instance: I32): I32 =>
    record(plan[kind][id]!, kind === 'queues' ? Place.size : Resource.size, instance);
  if (number.kind === 'constant') return { id, record: at(number), instance: number, statements: [] };
  const [instance, there] = [f.local('i32', 'instance'), f.local('i32', kind.slice(0, -1))];
  return { id, record: there, instance, statements: [set(instance, number), set(there, at(instance))] };
}

export function beltAt({ flow, plan }: Flow, process: FlatProcess, place: FlatPlace, actor: I32): I32 {
  const instance = instanceOf(process.loops, flow.belts[place.id]!.dims, place, actor);
  return record(plan.belts[place.id]!, Place.size, instance);
}
export function resourceAt({ flow, plan }: Flow, process: FlatProcess, place: FlatPlace, actor: I32): I32 {
  const instance = instanceOf(process.loops, flow.resources[place.id]!.dims, place, actor);
  return record(plan.resources[place.id]!, Resource.size, instance);
}

/** Stops the flow: what happened, where (a process or step), in which instance, and by which value. */
export function trouble(
  { plan }: Pick<Flow, 'plan'>,
  code: number,
  detail: number,
  instance: I32 | number,
  value?: F64,
): Statement[] {
  return [
    i32.store(0, code, plan.header + Header.trouble),
    i32.store(0, detail, plan.header + Header.detail),
    i32.store(0, instance, plan.header + Header.instance),
    ...(value === undefined ? [] : [f64.store(0, value, plan.header + Header.value)]),
  ];
}
export const troubled = ({ plan }: Pick<Flow, 'plan'>): I32 => i32.load(0, plan.header + Header.trouble);
