/** Event after event: each actor goes as far as it can, then those that can go on by it, then the next event. */
import { block, branch, branchIf, call, f64, i32, label, loop, returns, set, when } from '../wasm/index.ts';
import type { FunctionBuilder, FunctionHandle, Statement } from '../wasm/index.ts';
import { troubled } from './flow.ts';
import type { Flow } from './flow.ts';
import { callI32 } from './heap.ts';
import { first, runs } from './lists.ts';
import type { Places } from './places.ts';
import { Actor, Header, instancesOf, Item, Resource } from './plan.ts';
import type { Resources } from './resources.ts';
import type { Steps } from './steps.ts';

/** Events of one call: V8 takes better code for a function when it is called the next time. */
const MOST_EVENTS = 4096;

interface Parts {
  machine: Steps;
  units: Resources;
  room: Places;
  /** Capacities follow parameters. */
  refresh: FunctionHandle;
  /** Address of the time. */
  time: number;
}

/** Fills `proceed`; what `flowRun` does. */
export function carriesOn(
  made: Flow,
  flowRun: FunctionBuilder<{ until: 'f64' }>,
  { machine, units, room, refresh, time }: Parts,
): Statement[] {
  const { flow, plan, agenda, lists } = made;
  const { header } = plan;
  const { proceed, dispatch } = machine;
  {
    const { actor, until, most } = proceed.params;
    const [events, list, more] = proceed.named('i32', 'events', 'list', 'more');
    const next = proceed.local('f64', 'time of the next');
    const { again } = machine;
    const done = label('done');
    const patient = flow.processes.some(({ steps }) =>
      steps.some((step) => step.kind === 'enter' && step.patience !== undefined),
    );
    const givesUp: Statement[] = [
      set(list, i32.load(actor, Actor.list)),
      when(list, [
        when(
          i32.and(i32.geU(list, plan.resources[0] ?? 0), i32.ltU(list, endOfResources(made))),
          [
            runs(units.stopsWaiting, actor),
            runs(room.leave, actor),
            when(first(list), [runs(units.serve, list)]),
          ],
          [runs(lists.remove, actor), runs(room.leave, actor)],
        ),
        i32.store(actor, i32.load(actor, Item.gaveUp), Actor.code),
      ]),
    ];
    const stepsKept = i32.store(0, machine.steps, header + Header.steps);
    const stepsBack = set(machine.steps, i32.load(0, header + Header.steps));
    proceed.body = [
      stepsBack,
      block(done, [
        loop(again, [
          when(actor, [
            dispatch,
            set(events, i32.add(events, 1)),
            when(troubled(made), [set(events, -1), branch(done)]),
            branchIf(done, i32.ge(events, most)),
          ]),
          ...machine.nextReady,
          branchIf(again, actor),
          ...(machine.conditions
            ? [
                stepsKept,
                set(more, callI32(machine.conditions)),
                stepsBack,
                when(troubled(made), [set(events, -1), branch(done)]),
                branchIf(again, more),
              ]
            : []),
          set(next, agenda.firstTime()),
          branchIf(done, i32.eqz(f64.le(next, until))),
          when(f64.gt(next, f64.load(0, time)), [set(machine.steps, 0), f64.store(0, next, time)]),
          ...agenda.popped(proceed, actor),
          ...(patient ? givesUp : []),
          branch(again),
        ]),
      ]),
      ...machine.readyKept,
      stepsKept,
      returns(events),
    ];
  }

  const { until } = flowRun.params;
  const [events, more] = flowRun.named('i32', 'events', 'more');
  const next = label('next');
  return [
    runs(refresh),
    // What the start, or a capacity, came upon.
    when(troubled(made), [returns(i32.const(-1))]),
    i32.store(0, 0, header + Header.steps),
    loop(next, [
      set(more, call<'i32'>(proceed, 0, until, MOST_EVENTS)),
      when(i32.lt(more, 0), [...made.tells, returns(more)]),
      set(events, i32.add(events, more)),
      branchIf(next, i32.eq(more, MOST_EVENTS)),
    ]),
    f64.store(0, until, time),
    ...made.tells,
    returns(events),
  ];
}

function endOfResources({ flow, plan }: Flow): number {
  const last = flow.resources.length - 1;
  return last < 0 ? 0 : plan.resources[last]! + Resource.size * instancesOf(flow.resources[last]!.loops);
}
