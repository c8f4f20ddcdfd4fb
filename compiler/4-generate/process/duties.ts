/** What interrupts work: units that break, the end of a shift, and the more urgent. */
import { f64, i32, returns, run, set, switchOn, when } from '../wasm/index.ts';
import type { Statement } from '../wasm/index.ts';
import { onDutyOf, wholeUnits } from './demands.ts';
import { resourceAt } from './flow.ts';
import { first, runs } from './lists.ts';
import type { Machine } from './machine.ts';
import { Actor, Item, Resource, Shift, Unit, UnitState, WEEK } from './plan.ts';
import type { Using } from './using.ts';

export function duties(machine: Machine, { giveAll, known, work }: Using) {
  const {
    made,
    flow,
    plan,
    agenda,
    lists,
    values,
    resources,
    proceed,
    actor,
    interrupt,
    measures,
    uses,
    rests,
  } = machine;
  const { now } = measures;
  /** A unit's life is over: while it works, what it works on is interrupted. */
  function breaking(): Statement[] {
    if (!flow.resources.some(({ breaks }) => breaks)) return [];
    return [
      when(i32.eq(i32.load(actor, Unit.state), UnitState.idle), [runs(resources.breakDown, actor), rests]),
      i32.store(actor, 1, Unit.broken),
      when(i32.eq(i32.load(actor, Unit.state), UnitState.working), [
        runs(interrupt, i32.load(actor, Unit.holder)),
      ]),
    ];
  }

  function shiftChanges(id: number): Statement[] {
    const { shifts, loops, name } = flow.resources[id]!;
    if (!shifts) return [];
    const { changes, cycle } = shifts;
    const [index, resource, onDuty] = proceed.named('i32', 'change', 'resource', 'on duty');
    const time = proceed.local('f64', 'time of change');
    return [
      set(index, i32.load(actor, Actor.next)),
      set(resource, i32.load(actor, Actor.previous)),
      switchOn(
        index,
        changes.map(({ units }) => [
          set(
            onDuty,
            wholeUnits(
              values.of(`units of ${name} on duty`, loops, units, actor, onDutyOf(flow.resources[id]!)),
            ),
          ),
        ]),
      ),
      i32.store(resource, onDuty, Resource.onDuty),
      runs(resources.onDuty, resource),
      set(index, i32.add(index, 1)),
      when(i32.eq(index, changes.length), [
        set(index, cycle),
        f64.store(actor, f64.add(f64.load(actor, Shift.week), WEEK), Shift.week),
      ]),
      i32.store(actor, index, Actor.next),
      switchOn(
        index,
        changes.map((change) => [set(time, change.time)]),
      ),
      run(agenda.schedule, [actor, f64.add(f64.load(actor, Shift.week), time)]),
      when(first(resource), [runs(resources.serve, resource)]),
    ];
  }

  {
    const { item } = interrupt.params;
    interrupt.body = [
      ...uses.flatMap(({ process, id, use }) => {
        const code = plan.codes[id]! + use.delay + 1;
        const needs = use.needs[0]!;
        const back: Statement[] =
          typeof use.interrupted === 'number'
            ? [i32.store(item, plan.codes[id]! + use.interrupted, Item.code), runs(lists.ready, item)]
            : [
                f64.store(
                  item,
                  use.interrupted === 'resume' ? f64.sub(agenda.timeOf(item), now()) : f64.const(-1),
                  Item.left,
                ),
                i32.store(item, plan.codes[id]! + use.seize, Item.code),
                runs(resources.waits, resourceAt(made, process, needs.resource, item), item),
              ];
        const cancelled = back.findIndex((one) => one.kind === 'callStatement');
        return known(use).length === 0
          ? []
          : [
              when(i32.eq(i32.load(item, Item.code), code), [
                ...back.slice(0, Math.max(cancelled, 0)),
                runs(agenda.cancel, item),
                ...work(interrupt, process, use, item),
                ...back.slice(Math.max(cancelled, 0)),
                ...giveAll(interrupt, process, use.needs, item),
                returns(),
              ]),
            ];
      }),
    ];
  }
  return { breaking, shiftChanges };
}
