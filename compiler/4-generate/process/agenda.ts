/**
 * Events to come: the nearest in a short list in order, the others in a heap. An event goes in behind those of its time, so that those
 * that are in the list need no number of their making; one that is moved to the heap comes before all that are there.
 */
import {
  branch,
  branchIf,
  block,
  call,
  conditional,
  f64,
  f64x2,
  i32,
  i32x4,
  i64,
  label,
  loop,
  returns,
  run,
  set,
  tee,
  v128,
  when,
} from '../wasm/index.ts';
import type { F64, FunctionHandle, I32, Local, LocalOwner, ModuleBuilder, Statement } from '../wasm/index.ts';
import { heap } from './heap.ts';
import { Actor, AHEAD_OF_NEAR, Header, NEAR_BYTES, NEAREST } from './plan.ts';
import type { FlowPlan } from './plan.ts';

/** Of an entry: its time, its actor. */
const ACTOR = 8;
/** `Actor.position` in the list of the nearest; in the heap it is that from 1 on; 0: there is no event. */
const IS_NEAR = -1;
/** How many are moved at once. */
const MOVED = NEAREST / 2;

export interface Agenda {
  /** schedule(actor, time): the actor must have no event. */
  schedule: FunctionHandle;
  /** The same, in place. */
  scheduled: (f: LocalOwner, actor: Local<'i32'>, time: Local<'f64'>) => Statement[];
  /** cancel(actor): it must have one. */
  cancel: FunctionHandle;
  /** The first event taken out, and its actor. */
  popped: (f: LocalOwner, actor: Local<'i32'>) => Statement[];
  /** Time of the event of an actor that has one. */
  timeOf: (actor: I32) => F64;
  /** No number where there is none. */
  firstTime: () => F64;
  /** Not 0 where there is an event. */
  any: () => I32;
  /** Of an empty list. */
  begin: Statement[];
}

/** The latest comes first, the next event last; where there are none there are none in the heap either. */
export function agenda(
  module: ModuleBuilder,
  plan: FlowPlan,
  /** How many can be pending at once. */
  most: number,
  /** Without vectors, all are moved one by one. */
  inVectors: boolean,
): Agenda {
  const { near, header } = plan;
  /** So many of the nearest are looked at without a branch. */
  const guessless = Math.max(1, Math.min(AHEAD_OF_NEAR, most - 1));
  const later = heap(module, plan);
  /** Bytes of the list. */
  const bytes = (): I32 => i32.load(0, header + Header.near);
  const move = (to: I32, from: I32, by = 0): Statement[] => [
    f64.store(to, f64.load(from, near + by), near),
    i32.store(to, i32.load(from, near + ACTOR + by), near + ACTOR),
  ];

  /** The later half goes to the heap. */
  const spill = module.function('events for later', {});
  {
    const [at] = spill.named('i32', 'at');
    const order = spill.local('f64', 'order');
    const [next, close] = [label('next'), label('close up')];
    spill.body = [
      set(order, f64.load(0, header + Header.spilled)),
      set(at, 0),
      loop(next, [
        set(order, f64.sub(order, 1)),
        run(later.push, [f64.load(at, near), order, i32.load(at, near + ACTOR)]),
        set(at, i32.add(at, NEAR_BYTES)),
        branchIf(next, i32.lt(at, MOVED * NEAR_BYTES)),
      ]),
      f64.store(0, order, header + Header.spilled),
      set(at, 0),
      loop(close, [
        ...move(at, at, MOVED * NEAR_BYTES),
        set(at, i32.add(at, NEAR_BYTES)),
        branchIf(close, i32.lt(at, (NEAREST - MOVED) * NEAR_BYTES)),
      ]),
      i32.store(0, (NEAREST - MOVED) * NEAR_BYTES, header + Header.near),
    ];
  }

  /** The list is empty, and the heap is not. */
  const refill = module.function('events that come near', {});
  {
    const [at, actor] = refill.named('i32', 'at', 'actor');
    const next = label('next');
    refill.body = [
      set(at, later.count()),
      when(i32.gt(at, MOVED), [set(at, MOVED)]),
      set(at, i32.mul(at, NEAR_BYTES)),
      i32.store(0, at, header + Header.near),
      loop(next, [
        set(at, i32.sub(at, NEAR_BYTES)),
        f64.store(at, later.firstTime(), near),
        i32.store(at, tee(actor, call<'i32'>(later.pop)), near + ACTOR),
        i32.store(actor, IS_NEAR, Actor.position),
        branchIf(next, at),
      ]),
    ];
  }

  /**
   * From `at` on, which is free, entries that are not later than the time move up by one, until the first that is later. Which one that is
   * nobody can guess, and a wrong guess costs more than to move the last few without one: what an entry and the one before it differ by is
   * put into both where the one before moves up.
   */
  const movedUp = (f: LocalOwner, at: Local<'i32'>, actor: Local<'i32'>, time: Local<'f64'>): Statement[] => {
    const [times, fresh] = f.named('v128', 'times', 'new entry');
    const differences = Array.from({ length: guessless }, (_, n) => f.local('v128', `difference ${n + 1}`));
    const entries = differences.map((_, n) => f.local('v128', `entry ${n + 1}`));
    const before = (n: number): number => near - NEAR_BYTES * (n + 1);
    return [
      set(times, f64x2.splat(time)),
      set(fresh, f64x2.withLane(times, 1, f64.fromBits(i64.fromU32(actor)))),
      ...differences.flatMap((difference, n) => {
        const [entry, above] = [
          entries[n]!,
          n === 0 ? fresh : v128.xor(entries[n - 1]!, differences[n - 1]!),
        ];
        return [
          set(entry, f64x2.load(at, before(n))),
          set(
            difference,
            v128.and(i32x4.shuffle(f64x2.le(entry, times), times, [0, 1, 0, 1]), v128.xor(entry, fresh)),
          ),
          f64x2.store(at, v128.xor(above, difference), before(n) + NEAR_BYTES),
        ];
      }),
      f64x2.store(at, v128.xor(entries.at(-1)!, differences.at(-1)!), before(guessless - 1)),
    ];
  };

  const scheduled = (f: LocalOwner, actor: Local<'i32'>, time: Local<'f64'>): Statement[] => {
    const [at] = f.named('i32', 'at');
    const order = f.local('f64', 'order');
    const [next, placed, done] = [label('nearer'), label('placed'), label('scheduled')];
    const isLater = i32.eqz(f64.le(f64.load(at, near - NEAR_BYTES), time));
    return [
      set(at, bytes()),
      when(i32.eq(at, NEAREST * NEAR_BYTES), [run(spill), set(at, bytes())]),
      block(done, [
        when(later.count(), [
          when(f64.ge(time, f64.load(0, near)), [
            set(order, f64.load(0, header + Header.sequence)),
            f64.store(0, f64.add(order, 1), header + Header.sequence),
            run(later.push, [time, order, actor]),
            branch(done),
          ]),
        ]),
        i32.store(0, i32.add(at, NEAR_BYTES), header + Header.near),
        i32.store(actor, IS_NEAR, Actor.position),
        // In front of the first stand some that are not numbers.
        ...(inVectors
          ? [
              ...movedUp(f, at, actor, time),
              // The last of those that were looked at has moved up too.
              branchIf(done, i32.eqz(f64.le(f64.load(at, near - guessless * NEAR_BYTES), time))),
              set(at, i32.sub(at, guessless * NEAR_BYTES)),
            ]
          : []),
        block(placed, [
          loop(next, [
            branchIf(placed, isLater),
            ...move(at, at, -NEAR_BYTES),
            set(at, i32.sub(at, NEAR_BYTES)),
            branch(next),
          ]),
        ]),
        f64.store(at, time, near),
        i32.store(at, actor, near + ACTOR),
      ]),
    ];
  };
  const schedule = module.function('schedule', { params: { actor: 'i32', time: 'f64' } });
  schedule.body = scheduled(schedule, schedule.params.actor, schedule.params.time);

  const refilled = (at: I32): Statement => when(i32.eqz(at), [when(later.count(), [run(refill)])]);

  /** place(actor): where it stands in the list. */
  const place = module.function('place of event', { params: { actor: 'i32' }, results: ['i32'] });
  {
    const [at] = place.named('i32', 'at');
    const next = label('next');
    place.body = [
      set(at, bytes()),
      loop(next, [
        set(at, i32.sub(at, NEAR_BYTES)),
        branchIf(next, i32.ne(i32.load(at, near + ACTOR), place.params.actor)),
      ]),
      returns(at),
    ];
  }

  const cancel = module.function('cancel', { params: { actor: 'i32' } });
  {
    const { actor } = cancel.params;
    const [at, last] = cancel.named('i32', 'at', 'last');
    const [next, closed] = [label('next'), label('closed up')];
    cancel.body = [
      when(i32.gt(i32.load(actor, Actor.position), 0), [run(later.cancel, [actor]), returns()]),
      i32.store(actor, 0, Actor.position),
      set(at, call<'i32'>(place, actor)),
      set(last, i32.sub(bytes(), NEAR_BYTES)),
      i32.store(0, last, header + Header.near),
      block(closed, [
        loop(next, [
          branchIf(closed, i32.eq(at, last)),
          ...move(at, at, NEAR_BYTES),
          set(at, i32.add(at, NEAR_BYTES)),
          branch(next),
        ]),
      ]),
      refilled(last),
    ];
  }

  const popped: Agenda['popped'] = (f, actor) => {
    const [at] = f.named('i32', 'at');
    return [
      set(at, i32.sub(bytes(), NEAR_BYTES)),
      i32.store(0, at, header + Header.near),
      i32.store(tee(actor, i32.load(at, near + ACTOR)), 0, Actor.position),
      refilled(at),
    ];
  };

  return {
    schedule,
    scheduled,
    cancel,
    popped,
    timeOf: (actor) =>
      conditional(
        i32.gt(i32.load(actor, Actor.position), 0),
        later.timeOf(actor),
        f64.load(call<'i32'>(place, actor), near),
      ),
    firstTime: () => f64.load(bytes(), near - NEAR_BYTES),
    any: bytes,
    begin: [
      ...later.begin,
      ...Array.from({ length: AHEAD_OF_NEAR }, (_, n) => f64.store(0, NaN, near - NEAR_BYTES * (n + 1))),
    ],
  };
}
