/** Asking for units: in the order of coming, by rank, or by taking them from the less urgent. */
import type { FlatProcess, FlatStep } from '../../ir/process.ts';
import { branch, block, call, f64, i32, label, returns, set, when } from '../wasm/index.ts';
import type { FunctionHandle, I32, Local, LocalOwner, Statement } from '../wasm/index.ts';
import { givenBack, mayBeWithoutPlaces } from './coming.ts';
import { callI32 } from './heap.ts';
import { holdsMore } from './held.ts';
import { first, runs } from './lists.ts';
import type { Machine, StepPlace } from './machine.ts';
import { Header, Item, Place } from './plan.ts';
import type { Granting } from './units.ts';
import type { Using } from './using.ts';

type Asked = ReturnType<Using['needed']>;

export function seizing(machine: Machine, { needed, stays, releases, leaves }: Using) {
  const { module, values, resources, units, proceed, actor, rests, interrupt, anyPending, goTo, goOn, plan } =
    machine;
  const { header } = plan;

  /** All units are there: the item takes them, and is no longer where it was. */
  const granted = (
    f: LocalOwner,
    { process, coming: before }: StepPlace,
    asked: readonly Asked[],
    item: Local<'i32'>,
    step: FlatStep & { kind: 'seize' },
  ): Statement[] => [
    ...asked.flatMap(({ of, amount }) => units.takes(of, amount, item)),
    ...(step.use === undefined
      ? asked.flatMap(({ of, amount }) => holdsMore(process, of.id, amount, item))
      : []),
    ...(mayKeep(process) ? [i32.store(item, 0, Item.keeps)] : []),
    ...releases(f, item, givenBack(before, mayKeep(process))),
    ...leaves(f, process, item, before),
  ];
  /** Whether items may wait for units without a place, and keep those that they have. */
  const mayKeep = ({ steps }: FlatProcess): boolean =>
    anyPending &&
    steps.some(
      (step) =>
        step.kind === 'reserve' && step.on === 'queue' && mayBeWithoutPlaces(machine.flow, step.place),
    );

  /** For an item that waits; what it waits for may have been given back, or not yet all of it. */
  const grantOf = (place: StepPlace, step: FlatStep & { kind: 'seize' }): FunctionHandle => {
    const { process, code } = place;
    const f = module.function(`grant ${process.name} ${step.text}`, {
      params: { item: 'i32' },
      results: ['i32'],
    });
    const { item } = f.params;
    const [list] = f.named('i32', 'list');
    const isShort = ({ of, amount }: Asked): I32 => i32.lt(units.available(of), amount);
    if (step.needs.length === 1) {
      const granting: Granting = (owner, first) => {
        const only = needed(owner, process, step.needs[0]!, first);
        return {
          before: only.statements,
          isShort: isShort(only),
          taken: [
            ...units.firstStopsWaiting(owner, only.of, first),
            i32.store(first, code + 1, Item.code),
            ...granted(owner, place, [only], first, step),
          ],
        };
      };
      units.grants(step, granting);
      const { before, isShort: short, taken } = granting(f, item);
      f.body = [...before, when(short, [returns(i32.const(0))]), ...taken, returns(i32.const(1))];
      return f;
    }
    const asked = step.needs.map((need) => needed(f, process, need, item));
    const refused = ({ of }: Asked): Statement[] => [
      set(list, i32.load(item, Item.list)),
      when(i32.eq(list, of.record), [returns(i32.const(0))]),
      when(i32.eqz(list), [...units.waits(of, item, false), returns(i32.const(0))]),
      runs(resources.stopsWaiting, item),
      ...units.waits(of, item, false),
      returns(i32.const(2)),
    ];
    f.body = [
      ...asked.flatMap((one) => [...one.statements, when(isShort(one), refused(one))]),
      when(i32.load(item, Item.list), [runs(resources.stopsWaiting, item)]),
      i32.store(item, code + 1, Item.code),
      ...granted(f, place, asked, item, step),
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
    const { process, code, coming } = place;
    const [head] = proceed.named('i32', 'head');
    const rank = step.rank ?? { kind: 'number' as const, value: 0 };
    const behind: I32 = i32.or(
      f64.lt(f64.load(head, Item.rank), f64.load(actor, Item.rank)),
      i32.and(
        f64.eq(f64.load(head, Item.rank), f64.load(actor, Item.rank)),
        f64.lt(f64.load(head, Item.order), f64.load(actor, Item.order)),
      ),
    );
    const refuse = label('refused');
    const asked = step.needs.map((need) => needed(proceed, process, need, actor));
    const [only] = asked;
    const preempt: Statement[] =
      step.preempts && only !== undefined
        ? (() => {
            const [target] = proceed.named('i32', 'victim');
            return [
              set(target, call<'i32'>(resources.victim, only.of.record, f64.load(actor, Item.rank))),
              when(target, [runs(interrupt, target)]),
            ];
          })()
        : [];
    /** One look says whether it has to wait. */
    const atOnce = asked.length === 1 && only !== undefined && units.isFirstCome(only.of.id);
    const pending = releases(proceed, actor, coming);
    const refused = ({ of }: Asked): Statement[] => [...units.waits(of, actor, true), branch(refuse)];
    return [
      // Waiting for units is a place to be: what was used before is given back first.
      ...(pending.length === 0 || !mayKeep(process)
        ? pending
        : [when(i32.eqz(i32.load(actor, Item.keeps)), pending)]),
      f64.store(
        actor,
        values.of(`${step.text} rank`, process.loops, rank, actor, {
          what: `The priority or order of '${step.text}'`,
          name: process.name,
          source: step.source,
        }),
        Item.rank,
      ),
      ...orderOf(step.lifo),
      ...asked.flatMap(({ statements }) => statements),
      block(refuse, [
        ...asked.flatMap((one) =>
          one === only && atOnce
            ? []
            : [
                set(head, first(one.of.record)),
                when(head, units.isFirstCome(one.of.id) ? refused(one) : [when(behind, refused(one))]),
              ],
        ),
        ...(asked.length === 1 && only !== undefined
          ? [
              when(
                atOnce
                  ? i32.or(first(only.of.record), i32.lt(units.available(only.of), only.amount))
                  : i32.lt(units.available(only.of), only.amount),
                refused(only),
              ),
              ...granted(proceed, place, asked, actor, step),
              goOn(code + 1),
            ]
          : [when(callI32(grant, actor), [goOn(code + 1)])]),
      ]),
      i32.store(actor, code, Item.code),
      ...stays(givenBack(coming, mayKeep(process))),
      ...preempt,
      rests,
    ];
  };

  /** A queue of no places before units: whoever comes has them at once, or waits where it is, or goes elsewhere. */
  const withoutPlaces = (place: StepPlace, step: FlatStep & { kind: 'reserve' }, there: I32): Statement[] => {
    const { process, at, code, codeOf } = place;
    const after = process.steps.slice(at + 2).find(({ kind }) => kind !== 'refill');
    if (after?.kind !== 'seize' || !mayBeWithoutPlaces(machine.flow, step.place)) return [];
    const through = goTo(code + 2);
    const asked = after.needs.map((need) => ({
      ...needed(proceed, process, need, actor),
      least: need.units.kind === 'number' ? i32.const(need.units.value) : i32.const(1),
    }));
    const free = asked
      .map(({ of, least }): I32 => i32.and(i32.ge(units.available(of), least), i32.eqz(first(of.record))))
      .reduce((a, b) => i32.and(a, b));
    return [
      when(
        f64.lt(f64.load(there, Place.capacity), 1),
        step.full === 'block'
          ? [i32.store(actor, 1, Item.keeps), ...through]
          : [...asked.flatMap(({ of }) => of.statements), when(free, through), ...goTo(codeOf(step.full))],
      ),
    ];
  };
  return { grantOf, orderOf, seize, withoutPlaces };
}
