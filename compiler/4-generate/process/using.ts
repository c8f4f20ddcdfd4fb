/** Units taken and given back by uses, and those that are blocked meanwhile. */
import type { FlatNeed, FlatProcess, FlatUse } from '../../ir/process.ts';
import { i32, switchOn, when } from '../wasm/index.ts';
import type { F64, I32, Local, LocalOwner, Statement } from '../wasm/index.ts';
import { onlyPlace, onlyUse } from './coming.ts';
import type { Coming } from './coming.ts';
import { found } from './flow.ts';
import type { Found } from './flow.ts';
import { runs } from './lists.ts';
import type { KnownUse, Machine } from './machine.ts';
import { hasPlace } from './places.ts';
import { Item } from './plan.ts';
import { isKnown } from './resources.ts';
import { instanceOf } from './values.ts';

export type Using = ReturnType<typeof using>;

export function using(machine: Machine) {
  const { made, module, flow, measures, places, units, proceed, readied, actor } = machine;
  const { releasePending, uses, anyPending, amount } = machine;
  /** The units of a need, and where they are. */
  const needed = (
    f: LocalOwner,
    process: FlatProcess,
    need: FlatNeed,
    item: I32,
  ): { of: Found; amount: I32; statements: Statement[] } => {
    const of = found(made, f, 'resources', process, need.resource, item);
    const { statements, value } = amount(f, 'units', process, need.units, item);
    return { of, amount: value, statements: [...of.statements, ...statements] };
  };
  const giveAll = (f: LocalOwner, process: FlatProcess, needs: FlatNeed[], item: I32): Statement[] =>
    needs.flatMap((need) => {
      const { of, amount: count, statements } = needed(f, process, need, item);
      return [...statements, ...units.gives(f, of, count, item)];
    });
  const known = (use: FlatUse): FlatNeed[] =>
    use.needs.filter(({ resource }) => isKnown(flow.resources[resource.id]!));
  /** Work on the units of a use begins, and would go on until a time; or it ends, where no time is given. */
  const work = (f: LocalOwner, process: FlatProcess, use: FlatUse, item: I32, until?: F64): Statement[] =>
    known(use).flatMap((need) => {
      const { of, amount: count, statements } = needed(f, process, need, item);
      return [
        ...statements,
        ...(until === undefined ? units.stops(of, count, item) : units.starts(of, count, item, until)),
      ];
    });

  /** Units of a use that are blocked, or are so no more. */
  const blocked = ({ process, use }: KnownUse, item: I32, sign: number): Statement[] =>
    use.needs.flatMap(({ resource, units: count }) => {
      const { dims, blocked: variable } = flow.resources[resource.id]!;
      const by = count.kind === 'number' ? Math.round(count.value) : 1;
      return measures.change(variable, instanceOf(process.loops, dims, resource, item), sign * by);
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
  const stays = (coming: Coming): Statement[] => {
    const only = onlyUse(coming);
    if (!anyPending || (only && only.use === undefined)) return [];
    const one = only && useOf(coming);
    const statements = one
      ? [i32.store(actor, 1, Item.blocks), ...blocked(one, actor, 1)]
      : [runs(blocks, actor)];
    return only && !only.none ? statements : [when(i32.load(actor, Item.pending), statements)];
  };
  /** The use of which an item that comes so may still have units. */
  function useOf(coming: Coming): KnownUse | undefined {
    const only = onlyUse(coming);
    return uses.find(({ id, position }) => id === coming.process && position === only?.use);
  }

  /** Units of a use are given back. */
  const given = (f: LocalOwner, one: KnownUse, item: I32): Statement[] => [
    i32.store(item, 0, Item.pending),
    when(i32.load(item, Item.blocks), [i32.store(item, 0, Item.blocks), ...blocked(one, item, -1)]),
    ...giveAll(f, one.process, one.use.needs, item),
  ];
  {
    const { item } = releasePending.params;
    releasePending.body = [
      switchOn(
        i32.sub(i32.load(item, Item.pending), 1),
        uses.map((one) => given(releasePending, one, item)),
      ),
    ];
  }

  /** The units that it may still have are given back. */
  const releases = (f: LocalOwner, item: Local<'i32'>, coming: Coming): Statement[] => {
    const only = onlyUse(coming);
    if (!anyPending || (only && only.use === undefined)) return [];
    const one = only && useOf(coming);
    const statements = one ? given(f, one, item) : [runs(releasePending, item)];
    return only && !only.none ? statements : [when(i32.load(item, Item.pending), statements)];
  };
  /** It leaves the queue or belt that it may be in. */
  const leaves = (f: LocalOwner, process: FlatProcess, item: Local<'i32'>, coming: Coming): Statement[] => {
    const only = onlyPlace(coming);
    if (only === undefined) return [when(hasPlace(item), [runs(places.leave, item)])];
    if (only.place === undefined) return [];
    const queue = found(made, f, 'queues', process, only.place, item);
    const statements = [
      ...queue.statements,
      ...places.leaveQueue(f, queue, item, f === proceed ? readied : undefined),
    ];
    return only.none ? [when(hasPlace(item), statements)] : statements;
  };

  /** The item has found a place to be: it leaves the one before, and gives back what it used. */
  const settled = (f: LocalOwner, process: FlatProcess, item: Local<'i32'>, coming: Coming): Statement[] => [
    ...releases(f, item, coming),
    ...leaves(f, process, item, coming),
  ];

  return { needed, giveAll, known, work, stays, releases, leaves, settled };
}
