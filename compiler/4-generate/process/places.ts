/** Queues and belts: leaving one, and letting in those who wait in front of it. */
import { branch, branchIf, block, f64, i32, label, loop, returns, run, set, when } from '../wasm/index.ts';
import type { FunctionHandle, I32, Local, LocalOwner, Statement } from '../wasm/index.ts';
import type { Flow, Found } from './flow.ts';
import { first, runs } from './lists.ts';
import { Item, List, Place } from './plan.ts';

/** How an item goes on as soon as those before it have. */
export type Readied = (item: Local<'i32'>) => Statement[];

export interface Places {
  /** leavePlace(item): out of the queue or belt that it is in, if any. */
  leave: FunctionHandle;
  /** mayEnter(place): whether one more can be let in now. */
  mayEnter: (place: I32) => I32;
  /** Of a queue that is known when compiled: whether it has room, and leaving it. */
  hasRoom: (queue: Found) => I32;
  /** Among the steps, `readied` says how whoever is let in by it goes on. */
  leaveQueue: (f: LocalOwner, queue: Found, item: I32, readied?: Readied) => Statement[];
  /** waitInFront(place, item) */
  waitInFront: FunctionHandle;
  /** admit(place): those who wait in front, as far as there is room. */
  admit: FunctionHandle;
}

export function places({ context, flow, agenda, lists, measures }: Flow): Places {
  const { module } = context;
  const { now } = measures;
  const hasBelts = flow.belts.length > 0;
  const room = (place: I32): I32 =>
    f64.lt(f64.fromI32(i32.load(place, Place.taken)), f64.load(place, Place.capacity));
  const nextOn = (place: I32) => f64.add(f64.load(place, Place.lastOn), f64.load(place, Place.headway));
  const mayEnter = (place: I32): I32 =>
    hasBelts
      ? i32.and(room(place), i32.or(i32.eqz(i32.load(place, Place.belt)), f64.ge(now(), nextOn(place))))
      : room(place);

  /** A belt with room lets the next one on when there is a gap. */
  const wake = module.function('wake belt', { params: { place: 'i32' } });
  {
    const { place } = wake.params;
    const [belt] = wake.named('i32', 'belt');
    wake.body = [
      set(belt, i32.load(place, Place.belt)),
      when(belt, [
        when(i32.and(room(place), i32.eqz(i32.load(belt))), [
          run(agenda.schedule, [belt, f64.max(now(), nextOn(place))]),
        ]),
      ]),
    ];
  }

  const admit = module.function('admit', { params: { place: 'i32' } });
  {
    const { place } = admit.params;
    const [item] = admit.named('i32', 'item');
    const [again, done] = [label('next'), label('admitted')];
    admit.body = [
      block(done, [
        loop(again, [
          set(item, first(place)),
          branchIf(done, i32.eqz(item)),
          branchIf(done, i32.eqz(mayEnter(place))),
          runs(lists.remove, item),
          i32.store(place, i32.add(i32.load(place, Place.taken), 1), Place.taken),
          f64.store(place, now(), Place.lastOn),
          runs(lists.ready, item),
          branch(again),
        ]),
      ]),
      ...(hasBelts ? [when(first(place), [runs(wake, place)])] : []),
    ];
  }

  const waitInFront = module.function('wait in front', { params: { place: 'i32', item: 'i32' } });
  waitInFront.body = [
    runs(lists.append, waitInFront.params.place, waitInFront.params.item),
    ...(hasBelts ? [runs(wake, waitInFront.params.place)] : []),
  ];

  const leave = module.function('leave place', { params: { item: 'i32' } });
  {
    const { item } = leave.params;
    const [place, rider] = leave.named('i32', 'place', 'rider');
    leave.body = [
      set(place, i32.load(item, Item.place)),
      when(i32.eqz(place), [returns()]),
      i32.store(item, 0, Item.place),
      when(i32.load(item), [runs(agenda.cancel, item)]),
      i32.store(place, i32.sub(i32.load(place, Place.taken), 1), Place.taken),
      run(measures.add, [i32.load(place, Place.length), i32.load(place, Place.level), f64.const(-1)]),
      ...(flow.tallies.some(({ of }) => of.kind !== 'process')
        ? [
            run(measures.note, [
              i32.load(place, Place.tally),
              i32.load(place, Place.histogram),
              f64.sub(now(), f64.load(item, Item.entered)),
            ]),
          ]
        : []),
      ...(hasBelts
        ? [
            when(i32.load(place, Place.belt), [
              i32.store(place, i32.add(i32.load(place, Place.off), 1), Place.off),
              f64.store(place, now(), Place.lastOff),
              set(rider, i32.load(place, Place.riders + List.head)),
              when(rider, [
                runs(lists.remove, rider),
                run(agenda.schedule, [rider, f64.add(now(), f64.load(place, Place.headway))]),
              ]),
            ]),
          ]
        : []),
      when(first(place), [runs(admit, place)]),
    ];
  }
  const patient = new Set(
    flow.processes.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.kind === 'enter' && step.patience !== undefined ? [step.place.id] : [])),
    ),
  );
  const hasRoom = ({ id, record: place }: Found): I32 => {
    const { capacity } = flow.queues[id]!;
    if (capacity === undefined) return i32.const(1);
    const isSmall = capacity.kind === 'number' && Math.abs(capacity.value) < 2 ** 31;
    return isSmall ? i32.lt(i32.load(place, Place.taken), Math.ceil(capacity.value)) : room(place);
  };
  /** In place among the steps, of a queue of a fixed size: whoever waits in front of it has waited for the one place that was left. */
  const admitsOne = (f: LocalOwner, queue: Found, readied: Readied): Statement[] => {
    const place = queue.record;
    const [next] = f.named('i32', 'admitted');
    return [
      set(next, first(place)),
      when(next, [
        // There is none after a change of the text by which the queue holds fewer than are in it.
        when(hasRoom(queue), [
          ...lists.firstRemoved(f, place, next),
          i32.store(place, i32.add(i32.load(place, Place.taken), 1), Place.taken),
          f64.store(place, now(), Place.lastOn),
          ...readied(next),
        ]),
      ]),
    ];
  };
  const leaveQueue: Places['leaveQueue'] = (f, queue, item, readied) => {
    const { id, record: place, instance } = queue;
    const { capacity } = flow.queues[id]!;
    const tally = flow.tallies.find(({ of }) => of.kind === 'queue' && of.id === id);
    return [
      i32.store(item, 0, Item.place),
      ...(patient.has(id) ? [when(i32.load(item), [runs(agenda.cancel, item)])] : []),
      i32.store(place, i32.sub(i32.load(place, Place.taken), 1), Place.taken),
      ...measures.change(flow.queues[id]!.length, instance, -1),
      ...(tally === undefined
        ? []
        : [measures.noted(tally, instance, f64.sub(now(), f64.load(item, Item.entered)))]),
      ...(readied && capacity?.kind === 'number'
        ? admitsOne(f, queue, readied)
        : [when(first(place), [runs(admit, place)])]),
    ];
  };
  return { leave, mayEnter, hasRoom, leaveQueue, waitInFront, admit };
}

export const hasPlace = (item: I32): I32 => i32.load(item, Item.place);
