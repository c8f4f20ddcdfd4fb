/** Waiting lists, the list of items that can go on now, and the store of items. */
import {
  branch,
  branchIf,
  block,
  f64,
  i32,
  label,
  loop,
  memoryFill,
  returns,
  run,
  select,
  set,
  tee,
  when,
} from '../wasm/index.ts';
import type { FunctionHandle, I32, LocalOwner, ModuleBuilder, Statement } from '../wasm/index.ts';
import { Header, Item, List } from './plan.ts';
import type { FlowPlan } from './plan.ts';

export interface Lists {
  /** insert(list, item): by rank, then order; those alike come later. */
  insert: FunctionHandle;
  /** append(list, item): at the end. */
  append: FunctionHandle;
  /** The same in place, and the first taken out. */
  appended: (f: LocalOwner, list: I32, item: I32) => Statement[];
  firstRemoved: (f: LocalOwner, list: I32, item: I32) => Statement[];
  /** remove(item): out of the list it is in. */
  remove: FunctionHandle;
  /** ready(item): it goes on as soon as those before it have. */
  ready: FunctionHandle;
  /** nextReady() → item or 0. */
  nextReady: FunctionHandle;
  /** obtain() → a fresh item; the store is never empty when asked within the limits. */
  obtain: FunctionHandle;
  giveBack: FunctionHandle;
}

export function lists(module: ModuleBuilder, plan: FlowPlan): Lists {
  const { header } = plan;

  const insert = module.function('insert into list', { params: { list: 'i32', item: 'i32' } });
  {
    const { list, item } = insert.params;
    const [after, next] = insert.named('i32', 'after', 'next');
    const rank = insert.local('f64', 'rank');
    const order = insert.local('f64', 'order');
    const [again, found] = [label('towards the head'), label('found')];
    insert.body = [
      set(rank, f64.load(item, Item.rank)),
      set(order, f64.load(item, Item.order)),
      set(after, i32.load(list, List.tail)),
      block(found, [
        loop(again, [
          branchIf(found, i32.eqz(after)),
          branchIf(
            found,
            i32.or(
              f64.lt(f64.load(after, Item.rank), rank),
              i32.and(f64.eq(f64.load(after, Item.rank), rank), f64.le(f64.load(after, Item.order), order)),
            ),
          ),
          set(after, i32.load(after, Item.previous)),
          branch(again),
        ]),
      ]),
      i32.store(item, list, Item.list),
      i32.store(item, after, Item.previous),
      i32.store(list, i32.add(i32.load(list, List.count), 1), List.count),
      when(
        after,
        [set(next, i32.load(after, Item.next)), i32.store(after, item, Item.next)],
        [set(next, i32.load(list, List.head)), i32.store(list, item, List.head)],
      ),
      i32.store(item, next, Item.next),
      when(next, [i32.store(next, item, Item.previous)], [i32.store(list, item, List.tail)]),
    ];
  }

  // Whether others are in a list is hard to guess: a place to write is chosen, where one might branch.
  const appended: Lists['appended'] = (f, list, item) => {
    const [tail] = f.named('i32', 'tail');
    return [
      set(tail, i32.load(list, List.tail)),
      i32.store(item, list, Item.list),
      i32.store(item, tail, Item.previous),
      i32.store(item, 0, Item.next),
      i32.store(list, item, List.tail),
      i32.store(list, i32.add(i32.load(list, List.count), 1), List.count),
      i32.store(select(tail, i32.add(tail, Item.next - List.head), list), item, List.head),
    ];
  };
  const append = module.function('append to list', { params: { list: 'i32', item: 'i32' } });
  append.body = appended(append, append.params.list, append.params.item);

  const remove = module.function('remove from list', { params: { item: 'i32' } });
  {
    const { item } = remove.params;
    const [list, next, previous] = remove.named('i32', 'list', 'next', 'previous');
    remove.body = [
      set(list, i32.load(item, Item.list)),
      set(next, i32.load(item, Item.next)),
      set(previous, i32.load(item, Item.previous)),
      i32.store(list, i32.sub(i32.load(list, List.count), 1), List.count),
      when(previous, [i32.store(previous, next, Item.next)], [i32.store(list, next, List.head)]),
      when(next, [i32.store(next, previous, Item.previous)], [i32.store(list, previous, List.tail)]),
      i32.store(item, 0, Item.list),
    ];
  }

  const firstRemoved: Lists['firstRemoved'] = (f, list, item) => {
    const [next] = f.named('i32', 'next');
    return [
      i32.store(list, tee(next, i32.load(item, Item.next)), List.head),
      i32.store(list, i32.sub(i32.load(list, List.count), 1), List.count),
      i32.store(select(next, i32.add(next, Item.previous - List.tail), list), 0, List.tail),
      i32.store(item, 0, Item.list),
    ];
  };

  const ready = module.function('ready', { params: { item: 'i32' } });
  {
    const { item } = ready.params;
    const [tail] = ready.named('i32', 'tail');
    ready.body = [
      i32.store(item, 0, Item.next),
      set(tail, i32.load(0, header + Header.readyTail)),
      when(tail, [i32.store(tail, item, Item.next)], [i32.store(0, item, header + Header.readyHead)]),
      i32.store(0, item, header + Header.readyTail),
    ];
  }
  const nextReady = module.function('next ready', { results: ['i32'] });
  {
    const [item, next] = nextReady.named('i32', 'item', 'next');
    nextReady.body = [
      set(item, i32.load(0, header + Header.readyHead)),
      when(item, [
        set(next, i32.load(item, Item.next)),
        i32.store(0, next, header + Header.readyHead),
        when(i32.eqz(next), [i32.store(0, 0, header + Header.readyTail)]),
      ]),
      returns(item),
    ];
  }

  const obtain = module.function('obtain item', { results: ['i32'] });
  {
    const [item] = obtain.named('i32', 'item');
    obtain.body = [
      set(item, i32.load(0, header + Header.free)),
      when(
        item,
        [i32.store(0, i32.load(item, Item.next), header + Header.free), ...cleared(item, plan.itemBytes)],
        [
          set(item, i32.add(plan.items, i32.mul(i32.load(0, header + Header.fresh), plan.itemBytes))),
          i32.store(0, i32.add(i32.load(0, header + Header.fresh), 1), header + Header.fresh),
        ],
      ),
      f64.store(item, -1, Item.left),
      returns(item),
    ];
  }
  const giveBack = module.function('give item back', { params: { item: 'i32' } });
  giveBack.body = [
    i32.store(giveBack.params.item, i32.load(0, header + Header.free), Item.next),
    i32.store(0, giveBack.params.item, header + Header.free),
  ];
  return { insert, append, appended, firstRemoved, remove, ready, nextReady, obtain, giveBack };
}

/** Up to this many cells are cleared without a call of the host. */
const STRAIGHT = 32;
const cleared = (item: I32, bytes: number): Statement[] =>
  bytes > 8 * STRAIGHT
    ? [memoryFill(item, 0, bytes)]
    : Array.from({ length: bytes / 8 }, (_, cell) => f64.store(item, 0, 8 * cell));

export const first = (list: I32): I32 => i32.load(list, List.head);
export const runs = (f: FunctionHandle, ...operands: (I32 | number)[]): Statement =>
  run(
    f,
    operands.map((one) => (typeof one === 'number' ? i32.const(one) : one)),
  );
