/** Batches made and taken apart, and items that become several. */
import type { FlatExpression } from '../../ir/flat-expression.ts';
import type { FlatStep } from '../../ir/process.ts';
import { branch, f64, i32, label, loop, memoryCopy, set, when } from '../wasm/index.ts';
import type { F64, Statement } from '../wasm/index.ts';
import { FlowTrouble } from '../../../runtime/contract/kernel.ts';
import { AT_LEAST_ONE } from './demands.ts';
import { trouble } from './flow.ts';
import { record } from './record.ts';
import { callI32 } from './heap.ts';
import { holdsNothing } from './held.ts';
import { first, runs } from './lists.ts';
import type { Machine, StepPlace } from './machine.ts';
import { hasPlace } from './places.ts';
import { Actor, Item, List, Packed, Place, stepKey } from './plan.ts';
import type { Using } from './using.ts';

export function packing(machine: Machine, { settled }: Using) {
  const {
    made,
    context,
    flow,
    plan,
    lists,
    measures,
    values,
    places,
    proceed,
    rests,
    actor,
    releasePending,
    anyPending,
    goTo,
  } = machine;
  const batch = ({ process, id, code, at }: StepPlace, step: FlatStep & { kind: 'batch' }): Statement[] => {
    const value = (name: string, of: FlatExpression): F64 =>
      values.of(`${process.name} ${name}`, process.loops, of, actor, {
        what: `The number of items in '${step.text}'`,
        name: process.name,
        source: step.source,
        ...AT_LEAST_ONE,
      });
    const list = record(plan.lists.get(stepKey(id, at))!, List.size, i32.load(actor, Actor.instance));
    const [there, left, carrier, last, item] = proceed.named(
      'i32',
      'list',
      'left',
      'carrier',
      'last',
      'packed',
    );
    const [before] = proceed.named('i32', 'packed before');
    const next = label('next packed');
    return [
      set(there, list),
      i32.store(actor, code, Actor.code),
      ...(anyPending ? [when(i32.load(actor, Item.pending), [runs(releasePending, actor)])] : []),
      // In a queue they stay until the batch is full; off a belt they must come, or none behind them could.
      ...(flow.belts.length > 0
        ? [when(hasPlace(actor), [when(i32.load(hasPlace(actor), Place.belt), [runs(places.leave, actor)])])]
        : []),
      runs(lists.append, there, actor),
      set(left, i32.fromF64Saturating(f64.nearest(value('batch', step.size)))),
      when(i32.lt(i32.load(there, List.count), left), [rests]),
      set(carrier, first(there)),
      runs(lists.remove, carrier),
      when(hasPlace(carrier), [runs(places.leave, carrier)]),
      set(last, 0),
      set(before, i32.load(carrier, Item.members)),
      when(before, [
        when(i32.le(left, 1), [i32.store(before, i32.add(i32.load(before, Packed.alone), 1), Packed.alone)]),
      ]),
      loop(next, [
        set(left, i32.sub(left, 1)),
        when(i32.gt(left, 0), [
          set(item, first(there)),
          runs(lists.remove, item),
          when(hasPlace(item), [runs(places.leave, item)]),
          i32.store(item, 0, Item.next),
          when(
            last,
            [i32.store(last, item, Item.next)],
            [
              i32.store(carrier, item, Item.members),
              i32.store(item, before, Packed.before),
              i32.store(item, 0, Packed.alone),
            ],
          ),
          set(last, item),
          branch(next),
        ]),
      ]),
      i32.store(carrier, code + 1, Actor.code),
      runs(lists.ready, carrier),
      rests,
    ];
  };
  const unbatch = ({ process, code, coming }: StepPlace): Statement[] => {
    const [item, following] = proceed.named('i32', 'packed', 'following');
    const next = label('next packed');
    return [
      ...settled(proceed, process, actor, coming),
      set(item, i32.load(actor, Item.members)),
      i32.store(actor, code + 1, Actor.code),
      // The last batch that was made of it is the first to be taken apart, be it one of itself alone.
      when(item, [
        when(
          i32.load(item, Packed.alone),
          [i32.store(item, i32.sub(i32.load(item, Packed.alone), 1), Packed.alone), set(item, 0)],
          [i32.store(actor, i32.load(item, Packed.before), Item.members)],
        ),
      ]),
      runs(lists.ready, actor),
      loop(next, [
        when(item, [
          set(following, i32.load(item, Item.next)),
          i32.store(item, code + 1, Actor.code),
          runs(lists.ready, item),
          set(item, following),
          branch(next),
        ]),
      ]),
      rests,
    ];
  };
  const split = (
    { process, id, code, coming }: StepPlace,
    step: FlatStep & { kind: 'split' },
  ): Statement[] => {
    const value = (name: string, of: FlatExpression): F64 =>
      values.of(`${process.name} ${name}`, process.loops, of, actor, {
        what: `The number of copies in '${step.text}'`,
        name: process.name,
        source: step.source,
        ...AT_LEAST_ONE,
      });
    const onward = goTo(code + 1);
    const [copy, left, instance] = proceed.named('i32', 'copy', 'left', 'instance');
    const next = label('next copy');
    const bytes = plan.itemBytes;
    return [
      ...settled(proceed, process, actor, coming),
      set(left, i32.fromF64Saturating(f64.nearest(value('split', step.copies)))),
      set(instance, i32.load(actor, Actor.instance)),
      loop(next, [
        set(left, i32.sub(left, 1)),
        when(i32.gt(left, 0), [
          when(
            f64.ge(f64.load(i32.shl(instance, 3), context.plan.addresses[process.inside]!), process.limit),
            [...trouble(made, FlowTrouble.tooMany, id, instance), rests],
          ),
          set(copy, callI32(lists.obtain)),
          memoryCopy(copy, actor, bytes),
          i32.store(copy, 0, Item.members),
          ...holdsNothing(process, copy),
          i32.store(copy, code + 1, Actor.code),
          ...measures.change(process.inside, instance, 1),
          ...measures.change(process.arrived, instance, 1),
          runs(lists.ready, copy),
          branch(next),
        ]),
      ]),
      ...onward,
    ];
  };
  return { batch, unbatch, split };
}
