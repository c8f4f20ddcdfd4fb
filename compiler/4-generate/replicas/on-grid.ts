/** Fixed steps of replicas, all at the same time: what `loop/fixed.ts` does with one twin, bit for bit. */
import type { Context } from '../context.ts';
import {
  block,
  branch,
  branchIf,
  f64,
  f64x2,
  i32,
  label,
  loop,
  returns,
  set,
  v128,
  when,
  whileLoop,
} from '../wasm/index.ts';
import type { FunctionHandle, Local, Statement, V128 } from '../wasm/index.ts';
import { CELL, SideBySide, VECTORS } from './side-by-side.ts';
import type { Cells, Maker } from './side-by-side.ts';

export interface Place {
  /** Addresses. */
  states: number;
  saved: number;
  time: number;
}

/** Functions of the twin's own kernel. */
export interface Parts {
  derivatives: FunctionHandle;
  outputs: FunctionHandle;
  poles: FunctionHandle | undefined;
}

/** Whether all is well is asked after so many steps: what is no number in a state stays so. */
const CHUNK = 128;

/**
 * `(step, limit, before, bound)`: steps from the states and the time that lie there, as `Kernel.goRk4` has them. The result's lowest bit
 * says that something is no number within the next `CHUNK` steps, before which it stopped; above is the number of steps.
 */
export function onGrid(
  context: Context,
  method: 'rk4' | 'euler',
  { derivatives, outputs, poles }: Parts,
  cells: Cells,
  place: Place,
): FunctionHandle {
  const { layout, poles: followed } = context.plan.manifest;
  const count = layout.states.count;
  const f = context.module.function(`replicas ${method}`, {
    params: { step: 'f64', limit: 'f64', before: 'f64', bound: 'f64' },
    results: ['i32'],
  });
  const maker = f as unknown as Maker;
  const { step, limit, before, bound } = f.params;
  const [from, to, n] = f.named('f64', 'from', 'to', 'grid time');
  const [kept, keptCount] = [f.local('f64', 'time to go back to'), f.local('i32', 'steps by then')];
  const [taken, chunk] = f.named('i32', 'steps', 'steps of this chunk');
  const [bad, done] = f.named('i32', 'no number', 'as far as it goes');
  const vector = (name: string): Local<'v128'> => f.local('v128', name);
  const [h, half, sixth] = [vector('step twice'), vector('half step twice'), vector('sixth of step twice')];
  const [start, middle, end] = [vector('from twice'), vector('middle twice'), vector('to twice')];
  const zero = f64x2.const(0, 0);
  const states = [...Array(count).keys()];
  const followedOf = (which: number): Local<'v128'>[] =>
    Array.from({ length: followed?.count ?? 0 }, (_, i) => vector(`pole ${i} of ${which}`));
  const lanes = Array.from({ length: VECTORS }, (_, which) => {
    const code = new SideBySide(maker, cells, which);
    const locals = (name: string): Local<'v128'>[] => states.map((i) => vector(`${name} ${i} of ${which}`));
    return {
      code,
      which,
      x: locals('x'),
      stage: locals('stage'),
      sum: locals('sum'),
      odd: vector('odd'),
      pole: followedOf(which),
    };
  });
  type Lane = (typeof lanes)[number];
  const slope = ({ code }: Lane, i: number): V128 => code.at(layout.derivatives.address + 8 * i);
  /** The derivatives at a time and states: in locals that stand for their cells from then on. */
  const at = (lane: Lane, time: V128, x: readonly V128[]): Statement[] => {
    lane.code.values.clear();
    lane.code.values.set(layout.time, time);
    for (const i of states) lane.code.values.set(layout.states.address + 8 * i, x[i]!);
    return lane.code.run(derivatives.body);
  };
  const each = (make: (lane: Lane) => Statement[]): Statement[] => lanes.flatMap(make);
  const isState = (address: number): boolean =>
    address >= layout.derivatives.address && address < layout.derivatives.address + 8 * count;
  /** Values besides states and derivatives, at a committed time. */
  const watched = (lane: Lane): Statement[] => [
    ...lane.code.run(outputs.body),
    ...lane.code
      .written()
      .filter(({ address }) => !isState(address))
      .map(({ value }) => set(lane.odd, f64x2.add(lane.odd, f64x2.sub(value, value)))),
  ];
  /** A pole that may have been passed is no number. */
  const followPoles = (lane: Lane, isNext: boolean): Statement[] => {
    if (poles === undefined) return [];
    const now = lane.pole.map((_, i) => () => lane.code.at(followed!.address + 8 * i));
    const changesSide = (before: V128, after: V128): V128 => f64x2.lt(f64x2.mul(before, after), zero);
    return [
      ...lane.code.run(poles.body),
      ...lane.pole.flatMap((before, i) => [
        ...(isNext ? [set(lane.odd, v128.or(lane.odd, changesSide(before, now[i]!())))] : []),
        set(before, now[i]!()),
      ]),
    ];
  };
  const committed = each((lane) => [...at(lane, start, lane.x), ...followPoles(lane, false)]);
  // The derivatives of the committed states, which begin the next step.
  const first = states.map((i) => lanes.map((lane) => slope(lane, i)));
  const begun = (lane: Lane, i: number): V128 => first[i]![lane.which]!;
  const rk4 = (): Statement[] => [
    ...each((lane) =>
      states.flatMap((i) => [
        set(lane.sum[i]!, begun(lane, i)),
        set(lane.stage[i]!, f64x2.add(lane.x[i]!, f64x2.mul(half, begun(lane, i)))),
      ]),
    ),
    ...[half, h].flatMap((length) => [
      ...each((lane) => [
        ...at(lane, middle, lane.stage),
        ...states.flatMap((i) => {
          const k = slope(lane, i);
          return [
            set(lane.sum[i]!, f64x2.add(lane.sum[i]!, f64x2.add(k, k))),
            set(lane.stage[i]!, f64x2.add(lane.x[i]!, f64x2.mul(length, k))),
          ];
        }),
      ]),
    ]),
    ...each((lane) => [
      ...at(lane, end, lane.stage),
      ...states.map((i) =>
        set(lane.x[i]!, f64x2.add(lane.x[i]!, f64x2.mul(sixth, f64x2.add(lane.sum[i]!, slope(lane, i))))),
      ),
    ]),
  ];
  const euler = (): Statement[] =>
    each((lane) => states.map((i) => set(lane.x[i]!, f64x2.add(lane.x[i]!, f64x2.mul(h, begun(lane, i))))));
  const stepped = method === 'rk4' ? rk4() : euler();
  const next = each((lane) => [...at(lane, end, lane.x), ...watched(lane), ...followPoles(lane, true)]);
  const cell = (base: number, i: number, which: number): number => base + CELL * i + 16 * which;
  const stored = (base: number): Statement[] =>
    each(({ x, which }) => states.map((i) => f64x2.store(0, x[i]!, cell(base, i, which))));
  const loaded = (base: number): Statement[] =>
    each(({ x, which }) => states.map((i) => set(x[i]!, f64x2.load(0, cell(base, i, which)))));
  const nan = (value: V128): V128 => f64x2.sub(value, value);
  const isOdd = lanes
    .flatMap((lane) => [lane.odd, ...lane.x.map(nan), ...states.map((i) => nan(begun(lane, i)))])
    .reduce((sum, value) => f64x2.add(sum, value));
  const ontoGrid = [
    set(n, f64.add(f64.floor(f64.div(from, step)), 1)),
    whileLoop(f64.le(f64.mul(n, step), from), [set(n, f64.add(n, 1))]),
  ];
  const [out, whole, again] = [label('out'), label('chunk'), label('next step')];

  f.body = [
    ...loaded(place.states),
    set(from, f64.load(0, place.time)),
    set(start, f64x2.splat(from)),
    ...committed,
    ...ontoGrid,
    block(out, [
      loop(whole, [
        ...stored(place.saved),
        set(kept, from),
        set(keptCount, taken),
        set(chunk, 0),
        ...each(({ odd }) => [set(odd, f64x2.const(0, 0))]),
        loop(again, [
          set(to, f64.min(f64.mul(n, step), limit)),
          set(done, i32.or(f64.le(to, from), i32.or(f64.ge(to, before), f64.gt(to, bound)))),
          when(i32.eqz(done), [
            set(h, f64x2.splat(f64.sub(to, from))),
            set(half, f64x2.mul(h, f64x2.const(0.5, 0.5))),
            set(sixth, f64x2.div(h, f64x2.const(6, 6))),
            set(middle, f64x2.splat(f64.add(from, f64x2.lane(half, 0)))),
            set(end, f64x2.splat(to)),
            ...stepped,
            ...next,
            set(from, to),
            // The grid time after one of the grid is the next.
            when(f64.eq(to, f64.mul(n, step)), [set(n, f64.add(n, 1))], ontoGrid),
            set(taken, i32.add(taken, 1)),
            set(chunk, i32.add(chunk, 1)),
            branchIf(again, i32.lt(chunk, CHUNK)),
          ]),
        ]),
        set(h, isOdd),
        set(bad, v128.anyTrue(f64x2.ne(h, f64x2.const(0, 0)))),
        when(bad, [...loaded(place.saved), set(from, kept), set(taken, keptCount), branch(out)]),
        branchIf(whole, i32.eqz(done)),
      ]),
    ]),
    ...stored(place.states),
    f64.store(0, from, place.time),
    returns(i32.or(bad, i32.shl(taken, 1))),
  ];
  return f;
}
