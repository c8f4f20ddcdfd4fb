/**
 * What becomes of a step that has seen another side of a condition that rates depend on, and ends on this one. Rates from there have pulled its end towards them,
 * or away: where they lead back, steps would stay before the condition for ever, and nobody would hear of it.
 */
import type { createLocator, Crossings } from './events/locate.ts';
import { STANDS_STILL } from './contract/sides.ts';
import type { Machine } from './machine.ts';
import { smallestStep } from './solvers/adaptive.ts';
import type { Stepper } from './solvers/integrate.ts';
import type { Trial } from './trial.ts';
import type { Trouble } from './trouble.ts';

/** Of the way to where rates lead. */
const SHORT = 1 - 1 / 1024;

/** Whether memory holds all of what it is at a time (s) within the step in flight, once this has seen to it. */
export const evaluator =
  (machine: Machine, stepper: Stepper) =>
  (t: number): boolean => {
    stepper.show(t);
    const trouble = machine.evaluate();
    machine.status.fill(0);
    return trouble === undefined;
  };

/** Whether a step to a crossing is long enough for a bend there to show. */
export const longEnough =
  (own: Stepper) =>
  (length: number, step: number): boolean =>
    length > own.blurred * step;

/** Each is called with a step in flight, and leaves one: as it was, another, or one that ends just beyond the condition. */
export function createOverBeyond(
  machine: Machine,
  own: Stepper,
  stepper: Stepper,
  { locator, known }: { locator: ReturnType<typeof createLocator>; known: Crossings },
) {
  const { manifest } = machine;
  const evaluates = evaluator(machine, stepper);
  const isLong = longEnough(own);

  /** Whether the end of the step was made by rates of both sides. */
  const isUndecided = ({ from, first, end }: Trial): boolean =>
    end >= 0 && own.sawBeyond?.() === true && (!locator.crossed() || isLong(end - from, first - from));

  /**
   * The share of the step in flight at which the rates at its start lead over something that rates depend on, or may; Infinity where they lead over nothing.
   * Leaves memory there.
   */
  const reach = ({ from, to }: Trial): number => {
    const { states, derivatives, kernel, status } = machine;
    evaluates(from);
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

  /** Goes over what the rates lead to at once; where that is nothing, the step is as it was. */
  const goAlong = (trial: Trial): Trouble | undefined => {
    const { from, to } = trial;
    const most = from + own.blurred * (to - from);
    for (let length = smallestStep(from); from + length < most; length *= 8) {
      const trouble = trial.retake(from + length, stepper.attemptAlong);
      if (trouble !== undefined || locator.crossed()) return trouble;
    }
    return trial.retake(to);
  };

  /** Whether a condition of a handler is another one at `t` (s), within the step in flight. */
  const isHeard = (t: number): boolean => {
    if (!evaluates(t)) return false;
    const truths = machine.truths.slice();
    const changes = machine.kernel.detect(0);
    machine.truths.set(truths);
    return changes > 0;
  };

  return {
    /**
     * Each such step is as accurate as it is short, so there may be many. So to just before where its rates lead, and from there on over it. `isCut`: the step was
     * cut before a crossing.
     */
    adaptive: (trial: Trial, isCut: boolean): Trouble | undefined => {
      const { from } = trial;
      const isExplicit = manifest.bends === true && own.damps?.() !== true;
      if (!isUndecided(trial) && !(isExplicit && (isCut || locator.looked()))) return undefined;
      while (trial.end >= 0 && !locator.crossed()) {
        trial.isEvaluated = false;
        const limit = from + (trial.to - from) * SHORT * reach(trial);
        if (!(limit < trial.to)) return undefined;
        if (limit <= from * STANDS_STILL) return goAlong(trial);
        const trouble = trial.retake(limit);
        if (trouble !== undefined) return trouble;
      }
      return undefined;
    },
    /**
     * To half of the way, until no stage sees beyond. What is as near as can be, and still sees both sides, slides along the condition: the step goes on as it was, wrong by its
     * size. Unless somebody is to hear of it: what is beyond may be another system then, as of a rule that switches something off.
     */
    fixed: (trial: Trial): Trouble | undefined => {
      if (!isUndecided(trial)) return undefined;
      const { from, first } = trial;
      const least = Math.max(own.blurred * (first - from), 2 * (STANDS_STILL - 1) * from);
      let length = trial.to - from;
      let trouble = trial.retake(from + least);
      let slides = locator.crossed() || isUndecided(trial);
      while (!slides && trouble === undefined) {
        length = (locator.crossed() ? trial.end - from : length) / 2;
        slides = length <= least;
        if (slides) break;
        trouble = trial.retake(from + length);
        if (!isUndecided(trial)) break;
      }
      if (!slides || trouble !== undefined) return trouble;
      trouble = trial.retake(from + 2 * least, stepper.attemptAlong);
      if (trouble !== undefined) return trouble;
      // Just where it crosses, what is compared may be alike.
      const heard = locator.crossed() ? [trial.end, trial.to].find(isHeard) : undefined;
      if (heard === undefined) return trial.retake(first);
      trial.end = heard;
      trial.isEvaluated = false;
      return undefined;
    },
  };
}
