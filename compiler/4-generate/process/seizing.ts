/** Asking for units: in the order of coming, by rank, or by taking them from the less urgent. */
import type { FlatProcess, FlatStep } from '../../ir/process.ts';
import { branch, block, call, f64, i32, label, returns, run, set, when } from '../wasm/index.ts';
import type { FunctionHandle, I32, Local, Statement } from '../wasm/index.ts';
import { resourceAt } from './flow.ts';
import { callI32, locals } from './heap.ts';
import { first, runs } from './lists.ts';
import type { Machine, StepPlace } from './machine.ts';
import { hasPlace } from './places.ts';
import { Header, Item, Place } from './plan.ts';
import type { Using } from './using.ts';

export function seizing(machine: Machine, { stays }: Using) {
  const {
    made,
    module,
    values,
    places,
    resources,
    proceed,
    actor,
    interrupt,
    releasePending,
    anyPending,
    amount,
    goTo,
    goOn,
    plan,
  } = machine;
  const { header } = plan;
  const grantOf = (
    process: FlatProcess,
    step: FlatStep & { kind: 'seize' },
    code: number,
  ): FunctionHandle => {
    const f = module.function(`grant ${process.name} ${step.text}`, {
      params: { item: 'i32' },
      results: ['i32'],
    });
    const { item } = f.params;
    const [list] = locals(f, 'list');
    const asked = step.needs.map((need) => {
      const resource = f.local('i32', 'resource');
      const units = amount(f, 'units', process, need.units, item);
      return { resource, units, where: resourceAt(made, process, need.resource, item) };
    });
    const refused = (resource: Local<'i32'>): Statement[] => [
      set(list, i32.load(item, Item.list)),
      when(i32.eq(list, resource), [returns(i32.const(0))]),
      when(i32.eqz(list), [runs(resources.waits, resource, item), returns(i32.const(0))]),
      runs(resources.stopsWaiting, item),
      runs(resources.waits, resource, item),
      returns(i32.const(2)),
    ];
    f.body = [
      ...asked.flatMap(({ resource, units, where }) => [
        set(resource, where),
        ...units.statements,
        when(i32.lt(resources.available(resource), units.value), refused(resource)),
      ]),
      when(i32.load(item, Item.list), [runs(resources.stopsWaiting, item)]),
      i32.store(item, code + 1, Item.code),
      ...asked.map(({ resource, units }) => run(resources.take, [resource, units.value, item])),
      ...(anyPending
        ? [i32.store(item, 0, Item.keeps), when(i32.load(item, Item.pending), [runs(releasePending, item)])]
        : []),
      when(hasPlace(item), [runs(places.leave, item)]),
      returns(i32.const(1)),
    ];
    return f;
  };

  /** Later ones come behind, or before. */
  const orderOf = (lifo: boolean): Statement[] => {
    const sequence = f64.load(0, header + Header.sequence);
    return [
      f64.store(actor, lifo ? f64.neg(sequence) : sequence, Item.order),
      f64.store(0, f64.add(sequence, 1), header + Header.sequence),
    ];
  };

  /** Asks for units in the order of coming; those who wait already come first. */
  const seize = (
    place: StepPlace,
    step: FlatStep & { kind: 'seize' },
    grant: FunctionHandle,
  ): Statement[] => {
    const { process, code } = place;
    const [head] = locals(proceed, 'head');
    const rank = step.rank ?? { kind: 'number' as const, value: 0 };
    const behind: I32 = i32.or(
      f64.lt(f64.load(head, Item.rank), f64.load(actor, Item.rank)),
      i32.and(
        f64.eq(f64.load(head, Item.rank), f64.load(actor, Item.rank)),
        f64.lt(f64.load(head, Item.order), f64.load(actor, Item.order)),
      ),
    );
    const refuse = label('refused');
    const preempt: Statement[] = step.preempts
      ? step.needs.slice(0, 1).flatMap(({ resource }) => {
          const [target] = locals(proceed, 'victim');
          return [
            set(
              target,
              call<'i32'>(
                resources.victim,
                resourceAt(made, process, resource, actor),
                f64.load(actor, Item.rank),
              ),
            ),
            when(target, [runs(interrupt, target)]),
          ];
        })
      : [];
    return [
      // Waiting for units is a place to be: what was used before is given back first.
      ...(anyPending
        ? [
            when(i32.and(i32.ne(i32.load(actor, Item.pending), 0), i32.eqz(i32.load(actor, Item.keeps))), [
              runs(releasePending, actor),
            ]),
          ]
        : []),
      f64.store(actor, values.of(`${step.text} rank`, process.loops, rank, actor), Item.rank),
      ...orderOf(step.lifo),
      i32.store(actor, code, Item.code),
      block(refuse, [
        ...step.needs.flatMap((need) => [
          set(head, first(resourceAt(made, process, need.resource, actor))),
          when(head, [
            when(behind, [
              runs(resources.waits, resourceAt(made, process, need.resource, actor), actor),
              branch(refuse),
            ]),
          ]),
        ]),
        when(callI32(grant, actor), [goOn(code + 1)]),
      ]),
      ...stays(),
      ...preempt,
      returns(),
    ];
  };

  /** A queue of no places before units: whoever comes has them at once, or waits where it is, or goes elsewhere. */
  const withoutPlaces = (
    place: StepPlace,
    step: FlatStep & { kind: 'reserve' },
    there: Local<'i32'>,
  ): Statement[] => {
    const { process, at, code, codeOf } = place;
    const after = process.steps.slice(at + 2).find(({ kind }) => kind !== 'refill');
    if (after?.kind !== 'seize') return [];
    const through = goTo(code + 2);
    const free = after.needs
      .map((need): I32 => {
        const resource = resourceAt(made, process, need.resource, actor);
        const units = need.units.kind === 'number' ? i32.const(need.units.value) : i32.const(1);
        return i32.and(i32.ge(resources.available(resource), units), i32.eqz(first(resource)));
      })
      .reduce((a, b) => i32.and(a, b));
    return [
      when(
        f64.lt(f64.load(there, Place.capacity), 1),
        step.full === 'block'
          ? [i32.store(actor, 1, Item.keeps), ...through]
          : [when(free, through), ...goTo(codeOf(step.full))],
      ),
    ];
  };
  return { grantOf, orderOf, seize, withoutPlaces };
}
