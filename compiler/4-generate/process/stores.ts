/** Stores: items stay in them until others take them; who wants more than there is waits. */
import type { FlatPlace, FlatProcess } from '../../ir/process.ts';
import { branch, branchIf, block, i32, label, loop, returns, set, when } from '../wasm/index.ts';
import type { FunctionHandle, I32 } from '../wasm/index.ts';
import { record } from './record.ts';
import type { Flow } from './flow.ts';
import { first, runs } from './lists.ts';
import { hasPlace } from './places.ts';
import type { Places } from './places.ts';
import { Item, List, STORE_BYTES } from './plan.ts';
import { instanceOf } from './values.ts';

export interface Stores {
  /** The store of an actor's instance: its list of items; that of those who wait comes behind it. */
  at: (process: FlatProcess, place: FlatPlace, actor: I32) => I32;
  takers: (store: I32) => I32;
  /** fetch(store): those who wait take theirs, in the order of their coming, as far as there are enough. */
  fetch: FunctionHandle;
}

/** How many a taker wants stands where belts keep an item's number. */
export const WANTED = Item.unit;

export function stores({ context, flow, plan, lists }: Flow, places: Places): Stores {
  const takers = (store: I32): I32 => i32.add(store, List.size);
  const fetch = context.module.function('fetch', { params: { store: 'i32' } });
  const { store } = fetch.params;
  const [taker, item, left] = fetch.named('i32', 'taker', 'item', 'left');
  const [again, done, next] = [label('next taker'), label('fetched'), label('next item')];
  fetch.body = [
    block(done, [
      loop(again, [
        set(taker, first(takers(store))),
        branchIf(done, i32.eqz(taker)),
        set(left, i32.load(taker, WANTED)),
        branchIf(done, i32.lt(i32.load(store, List.count), left)),
        runs(lists.remove, taker),
        loop(next, [
          when(left, [
            set(item, first(store)),
            runs(lists.remove, item),
            runs(lists.ready, item),
            set(left, i32.sub(left, 1)),
            branch(next),
          ]),
        ]),
        when(hasPlace(taker), [runs(places.leave, taker)]),
        runs(lists.ready, taker),
        branch(again),
      ]),
    ]),
    returns(),
  ];
  return {
    at: (process, place, actor) => {
      const instance = instanceOf(process.loops, flow.queues[place.id]!.dims, place, actor);
      return record(plan.stores[place.id]!, STORE_BYTES, instance);
    },
    takers,
    fetch,
  };
}
