/**
 * Events that are not the nearest: a heap with four children a node, by time, then by the order in which events were made. Each actor
 * is in it once at most and knows its position, so that an event can be taken back.
 */
import {
  branch,
  branchIf,
  block,
  call,
  conditional,
  f64,
  i32,
  label,
  loop,
  returns,
  run,
  select,
  set,
  tee,
  when,
} from '../wasm/index.ts';
import type { F64, FunctionHandle, I32, Local, LocalOwner, ModuleBuilder, Statement } from '../wasm/index.ts';
import { Actor, EVENT_BYTES, Header } from './plan.ts';
import type { FlowPlan } from './plan.ts';

const ORDER = 8;
const ACTOR = 16;
/** Entries beyond the last. */
const BEYOND = 3;

export interface Heap {
  /** push(time, order, actor): the actor must not be in the heap. */
  push: FunctionHandle;
  /** cancel(actor): it must be in the heap. */
  cancel: FunctionHandle;
  /** The first event's actor, taken out. */
  pop: FunctionHandle;
  /** Time of the event of an actor that is in the heap. */
  timeOf: (actor: I32) => F64;
  firstTime: () => F64;
  count: () => I32;
  /** Of an empty heap. */
  begin: Statement[];
}

export function heap(module: ModuleBuilder, plan: FlowPlan): Heap {
  const { events, header } = plan;
  const count = (): I32 => i32.load(0, header + Header.later);
  const entry = (position: I32): I32 => i32.mul(position, EVENT_BYTES);
  const put = (at: Local<'i32'>, position: Local<'i32'>, time: F64, order: F64, actor: I32): Statement[] => [
    set(at, entry(position)),
    f64.store(at, time, events),
    f64.store(at, order, events + ORDER),
    i32.store(at, actor, events + ACTOR),
    i32.store(i32.load(at, events + ACTOR), i32.add(position, 1), Actor.position),
  ];
  const move = (at: Local<'i32'>, position: Local<'i32'>, from: Local<'i32'>): Statement[] => [
    ...put(
      at,
      position,
      f64.load(from, events),
      f64.load(from, events + ORDER),
      i32.load(from, events + ACTOR),
    ),
  ];
  const before = (at: I32, time: F64, order: F64): I32 =>
    i32.or(
      f64.lt(time, f64.load(at, events)),
      i32.and(f64.eq(time, f64.load(at, events)), f64.lt(order, f64.load(at, events + ORDER))),
    );
  /** The earlier of two entries, without a branch. */
  const earlier = (a: I32, b: I32, n = 0): I32 => {
    const [timeOfA, timeOfB] = [f64.load(a, events), f64.load(b, events + n * EVENT_BYTES)];
    const [orderOfA, orderOfB] = [f64.load(a, events + ORDER), f64.load(b, events + ORDER + n * EVENT_BYTES)];
    return select(
      i32.or(f64.lt(timeOfB, timeOfA), i32.and(f64.eq(timeOfB, timeOfA), f64.lt(orderOfB, orderOfA))),
      n === 0 ? b : i32.add(b, n * EVENT_BYTES),
      a,
    );
  };

  /** Beyond the last one stand three that are never due, so that each node has four children. */
  const never = (at: I32, n = 0): Statement[] => [
    f64.store(at, Infinity, events + n * EVENT_BYTES),
    f64.store(at, Infinity, events + ORDER + n * EVENT_BYTES),
  ];

  /** Upwards from a hole at `position`. */
  const up = module.function('event up', {
    params: { position: 'i32', time: 'f64', order: 'f64', actor: 'i32' },
  });
  {
    const { position, time, order, actor } = up.params;
    const [at, from, parent] = up.named('i32', 'at', 'from', 'parent');
    const [again, done] = [label('up'), label('placed')];
    up.body = [
      block(done, [
        loop(again, [
          branchIf(done, i32.eqz(position)),
          set(parent, i32.shrU(i32.sub(position, 1), 2)),
          set(from, entry(parent)),
          branchIf(done, i32.eqz(before(from, time, order))),
          ...move(at, position, from),
          set(position, parent),
          branch(again),
        ]),
      ]),
      ...put(at, position, time, order, actor),
    ];
  }
  /** Downwards from a hole at `position`. */
  const down = module.function('event down', {
    params: { position: 'i32', time: 'f64', order: 'f64', actor: 'i32' },
  });
  {
    const { position, time, order, actor } = down.params;
    const [at, child, best, other] = down.named('i32', 'at', 'child', 'best', 'other');
    const [again, done] = [label('down'), label('placed')];

    down.body = [
      block(done, [
        loop(again, [
          set(child, i32.add(i32.shl(position, 2), 1)),
          branchIf(done, i32.ge(child, count())),
          set(child, entry(child)),
          set(best, earlier(child, child, 1)),
          set(child, i32.add(child, 2 * EVENT_BYTES)),
          set(other, earlier(child, child, 1)),
          set(best, earlier(best, other)),
          branchIf(done, before(best, time, order)),
          ...move(at, position, best),
          set(position, i32.divU(best, EVENT_BYTES)),
          branch(again),
        ]),
      ]),
      ...put(at, position, time, order, actor),
    ];
  }

  const push = module.function('push event', { params: { time: 'f64', order: 'f64', actor: 'i32' } });
  {
    const { time, order, actor } = push.params;
    const position = push.local('i32', 'position');
    push.body = [
      set(position, count()),
      i32.store(0, i32.add(position, 1), header + Header.later),
      ...never(entry(position), BEYOND),
      run(up, [position, time, order, actor]),
    ];
  }

  /** The last entry, taken out of its place. */
  const taken = (f: LocalOwner, last: I32) => {
    const [time, order] = f.named('f64', 'time', 'order');
    const [actor] = f.named('i32', 'moved');
    return {
      time,
      order,
      actor,
      statements: [
        set(time, f64.load(last, events)),
        set(order, f64.load(last, events + ORDER)),
        set(actor, i32.load(last, events + ACTOR)),
        ...never(last),
      ],
    };
  };

  const cancel = module.function('cancel', { params: { actor: 'i32' } });
  {
    const [position, last] = cancel.named('i32', 'position', 'last');
    const moved = taken(cancel, last);
    cancel.body = [
      set(position, i32.sub(i32.load(cancel.params.actor, Actor.position), 1)),
      i32.store(cancel.params.actor, 0, Actor.position),
      set(last, i32.sub(count(), 1)),
      i32.store(0, last, header + Header.later),
      when(
        i32.ne(position, last),
        [
          set(last, entry(last)),
          ...moved.statements,
          when(
            conditional(
              i32.eqz(position),
              i32.const(0),
              before(entry(i32.shrU(i32.sub(position, 1), 2)), moved.time, moved.order),
            ),
            [run(up, [position, moved.time, moved.order, moved.actor])],
            [run(down, [position, moved.time, moved.order, moved.actor])],
          ),
        ],
        never(entry(last)),
      ),
    ];
  }

  const pop = module.function('next event', { results: ['i32'] });
  {
    const [actor, last] = pop.named('i32', 'actor', 'last');
    const moved = taken(pop, last);
    pop.body = [
      i32.store(tee(actor, i32.load(0, events + ACTOR)), 0, Actor.position),
      set(last, i32.sub(count(), 1)),
      i32.store(0, last, header + Header.later),
      when(
        last,
        [
          set(last, entry(last)),
          ...moved.statements,
          run(down, [i32.const(0), moved.time, moved.order, moved.actor]),
        ],
        never(i32.const(0)),
      ),
      returns(actor),
    ];
  }

  return {
    push,
    cancel,
    pop,
    timeOf: (actor) => f64.load(entry(i32.sub(i32.load(actor, Actor.position), 1)), events),
    firstTime: () => f64.load(0, events),
    count,
    begin: Array.from({ length: BEYOND }, (_, n) => never(i32.const(0), n)).flat(),
  };
}

export const callI32 = (f: FunctionHandle, ...operands: (I32 | F64 | number)[]): I32 =>
  call<'i32'>(f, ...operands);
