/** Whether crossing functions changed sign within a step, or may have and come back: what `runtime/events/locate.ts` asks first. */
import type { Context } from '../context.ts';
import { call, f64, f64x2, forRange, i32, returns, set, v128, when } from '../wasm/index.ts';
import type { F64, FunctionHandle, I32, Local, Statement, V128 } from '../wasm/index.ts';
import { changed, parabola } from './crossing-rules.ts';
import type { LoopFunction } from './steps.ts';

const turnings = new WeakMap<object, FunctionHandle>();

interface Three {
  a: F64;
  b: F64;
  c: F64;
}
interface Times {
  before: F64;
  from: F64;
  to: F64;
}

/**
 * `(start, end, earlier, before, from, to)`: a function that has no other sign at the end turns near zero within the step, going by a
 * parabola through its value at the time `before` as well.
 */
function turningPoint(context: Context): FunctionHandle {
  const made = turnings.get(context);
  if (made !== undefined) return made;
  const f = context.module.function('turning point', {
    params: { start: 'f64', end: 'f64', earlier: 'f64', before: 'f64', from: 'f64', to: 'f64' },
    results: ['i32'],
  });
  turnings.set(context, f);
  const { start: a, end: b, earlier: c, before, from, to } = f.params;
  const { statements, turned } = turningHere(f as unknown as LoopFunction, { a, b, c }, { before, from, to });
  f.body = [...statements, returns(turned)];
  return f;
}

/** The same on the spot: no value has to wait in memory for a call. */
export function turningHere(
  f: LoopFunction,
  { a, b, c }: Three,
  { before, from, to }: Times,
): { statements: Statement[]; turned: I32 } {
  const { fit, nears, findTurn, isBetween, atTurn } = parabola(
    f,
    { time: from, value: a },
    { time: to, value: b },
    { time: before, value: c },
  );
  const { findValue, isNearZero } = atTurn();
  return {
    statements: [...fit, findTurn, findValue],
    turned: i32.and(i32.and(nears, isBetween), isNearZero),
  };
}

/**
 * `suspicious(at, before, from, to)`: the function at an offset in bytes changed sign between the step's start `from` and its end
 * `to`, or turns near zero within it.
 */
export function suspicious(context: Context): FunctionHandle {
  const { crossings, located } = context.plan.manifest.layout;
  const f = context.module.function('suspicious', {
    params: { at: 'i32', before: 'f64', from: 'f64', to: 'f64' },
    results: ['i32'],
  });
  const { at, before, from, to } = f.params;
  const [a, b] = f.named('f64', 'start', 'end');
  f.body = [
    set(a, f64.load(at, located.begin.address)),
    set(b, f64.load(at, crossings.address)),
    when(changed(a, b), [returns(i32.const(1))]),
    returns(call<'i32'>(turningPoint(context), a, b, f64.load(at, located.before.address), before, from, to)),
  ];
  return f;
}

/** Products below it may have lost digits. */
const SMALLEST = 1e-280;
/** How much of the terms of a slope is to be left for its sign to be beyond doubt. */
const SURE = 1e-3;

/**
 * That a function has not turned near zero is seen without a division as a rule: at the start the parabola through `a` at `from`, `b` at `to` and
 * `c` at `before` leads away from zero, or at the end towards it still. What decides that, and the answer; `turningPoint` knows the rest.
 */
export function isNoTurn(
  f: LoopFunction,
  { a, b, c }: Three,
  { before, from, to }: Times,
): { statements: Statement[]; none: Local<'i32'> } {
  const [h, h0, rise, earlier, slope] = f.named('f64', 'step', 'step before', 'rise', 'rise before', 'slope');
  const [first, none] = [f.local('f64', 'first term'), f.local('i32', 'is no turn')];
  const isSure = (term: F64): I32 =>
    f64.gt(f64.abs(slope), f64.mul(SURE, f64.add(f64.abs(term), f64.abs(earlier))));
  const statements = [
    set(h, f64.sub(to, from)),
    set(h0, f64.sub(from, before)),
    set(rise, f64.mul(f64.sub(b, a), h0)),
    set(earlier, f64.mul(f64.mul(f64.sub(a, c), h), h)),
    // Slopes of the parabola at both ends, times what is positive.
    set(first, f64.mul(rise, h0)),
    set(slope, f64.add(first, earlier)),
    set(none, i32.and(f64.gt(f64.mul(slope, a), SMALLEST), isSure(first))),
    set(first, f64.mul(rise, f64.add(f64.add(h, h), h0))),
    set(slope, f64.sub(first, earlier)),
    set(
      none,
      i32.or(
        none,
        i32.and(
          i32.and(f64.lt(f64.mul(slope, a), -SMALLEST), isSure(first)),
          // The time at which it turns is no time of the step, whatever its last digits.
          f64.gt(f64.mul(h, 1e9), f64.abs(to)),
        ),
      ),
    ),
  ];
  return { statements, none };
}

/** Sets `found` where one function changed sign, or may have turned near zero: `suspicious` says which. */
function seen(
  f: LoopFunction,
  context: Context,
  at: number,
  found: Local<'i32'>,
  {
    before,
    from,
    to,
    callee,
  }: { before: Local<'f64'>; from: Local<'f64'>; to: Local<'f64'>; callee: FunctionHandle },
): Statement[] {
  const { crossings, located } = context.plan.manifest.layout;
  const [a, b] = f.named('f64', 'start', 'end');
  const c = f64.load(0, located.before.address + at);
  const { statements, none } = isNoTurn(f, { a, b, c }, { before, from, to });
  return [
    set(a, f64.load(0, located.begin.address + at)),
    set(b, f64.load(0, crossings.address + at)),
    ...statements,
    when(i32.or(i32.eqz(none), changed(a, b)), [
      set(found, i32.or(found, call<'i32'>(callee, at, before, from, to))),
    ]),
  ];
}

/** Up to this many functions are looked at on the spot. */
const INLINE = 4;
/** Up to this many functions are looked at one by one. */
const ONE_BY_ONE = 8;

/** Sets `found` where any is suspicious. Many are sifted in pairs first, without branches. */
export function anySuspicious(
  f: LoopFunction,
  context: Context,
  callee: FunctionHandle,
  found: Local<'i32'>,
  times: { before: Local<'f64'>; from: Local<'f64'>; to: Local<'f64'> },
): Statement[] {
  const { crossings, located } = context.plan.manifest.layout;
  const { before, from, to } = times;
  const ask = (at: Local<'i32'> | number): Statement =>
    set(found, i32.or(found, call<'i32'>(callee, at, before, from, to)));
  if (crossings.count <= ONE_BY_ONE)
    return [
      set(found, 0),
      ...Array.from({ length: crossings.count }, (_, i) => i).flatMap((i) =>
        crossings.count <= INLINE ? seen(f, context, 8 * i, found, { ...times, callee }) : [ask(8 * i)],
      ),
    ];
  const at = f.local('i32', 'crossing');
  const [a, b] = f.named('v128', 'start', 'end');
  const slope = f.local('v128', 'slope');
  const spans = ['step', 'step before', 'both steps'].map((name) => f.local('v128', name));
  const [step, earlier, both] = spans as [V128 & Local<'v128'>, V128 & Local<'v128'>, V128 & Local<'v128'>];
  const zero = f64x2.const(0, 0);
  const differs = v128.or(
    v128.xor(f64x2.gt(a, zero), f64x2.gt(b, zero)),
    v128.xor(f64x2.lt(a, zero), f64x2.lt(b, zero)),
  );
  const curvature = f64x2.div(
    f64x2.sub(slope, f64x2.div(f64x2.sub(a, f64x2.load(at, located.before.address)), earlier)),
    both,
  );
  const returning = f64x2.lt(f64x2.mul(f64x2.sub(slope, f64x2.mul(curvature, step)), a), zero);
  const pairs = 8 * (crossings.count - (crossings.count % 2));
  const second = f.local('i32', 'second');
  return [
    set(found, 0),
    set(step, f64x2.splat(f64.sub(to, from))),
    set(earlier, f64x2.splat(f64.sub(from, before))),
    set(both, f64x2.splat(f64.sub(to, before))),
    forRange(
      at,
      0,
      pairs,
      [
        set(a, f64x2.load(at, located.begin.address)),
        set(b, f64x2.load(at, crossings.address)),
        set(slope, f64x2.div(f64x2.sub(b, a), step)),
        when(v128.anyTrue(v128.or(differs, returning)), [ask(at), set(second, i32.add(at, 8)), ask(second)]),
      ],
      16,
    ),
    ...(crossings.count % 2 === 0 ? [] : [ask(pairs)]),
  ];
}
