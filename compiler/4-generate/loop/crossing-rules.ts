/**
 * What is asked of a crossing function when the earliest crossing is sought, each rule once, of values wherever they lie: in memory, an element after the
 * other, or in locals. They are those of `runtime/events/locate.ts` and `zeno.ts`, operation for operation.
 */
import { TURNS_BACK } from '../../../runtime/contract/sides.ts';
import { f64, i32, set } from '../wasm/index.ts';
import type { F64, FunctionBuilder, I32, Local, Statement, ValueType } from '../wasm/index.ts';

/** Whether two values differ in sign; zero is a sign of its own. */
export const changed = (a: F64, b: F64): I32 =>
  i32.or(i32.ne(f64.gt(a, 0), f64.gt(b, 0)), i32.ne(f64.lt(a, 0), f64.lt(b, 0)));

/** Of a function that went over zero at the event where the step begins: it is not back, by this value, on the side that it came from. */
export const isAway = (before: F64, begin: F64, value: F64): I32 =>
  i32.and(i32.and(f64.ne(before, 0), changed(before, begin)), i32.eqz(f64.gt(f64.mul(before, value), 0)));

/** Of a function that an event left at zero: by this value it is on the other side of where it was before. */
export const leavesZero = (before: F64, begin: F64, value: F64): I32 =>
  i32.and(f64.eq(begin, 0), f64.lt(f64.mul(before, value), 0));

/** A function that starts at zero was found on the other side than where it ends: it may be there by rounding alone. */
export const mayBeRounding = (begin: F64, found: F64, end: F64): I32 =>
  i32.and(f64.eq(begin, 0), f64.lt(f64.mul(found, end), 0));

/**
 * Of a function that went over zero at the event at the step's start: the rates there, followed a little way to `ahead`, lead it back, although it is further
 * over at the step's `end`.
 */
export const isDrivenBack = (before: F64, begin: F64, ahead: F64, end: F64): I32 =>
  i32.and(
    i32.and(changed(begin, before), i32.eqz(f64.lt(f64.mul(begin, end), 0))),
    i32.and(
      f64.lt(f64.abs(begin), f64.abs(end)),
      f64.gt(f64.mul(f64.sub(begin, ahead), f64.copysign(1, end)), 0),
    ),
  );

/** The change that the rate at a step's start would make in all of it, by a parabola through start, middle and end. */
export const changeByStart = (begin: F64, middle: F64, end: F64): F64 =>
  f64.sub(f64.sub(f64.mul(4, middle), f64.mul(3, begin)), end);

/**
 * Of a function that went over zero at the event at the step's start: it may have come back at once, and gone again unseen. All of three
 * conditions, the cheapest first; `start` as `changeByStart` gives it.
 */
export const mayReturn = (before: F64, begin: F64, end: F64, start: F64): [I32, I32, I32] => [
  changed(before, begin),
  f64.lt(f64.abs(begin), f64.abs(end)),
  f64.le(f64.abs(start), f64.mul(TURNS_BACK, f64.abs(f64.sub(end, begin)))),
];

/** A value of a function, and its time. */
export interface Point {
  time: F64;
  value: F64;
}

/** Where a parabola turns, step by step: conditions hold once the statements before them have run. */
export interface Parabola {
  /** Its slopes. */
  fit: Statement[];
  /** At the first point it goes towards zero. */
  nears: I32;
  /** The time at which it turns. */
  findTurn: Statement;
  turn: Local<'f64'>;
  /** That lies between the two points. */
  isBetween: I32;
  /** Its value there, and whether that is beyond zero, or at least nearer than half of what was seen. */
  atTurn: () => { findValue: Statement; isNearZero: I32 };
}

/** The parabola through two points of one sign, one after the other, and a third that lies before both or behind. */
export function parabola(
  f: FunctionBuilder<Readonly<Record<string, ValueType>>>,
  { time: ta, value: a }: Point,
  { time: tb, value: b }: Point,
  { time: tc, value: c }: Point,
): Parabola {
  const slope = f.local('f64', 'slope');
  const curvature = f.local('f64', 'curvature');
  const start = f.local('f64', 'start slope');
  const turn = f.local('f64', 'turn');
  return {
    fit: [
      set(slope, f64.div(f64.sub(b, a), f64.sub(tb, ta))),
      set(curvature, f64.div(f64.sub(slope, f64.div(f64.sub(a, c), f64.sub(ta, tc))), f64.sub(tb, tc))),
      set(start, f64.sub(slope, f64.mul(curvature, f64.sub(tb, ta)))),
    ],
    nears: f64.lt(f64.mul(start, a), 0),
    findTurn: set(turn, f64.sub(ta, f64.div(start, f64.mul(2, curvature)))),
    turn,
    isBetween: i32.and(f64.gt(turn, ta), f64.lt(turn, tb)),
    atTurn: () => {
      const value = f.local('f64', 'value');
      return {
        findValue: set(value, f64.sub(a, f64.div(f64.mul(start, start), f64.mul(4, curvature)))),
        isNearZero: i32.or(
          f64.lt(f64.abs(value), f64.mul(0.5, f64.max(f64.abs(a), f64.abs(b)))),
          f64.lt(f64.mul(value, a), 0),
        ),
      };
    },
  };
}
