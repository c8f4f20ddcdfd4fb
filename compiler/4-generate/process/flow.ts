/** What the parts of the machine share while it is made. */
import type { FlatFlow, FlatPlace, FlatProcess } from '../../ir/process.ts';
import type { Context } from '../context.ts';
import { i32 } from '../wasm/index.ts';
import type { FunctionHandle, I32, Statement } from '../wasm/index.ts';
import type { Agenda } from './agenda.ts';
import { agenda } from './agenda.ts';
import type { Lists } from './lists.ts';
import { lists } from './lists.ts';
import type { Measures } from './measures.ts';
import { measures } from './measures.ts';
import { Header, Place, Resource } from './plan.ts';
import type { FlowPlan } from './plan.ts';
import { instanceOf, Values } from './values.ts';

export interface Flow {
  context: Context;
  flow: FlatFlow;
  plan: FlowPlan;
  agenda: Agenda;
  lists: Lists;
  measures: Measures;
  values: Values;
}

export function flowOf(context: Context): Flow {
  const { module, system, plan } = context;
  const flow = system.flow!;
  const own = plan.flow!;
  return {
    context,
    flow,
    plan: own,
    agenda: agenda(module, own),
    lists: lists(module, own),
    measures: measures(module, flow, plan.addresses, plan.manifest.layout.time),
    values: new Values(context),
  };
}

/** The record of a thing's instance. */
export const record = (base: number, size: number, instance: I32): I32 =>
  instance.kind === 'constant'
    ? i32.const(base + size * (instance.value as number))
    : i32.add(i32.mul(instance, size), base);

export function queueAt({ flow, plan }: Flow, process: FlatProcess, place: FlatPlace, actor: I32): I32 {
  const instance = instanceOf(process.loops, flow.queues[place.id]!.dims, place, actor);
  return record(plan.queues[place.id]!, Place.size, instance);
}
export function beltAt({ flow, plan }: Flow, process: FlatProcess, place: FlatPlace, actor: I32): I32 {
  const instance = instanceOf(process.loops, flow.belts[place.id]!.dims, place, actor);
  return record(plan.belts[place.id]!, Place.size, instance);
}
export function resourceAt({ flow, plan }: Flow, process: FlatProcess, place: FlatPlace, actor: I32): I32 {
  const instance = instanceOf(process.loops, flow.resources[place.id]!.dims, place, actor);
  return record(plan.resources[place.id]!, Resource.size, instance);
}

/** Stops the flow: what happened, where (a process or step), and in which instance. */
export function trouble({ plan }: Flow, code: number, detail: number, instance: I32 | number): Statement[] {
  return [
    i32.store(0, code, plan.header + Header.trouble),
    i32.store(0, detail, plan.header + Header.detail),
    i32.store(0, instance, plan.header + Header.instance),
  ];
}
export const troubled = ({ plan }: Flow): I32 => i32.load(0, plan.header + Header.trouble);

/** Functions that are made late, because their parts call each other. */
export interface Later {
  leavePlace: FunctionHandle;
  admit: FunctionHandle;
  serve: FunctionHandle;
  take: FunctionHandle;
  give: FunctionHandle;
  releasePending: FunctionHandle;
}
