/** Items that are made, and that leave. */
import type { FlatProcess, FlatStep } from '../../ir/process.ts';
import { BUCKETS } from '../../ir/histogram.ts';
import {
  branch,
  branchIf,
  block,
  f64,
  i32,
  label,
  loop,
  returns,
  run,
  set,
  tee,
  when,
} from '../wasm/index.ts';
import type { FunctionHandle, I32, Label, Local, Statement } from '../wasm/index.ts';
import { FlowTrouble } from '../../../runtime/contract/kernel.ts';
import { trouble, troubled } from './flow.ts';
import { callI32, locals } from './heap.ts';
import { runs } from './lists.ts';
import type { Machine, StepPlace } from './machine.ts';
import { TALLY_CELLS } from './measures.ts';
import { Actor, Item, Source } from './plan.ts';
import type { Using } from './using.ts';

export function arrivals(machine: Machine, { settled }: Using) {
  const { made, module, context, flow, agenda, lists, measures, values, proceed, actor, checked } = machine;
  const { now } = measures;
  /** spawn(actor, code): an item of the actor's instance. */
  const spawn = flow.processes.map((process, id) => {
    const f = module.function(`new item of ${process.name}`, { params: { source: 'i32', code: 'i32' } });
    const [item, instance] = locals(f, 'item', 'instance');
    const inside = context.plan.addresses[process.inside]!;
    f.body = [
      set(instance, i32.load(f.params.source, Actor.instance)),
      when(f64.ge(f64.load(i32.shl(instance, 3), inside), process.limit), [
        ...trouble(made, FlowTrouble.tooMany, id, instance),
        returns(),
      ]),
      set(item, callI32(lists.obtain)),
      i32.store(item, f.params.code, Item.code),
      i32.store(item, instance, Item.instance),
      f64.store(item, now(), Item.arrived),
      measures.change(process.inside, instance, 1),
      measures.change(process.arrived, instance, 1),
      runs(lists.ready, item),
    ];
    return f;
  });

  const arrive = (place: StepPlace, step: FlatStep & { kind: 'arrive' }): Statement[] => {
    const { process, id, code } = place;
    const [left] = locals(proceed, 'left');
    const repeat = label('each of the group');
    const most = step.most
      ? values.of(`${process.name} at most`, process.loops, step.most, actor)
      : undefined;
    const open: I32 =
      most === undefined ? i32.const(1) : f64.lt(f64.fromI32(i32.load(actor, Source.made)), most);
    const next: Statement[] = [];
    if (step.interval) {
      const gap = checked(
        place,
        values.of(`${process.name} arrives every`, process.loops, step.interval, actor),
      );
      const time = f64.add(now(), gap.value);
      const until = step.until
        ? values.of(`${process.name} until`, process.loops, step.until, actor)
        : undefined;
      next.push(
        when(open, [
          ...gap.statements,
          ...(until
            ? [when(f64.le(time, until), [run(agenda.schedule, [actor, time])])]
            : [run(agenda.schedule, [actor, time])]),
        ]),
      );
    }
    const group = step.group
      ? i32.fromF64Saturating(
          f64.nearest(values.of(`${process.name} group`, process.loops, step.group, actor)),
        )
      : i32.const(1);
    return [
      set(left, group),
      loop(repeat, [
        when(i32.and(i32.gt(left, 0), open), [
          run(spawn[id]!, [actor, i32.const(code + 1)]),
          when(troubled(made), [returns()]),
          i32.store(actor, i32.add(i32.load(actor, Source.made), 1), Source.made),
          set(left, i32.sub(left, 1)),
          branch(repeat),
        ]),
      ]),
      ...next,
      returns(),
    ];
  };

  const leaveFor = (process: FlatProcess, id: number, step: FlatStep & { kind: 'leave' }): FunctionHandle => {
    const f = module.function(`${process.name} ${step.text}`, { params: { item: 'i32' } });
    const [item, chain, tail, instance] = locals(f, 'item', 'chain', 'tail', 'instance');
    const [each, end] = [label('each'), label('end of members')];
    const tally = flow.tallies.find(({ of }) => of.kind === 'process' && of.id === id);
    const noted = (): Statement[] => {
      if (!step.tally || tally === undefined) return [];
      const cells = i32.mul(instance, 8 * TALLY_CELLS);
      return [
        run(measures.note, [
          i32.add(cells, context.plan.addresses[tally.statistic]!),
          tally.histogram === undefined
            ? i32.const(0)
            : i32.add(i32.mul(instance, histogramBytes), context.plan.addresses[tally.histogram]!),
          f64.sub(now(), f64.load(item, Item.arrived)),
        ]),
      ];
    };
    f.body = [
      ...settled(f.params.item),
      set(instance, i32.load(f.params.item, Item.instance)),
      i32.store(f.params.item, 0, Item.next),
      set(chain, f.params.item),
      loop(each, [
        set(item, chain),
        set(chain, i32.load(item, Item.next)),
        // What was packed into it comes next.
        when(tee(tail, i32.load(item, Item.members)), [
          block(end, lastOf(tail, end)),
          i32.store(tail, chain, Item.next),
          set(chain, i32.load(item, Item.members)),
        ]),
        ...step.counters.map((counter) => measures.change(counter, instance, 1)),
        measures.change(process.inside, instance, -1),
        ...noted(),
        runs(lists.giveBack, item),
        branchIf(each, chain),
      ]),
    ];
    return f;
  };

  /** Moves along a chain to its last item. */
  function lastOf(at: Local<'i32'>, end: Label): Statement[] {
    const step = label('next member');
    return [
      loop(step, [
        branchIf(end, i32.eqz(i32.load(at, Item.next))),
        set(at, i32.load(at, Item.next)),
        branch(step),
      ]),
    ];
  }
  return { spawn, arrive, leaveFor };
}

const histogramBytes = 8 * BUCKETS;
