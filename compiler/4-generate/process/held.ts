/** How many units of what it seized an item holds: it gives back no more than those, and leaves with none. */
import type { FlatProcess } from '../../ir/process.ts';
import { f64, i32, when } from '../wasm/index.ts';
import type { I32, Statement } from '../wasm/index.ts';
import { FlowTrouble } from '../../../runtime/contract/kernel.ts';
import { trouble } from './flow.ts';
import type { Flow } from './flow.ts';
import { Actor, Item } from './plan.ts';

const offsetOf = ({ held }: FlatProcess, resource: number): number | undefined => {
  const kept = held.find((one) => one.resource === resource);
  return kept && Item.attributes + 8 * kept.slot;
};

/** It has so many more. */
export function holdsMore(process: FlatProcess, resource: number, units: I32, item: I32): Statement[] {
  const at = offsetOf(process, resource);
  return at === undefined ? [] : [f64.store(item, f64.add(f64.load(item, at), f64.fromI32(units)), at)];
}

/** It has so many less; the flow stops where it has not so many. */
export function holdsLess(
  made: Pick<Flow, 'plan'>,
  process: FlatProcess,
  { resource, units, item, code, stops }: Released,
): Statement[] {
  const at = offsetOf(process, resource);
  if (at === undefined) return [];
  const count = f64.fromI32(units);
  return [
    when(f64.lt(f64.load(item, at), count), [
      ...trouble(made, FlowTrouble.notHeld, code, i32.load(item, Actor.instance), f64.const(resource)),
      stops,
    ]),
    f64.store(item, f64.sub(f64.load(item, at), count), at),
  ];
}

interface Released {
  resource: number;
  units: I32;
  item: I32;
  /** Of the step. */
  code: number;
  stops: Statement;
}

/** A copy holds nothing of what the item holds. */
export const holdsNothing = ({ held }: FlatProcess, item: I32): Statement[] =>
  held.map(({ slot }) => f64.store(item, 0, Item.attributes + 8 * slot));

/** Whoever leaves with units stops the flow. */
export const leavesWith = (
  made: Pick<Flow, 'plan'>,
  { held }: FlatProcess,
  item: I32,
  code: number,
): Statement[] =>
  held.map(({ resource, slot }) =>
    when(
      f64.gt(f64.load(item, Item.attributes + 8 * slot), 0),
      trouble(made, FlowTrouble.held, code, i32.load(item, Actor.instance), f64.const(resource)),
    ),
  );
