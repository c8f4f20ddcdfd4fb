/** Items that are made, and that leave. */
import type { FlatExpression } from '../../ir/flat-expression.ts';
import type { FlatProcess, FlatStep } from '../../ir/process.ts';
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
import type { F64, FunctionHandle, I32, Label, Local, Statement } from '../wasm/index.ts';
import { FlowTrouble } from '../../../runtime/contract/kernel.ts';
import { NOT_NEGATIVE } from './demands.ts';
import type { Demand } from './demands.ts';
import { trouble, troubled } from './flow.ts';
import { callI32 } from './heap.ts';
import { leavesWith } from './held.ts';
import { runs } from './lists.ts';
import type { Machine, StepPlace } from './machine.ts';
import { Actor, Item, Packed, Source } from './plan.ts';
import { record } from './record.ts';
import type { Using } from './using.ts';

export function arrivals(machine: Machine, { settled }: Using) {
  const {
    made,
    module,
    context,
    flow,
    plan,
    lists,
    measures,
    values,
    proceed,
    actor,
    checked,
    rests,
    goesOnAt,
  } = machine;
  const { now } = measures;
  /** spawn(actor, code): an item of the actor's instance. */
  const spawn = flow.processes.map((process, id) => {
    const f = module.function(`new item of ${process.name}`, { params: { source: 'i32', code: 'i32' } });
    const [item, instance] = f.named('i32', 'item', 'instance');
    const at = process.loops.length === 0 ? i32.const(0) : instance;
    const arrivals = process.steps.filter((step) => step.kind === 'arrive');
    const demands = arrivals.filter(({ demand }) => demand);
    f.body = [
      set(instance, i32.load(f.params.source, Actor.instance)),
      when(f64.ge(f64.load(record(context.plan.addresses[process.inside]!, 8, at)), process.limit), [
        ...trouble(made, FlowTrouble.tooMany, id, instance),
        returns(),
      ]),
      set(item, callI32(lists.obtain)),
      i32.store(item, f.params.code, Item.code),
      i32.store(item, instance, Item.instance),
      f64.store(item, now(), Item.arrived),
      // Only for what came on demand is the next one made.
      ...(demands.length > 0 && demands.length < arrivals.length
        ? [
            i32.store(
              item,
              demands
                .map((arrival): I32 =>
                  i32.ne(f.params.code, plan.codes[id]! + process.steps.indexOf(arrival) + 1),
                )
                .reduce((a, b) => i32.and(a, b)),
              Item.refilled,
            ),
          ]
        : []),
      ...measures.change(process.inside, at, 1),
      ...measures.change(process.arrived, at, 1),
      runs(lists.ready, item),
    ];
    return f;
  });

  /** No item of an arrival comes later, s. */
  const endOf = (process: FlatProcess, step: FlatStep & { kind: 'arrive' }, until: FlatExpression): F64 =>
    values.of(`${process.name} until`, process.loops, until, actor, {
      what: `The end of '${step.text}'`,
      name: process.name,
      source: step.source,
      is: 'time',
    });

  const arrive = (place: StepPlace, step: FlatStep & { kind: 'arrive' }): Statement[] => {
    const { process, id, code } = place;
    const of = (what: string, must: Partial<Demand>): Demand => ({
      what: `${what} '${step.text}'`,
      name: process.name,
      source: step.source,
      ...must,
    });
    const [left] = proceed.named('i32', 'left');
    const repeat = label('each of the group');
    const one: Statement[] = [
      run(spawn[id]!, [actor, i32.const(code + 1)]),
      when(troubled(made), [rests]),
      i32.store(actor, i32.add(i32.load(actor, Source.made), 1), Source.made),
    ];
    const most = step.most
      ? values.of(
          `${process.name} at most`,
          process.loops,
          step.most,
          actor,
          of('The number of items of', NOT_NEGATIVE),
        )
      : undefined;
    const open = most && f64.lt(f64.fromI32(i32.load(actor, Source.made)), most);
    const whenOpen = (statements: Statement[], is = open): Statement[] =>
      is === undefined ? statements : [when(is, statements)];
    const until = step.until && endOf(process, step, step.until);
    const beginning = step.condition ? step.first : step.from;
    const from = beginning
      ? values.of(
          `${process.name} from`,
          process.loops,
          beginning,
          actor,
          of('The beginning of', { is: 'time' }),
        )
      : undefined;
    const openNow = [
      ...(open === undefined ? [] : [open]),
      ...(until === undefined ? [] : [f64.le(now(), until)]),
      ...(from === undefined ? [] : [f64.ge(now(), from)]),
    ].reduce<I32 | undefined>((a, b) => (a === undefined ? b : i32.and(a, b)), undefined);
    const next: Statement[] = [];
    if (step.interval) {
      const gap = checked(
        place,
        step.interval,
        values.within(proceed, `${process.name} arrives every`, process.loops, step.interval, actor),
      );
      const time = f64.add(now(), gap.value);
      next.push(
        ...whenOpen([
          ...gap.statements,
          ...(until ? [when(f64.le(time, until), goesOnAt(time))] : goesOnAt(time)),
        ]),
      );
    }
    if (step.group === undefined) return [...whenOpen(one, openNow), ...next, rests];
    const group = values.of(
      `${process.name} group`,
      process.loops,
      step.group,
      actor,
      of('The size of a group in', NOT_NEGATIVE),
    );
    return [
      set(left, i32.fromF64Saturating(f64.nearest(group))),
      loop(repeat, [
        when(i32.and(i32.gt(left, 0), openNow ?? i32.const(1)), [
          ...one,
          set(left, i32.sub(left, 1)),
          branch(repeat),
        ]),
      ]),
      ...next,
      rests,
    ];
  };

  /** Whether items may have been packed into others. */
  const packs = flow.processes.some(({ steps }) => steps.some(({ kind }) => kind === 'batch'));

  const leaveFor = (
    { process, id, code, coming }: StepPlace,
    step: FlatStep & { kind: 'leave' },
  ): FunctionHandle => {
    const f = module.function(`${process.name} ${step.text}`, { params: { item: 'i32' } });
    const [chain, tail, instance, inside] = f.named('i32', 'chain', 'tail', 'instance', 'inside');
    const item = packs ? f.local('i32', 'item') : f.params.item;
    const at = process.loops.length === 0 ? i32.const(0) : instance;
    const which = (of: I32): Statement[] =>
      process.loops.length === 0 ? [] : [set(instance, i32.load(of, Actor.instance))];
    const [each, end, unpacked] = [label('each'), label('end of members'), label('what was packed')];
    const tally = flow.tallies.find(({ of }) => of.kind === 'process' && of.id === id);
    const noted = (): Statement[] => {
      if (!step.tally || tally === undefined) return [];
      return [measures.noted(tally, at, f64.sub(now(), f64.load(item, Item.arrived)))];
    };
    const gone: Statement[] = [
      ...leavesWith(made, process, item, code),
      ...step.counters.flatMap((counter) => measures.change(counter, at, 1)),
      ...measures.change(process.inside, at, -1),
      ...noted(),
      runs(lists.giveBack, item),
    ];
    const settling = settled(f, process, f.params.item, coming);
    if (!packs) {
      f.body = [...settling, ...which(f.params.item), ...gone];
      return f;
    }
    f.body = [
      ...settling,
      ...which(f.params.item),
      i32.store(f.params.item, 0, Item.next),
      set(chain, f.params.item),
      loop(each, [
        set(item, chain),
        set(chain, i32.load(item, Item.next)),
        // What was packed into it comes next, and what it had in it before that.
        set(inside, i32.load(item, Item.members)),
        loop(unpacked, [
          when(tee(tail, inside), [
            block(end, lastOf(tail, end)),
            i32.store(tail, chain, Item.next),
            set(chain, inside),
            set(inside, i32.load(inside, Packed.before)),
            branch(unpacked),
          ]),
        ]),
        ...gone,
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
  return { spawn, arrive, endOf, leaveFor };
}
