/**
 * The earliest crossing within a step of a small system: what `locate.ts` finds, to the last bit, where that takes no more than a look at the middle of a
 * step that follows an event, and narrowing. All numbers stay in locals; whatever is rarer goes on with `locate.ts`, from the same memory.
 */
import { AHEAD } from '../../../runtime/contract/sides.ts';
import type { Context } from '../context.ts';
import {
  block,
  both,
  branch,
  branchIf,
  call,
  conditional,
  either,
  f64,
  i32,
  label,
  returns,
  set,
  setGlobal,
  when,
} from '../wasm/index.ts';
import type {
  F64,
  FunctionBuilder,
  FunctionHandle,
  I32,
  Local,
  Statement,
  ValueType,
} from '../wasm/index.ts';
import {
  changeByStart,
  isAway,
  isDrivenBack,
  leavesZero,
  mayBeRounding,
  mayReturn,
  parabola,
} from './crossing-rules.ts';
import type { Point } from './crossing-rules.ts';
import { turnedRanges } from './locate.ts';
import type { Found } from './locate.ts';
import { narrowed } from './narrow.ts';
import type { LooksWithin } from './within.ts';

type F = Local<'f64'>;
type Owner = FunctionBuilder<Readonly<Record<string, ValueType>>>;

/** `(from, to)`: as `rarely` of `locate.ts`, but that states, time and crossing functions in memory are those of the time that it gives, where `lookedAt` is that time. */
export function locationWithin(
  context: Context,
  name: string,
  { within, rarely }: { within: LooksWithin; rarely: FunctionHandle },
  { crossed, lookedAt }: Found,
): FunctionHandle {
  const { module, system, plan } = context;
  const { crossings, located, states, time } = plan.manifest.layout;
  const f = module.function(`${name} within`, { params: { from: 'f64', to: 'f64' }, results: ['f64'] });
  const { from, to } = f.params;
  const own = f as unknown as Owner;
  const each = [...Array(crossings.count).keys()];
  const [before, begin, low, high, third] = f.namedEach(
    'f64',
    crossings.count,
    'before',
    'at start',
    'low',
    'high',
    'third',
  );
  const [earlier, stop, half] = f.named('f64', 'step before', 'until', 'half');
  const aside = within(own, { from, to });
  const { values, states: inside } = aside;
  const found = inside.map((_, n) => f.local('f64', `x found ${n + 1}`));
  const isFound = f.local('i32', 'states of the time found are known');
  const all = (into: readonly F[], of: readonly F[]): Statement[] =>
    into.map((local, n) => set(local, of[n]!));
  const any = (of: (n: number) => I32): I32 => each.map(of).reduce((some, one) => i32.or(some, one));

  /** Of functions at the step's start: 1, -1 or 0. */
  const [side] = f.namedEach('f64', crossings.count, 'side');
  /** `changed` since the step's start. */
  const isChanged = (n: number, value: F64): I32 =>
    i32.eqz(
      either(
        f64.gt(f64.mul(side[n]!, value), 0),
        both(f64.eq(side[n]!, 0), i32.eqz(f64.gt(f64.abs(value), 0))),
      ),
    );
  const crosses = label('something has crossed');
  const turned = turnedRanges(system, context);
  const unasked = each.filter((n) => turned.some(({ from, to }) => 8 * n >= from && 8 * n < to));
  const truthOf = (n: number): F64 | undefined => {
    const { truths, from } = turned.find((one) => 8 * n >= one.from && 8 * n < one.to)!;
    return truths === undefined ? undefined : f64.load(0, truths + 8 * n - from);
  };
  const length = f.local('f64', 'length');
  const left = f.local('i32', 'something is not back');
  /** Leaves with -1 where something was left that the rates may drive back: `driven-back.ts`. */
  const waits = (also: (n: number) => I32 | undefined): Statement[] => [
    ...unasked.flatMap((n) => {
      const truth = truthOf(n);
      return [
        when(isAway(before[n]!, begin[n]!, high[n]!), [
          ...(truth === undefined ? [] : [when(f64.ne(truth, 0), [returns(f64.const(-1))])]),
          set(left, 1),
        ]),
      ];
    }),
    ...each.flatMap((n) => {
      const one = also(n);
      return one === undefined ? [] : [when(one, [set(left, 1)])];
    }),
    when(left, [
      set(length, f64.sub(to, from)),
      ...aside.ahead(f64.mul(AHEAD, length)),
      ...each.map((n) =>
        when(isDrivenBack(before[n]!, begin[n]!, values[n]!, high[n]!), [returns(f64.const(-1))]),
      ),
    ]),
  ];
  const { statements: narrow, time: at } = narrowed(own, context, { from, end: stop }, (root) => ({
    begin: [...all(low, begin), ...all(third, before)],
    roots: each.flatMap((n) => root(low[n]!, high[n]!, third[n]!, each.length === 1)),
    looked: aside.at,
    isCrossed: any((n) => isChanged(n, values[n]!)),
    becomesHigh: [...all(third, high), ...all(high, values), ...all(found, inside), set(isFound, 1)],
    becomesLow: [...all(third, low), ...all(low, values)],
    end: [],
  }));
  const goRarely = returns(call<'f64'>(rarely, from, to));

  f.body = [
    set(earlier, f64.load(0, located.time)),
    ...each.flatMap((n) => [
      set(before[n]!, f64.load(0, located.before.address + 8 * n)),
      set(begin[n]!, f64.load(0, located.begin.address + 8 * n)),
      set(high[n]!, f64.load(0, crossings.address + 8 * n)),
      set(
        side[n]!,
        conditional(
          f64.gt(begin[n]!, 0),
          f64.const(1),
          conditional(f64.lt(begin[n]!, 0), f64.const(-1), f64.const(0)),
        ),
      ),
    ]),
    set(stop, to),
    ...aside.begin,
    block(crosses, [
      when(f64.eq(earlier, earlier), [
        branchIf(
          crosses,
          any((n) => isChanged(n, high[n]!)),
        ),
        goRarely,
      ]),
      // The step follows an event.
      set(half, f64.add(from, f64.div(f64.sub(to, from), 2))),
      when(i32.eqz(i32.and(f64.gt(half, from), f64.lt(half, to))), [goRarely]),
      ...aside.at(half),
      when(
        any((n) => isChanged(n, values[n]!)),
        [set(stop, half), ...all(high, values), ...all(found, inside), set(isFound, 1), branch(crosses)],
      ),
      ...each.flatMap((n) =>
        mayTurn(
          own,
          { from, to, half },
          { a: begin[n]!, m: values[n]!, b: high[n]!, before: before[n]! },
          goRarely,
        ),
      ),
      branchIf(
        crosses,
        any((n) => isChanged(n, high[n]!)),
      ),
      ...waits(() => undefined),
      setGlobal(crossed, 0),
      setGlobal(lookedAt, to),
      ...aside.restored,
      returns(to),
    ]),
    ...narrow,
    // Memory has the values at the step's end still.
    when(
      any((n) => mayBeRounding(begin[n]!, high[n]!, f64.load(0, crossings.address + 8 * n))),
      [goRarely],
    ),
    when(
      f64.ne(earlier, earlier),
      waits((n) => leavesZero(before[n]!, begin[n]!, high[n]!)),
    ),
    setGlobal(crossed, 1),
    setGlobal(lookedAt, f64.const(NaN)),
    when(isFound, [
      setGlobal(lookedAt, at),
      ...found.map((value, n) => f64.store(0, value, states.address + 8 * n)),
      ...each.map((n) => f64.store(0, high[n]!, crossings.address + 8 * n)),
      f64.store(0, at, time),
    ]),
    returns(at),
  ];
  return f;
}

/** Goes `elsewhere` where a function may have crossed and come back between what was seen: at the start, the middle and the end of a step after an event. */
function mayTurn(
  f: Owner,
  { from, to, half }: Record<'from' | 'to' | 'half', F>,
  { a, m, b, before }: Record<'a' | 'm' | 'b' | 'before', F>,
  elsewhere: Statement,
): Statement[] {
  const start = f.local('f64', 'start');
  const [atStart, between, atEnd] = [
    { time: from, value: a },
    { time: half, value: m },
    { time: to, value: b },
  ];
  return [
    set(start, changeByStart(a, m, b)),
    when(
      mayReturn(before, a, b, start).reduce((all, one) => i32.and(all, one)),
      [elsewhere],
    ),
    ...turnsBetween(f, [atStart, between, atEnd], elsewhere),
    ...turnsBetween(f, [between, atEnd, atStart], elsewhere),
  ];
}

/** Goes `elsewhere` where a parabola turns towards zero between its first point and its second. */
function turnsBetween(f: Owner, points: [Point, Point, Point], elsewhere: Statement): Statement[] {
  const { fit, nears, findTurn, isBetween } = parabola(f, ...points);
  return [...fit, when(nears, [findTurn, when(isBetween, [elsewhere])])];
}
