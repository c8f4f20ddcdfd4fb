/** Units taken and given back by uses, and those that are blocked meanwhile. */
import type { FlatNeed, FlatProcess, FlatUse } from '../../ir/process.ts';
import { i32, run, set, switchOn, when } from '../wasm/index.ts';
import type { FunctionBuilder, FunctionHandle, I32, Local, Statement } from '../wasm/index.ts';
import { resourceAt } from './flow.ts';
import { locals } from './heap.ts';
import { runs } from './lists.ts';
import type { Machine } from './machine.ts';
import { hasPlace } from './places.ts';
import { Item } from './plan.ts';
import { isKnown } from './resources.ts';
import { instanceOf } from './values.ts';

export type Using = ReturnType<typeof using>;

export function using(machine: Machine) {
  const { made, module, flow, measures, places, resources, actor, releasePending, uses, anyPending, amount } =
    machine;
  const giveAll = (
    f: Pick<FunctionBuilder, 'local'>,
    process: FlatProcess,
    needs: FlatNeed[],
    item: I32,
  ): Statement[] =>
    needs.flatMap((need) => {
      const units = amount(f, 'units', process, need.units, item);
      return [
        ...units.statements,
        run(resources.give, [resourceAt(made, process, need.resource, item), units.value, item]),
      ];
    });
  const known = (use: FlatUse): FlatNeed[] =>
    use.needs.filter(({ resource }) => isKnown(flow.resources[resource.id]!));
  const work = (f: FunctionHandle, process: FlatProcess, use: FlatUse, item: I32): Statement[] =>
    known(use).map(({ resource }) => run(f, [resourceAt(made, process, resource, item), item]));

  /** Units of a use that are blocked, or are so no more. */
  const blocked = ({ process, use }: (typeof uses)[number], item: I32, sign: number): Statement[] =>
    use.needs.flatMap(({ resource, units }) => {
      const { dims, blocked: variable } = flow.resources[resource.id]!;
      const count = units.kind === 'number' ? Math.round(units.value) : 1;
      return [measures.change(variable, instanceOf(process.loops, dims, resource, item), sign * count)];
    });
  const blocks = module.function('blocks', { params: { item: 'i32' } });
  {
    const { item } = blocks.params;
    blocks.body = [
      i32.store(item, 1, Item.blocks),
      switchOn(
        i32.sub(i32.load(item, Item.pending), 1),
        uses.map((one) => blocked(one, item, 1)),
      ),
    ];
  }
  /** The item cannot go on now: the units that it keeps are blocked. */
  const stays = (): Statement[] =>
    anyPending ? [when(i32.load(actor, Item.pending), [runs(blocks, actor)])] : [];

  {
    const { item } = releasePending.params;
    const [which] = locals(releasePending, 'use');
    releasePending.body = [
      set(which, i32.load(item, Item.pending)),
      i32.store(item, 0, Item.pending),
      when(i32.load(item, Item.blocks), [
        i32.store(item, 0, Item.blocks),
        switchOn(
          i32.sub(which, 1),
          uses.map((one) => blocked(one, item, -1)),
        ),
      ]),
      switchOn(
        i32.sub(which, 1),
        uses.map(({ process, use }) => giveAll(releasePending, process, use.needs, item)),
      ),
    ];
  }

  /** The item has found a place to be: it leaves the one before, and gives back what it used. */
  const settled = (item: Local<'i32'>): Statement[] => [
    ...(anyPending ? [when(i32.load(item, Item.pending), [runs(releasePending, item)])] : []),
    when(hasPlace(item), [runs(places.leave, item)]),
  ];

  /** Whether the step after a delay may keep the item from going on: then it keeps its units until it has a place. */
  function keepsUnits(process: FlatProcess, at: number): boolean {
    const next = process.steps[at + 1];
    return next !== undefined && ['reserve', 'choose', 'go', 'assign', 'set', 'make'].includes(next.kind);
  }
  return { giveAll, known, work, stays, settled, keepsUnits };
}
