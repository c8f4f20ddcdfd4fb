/**
 * All `every` that are due at once and in place: each a loop over the columns of what its instances have. What was there is kept, in case
 * something is no number; where nothing can be (`sound.ts`), nothing is kept, for half of the time goes into writing it.
 */
import { loads } from '../../ir/expressions.ts';
import type { FlatHandler } from '../../ir/flat-system.ts';
import type { FlatTarget } from '../../ir/flat-expression.ts';
import type { Context } from '../context.ts';
import { elementOffset, keyOf, load, number, place, Scope, truth } from '../expression.ts';
import {
  call,
  f64,
  forRange,
  i32,
  i64,
  returns,
  run,
  select,
  set,
  setGlobal,
  v128,
  when,
  f64x2,
  i64x2,
} from '../wasm/index.ts';
import type {
  F64,
  FunctionBuilder,
  FunctionHandle,
  Global,
  Local,
  ModuleBuilder,
  Statement,
  V128,
  ValueType,
} from '../wasm/index.ts';
import { copiedCells, elementsOf } from './kept.ts';
import type { KeptRegion } from './kept.ts';
import { readByEquations, soundTicks, TAME } from './sound.ts';
import { ticksOf } from './ticks.ts';

type AnyFunction = FunctionBuilder<Readonly<Record<string, ValueType>>>;

/** What an instant has at hand for it. */
interface Around {
  now: Local<'f64'>;
  /** Set to whether a tick was due, and to whether equations have to be evaluated. */
  fired: Local<'i32'>;
  said: Local<'i32'>;
  fail: Statement;
  /** Where all has been set. */
  evaluated: readonly Statement[];
  alone: ReadonlySet<number>;
  kept: readonly KeptRegion[];
}

interface Ticker {
  handler: FlatHandler;
  id: number;
  due: Local<'i32'>;
  /** Whether it has, at this instant, in a way that can be taken back. */
  done: Global<'i32'>;
}

export function inColumns(
  context: Context,
  owner: AnyFunction,
  { now, fired, said, fail, evaluated, alone, kept }: Around,
): { tick: Statement[]; takenBack: Statement[] } {
  const { module, system, plan } = context;
  const { ticks } = plan.manifest.layout;
  const { ticking, instances, cellOf, tickTime, counters } = ticksOf(context);
  const outer = new Scope(context, owner as unknown as FunctionBuilder<Record<string, 'i32' | 'f64'>>);
  const tickers = ticking.map(({ handler, id }): Ticker => ({
    handler,
    id,
    due: owner.local('i32', `${handler.name} is due`),
    done: module.global(`${handler.name} has ticked`, 'i32', 0),
  }));
  const conditioned = system.handlers.some(({ condition }) => condition !== undefined);
  const soundness = soundTicks(system);
  const trustOf = (id: number): number => plan.manifest.trusted!.address + 8 * id;

  const keptAt = new Map<number, number>();
  let to = plan.scratch.undo + kept.reduce((total, { bytes }) => total + bytes, 0);
  for (const variable of alone) {
    keptAt.set(variable, to);
    to += 8 * elementsOf(system, variable);
  }

  /** Ors of bits, none of which is set while all are numbers, while none is too large, and while none has changed. */
  const [noNumbers, wild, differences] = owner.named('i64', 'no numbers', 'wild numbers', 'differences');

  /** All actions of all instances, from what was there before. `careful`: that is kept, and the results are looked at. */
  const loopOf = ({ handler, id }: Ticker, careful: boolean, measuring: boolean): Statement[] => {
    if (instances(id) === 0) return [];
    const scope = outer.inner(handler.loops);
    // All that is read is what was there before: read where it is first needed, set once nothing needs what was there.
    const needed = handler.actions.map(({ target, value, guard }) => [
      ...(careful || guard !== undefined ? [target] : []),
      ...[value, ...(guard ? [guard] : [])].flatMap((one) =>
        loads(one).flatMap(({ load: from, loops }) => (loops.length === 0 ? [from] : [])),
      ),
    ]);
    const read = new Map(needed.flat().map((target) => [keyOf(target), target]));
    const isSummed = handler.actions.some(({ value, guard }) =>
      [value, ...(guard ? [guard] : [])].some((one) => loads(one).some(({ loops }) => loops.length > 0)),
    );
    const reading = (targets: readonly FlatTarget[]): Statement[] =>
      targets.flatMap((target) => {
        if (!read.delete(keyOf(target))) return [];
        const local = outer.owner.local('f64', `${context.text(target)} before`);
        const statement = set(local, load(scope, target));
        scope.known.set(target, local);
        return [statement];
      });
    const stores: Statement[] = [];
    const results: Local<'f64'>[] = [];
    const tame: Local<'f64'>[] = [];
    const values = handler.actions.flatMap(({ target, value, guard }, n) => {
      const before = reading([...needed[n]!, target]);
      const result = outer.owner.local('f64', system.variables[target.variable]!.name);
      const { dynamic, constant } = elementOffset(scope, target.variable, target.index);
      const there = (base: number) => place(dynamic, base + constant);
      const own = keptAt.get(target.variable);
      const was = careful || guard !== undefined ? load(scope, target) : undefined;
      const storing: Statement[] = [];
      if (careful && own !== undefined) {
        const [keptAddress, keptOffset] = there(own);
        storing.push(f64.store(keptAddress, was!, keptOffset));
        if (readByEquations(system, new Set([target.variable])))
          storing.push(set(differences, i64.or(differences, i64.xor(i64.bitsOf(result), i64.bitsOf(was!)))));
      }
      const [address, offset] = there(plan.addresses[target.variable]!);
      storing.push(f64.store(address, result, offset));
      if (isSummed) stores.push(...storing);
      results.push(result);
      if (measuring && soundness.get(id)?.tamed.includes(target.variable)) tame.push(result);
      const given = number(scope, value);
      return [
        ...before,
        set(result, guard === undefined ? given : select(truth(scope, guard), given, was!)),
        ...(isSummed ? [] : storing),
      ];
    });
    const total = (of: F64[]): F64[] => (of.length === 0 ? [] : [of.reduce((sum, one) => f64.add(sum, one))]);
    const noted = (bits: Local<'i64'>, sum: F64): Statement[] => {
      const local = outer.owner.local('f64', 'sum of what is set');
      return [set(local, sum), set(bits, i64.or(bits, i64.bitsOf(f64.sub(local, local))))];
    };
    // A sum is a number where all of them are. Should it be too large for one, the host looks at each.
    const looked = careful ? total(results).flatMap((sum) => noted(noNumbers, sum)) : [];
    const measured = total(tame.map((one) => f64.abs(one))).flatMap((sum) =>
      noted(wild, f64.mul(sum, OVERFLOWING)),
    );
    return scope.loop(handler.loops, [...values, ...stores, ...looked, ...measured], true);
  };
  /** All instances tick together: one count is theirs. */
  const counting = ({ id }: Ticker, by = 1): Statement =>
    f64.store(0, f64.add(f64.load(0, cellOf(ticks, id)), by), cellOf(ticks, id));

  /** What an `every` sets must be numbers: it ticks last, and nothing is kept. */
  const quick = new Map(
    tickers.map((ticker) => [ticker, owner.local('i32', `${ticker.handler.name} is sound`)]),
  );
  const tame = allTame(module);
  const trusted = ({ id }: Ticker, isQuick: Local<'i32'>): Statement[] => [
    set(isQuick, i32.ne(i32.load(0, trustOf(id)), 0)),
    ...soundness
      .get(id)!
      .read.map((variable) =>
        when(isQuick, [
          set(isQuick, call<'i32'>(tame, plan.addresses[variable]!, 8 * elementsOf(system, variable))),
        ]),
      ),
    when(f64.gt(now, TAME), [set(isQuick, 0)]),
  ];
  /** How many ticks may follow without a look at what they set. */
  const trust = ({ id }: Ticker): Statement =>
    i32.store(0, select(i64.eqz(wild), i32.const(soundness.get(id)!.ticks), i32.const(0)), trustOf(id));
  /** Looked at only where all that is trusted is used up, or at each tick where it would be so soon. */
  const quickly = (ticker: Ticker): Statement[] => {
    if (soundness.get(ticker.id)!.ticks < WORTH_COUNTING)
      return [set(wild, 0n), ...loopOf(ticker, false, true), trust(ticker)];
    const left = trustOf(ticker.id);
    return [...loopOf(ticker, false, false), i32.store(0, i32.sub(i32.load(0, left), 1), left)];
  };
  const ticked: Statement[] = [
    ...tickers.flatMap((ticker) => {
      const isSound = soundness.has(ticker.id);
      const isQuick = quick.get(ticker)!;
      return [
        ...(isSound ? [when(ticker.due, trusted(ticker, isQuick))] : []),
        when(isSound ? i32.and(ticker.due, i32.eqz(isQuick)) : ticker.due, [
          counting(ticker),
          set(wild, 0n),
          ...loopOf(ticker, true, true),
          setGlobal(ticker.done, 1),
          when(i64.ne(noNumbers, 0n), [fail]),
          ...(isSound ? [trust(ticker)] : []),
        ]),
      ];
    }),
    ...tickers
      .filter(({ id }) => soundness.has(id))
      .map((ticker) => when(i32.and(ticker.due, quick.get(ticker)!), [counting(ticker), ...quickly(ticker)])),
  ];

  const looks: Statement[] = [set(said, i64.ne(differences, 0n))];
  const differ = differing(module);
  for (const { handler, due } of tickers)
    for (const { target } of handler.actions) {
      if (alone.has(target.variable) || !readByEquations(system, new Set([target.variable]))) continue;
      const address = plan.addresses[target.variable]!;
      const region = kept.find(({ from, bytes }) => from <= address && address < from + bytes)!;
      looks.push(
        when(i32.and(due, i32.eqz(said)), [
          set(
            said,
            call<'i32'>(
              differ,
              address,
              region.to + address - region.from,
              8 * elementsOf(system, target.variable),
            ),
          ),
        ]),
      );
    }

  const tick: Statement[] = [
    set(fired, 0),
    set(differences, 0n),
    set(noNumbers, 0n),
    ...tickers.map(({ done }) => setGlobal(done, 0)),
    ...tickers.flatMap(({ handler, id, due }) => {
      const scope = outer.inner(handler.loops);
      return [
        ...counters(scope, handler, i32.const(0)),
        set(due, f64.le(tickTime(scope, handler, f64.load(0, cellOf(ticks, id))), now)),
        set(fired, i32.or(fired, due)),
      ];
    }),
    when(fired, [...ticked, ...looks, ...evaluated]),
  ];

  const back = module.function('ticks taken back', {});
  back.body = tickers.map((ticker) => {
    const { handler, done } = ticker;
    return when(done, [
      ...handler.actions.flatMap(({ target: { variable } }) => {
        const from = keptAt.get(variable);
        return from === undefined
          ? []
          : copiedCells(from, plan.addresses[variable]!, 8 * elementsOf(system, variable));
      }),
      ...(conditioned ? [] : [counting(ticker, -1)]),
    ]);
  });
  return { tick, takenBack: alone.size === 0 ? [] : [run(back as unknown as FunctionHandle)] };
}

/** Ticks that keep what was there cost about twice as much as others. */
const WORTH_COUNTING = 16;

/** Makes more than there are numbers of all that is not tame. */
const OVERFLOWING = 2 ** 924;
const ALL_BUT_SIGN = 2n ** 63n - 1n;

/** `all tame(address, bytes)`: 1 where all numbers of an array are, and none is missing: then the sum of their sizes is no smaller than any. */
function allTame(module: ModuleBuilder): FunctionHandle {
  const f = module.function('all tame', { params: { address: 'i32', bytes: 'i32' }, results: ['i32'] });
  const { address, bytes } = f.params;
  const [at, end, sizes] = [f.local('i32', 'at'), f.local('i32', 'end'), f.local('v128', 'sizes')];
  // Each waits for its own only.
  const sums = Array.from({ length: 4 }, (_, n) => f.local('v128', `sum ${n}`));
  const add = (to: Local<'v128'>, value: V128): Statement => set(to, f64x2.add(to, v128.and(value, sizes)));
  const [first, second, third, fourth] = sums as [V128, V128, V128, V128];
  const total = f64x2.add(f64x2.add(first, second), f64x2.add(third, fourth));
  f.body = [
    set(sizes, i64x2.splat(ALL_BUT_SIGN)),
    ...sums.map((sum) => set(sum, f64x2.const(0, 0))),
    set(end, i32.add(address, i32.and(bytes, -64))),
    forRange(
      at,
      address,
      end,
      sums.map((sum, n) => add(sum, f64x2.load(at, 16 * n))),
      64,
    ),
    set(at, end),
    set(end, i32.add(address, bytes)),
    forRange(at, at, end, [add(sums[0]!, f64x2.loadSplat(at))], 8),
    returns(i64x2.allTrue(f64x2.lt(total, f64x2.splat(TAME)))),
  ];
  return f;
}

/** `differ(a, b, bytes)`: 1 where the bits of two arrays differ. */
function differing(module: ModuleBuilder): FunctionHandle {
  const f = module.function('differ', { params: { a: 'i32', b: 'i32', bytes: 'i32' }, results: ['i32'] });
  const { a, b, bytes } = f.params;
  const [at, pairs, found] = [f.local('i32', 'at'), f.local('i32', 'pairs'), f.local('v128', 'differences')];
  f.body = [
    set(pairs, i32.and(bytes, -16)),
    set(found, f64x2.const(0, 0)),
    forRange(
      at,
      0,
      pairs,
      [set(found, v128.or(found, v128.xor(f64x2.load(i32.add(a, at)), f64x2.load(i32.add(b, at)))))],
      16,
    ),
    when(v128.anyTrue(found), [returns(i32.const(1))]),
    when(i32.eq(pairs, bytes), [returns(i32.const(0))]),
    returns(i64.ne(i64.load(i32.add(a, pairs)), i64.load(i32.add(b, pairs)))),
  ];
  return f;
}
