/**
 * The next step from the committed state, and where it ends: at the earliest crossing in it, or just before a kink that its stages saw
 * beyond, from where it is taken anew. What rests at a threshold (a battery that is full, a tank that overflows) crosses nothing for what the
 * step saw later, nor for rounding.
 */
import { ROUNDING, unfollowed } from './events/zeno.ts';
import type { createLocator, Crossings, Found } from './events/locate.ts';
import type { Rebounds } from './events/rebound.ts';
import { AHEAD, STANDS_STILL } from './contract/sides.ts';
import type { Machine } from './machine.ts';
import type { Stepper } from './solvers/integrate.ts';
import { createPoles } from './poles.ts';
import { smallestStep } from './solvers/adaptive.ts';
import { gotOn, heldBack } from './solvers/setbacks.ts';
import { Cell } from './machine.ts';
import type { Trouble } from './trouble.ts';

/** A step that was taken but not committed. */
export interface Flight {
  from: number;
  /** Its end: the step's own, or the crossing that ends it. */
  to: number;
  whole: boolean;
  crossed: boolean;
  /** Nothing but kinks is passed at its end. */
  atKink: boolean;
}

export interface TakeOff {
  /** Absent where no step can be taken at all. */
  flight: Flight | undefined;
  /** Time in it for which memory holds everything; NaN when it does for none. */
  evaluatedAt: number;
  trouble?: Trouble;
}

/** What finds crossings. */
interface Locating {
  known: Crossings;
  locator: ReturnType<typeof createLocator>;
  /** Where some crossing may be turned back. */
  rebounds: Rebounds | undefined;
}

/** Share of a step in which a crossing that no rate leads to is doubted; later in it, where the rates at the crossing lead back besides. */
const DOUBTED = 0.01;
/** Of the way to where rates lead. */
const SHORT = 1 - 1 / 1024;
/** So often is a step taken anew for what is doubted there: it is a ten-millionth then. */
const MOST_DOUBTS = 12;

/** `own` is the stepper by itself, `stepper` with all that is shown along with it. */
export function createTakeOff(
  machine: Machine,
  own: Stepper,
  stepper: Stepper,
  locating: Locating | undefined,
) {
  const { manifest } = machine;

  /** Whether a step to a crossing is long enough for a bend there to show. */
  const isLong = (length: number, step: number): boolean => length > own.blurred * step;

  /** A step that was taken anew to a kink passes it there, or just before. */
  const isNear = (end: number, from: number, to: number): boolean => to - end <= 1e-3 * (to - from);

  const poles = createPoles(machine, stepper);
  /** Whether memory holds all of what it is at `t` (s) within the step in flight, once this has seen to it. */
  const evaluates = (t: number): boolean => {
    stepper.show(t);
    const trouble = machine.evaluate();
    machine.status.fill(0);
    return trouble === undefined;
  };

  /** What is counted of tries, and the length to go on from (s; NaN: as it was): saved once the step is committed, so that a state saved before tries as often. */
  const counted = [Cell.cut, Cell.blind] as const;
  let counts = [0, 0];
  let goOnFrom = NaN;

  /** Where the step ends that was seen to pass no pole; memory holds everything there. */
  let seenTo = NaN;

  /** The longest step that the method takes up to `limit` (s) and that passes no pole. What has no values yet is for others to say. */
  const attempt = (limit: number): number | Trouble => {
    const from = machine.time();
    let to = stepper.attempt(limit);
    let cut: Trouble | undefined;
    seenTo = NaN;
    while (poles !== undefined && own.adaptive && typeof to === 'number' && evaluates(to)) {
      const passed = poles.passed(from, to);
      if (passed === undefined) {
        seenTo = to;
        break;
      }
      const shorter = (to - from) / 4;
      const creeps = heldBack(machine, Cell.cut);
      cut = poles.trouble(passed, { from, to, how: creeps ? 'creeping' : 'cut' });
      stepper.withdraw();
      if (creeps || shorter <= 2 * smallestStep(from) || from + shorter <= from * STANDS_STILL) return cut;
      // Else each step would be tried from the longest on.
      goOnFrom = shorter;
      to = stepper.attempt(from + shorter);
    }
    // One that cannot be taken either says less of what is wrong.
    if (typeof to !== 'number') return cut ?? to;
    gotOn(machine, Cell.cut);
    return to;
  };

  /** Takes the step anew, to another end. */
  const anew = (limit: number, by = attempt): number | Trouble => {
    stepper.withdraw();
    machine.status.fill(0);
    return by(limit);
  };

  /** Whether a condition of a handler is another one at `t` (s), within the step in flight. */
  const isHeard = (t: number): boolean => {
    if (!evaluates(t)) return false;
    const truths = machine.truths.slice();
    const changes = machine.kernel.detect(0);
    machine.truths.set(truths);
    return changes > 0;
  };

  /** A fixed step that passes a pole has nothing to go by. */
  const unlessPassing = (taken: TakeOff): TakeOff => {
    const { flight, evaluatedAt } = taken;
    if (poles === undefined || own.adaptive || taken.trouble || flight === undefined) return taken;
    const { from, to } = flight;
    if (evaluatedAt !== to && !evaluates(to)) return { ...taken, evaluatedAt: NaN };
    const passed = poles.passed(from, to);
    if (passed === undefined) return { ...taken, evaluatedAt: to };
    const trouble = poles.trouble(passed, { from, to, how: 'fixed' });
    stepper.withdraw();
    return { flight, trouble, evaluatedAt: NaN };
  };

  /**
   * Whether each function that was found to cross has changed where the rates at `at` (s), within the step in flight, lead `ahead` (s) of it. Undefined
   * where there are no values.
   */
  const changedAhead = (
    locator: Locating['locator'],
    at: number,
    ahead: number,
  ): readonly boolean[] | undefined => {
    const { states, derivatives, kernel, status } = machine;
    const found = locator.found();
    const hasValues = (): boolean => {
      const trouble = machine.evaluate();
      status.fill(0);
      return trouble === undefined;
    };
    stepper.show(at);
    if (!hasValues()) return undefined;
    for (let i = 0; i < states.length; i += 1) states[i]! += ahead * derivatives[i]!;
    machine.setTime(at + ahead);
    if (!hasValues()) return undefined;
    kernel.crossings();
    return found.map((one) => locator.hasChanged(one.at, machine.crossings[one.at]!));
  };

  /** Whether the rates at the start of the step in flight lead over what was found at `end`, or would in four times the time. */
  const leads = (locator: Locating['locator'], from: number, end: number): boolean =>
    changedAhead(locator, from, 4 * (end - from))?.includes(true) ?? true;

  /**
   * Whether the rates at the crossing at `end` lead back from it. Slopes without a bound damp a step of an implicit method so that what has just left
   * zero comes back to it, against its rates.
   */
  const leadsBack = (locator: Locating['locator'], from: number, end: number): boolean =>
    changedAhead(locator, end, AHEAD * (end - from))?.includes(true) === false;

  /**
   * The share of the step in flight at which the rates at its start lead over something that rates depend on, or may; Infinity where they lead over nothing.
   * Leaves memory there.
   */
  const reach = (known: Crossings, from: number, to: number): number => {
    const { states, derivatives, kernel, status } = machine;
    stepper.show(from);
    machine.evaluate();
    status.fill(0);
    for (let i = 0; i < states.length; i += 1) states[i]! += (to - from) * derivatives[i]!;
    machine.setTime(to);
    if (machine.evaluate() !== undefined) {
      status.fill(0);
      return Infinity;
    }
    kernel.crossings();
    let share = Infinity;
    const count = manifest.layout.kinks?.first ?? known.begin.length;
    for (let i = 0; i < count; i += 1) {
      const [before, ahead] = [known.begin[i]!, machine.crossings[i]!];
      if (before * ahead < 0) share = Math.min(share, before / (before - ahead));
    }
    return share;
  };

  /** Whether functions have changed by no more than rounding of states and time does where the step in flight starts. */
  const isRounding = (found: readonly Found[], from: number): boolean => {
    const { states, kernel, status } = machine;
    stepper.show(from);
    for (let i = 0; i < states.length; i += 1) states[i]! *= 1 + ROUNDING;
    machine.setTime(from * (1 + ROUNDING));
    const trouble = machine.evaluate();
    status.fill(0);
    if (trouble !== undefined) return false;
    kernel.crossings();
    return found.every(({ at, from: a, to: b }) => Math.abs(b - a) <= Math.abs(machine.crossings[at]! - a));
  };

  /** The step goes to `limit` (s) at the most. */
  const take = (limit: number): TakeOff => {
    const from = machine.time();
    const first = attempt(limit);
    if (typeof first !== 'number') return { flight: undefined, trouble: first, evaluatedAt: NaN };
    let to = first;
    const flight: Flight = { from, to, whole: true, crossed: false, atKink: false };
    const inFlight = (evaluatedAt: number): TakeOff => ({ flight, evaluatedAt });
    const failed = (trouble: Trouble): TakeOff => ({ flight, trouble, evaluatedAt: NaN });
    if (locating === undefined) return inFlight(seenTo);
    const { locator, known, rebounds } = locating;
    let end = locator.locate(from, to);
    let passed = locator.passed();
    let isEvaluated = true;
    /** Takes the step anew to there, and looks at what it crosses; what is wrong where it cannot be taken. */
    const retake = (limit: number, by = attempt): Trouble | undefined => {
      const taken = anew(limit, by);
      if (typeof taken !== 'number') return taken;
      to = taken;
      flight.to = taken;
      end = locator.locate(from, taken);
      passed = locator.passed();
      isEvaluated = true;
      return undefined;
    };
    /** Goes over what the rates lead to at once; where that is nothing, the step is as it was. */
    const goAlong = (): Trouble | undefined => {
      const [whole, most] = [to, from + own.blurred * (to - from)];
      let found: Trouble | undefined;
      for (let length = 4 * (STANDS_STILL - 1) * from; from + length < most; length *= 8) {
        found = retake(from + length, stepper.attemptAlong);
        if (found !== undefined || locator.crossed()) return found;
      }
      return retake(whole);
    };
    let trouble: Trouble | undefined;
    let atCrossing = false;
    let isByRounding = false;
    const doubted = manifest.bends ? DOUBTED * (to - from) : 0;
    if (own.adaptive)
      // What rests at a threshold until a kink later in the step leaves it before, as the step is one smooth curve: a shorter one sees no kink. Nor is one
      // damped that is short enough.
      for (
        let doubts = 0;
        locator.crossed() && !passed.kinks && end > from && from + (to - from) / 4 > from * STANDS_STILL;
        doubts += 1
      ) {
        const isEarly = end - from < doubted;
        if (!isEarly && (doubts === MOST_DOUBTS || own.damps?.() !== true)) break;
        isEvaluated = false;
        if ((!isEarly && !leadsBack(locator, from, end)) || leads(locator, from, end)) break;
        trouble = retake(from + (to - from) / 4);
        if (trouble !== undefined) return failed(trouble);
      }
    if (passed.kinks && passed.bends && own.adaptive && isLong(end - from, to - from)) {
      // The step's stages saw the other side, where rates are others, but not by much just beyond: one to the kink sees next to nothing.
      const kink = end;
      const { exact } = passed;
      trouble = retake(kink);
      if (trouble !== undefined) return failed(trouble);
      const isThere = !locator.crossed() || (passed.kinks && isNear(end, from, to));
      if (!exact && !passed.exact && end > 0 && to === kink && isThere) {
        flight.atKink = true;
        return inFlight(locator.evaluatedAt());
      }
    } else if (
      manifest.bends &&
      locator.crossed() &&
      !passed.kinks &&
      end > from &&
      isLong(end - from, to - from)
    ) {
      // The step's stages saw both sides of the crossing, so it is not quite where it seems. A step that ends before it sees
      // one. The adaptive method is wrong by little: to just before; a fixed step may be wrong by much: half of the way.
      const before = own.adaptive
        ? end - 16 * Number.EPSILON * Math.max(Math.abs(end), end - from)
        : from + (end - from) / 2;
      if (before > from) {
        atCrossing = true;
        const [whole, found] = [to, locator.found()];
        trouble = retake(before);
        if (trouble !== undefined) return failed(trouble);
        if (!locator.crossed() && found.every(({ at }) => locator.isStill(at))) {
          isEvaluated = false;
          isByRounding = isRounding(found, from);
          if (isByRounding) {
            // Rounding has taken away what changes up to there: so it would in the next such step, and for ever.
            trouble = retake(whole);
            if (trouble !== undefined) return failed(trouble);
          }
        }
      }
    }
    const wholeLength = first - from;
    const isUndecided = (): boolean =>
      end >= 0 &&
      own.sawBeyond?.() === true &&
      (!locator.crossed() || (!passed.kinks && isLong(end - from, wholeLength)));
    if (own.adaptive) {
      const isExplicit = manifest.bends === true && own.damps?.() !== true;
      if (isUndecided() || (isExplicit && (atCrossing || locator.looked())))
        // Stages of an explicit step that saw the other side may have pulled its end back, again and again: each such step is as accurate as it is short. So to just before
        // where its rates lead, and from there on over it.
        while (end >= 0 && !locator.crossed()) {
          isEvaluated = false;
          const limit = from + (to - from) * SHORT * reach(known, from, to);
          if (!(limit < to)) break;
          const isThere = limit <= from * STANDS_STILL;
          trouble = isThere ? goAlong() : retake(limit);
          if (trouble !== undefined) return failed(trouble);
          if (isThere) break;
        }
    } else if (!isByRounding && isUndecided()) {
      // A stage that saw the other side has pulled the end towards the rates there, or away: the step is on neither side. So to half of the way, until no stage does.
      // What is as near as this, and still sees both sides, slides along the condition: the step goes on as it was, wrong by its size.
      const least = Math.max(own.blurred * wholeLength, 2 * (STANDS_STILL - 1) * from);
      let length = to - from;
      trouble = retake(from + least);
      let slides = locator.crossed() || isUndecided();
      while (!slides && trouble === undefined) {
        length = (locator.crossed() ? end - from : length) / 2;
        slides = length <= least;
        if (slides) break;
        trouble = retake(from + length);
        if (!isUndecided()) break;
      }
      if (slides && trouble === undefined) {
        // Unless somebody is to hear of it: what is beyond may be another system then, as of a rule that switches something off.
        trouble = retake(from + 2 * least, stepper.attemptAlong);
        const ends = trouble === undefined && locator.crossed() ? [end, to] : [];
        const heard = ends.find(isHeard);
        if (heard !== undefined) {
          end = heard;
          isEvaluated = false;
        } else trouble ??= retake(first);
      }
      if (trouble !== undefined) return failed(trouble);
    }
    if (end < 0) {
      // Where there are no values there is no crossing to be found; the commit says what is wrong.
      machine.status.fill(0);
      return inFlight(NaN);
    }
    const beyond = locator.returning();
    if (beyond !== undefined) {
      const { begin, before } = known;
      const unseen = unfollowed(machine, { from, length: to - from, begin, before, end: beyond }, () =>
        stepper.show(from),
      );
      const awaited = unseen ?? rebounds?.gone(from, to - from, beyond, () => stepper.show(from)) ?? [];
      if ('code' in awaited) {
        stepper.withdraw();
        return failed(awaited);
      }
      locator.await(awaited);
    }
    flight.crossed = locator.crossed() && !passed.kinks;
    flight.atKink = passed.kinks;
    // A crossing at the very end cuts nothing off.
    flight.whole = end === to;
    flight.to = end;
    return inFlight(beyond === undefined && isEvaluated ? locator.evaluatedAt() : NaN);
  };

  return {
    /** The next step, to `limit` (s) at the most. */
    step: (limit: number): TakeOff => {
      const { cells } = machine;
      const before = counted.map((cell) => cells[cell]!);
      goOnFrom = NaN;
      poles?.mark();
      const taken = unlessPassing(take(limit));
      counts = counted.map((cell) => cells[cell]!);
      counted.forEach((cell, n) => (cells[cell] = before[n]!));
      return taken;
    },
    /** That step is committed: call before its stepper settles it. */
    settle: (): void => {
      counted.forEach((cell, n) => (machine.cells[cell] = counts[n]!));
      if (goOnFrom > 0) machine.cells[Cell.stepSize] = goOnFrom;
    },
  };
}
