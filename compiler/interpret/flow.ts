import type { Kernel } from '../../runtime/contract/kernel.ts';
import { Actor, Item } from '../4-generate/process/plan.ts';
import { flowMachine } from '../4-generate/generate.ts';
import type { FunctionHandle } from '../4-generate/wasm/index.ts';
import type { FlatExpression, FlatLoop } from '../ir/flat-expression.ts';
import type { FlatSystem } from '../ir/flat-system.ts';
import { walker } from './walk.ts';

type FlowKernel = Pick<Kernel, 'flowStart' | 'flowNext' | 'flowRun'>;

/** The machine of a flow, walked, with the model's expressions evaluated for an instance by the interpreter itself. */
export function flowOf(
  system: FlatSystem,
  memory: ArrayBuffer,
  reader: { item: number },
  choose: (loops: readonly FlatLoop[], expression: FlatExpression, instance: number) => number,
): FlowKernel {
  if (system.flow === undefined) return {};
  const { functions, values } = flowMachine(system);
  const view = new DataView(memory);
  const instead = new Map<FunctionHandle, (actor: number) => number>();
  for (const { handle, loops, expression } of values)
    instead.set(handle, (actor) => {
      const around = reader.item;
      reader.item = actor;
      const value = choose(loops, expression, view.getInt32(actor + Actor.instance, true));
      reader.item = around;
      return value;
    });
  const walk = walker(memory, instead);
  return {
    flowStart: walk(functions.flowStart) as (warmUp: number) => void,
    flowNext: walk(functions.flowNext),
    flowRun: walk(functions.flowRun) as (until: number) => number,
  };
}

/** A value of the item at an address; slot -1 is how long it has been inside. */
export function attributeOf(view: DataView, item: number, slot: number, time: number): number {
  return slot < 0
    ? time - view.getFloat64(item + Item.arrived, true)
    : view.getFloat64(item + Item.attributes + 8 * slot, true);
}
