/**
 * Finds the earliest time in a step at which any crossing function changes between negative, zero and positive.
 * Brackets by signs at the step's ends and, where a function may have crossed twice, in between; then narrows by inverse quadratic interpolation
 * with the point before (Brent 1973), or by the secant rule with retained ends halved (Illinois; Dowell & Jarratt 1971), safeguarded by
 * bisection. Ends just after the crossing, so that the condition there is already what it has become.
 */
import type { Stepper } from '../solvers/integrate.ts';
import { SOON, TURNS_BACK } from '../contract/sides.ts';
import type { Machine } from '../machine.ts';
import type { Trouble } from '../trouble.ts';

/** What is known of crossing functions over a step. */
export interface Crossings {
  /** Values at the step's start, the committed time. Saved. */
  readonly begin: Float64Array;
  /**
   * Values one step earlier and their time; NaN time after an event, when there are none. Infinite, with the sign of the side that it has to come back to, where
   * a function is awaited. Saved.
   */
  readonly before: Float64Array;
  beforeTime: number;
}

/** They lie in the kernel's memory, as its step loop keeps them too. */
class KernelCrossings implements Crossings {
  readonly begin: Float64Array;
  readonly before: Float64Array;
  private readonly numbers: Float64Array;
  private readonly at: number;

  constructor({ manifest, numbers, located }: Machine) {
    this.begin = located.begin;
    this.before = located.before;
    this.numbers = numbers;
    this.at = manifest.layout.located.time / 8;
  }

  get beforeTime(): number {
    return this.numbers[this.at]!;
  }

  set beforeTime(value) {
    this.numbers[this.at] = value;
  }
}

/** Nothing is known of them yet. */
export function createCrossings(machine: Machine): Crossings {
  const known = new KernelCrossings(machine);
  known.beforeTime = NaN;
  return known;
}

const changed = (a: number, b: number): boolean => a > 0 !== b > 0 || a < 0 !== b < 0;
const anyChanged = (a: Float64Array, b: Float64Array): boolean => {
  for (let i = 0; i < a.length; i += 1) if (changed(a[i]!, b[i]!)) return true;
  return false;
};

/** The functions at which some handler turns back what comes to them. */
export function turnedAt({ manifest, crossings }: Machine): number[] {
  const { crossings: kinds = [] } = manifest;
  return kinds.flatMap(({ offset, turnedBy }, at) =>
    turnedBy === undefined
      ? []
      : Array.from({ length: (kinds[at + 1]?.offset ?? crossings.length) - offset }, (_, i) => offset + i),
  );
}

/** Function i went over zero at the event where the step begins, and is not back on the side that it came from at this value. */
export const isAway = ({ begin, before }: Crossings, i: number, value: number): boolean =>
  before[i] !== 0 && changed(before[i]!, begin[i]!) && !(before[i]! * value > 0);

/** Function i is awaited since an event before the step's start. */
export const isAwaited = ({ before }: Crossings, i: number): boolean => Math.abs(before[i]!) === Infinity;

/** A function that changes at a crossing: its values at the step's start, and there. */
export interface Found {
  at: number;
  from: number;
  to: number;
}

/** What lies at a crossing: something that may jump, or kinks alone; those that bend what is integrated, and such as are compared. */
export interface Passed {
  kinks: boolean;
  bends: boolean;
  exact: boolean;
}
const NOTHING: Passed = { kinks: false, bends: false, exact: false };
const EVENT: Passed = { kinks: false, bends: true, exact: true };

export function createLocator(machine: Machine, stepper: Stepper, known: Crossings) {
  const { kernel, crossings } = machine;
  const n = crossings.length;
  const { kinks } = machine.manifest.layout;
  let crossed = false;
  let passed: Passed = NOTHING;
  let lastAt = NaN;
  let returning = false;
  let looked = false;
  const turned = turnedAt(machine);
  /** Of what an event has turned back and did not come back yet: it is still on its way. Until the next commit. */
  const awaited = new Set<number>();
  // Where there is nothing to locate, what is empty already will do: a run begins sooner.
  const values = (): Float64Array => (n === 0 ? crossings : new Float64Array(n));
  const [end, low, high, middle, third] = [values(), values(), values(), values(), values()];
  /** Of each function that goes to one side of zero, but for rounding: 1 or -1; else 0. */
  const sideways = values();

  const at = (t: number, into: Float64Array): Trouble | undefined => {
    stepper.show(t);
    lastAt = t;
    const trouble = machine.evaluate();
    kernel.crossings();
    into.set(crossings);
    return trouble;
  };

  /** Could function i have crossed and come back between its values a at ta and b at tb, going by a parabola through a third? */
  const turns = (tc: number, c: number, ta: number, a: number, tb: number, b: number): number => {
    const slope = (b - a) / (tb - ta);
    const curvature = (slope - (a - c) / (ta - tc)) / (tb - tc);
    const startSlope = slope - curvature * (tb - ta);
    if (!(startSlope * a < 0)) return NaN;
    const turn = ta - startSlope / (2 * curvature);
    if (!(turn > ta && turn < tb)) return NaN;
    const value = a - (startSlope * startSlope) / (4 * curvature);
    return Math.abs(value) < 0.5 * Math.max(Math.abs(a), Math.abs(b)) || value * a < 0 ? turn : NaN;
  };

  /** Whether function i went over zero at the event at `from`, where the step begins, and may have come back at once, and gone again. */
  const mayReturn = (i: number): boolean => {
    const [a, b] = [known.begin[i]!, end[i]!];
    const start = 4 * middle[i]! - 3 * a - b;
    return (
      changed(known.before[i]!, a) &&
      Math.abs(a) < Math.abs(b) &&
      (stepper.straight === true || Math.abs(start) <= TURNS_BACK * Math.abs(b - a))
    );
  };

  /** A time in (from, to) by which something has crossed that is back at `to`; NaN when nothing seems to have. */
  const hidden = (from: number, to: number): number => {
    const { begin, before, beforeTime } = known;
    if (!Number.isNaN(beforeTime)) {
      let suspect = NaN;
      for (let i = 0; i < n; i += 1) {
        const turn = turns(beforeTime, before[i]!, from, begin[i]!, to, end[i]!);
        if (!(turn >= suspect)) suspect = Number.isNaN(turn) ? suspect : turn;
      }
      if (Number.isNaN(suspect)) return NaN;
      looked = true;
      at(suspect, middle);
      return anyChanged(begin, middle) ? suspect : NaN;
    }
    const half = from + (to - from) / 2;
    if (!(half > from && half < to)) return NaN;
    looked = true;
    at(half, middle);
    if (anyChanged(begin, middle)) return half;
    let mayBe = false;
    for (let i = 0; i < n; i += 1) if (mayReturn(i)) mayBe = true;
    const candidates = new Set<number>();
    for (let i = 0; i < n; i += 1) {
      const left = turns(to, end[i]!, from, begin[i]!, half, middle[i]!);
      const right = turns(from, begin[i]!, half, middle[i]!, to, end[i]!);
      if (!Number.isNaN(left)) candidates.add(left);
      if (!Number.isNaN(right)) candidates.add(right);
    }
    for (const turn of [...candidates].sort((a, b) => a - b).slice(0, 4)) {
      at(turn, middle);
      if (anyChanged(begin, middle)) return turn;
    }
    returning = mayBe;
    return NaN;
  };

  const isOver = (values: Float64Array): boolean => {
    for (let i = 0; i < n; i += 1) {
      const side = sideways[i]!;
      if (side === 0 ? changed(known.begin[i]!, values[i]!) : values[i]! * side > 0) return true;
    }
    return false;
  };

  /** Values of the functions where the rates at the step's start lead soon after it, into `middle`; whether there are any. */
  const ledTo = (from: number, soon: number): boolean => {
    const { states, derivatives } = machine;
    stepper.show(from);
    lastAt = NaN;
    const hasValues = (): boolean => {
      const trouble = machine.evaluate();
      machine.status.fill(0);
      return trouble === undefined;
    };
    if (!hasValues()) return false;
    for (let i = 0; i < states.length; i += 1) states[i]! += (soon - from) * derivatives[i]!;
    machine.setTime(soon);
    if (!hasValues()) return false;
    kernel.crossings();
    middle.set(crossings);
    return true;
  };

  /**
   * What starts at zero has by rounding, next to it, either sign. Whether some function was found on the other side than that of the step's end, where the
   * rates at its start lead as well: `sideways` tells of these.
   */
  const isRounding = (from: number, to: number, found: number): boolean => {
    const { begin } = known;
    const mayBe = (i: number): boolean => begin[i] === 0 && high[i]! * end[i]! < 0;
    if (!begin.some((_, i) => mayBe(i))) return false;
    const soon = from + (to - from) * SOON;
    if (found >= soon || !ledTo(from, soon)) return false;
    for (let i = 0; i < n; i += 1) if (mayBe(i) && middle[i]! * end[i]! > 0) sideways[i] = Math.sign(end[i]!);
    return sideways.some((side) => side !== 0);
  };

  /** Narrows (from, to], `high` holding the values at `to`, to the earliest change. */
  const narrow = (from: number, to: number): number => {
    let a = from;
    let b = to;
    low.set(known.begin);
    // A third point: the start of the step before, then ends that were given up.
    let c = known.beforeTime;
    third.set(known.before);
    let side = 0;
    let weight = 1;
    let slow = 0;
    for (let round = 0; round < 300; round += 1) {
      const tolerance = 4 * Number.EPSILON * Math.max(Math.abs(b), b - a);
      const width = b - a;
      if (width <= tolerance) break;
      let guess = b;
      for (let i = 0; i < n; i += 1) {
        if (!changed(low[i]!, high[i]!)) continue;
        const [l, h, t] = [low[i]!, high[i]!, third[i]!];
        let root = a + ((width * l * t) / ((h - l) * (h - t)) + ((c - a) * l * h) / ((t - l) * (t - h)));
        if (!(root > a && root < b)) {
          const gl = side > 0 ? l * weight : l;
          const gh = side < 0 ? h * weight : h;
          root = gl === 0 ? a : a + (width * gl) / (gl - gh);
        }
        if (root < guess) guess = root;
      }
      if (slow >= 3 || !(guess >= a)) {
        guess = a + width / 2;
        slow = 0;
      } else guess = Math.min(Math.max(guess, a + 0.75 * tolerance), b - 0.75 * tolerance);
      if (!(guess > a && guess < b)) break;
      at(guess, middle);
      const crossed = isOver(middle);
      if (crossed) {
        c = b;
        third.set(high);
        b = guess;
        high.set(middle);
        weight = side === 1 ? weight / 2 : 1;
        side = 1;
      } else {
        c = a;
        third.set(low);
        a = guess;
        low.set(middle);
        weight = side === -1 ? weight / 2 : 1;
        side = -1;
      }
      slow = b - a > width / 2 ? slow + 1 : 0;
    }
    return b;
  };

  /** What changed by the time that was narrowed down to. */
  const passes = (): Passed => {
    if (kinks === undefined) return EVENT;
    let found = NOTHING;
    for (let i = 0; i < n; i += 1)
      if (changed(known.begin[i]!, high[i]!)) {
        if (i < kinks.first) return EVENT;
        found = {
          kinks: true,
          bends: found.bends || i >= kinks.bending,
          exact: found.exact || i < kinks.alone,
        };
      }
    return found;
  };
  /** What was turned at the event where the step begins and has not come back by the values at its end, or at what ends it. */
  const away = (values: Float64Array): boolean => {
    if (!Number.isNaN(known.beforeTime)) return false;
    return turned.some((i) => isAway(known, i, values[i]!));
  };
  /** `bracket`: by then something has changed, and `high` holds what it is there; `to`: the step's end. */
  const narrowed = (from: number, bracket: number, to: number): number => {
    let time = narrow(from, bracket);
    if (isRounding(from, to, time)) {
      at(bracket, high);
      for (let i = 0; i < n; i += 1) if (!(high[i]! * sideways[i]! > 0)) sideways[i] = 0;
      time = narrow(from, bracket);
    }
    sideways.fill(0);
    passed = passes();
    // What was left at zero by an event goes on, where it may have come back for less than rounding tells.
    if (Number.isNaN(known.beforeTime))
      for (let i = 0; i < n; i += 1)
        if (known.begin[i] === 0 && known.before[i]! * high[i]! < 0) returning = true;
    if (away(high)) returning = true;
    return time;
  };

  return {
    /**
     * Time of the earliest crossing in the step in flight, or its end when there is none (see `crossed`); −1 when the end has no
     * values. The machine is left anywhere within the step (see `evaluatedAt`).
     */
    locate: (from: number, to: number): number => {
      crossed = false;
      returning = false;
      looked = false;
      passed = NOTHING;
      if (at(to, end) !== undefined) return -1;
      if (anyChanged(known.begin, end)) {
        crossed = true;
        high.set(end);
        // A second crossing before the first seen is possible too; the middle is looked at only where a step follows an event.
        const earlier = Number.isNaN(known.beforeTime) ? hidden(from, to) : NaN;
        if (Number.isNaN(earlier)) return narrowed(from, to, to);
        high.set(middle);
        return narrowed(from, earlier, to);
      }
      const earlier = hidden(from, to);
      if (Number.isNaN(earlier)) {
        if (away(end)) returning = true;
        return to;
      }
      crossed = true;
      high.set(middle);
      return narrowed(from, earlier, to);
    },
    crossed: (): boolean => crossed,
    /** Something may have crossed within the step and come back: so it was looked at between its ends, too. */
    looked: (): boolean => looked,
    /**
     * The step in flight follows an event, and something that went over zero there, or to it, may have come back, and gone again, within what rounding or
     * the step hides. Values of the functions where it ends; undefined where nothing may.
     */
    returning: (): Float64Array | undefined => (returning ? (crossed ? high : end) : undefined),
    /** Goes on to wait, at the next commit, for these functions to come back. */
    await: (functions: readonly number[]): void => {
      for (const i of functions) awaited.add(i);
    },
    /** The functions that change at the crossing that was found last. */
    found: (): Found[] =>
      [...high.keys()]
        .filter((i) => changed(known.begin[i]!, high[i]!))
        .map((i) => ({ at: i, from: known.begin[i]!, to: high[i]! })),
    /** Whether function i has another sign at this value than where the step begins. */
    hasChanged: (i: number, value: number): boolean => changed(known.begin[i]!, value),
    /** Whether function i has the same value at the end of the step as at its start. */
    isStill: (i: number): boolean => end[i] === known.begin[i],
    /** What is passed at the crossing that was found last. */
    passed: (): Passed => passed,
    /** The time for which the machine was evaluated last. */
    evaluatedAt: (): number => lastAt,
    /**
     * The committed state is at `time`, evaluated; `event`: something may have jumped there; `atKink`: the step was to end there, where a kink is
     * passed.
     */
    committed: (from: number, event: boolean, atKink: boolean): void => {
      kernel.crossings();
      kernel.sides?.(atKink ? 1 : 0);
      const sides = turned
        .filter((i) => awaited.has(i) && isAway(known, i, crossings[i]!))
        .map((i) => [i, Math.sign(known.before[i]!) * Infinity] as const);
      awaited.clear();
      known.before.set(known.begin);
      // Of what is awaited the side is kept that it has to come back to, and the step to come still follows that event.
      for (const [i, side] of sides) known.before[i] = side;
      known.beforeTime = event || sides.length > 0 ? NaN : from;
      known.begin.set(crossings);
    },
  };
}
