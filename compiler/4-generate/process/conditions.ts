/** Items that wait for a condition, and arrivals that do: asked again after each event. */
import type { FlatExpression } from '../../ir/flat-expression.ts';
import type { FlatProcess, FlatStep } from '../../ir/process.ts';
import { branch, branchIf, f64, i32, label, loop, returns, set, when } from '../wasm/index.ts';
import type { FunctionHandle, Statement } from '../wasm/index.ts';
import type { Demand } from './demands.ts';
import { first, runs } from './lists.ts';
import type { Machine } from './machine.ts';
import { hasPlace } from './places.ts';
import { Item, List, Source, stepKey } from './plan.ts';

/** Of a condition that a step goes by. */
export const toldOf = ({ name }: FlatProcess, { text, source }: FlatStep): Demand => ({
  what: `'${text}'`,
  name,
  source,
  is: 'condition',
});

export function awaiting(machine: Machine) {
  const { module, plan, lists, values, places, goes, releasePending, anyPending } = machine;
  const waitingConditions: Statement[] = [];
  const arrivalConditions: Statement[] = [];
  const conditions = module.function('items that can go on', { results: ['i32'] });
  const [found] = conditions.named('i32', 'found');

  /**
   * Those who wait for a condition are asked again after each event, in the order in which they came. The first that can goes on alone: what it
   * sets counts when the next one is asked, at the same time.
   */
  function waitingFor(
    process: FlatProcess,
    id: number,
    at: number,
    code: number,
    condition: FlatExpression,
  ): void {
    const demand = toldOf(process, process.steps[at]!);
    const [item, next, list, end] = conditions.named('i32', 'item', 'next', 'list', 'end');
    const base = plan.lists.get(stepKey(id, at))!;
    const count = process.loops.reduce((total, { from, to }) => total * (to - from), 1);
    const [lists1, items1] = [label('next list'), label('next item')];
    waitingConditions.push(
      set(list, base),
      set(end, base + List.size * count),
      loop(lists1, [
        set(item, first(list)),
        loop(items1, [
          when(item, [
            set(next, i32.load(item, Item.next)),
            when(
              f64.ne(values.of(`${process.name} waits until`, process.loops, condition, item, demand), 0),
              [
                runs(lists.remove, item),
                i32.store(item, code + 1, Item.code),
                ...(anyPending ? [when(i32.load(item, Item.pending), [runs(releasePending, item)])] : []),
                when(hasPlace(item), [runs(places.leave, item)]),
                runs(lists.ready, item),
                returns(i32.const(1)),
              ],
            ),
            set(item, next),
            branch(items1),
          ]),
        ]),
        set(list, i32.add(list, List.size)),
        branchIf(lists1, i32.lt(list, end)),
      ]),
    );
  }

  /** An item arrives each time that a condition becomes true. */
  function waitsForArrival(process: FlatProcess, id: number, at: number, condition: FlatExpression): void {
    const demand = toldOf(process, process.steps[at]!);
    const [source, end, truth] = conditions.named('i32', 'source', 'end', 'truth');
    const base = plan.sources.get(stepKey(id, at))!;
    const count = process.loops.reduce((total, { from, to }) => total * (to - from), 1);
    const next = label('next source');
    arrivalConditions.push(
      set(source, base),
      set(end, base + Source.size * count),
      loop(next, [
        set(
          truth,
          f64.ne(values.of(`${process.name} arrives when`, process.loops, condition, source, demand), 0),
        ),
        when(i32.ne(truth, i32.load(source, Source.truth)), [
          i32.store(source, truth, Source.truth),
          when(truth, [goes(source), set(found, 1)]),
        ]),
        set(source, i32.add(source, Source.size)),
        branchIf(next, i32.lt(source, end)),
      ]),
    );
  }

  /** The function that asks them all; undefined where nobody waits. */
  function asked(): FunctionHandle | undefined {
    if (waitingConditions.length + arrivalConditions.length === 0) return undefined;
    // That a condition of arrivals came true is seen before anyone sets it back.
    const arrived =
      arrivalConditions.length === 0 ? [] : [...arrivalConditions, when(found, [returns(found)])];
    conditions.body = [...arrived, ...waitingConditions, returns(found)];
    return conditions;
  }

  return { waitingFor, waitsForArrival, asked };
}
