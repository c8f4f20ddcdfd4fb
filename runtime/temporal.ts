/**
 * Conditions over time with their margins, on-line: observations of the atoms in, margins of the formula out, each as soon as its
 * window has been seen. Quantitative semantics of Donzé and Maler 2010 (“Robust satisfaction of temporal logic over real-valued
 * signals”; before them Fainekos and Pappas 2009): not is minus, and the smaller, or the larger, always and historically the
 * smallest, eventually and once the largest of a window; until and since the largest of the smaller of end, and condition up to it.
 *
 * Between two observations a margin goes along a straight line; a condition without a number keeps its truth. At an event there are
 * two observations of one time. Extremes over windows slide by Lemire's wedge (2006), so that each observation costs the same however
 * long the window is; until and since look through theirs.
 *
 * The state is plain data: it can be saved as JSON in the midst of a run.
 */

import type { Formula } from './contract/formula.ts';

export type { Formula };

/** A time and the margin at it. */
export type Point = [time: number, margin: number];

/** What stands for “true, by no number”; JSON has no infinity. */
export const SURE = Number.MAX_VALUE;

/** What a node remembers. Which fields it uses depends on its kind. */
export interface Memory {
  /** Observations that some window still needs, oldest first; of the second operand in `others`. */
  points: Point[];
  others: Point[];
  /** How many before them were dropped. */
  dropped: number;
  /** Number (from the first of all) of the next observation to judge. */
  next: number;
  /** Numbers of observations that may still become the extreme of a window, and the next to enter it. */
  wedge: number[];
  entering: number;
  /** Results of two operands that wait for each other. */
  left: Point[];
  right: Point[];
}

export interface Evaluator<Atom> {
  /** Margins of all atoms at a time; times never decrease. Gives what has been decided by it, in order. */
  observe(time: number, of: (atom: Atom) => number): Point[];
  /** What the end of the run decides. Points whose windows reach beyond it are not judged. */
  finish(): Point[];
  save(): Memory[];
  restore(memories: readonly Memory[]): void;
}

/** Margins of a formula, from observations of its atoms at times that rise. */
export function evaluator<Atom>(formula: Formula<Atom>): Evaluator<Atom> {
  const memories: Memory[] = [];
  const root = build(formula);
  let restored = memories;

  interface Node {
    observe(time: number, of: (atom: Atom) => number): Point[];
    finish(): Point[];
  }

  function memory(): () => Memory {
    const at = memories.length;
    memories.push({
      points: [],
      others: [],
      dropped: 0,
      next: 0,
      wedge: [],
      entering: 0,
      left: [],
      right: [],
    });
    return () => restored[at]!;
  }

  function build(node: Formula<Atom>): Node {
    switch (node.kind) {
      case 'atom':
        return { observe: (time, of) => [[time, of(node.atom)]], finish: () => [] };
      case 'not': {
        const inner = build(node.operand);
        const turn = (points: Point[]): Point[] => points.map(([time, margin]) => [time, -margin]);
        return {
          observe: (time, of) => turn(inner.observe(time, of)),
          finish: () => turn(inner.finish()),
        };
      }
      case 'and':
      case 'or': {
        const [left, right] = [build(node.left), build(node.right)];
        const own = memory();
        const combine = node.kind === 'and' ? Math.min : Math.max;
        const join = (a: Point[], b: Point[]): Point[] => {
          const state = own();
          state.left.push(...a);
          state.right.push(...b);
          const ready = Math.min(state.left.length, state.right.length);
          const others = state.right.splice(0, ready);
          return state.left
            .splice(0, ready)
            .map(([time, margin], at) => [time, combine(margin, others[at]![1])]);
        };
        return {
          observe: (time, of) => join(left.observe(time, of), right.observe(time, of)),
          finish: () => join(left.finish(), right.finish()),
        };
      }
      case 'until':
      case 'since': {
        const [left, right] = [build(node.left), build(node.right)];
        const own = memory();
        const judge = node.kind === 'until' ? untilOf : sinceOf;
        const take = (a: Point[], b: Point[], ended: boolean): Point[] => {
          const state = own();
          state.left.push(...a);
          state.right.push(...b);
          const ready = Math.min(state.left.length, state.right.length);
          state.points.push(...state.left.splice(0, ready));
          state.others.push(...state.right.splice(0, ready));
          return judge(state, node.from, node.to ?? Infinity, ended);
        };
        return {
          observe: (time, of) => take(left.observe(time, of), right.observe(time, of), false),
          finish: () => take(left.finish(), right.finish(), true),
        };
      }
      default: {
        const inner = build(node.operand);
        const own = memory();
        // The smallest is minus the largest of what is negated.
        const sign = node.kind === 'always' || node.kind === 'historically' ? -1 : 1;
        const ahead = node.kind === 'always' || node.kind === 'eventually';
        const [from, to] = [node.from, node.to ?? Infinity];
        const take = (points: Point[], ended: boolean): Point[] => {
          const state = own();
          state.points.push(...points.map(([time, margin]): Point => [time, sign * margin]));
          const judged = ahead ? largestAhead(state, from, to, ended) : largestBehind(state, from, to);
          return judged.map(([time, margin]) => [time, sign * margin]);
        };
        return {
          observe: (time, of) => take(inner.observe(time, of), false),
          finish: () => take(inner.finish(), true),
        };
      }
    }
  }

  return {
    observe: (time, of) => root.observe(time, of),
    finish: () => root.finish(),
    save: () => structuredClone(restored),
    restore: (saved) => {
      restored = structuredClone(saved) as Memory[];
    },
  };
}

/** The margin at a time between two observations. */
function between([before, low]: Point, [after, high]: Point, time: number): number {
  if (Math.abs(low) === SURE || Math.abs(high) === SURE || after === before) return low;
  return low + ((time - before) / (after - before)) * (high - low);
}

const pointAt = (state: Memory, number: number): Point => state.points[number - state.dropped]!;
const count = (state: Memory): number => state.dropped + state.points.length;

/** Puts an observation into the wedge: none before it that is smaller can be the largest again. */
function enter(state: Memory, number: number): void {
  const [, margin] = pointAt(state, number);
  while (state.wedge.length > 0 && pointAt(state, state.wedge.at(-1)!)[1] <= margin) state.wedge.pop();
  state.wedge.push(number);
}

function drop(state: Memory, before: number): void {
  const many = before - state.dropped;
  if (many <= 64 && many < state.points.length) return;
  state.points.splice(0, many);
  state.others.splice(0, many);
  state.dropped += many;
}

/** The largest in [t + from, t + to] of each t, as far as that is known. */
function largestAhead(state: Memory, from: number, to: number, ended: boolean): Point[] {
  const judged: Point[] = [];
  const last = state.points.at(-1)?.[0] ?? 0;
  while (state.next < count(state)) {
    const [time] = pointAt(state, state.next);
    const [start, end] = [time + from, time + to];
    // At its very end a second observation of the same time may follow.
    if (ended ? end > last : end >= last) break;
    state.entering = Math.max(state.entering, state.next);
    while (state.entering < count(state) && pointAt(state, state.entering)[0] <= end) {
      enter(state, state.entering);
      state.entering += 1;
    }
    const first = (number: number): boolean =>
      number < state.next || (from > 0 && pointAt(state, number)[0] < start);
    while (state.wedge.length > 0 && first(state.wedge[0]!)) state.wedge.shift();
    let largest = state.wedge.length > 0 ? pointAt(state, state.wedge[0]!)[1] : -SURE;
    if (from > 0) largest = Math.max(largest, valueAt(state, start, state.next));
    largest = Math.max(largest, valueAt(state, end, state.next));
    judged.push([time, largest]);
    state.next += 1;
  }
  drop(state, state.next);
  return judged;
}

/** The largest in [t - to, t - from] of each t; nothing is known of what was before the first observation. */
function largestBehind(state: Memory, from: number, to: number): Point[] {
  const judged: Point[] = [];
  while (state.next < count(state)) {
    const [time] = pointAt(state, state.next);
    const [start, end] = [time - to, time - from];
    while (state.entering <= state.next && pointAt(state, state.entering)[0] <= end) {
      enter(state, state.entering);
      state.entering += 1;
    }
    while (state.wedge.length > 0 && pointAt(state, state.wedge[0]!)[0] < start) state.wedge.shift();
    let largest = state.wedge.length > 0 ? pointAt(state, state.wedge[0]!)[1] : -SURE;
    const begun = pointAt(state, state.dropped)[0];
    if (start > begun) largest = Math.max(largest, valueAt(state, start, state.dropped));
    if (from > 0 && end >= begun) largest = Math.max(largest, valueAt(state, end, state.dropped));
    judged.push([time, largest]);
    state.next += 1;
  }
  // The observation before the window's start is needed for the value at its start.
  const [latest] = pointAt(state, state.next - 1) ?? [0];
  let keep = state.dropped;
  while (
    keep + 1 < Math.min(state.next, state.wedge[0] ?? state.next, state.entering) &&
    pointAt(state, keep + 1)[0] < latest - to
  )
    keep += 1;
  drop(state, keep);
  return judged;
}

/** The margin at a time within what is remembered, from an observation on: the last one at or before it, and the next. */
function valueAt(state: Memory, time: number, from: number): number {
  let [low, high] = [from, count(state) - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (pointAt(state, middle)[0] <= time) low = middle;
    else high = middle - 1;
  }
  const point = pointAt(state, low);
  if (low + 1 >= count(state) || point[0] === time) return point[1];
  return between(point, pointAt(state, low + 1), time);
}

/** min(end at t', condition from t up to, not including, t'), the largest over t' in [t + from, t + to]. */
function untilOf(state: Memory, from: number, to: number, ended: boolean): Point[] {
  const judged: Point[] = [];
  const last = state.points.at(-1)?.[0] ?? 0;
  while (state.next < count(state)) {
    const [time] = pointAt(state, state.next);
    if (ended ? time + to > last : time + to >= last) break;
    let held = SURE;
    let best = -SURE;
    for (let at = state.next - state.dropped; at < state.points.length; at += 1) {
      const [when, condition] = state.points[at]!;
      if (when > time + to) break;
      if (when >= time + from) best = Math.max(best, Math.min(state.others[at]![1], held));
      held = Math.min(held, condition);
    }
    judged.push([time, best]);
    state.next += 1;
  }
  drop(state, state.next);
  return judged;
}

/** min(start at t', condition after t' up to t), the largest over t' in [t - to, t - from]. */
function sinceOf(state: Memory, from: number, to: number): Point[] {
  const judged: Point[] = [];
  while (state.next < count(state)) {
    const [time] = pointAt(state, state.next);
    let held = SURE;
    let best = -SURE;
    for (let at = state.next - state.dropped; at >= 0; at -= 1) {
      const [when, condition] = state.points[at]!;
      if (when < time - to) break;
      if (when <= time - from) best = Math.max(best, Math.min(state.others[at]![1], held));
      held = Math.min(held, condition);
    }
    judged.push([time, best]);
    state.next += 1;
  }
  const [latest] = pointAt(state, state.next - 1) ?? [0];
  let keep = state.dropped;
  while (keep < state.next && pointAt(state, keep)[0] < latest - to) keep += 1;
  drop(state, keep);
  return judged;
}
