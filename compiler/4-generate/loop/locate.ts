/** The earliest crossing within a step, as `runtime/events/locate.ts` finds it, to the last bit. */
import { loads } from '../../ir/expressions.ts';
import type { FlatSystem } from '../../ir/flat-system.ts';
import type { Context } from '../context.ts';
import {
  call,
  conditional,
  f64,
  forElements,
  forRange,
  i32,
  returns,
  run,
  set,
  setGlobal,
  when,
} from '../wasm/index.ts';
import {
  changeByStart,
  changed,
  isAway,
  leavesZero,
  mayBeRounding,
  mayReturn as returning,
  parabola,
} from './crossing-rules.ts';
import { drivenBack } from './driven-back.ts';
import { narrowing } from './narrow.ts';
import type {
  F64,
  FunctionBuilder,
  FunctionHandle,
  Global,
  Local,
  Statement,
  ValueType,
} from '../wasm/index.ts';

/** Cells of f64 that location needs besides the states at the step's end. */
export const locationCells = (crossings: number): number => 5 * crossings + 4;

/** What `locate(from, to)` says besides the time that it gives; -1 is one at which the host must look. */
export interface Found {
  /** Whether the time is a crossing's, or else it is `to`. */
  crossed: Global<'i32'>;
  /** The time in the step that states and crossing functions are those of; NaN where it looked at none. */
  lookedAt: Global<'f64'>;
}

/** Whether crossing functions read what is computed. */
export const areComputed = ({ variables, crossings }: FlatSystem): boolean =>
  crossings.some(({ value }) =>
    loads(value).some(({ load }) => ['algebraic', 'derivative'].includes(variables[load.variable]!.role)),
  );

/** Where functions are at which a handler turns back what comes to them: offsets from one to before another, and where its truths lie. */
export const turnedRanges = ({ crossings }: FlatSystem, { plan }: Context) => {
  const { manifest, handlerInstances } = plan;
  const offsets = [
    ...(manifest.crossings ?? []).map(({ offset }) => 8 * offset),
    8 * manifest.layout.crossings.count,
  ];
  return crossings.flatMap(({ turnedBy }, at) => {
    if (turnedBy === undefined) return [];
    const [from, to] = [offsets[at]!, offsets[at + 1]!];
    const isOne = to - from === 8 * handlerInstances[turnedBy]!;
    const truths = manifest.layout.truths.address + 8 * manifest.handlers[turnedBy]!.offset;
    return [{ from, to, truths: isOne ? truths : undefined }];
  });
};

type AnyFunction = FunctionBuilder<Readonly<Record<string, ValueType>>>;

/** `show(t, from, to)` puts the states of a time within the step into memory. */
export function location(
  context: Context,
  name: string,
  show: FunctionHandle,
  parts: { derivatives: FunctionHandle; outputs: FunctionHandle; crossings: FunctionHandle },
  { crossed, lookedAt }: Found,
): FunctionHandle {
  const { module, system, plan } = context;
  const { crossings, located } = plan.manifest.layout;
  const n = crossings.count;
  const scratch = plan.scratch.loop;
  const [end, low, high, middle] = [0, 1, 2, 3].map((k) => scratch + 8 * n * k) as [
    number,
    number,
    number,
    number,
  ];
  const candidates = scratch + 8 * n * 5;
  const cells = { low, high, third: scratch + 8 * n * 4 };
  const computed = areComputed(system);
  const copied = (f: AnyFunction, from: number, to: number): Statement[] => {
    if (n <= 8)
      return Array.from({ length: n }, (_, i) => f64.store(0, f64.load(0, from + 8 * i), to + 8 * i));
    const at = f.local('i32', 'cell');
    return forElements(f, at, 0, 8 * n, [f64.store(at, f64.load(at, from), to)]);
  };

  const look = module.function(`${name} at`, { params: { t: 'f64', from: 'f64', to: 'f64' } });
  look.body = [
    setGlobal(lookedAt, look.params.t),
    run(show, [look.params.t, look.params.from, look.params.to]),
    ...(computed ? [run(parts.derivatives), run(parts.outputs)] : []),
    run(parts.crossings),
  ];

  /** 1 where any function differs in sign between two arrays. */
  const anyChanged = ((): FunctionHandle => {
    const f = module.function(`${name} any changed`, { params: { a: 'i32', b: 'i32' }, results: ['i32'] });
    const at = f.local('i32', 'at');
    f.body = [
      forRange(
        at,
        0,
        8 * n,
        [
          when(changed(f64.load(i32.add(f.params.a, at)), f64.load(i32.add(f.params.b, at))), [
            returns(i32.const(1)),
          ]),
        ],
        8,
      ),
      returns(i32.const(0)),
    ];
    return f;
  })();

  /** Where between a at ta and b at tb a parabola through c at tc turns, if near zero; NaN elsewhere. */
  const turns = ((): FunctionHandle => {
    const f = module.function(`${name} turns`, {
      params: { tc: 'f64', c: 'f64', ta: 'f64', a: 'f64', tb: 'f64', b: 'f64' },
      results: ['f64'],
    });
    const { tc, c, ta, a, tb, b } = f.params;
    const { fit, nears, findTurn, turn, isBetween, atTurn } = parabola(
      f as unknown as AnyFunction,
      { time: ta, value: a },
      { time: tb, value: b },
      { time: tc, value: c },
    );
    const { findValue, isNearZero } = atTurn();
    f.body = [
      ...fit,
      when(i32.eqz(nears), [returns(f64.const(NaN))]),
      findTurn,
      when(i32.eqz(isBetween), [returns(f64.const(NaN))]),
      findValue,
      when(isNearZero, [returns(turn)]),
      returns(f64.const(NaN)),
    ];
    return f;
  })();

  /** Keeps the four smallest candidates, each once, in ascending order. */
  const enter = ((): FunctionHandle => {
    const f = module.function(`${name} candidate`, { params: { turn: 'f64' } });
    const { turn } = f.params;
    const value = f.local('f64', 'kept');
    const swap = f.local('f64', 'moved');
    f.body = [
      when(f64.ne(turn, turn), [returns()]),
      ...[0, 1, 2, 3].flatMap((k) => [
        set(value, f64.load(0, candidates + 8 * k)),
        when(f64.eq(value, turn), [returns()]),
        when(f64.lt(turn, value), [
          set(swap, value),
          f64.store(0, turn, candidates + 8 * k),
          set(turn, swap),
        ]),
      ]),
    ];
    return f;
  })();

  /** Whether a function, at an offset, that went over zero at the event at the step's start may have come back at once, and gone again. */
  const mayReturn = ((): FunctionHandle => {
    const f = module.function(`${name} may return`, { params: { at: 'i32' }, results: ['i32'] });
    const { at } = f.params;
    const [a, b] = f.named('f64', 'start', 'end');
    const [wentOver, isFurther, turnsBack] = returning(
      f64.load(at, located.before.address),
      a,
      b,
      changeByStart(a, f64.load(at, middle), b),
    );
    f.body = [
      set(a, f64.load(at, located.begin.address)),
      set(b, f64.load(at, end)),
      when(i32.eqz(wentOver), [returns(i32.const(0))]),
      when(i32.eqz(isFurther), [returns(i32.const(0))]),
      returns(turnsBack),
    ];
    return f;
  })();

  /**
   * A time by which something has crossed that is back at `to`; NaN when nothing seems to have; -1 when something may have that cannot be seen.
   * Leaves what it saw in `middle`.
   */
  const hidden = ((): FunctionHandle => {
    const f = module.function(`${name} hidden`, { params: { from: 'f64', to: 'f64' }, results: ['f64'] });
    const { from, to } = f.params;
    const [before, suspect, turn, half] = ['step before', 'suspect', 'turn', 'half'].map((text) =>
      f.local('f64', text),
    ) as [Local<'f64'>, Local<'f64'>, Local<'f64'>, Local<'f64'>];
    const at = f.local('i32', 'at');
    const seen = (t: F64): Statement[] => [
      run(look, [t, from, to]),
      ...copied(f as unknown as AnyFunction, crossings.address, middle),
    ];
    const isChanged = call<'i32'>(anyChanged, located.begin.address, middle);
    const mayBe = f.local('i32', 'something may have returned');
    const none = conditional(mayBe, f64.const(-1), f64.const(NaN));
    f.body = [
      set(before, f64.load(0, located.time)),
      when(f64.eq(before, before), [
        set(suspect, NaN),
        forRange(
          at,
          0,
          8 * n,
          [
            set(
              turn,
              call<'f64'>(
                turns,
                before,
                f64.load(at, located.before.address),
                from,
                f64.load(at, located.begin.address),
                to,
                f64.load(at, end),
              ),
            ),
            // The smallest, NaN standing for none.
            when(i32.and(f64.eq(turn, turn), i32.eqz(f64.ge(turn, suspect))), [set(suspect, turn)]),
          ],
          8,
        ),
        when(f64.ne(suspect, suspect), [returns(f64.const(NaN))]),
        ...seen(suspect),
        when(isChanged, [returns(suspect)]),
        returns(f64.const(NaN)),
      ]),
      set(half, f64.add(from, f64.div(f64.sub(to, from), 2))),
      when(i32.eqz(i32.and(f64.gt(half, from), f64.lt(half, to))), [returns(f64.const(NaN))]),
      ...seen(half),
      when(isChanged, [returns(half)]),
      ...[0, 1, 2, 3].map((k) => f64.store(0, Infinity, candidates + 8 * k)),
      forRange(
        at,
        0,
        8 * n,
        [
          when(call<'i32'>(mayReturn, at), [set(mayBe, 1)]),
          run(enter, [
            call<'f64'>(
              turns,
              to,
              f64.load(at, end),
              from,
              f64.load(at, located.begin.address),
              half,
              f64.load(at, middle),
            ),
          ]),
          run(enter, [
            call<'f64'>(
              turns,
              from,
              f64.load(at, located.begin.address),
              half,
              f64.load(at, middle),
              to,
              f64.load(at, end),
            ),
          ]),
        ],
        8,
      ),
      ...[0, 1, 2, 3].flatMap((k) => [
        set(turn, f64.load(0, candidates + 8 * k)),
        when(f64.eq(turn, Infinity), [returns(none)]),
        ...seen(turn),
        when(isChanged, [returns(turn)]),
      ]),
      returns(none),
    ];
    return f;
  })();

  const narrow = narrowing(context, name, look, cells);

  const turned = turnedRanges(system, context);
  /**
   * Sets `left` where something that went over zero at the event where the step begins is not back by these values. The host waits for what a
   * handler turned back there.
   */
  const away = (own: AnyFunction, values: number, left: Local<'i32'>): Statement[] =>
    turned.map(({ from, to, truths }) => {
      const i = own.local('i32', 'turned');
      const [before, begin] = [f64.load(i, located.before.address), f64.load(i, located.begin.address)];
      return forRange(
        i,
        from,
        to,
        [
          when(isAway(before, begin, f64.load(i, values)), [
            ...(truths === undefined
              ? []
              : [when(f64.ne(f64.load(i32.sub(i, from), truths), 0), [returns(f64.const(-1))])]),
            set(left, 1),
          ]),
        ],
        8,
      );
    });
  /** -1 where something was left that may be driven back, by values at the end. */
  const whereLeft = (left: Local<'i32'>, from: F64, to: F64, values: number, which: string): Statement =>
    when(left, [
      when(
        call<'i32'>(
          drivenBack(context, `${name} driven back ${which}`, parts, { show, values, computed }),
          from,
          to,
        ),
        [returns(f64.const(-1))],
      ),
      setGlobal(lookedAt, NaN),
    ]);

  /** `narrow`, or -1 where something leaves the zero at which an event left it, and may be driven back there, or has left it by rounding. */
  const narrowed = ((): FunctionHandle => {
    const f = module.function(`${name} narrowed`, {
      params: { from: 'f64', to: 'f64', end: 'f64' },
      results: ['f64'],
    });
    const { from, to, end: stop } = f.params;
    const [time, before] = f.named('f64', 'time', 'step before');
    const [at, left] = f.named('i32', 'at', 'something leaves zero');
    f.body = [
      set(time, call<'f64'>(narrow, from, to, stop)),
      forRange(
        at,
        0,
        8 * n,
        [
          when(mayBeRounding(f64.load(at, located.begin.address), f64.load(at, high), f64.load(at, end)), [
            returns(f64.const(-1)),
          ]),
        ],
        8,
      ),
      set(before, f64.load(0, located.time)),
      when(f64.ne(before, before), [
        forRange(
          at,
          0,
          8 * n,
          [
            when(
              leavesZero(
                f64.load(at, located.before.address),
                f64.load(at, located.begin.address),
                f64.load(at, high),
              ),
              [set(left, 1)],
            ),
          ],
          8,
        ),
        ...away(f as unknown as AnyFunction, high, left),
        whereLeft(left, from, to, high, 'by the time found'),
      ]),
      returns(time),
    ];
    return f;
  })();

  const f = module.function(name, { params: { from: 'f64', to: 'f64' }, results: ['f64'] });
  const { from, to } = f.params;
  const [before, earlier] = f.named('f64', 'step before', 'earlier');
  const own = f as unknown as AnyFunction;
  const left = f.local('i32', 'something is not back');
  f.body = [
    setGlobal(crossed, 0),
    setGlobal(lookedAt, NaN),
    // The crossing functions are those of the end.
    ...copied(own, crossings.address, end),
    set(before, f64.load(0, located.time)),
    when(call<'i32'>(anyChanged, located.begin.address, end), [
      setGlobal(crossed, 1),
      ...copied(own, end, high),
      set(earlier, NaN),
      when(f64.ne(before, before), [set(earlier, call<'f64'>(hidden, from, to))]),
      when(i32.eqz(f64.ge(earlier, from)), [returns(call<'f64'>(narrowed, from, to, to))]),
      ...copied(own, middle, high),
      returns(call<'f64'>(narrowed, from, to, earlier)),
    ]),
    set(earlier, call<'f64'>(hidden, from, to)),
    when(f64.ne(earlier, earlier), [
      ...(turned.length === 0
        ? []
        : [
            set(left, 0),
            when(f64.ne(before, before), away(own, end, left)),
            whereLeft(left, from, to, end, 'by the end'),
          ]),
      returns(to),
    ]),
    when(f64.lt(earlier, 0), [returns(f64.const(-1))]),
    setGlobal(crossed, 1),
    ...copied(own, middle, high),
    returns(call<'f64'>(narrowed, from, to, earlier)),
  ];
  return f;
}
