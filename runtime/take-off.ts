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
import { createOverBeyond, evaluator, longEnough } from './over-beyond.ts';
import { createPoles } from './poles.ts';
import { smallestStep } from './solvers/adaptive.ts';
import { gotOn, heldBack } from './solvers/setbacks.ts';
import { Cell } from './machine.ts';
import type { Trial } from './trial.ts';
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

  const isLong = longEnough(own);

  /** A step that was taken anew to a kink passes it there, or just before. */
  const isNear = (end: number, from: number, to: number): boolean => to - end <= 1e-3 * (to - from);

  const poles = createPoles(machine, stepper);
  const overBeyond = locating && createOverBeyond(machine, own, stepper, locating);
  const evaluates = evaluator(machine, stepper);

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

  /**
   * What rests at a threshold until a kink later in the step leaves it before, as the step is one smooth curve: a shorter one sees no kink. Nor is one
   * damped that is short enough.
   */
  const doubted = (trial: Trial, locator: Locating['locator']): Trouble | undefined => {
    const { from } = trial;
    const early = manifest.bends ? DOUBTED * (trial.to - from) : 0;
    for (
      let doubts = 0;
      locator.crossed() &&
      !trial.passed.kinks &&
      trial.end > from &&
      from + (trial.to - from) / 4 > from * STANDS_STILL;
      doubts += 1
    ) {
      const isEarly = trial.end - from < early;
      if (!isEarly && (doubts === MOST_DOUBTS || own.damps?.() !== true)) return undefined;
      trial.isEvaluated = false;
      if ((!isEarly && !leadsBack(locator, from, trial.end)) || leads(locator, from, trial.end))
        return undefined;
      const trouble = trial.retake(from + (trial.to - from) / 4);
      if (trouble !== undefined) return trouble;
    }
    return undefined;
  };

  /** The step goes to `limit` (s) at the most. */
  const take = (limit: number): TakeOff => {
    const from = machine.time();
    const first = attempt(limit);
    if (typeof first !== 'number') return { flight: undefined, trouble: first, evaluatedAt: NaN };
    const flight: Flight = { from, to: first, whole: true, crossed: false, atKink: false };
    const inFlight = (evaluatedAt: number): TakeOff => ({ flight, evaluatedAt });
    const failed = (trouble: Trouble): TakeOff => ({ flight, trouble, evaluatedAt: NaN });
    if (locating === undefined) return inFlight(seenTo);
    const { locator, known, rebounds } = locating;
    const trial: Trial = {
      from,
      first,
      to: first,
      end: locator.locate(from, first),
      passed: locator.passed(),
      isEvaluated: true,
      retake: (limit, by = attempt) => {
        const taken = anew(limit, by);
        if (typeof taken !== 'number') return taken;
        flight.to = taken;
        trial.to = taken;
        trial.end = locator.locate(from, taken);
        trial.passed = locator.passed();
        trial.isEvaluated = true;
        return undefined;
      },
    };
    let trouble = own.adaptive ? doubted(trial, locator) : undefined;
    if (trouble !== undefined) return failed(trouble);
    let isCut = false;
    let isByRounding = false;
    const { passed, end, to } = trial;
    if (passed.kinks && passed.bends && own.adaptive && isLong(end - from, to - from)) {
      // The step's stages saw the other side, where rates are others, but not by much just beyond: one to the kink sees next to nothing.
      trouble = trial.retake(end);
      if (trouble !== undefined) return failed(trouble);
      const isThere = !locator.crossed() || (trial.passed.kinks && isNear(trial.end, from, trial.to));
      if (!passed.exact && !trial.passed.exact && trial.end > 0 && trial.to === end && isThere) {
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
        isCut = true;
        const found = locator.found();
        trouble = trial.retake(before);
        if (trouble !== undefined) return failed(trouble);
        if (!locator.crossed() && found.every(({ at }) => locator.isStill(at))) {
          trial.isEvaluated = false;
          isByRounding = isRounding(found, from);
          // Rounding has taken away what changes up to there: so it would in the next such step, and for ever.
          if (isByRounding) trouble = trial.retake(to);
          if (trouble !== undefined) return failed(trouble);
        }
      }
    }
    if (own.adaptive) trouble = overBeyond!.adaptive(trial, isCut);
    else if (!isByRounding) trouble = overBeyond!.fixed(trial);
    if (trouble !== undefined) return failed(trouble);
    if (trial.end < 0) {
      // Where there are no values there is no crossing to be found; the commit says what is wrong.
      machine.status.fill(0);
      return inFlight(NaN);
    }
    const beyond = locator.returning();
    if (beyond !== undefined) {
      const { begin, before } = known;
      const unseen = unfollowed(machine, { from, length: trial.to - from, begin, before, end: beyond }, () =>
        stepper.show(from),
      );
      const awaited = unseen ?? rebounds?.gone(from, trial.to - from, beyond, () => stepper.show(from)) ?? [];
      if ('code' in awaited) {
        stepper.withdraw();
        return failed(awaited);
      }
      locator.await(awaited);
    }
    flight.crossed = locator.crossed() && !trial.passed.kinks;
    flight.atKink = trial.passed.kinks;
    // A crossing at the very end cuts nothing off.
    flight.whole = trial.end === trial.to;
    flight.to = trial.end;
    return inFlight(beyond === undefined && trial.isEvaluated ? locator.evaluatedAt() : NaN);
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
