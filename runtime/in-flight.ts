/**
 * The step in flight, and the time in it that memory shows. Rows, frames and values are read off it, and looking leaves no trace: what is committed
 * does not depend on what was shown on the way.
 */
import type { RunningFlow } from './flow.ts';
import { STANDS_STILL } from './contract/sides.ts';
import type { Machine } from './machine.ts';
import type { Stepper } from './solvers/integrate.ts';
import type { Flight, TakeOff } from './take-off.ts';
import type { Trouble } from './trouble.ts';
import { earliest, rememberStep } from './within-step.ts';

export interface InFlight {
  /** Undefined where memory holds the committed state. */
  readonly step: Flight | undefined;
  /** s: the time shown. */
  readonly shown: number;
  /** A step was taken: it stays in flight until time passes its end. */
  begin(taken: TakeOff): void;
  /** Memory shows `time` (s), within the step in flight if there is one. */
  show(time: number): void;
  /** The committed time is shown. */
  arrive(): void;
  /** Makes `time` (s) the committed one, with everything evaluated there. Returns what is wrong, as early as it is so; memory is at the step's start then. */
  land(time: number): Trouble | undefined;
  /** Drops the step; memory holds the committed state. */
  ground(): void;
  /** The kernel took steps by itself from the committed state: evaluates what it leaves as it was. */
  caughtUp(): void;
  /** Another state was put into memory, which showed `shown` (s): evaluates it. */
  replace(shown: number): void;
  /** The committed state is in memory while `use` runs. */
  atCommitted<T>(use: () => T): T;
  /** Algebraic variables for whatever state is in memory, for showing it. */
  evaluateForShow(): void;
  /** The same for a committed state, which keeps where its iterations start from to the last bit. */
  evaluateCommitted(): void;
}

/** `stepper` shows all that goes on along with the states; `flow` is what does so between the twin's own times. */
export function createInFlight(machine: Machine, stepper: Stepper, flow: RunningFlow | undefined): InFlight {
  const { manifest, kernel } = machine;
  const remembers = manifest.delays !== undefined;
  const onLines = manifest.variables.some(({ driven }) => driven?.line !== undefined);
  let step: Flight | undefined;
  let shown = 0;
  /** Time in the step for which memory holds everything; NaN when it does for none. */
  let evaluatedAt = NaN;

  const evaluateForShow = (): void => {
    machine.evaluate();
    machine.status.fill(0);
  };

  const evaluateCommitted = (): void => {
    const start = machine.iterates ? machine.iterated.slice() : undefined;
    evaluateForShow();
    if (start !== undefined) machine.iterated.set(start);
  };

  const show = (time: number): void => {
    evaluatedAt = NaN;
    if (step !== undefined) {
      stepper.show(time);
      evaluateForShow();
    }
    shown = time;
  };

  return {
    get step() {
      return step;
    },
    get shown() {
      return shown;
    },
    begin: (taken) => {
      ({ flight: step, evaluatedAt } = taken);
    },
    show,
    arrive: () => {
      shown = machine.time();
    },
    land: (time) => {
      const { from } = step!;
      shown = time;
      let wrong: Trouble | undefined;
      if (remembers) {
        rememberStep(machine, stepper, from, time);
        evaluatedAt = NaN;
      }
      // Iterations give other last bits when repeated, so what was evaluated while locating serves only without them.
      if (evaluatedAt !== time || machine.iterates || flow?.free) {
        stepper.show(time);
        wrong = flow?.settle(time) ?? machine.evaluate();
      }
      evaluatedAt = NaN;
      wrong ??= machine.fault();
      if (remembers && wrong === undefined) {
        kernel.remember(0);
        // A step of next to no length goes over a jump that comes back: what that drives bends there.
        if (manifest.limited === true && time <= from * STANDS_STILL) kernel.remember(1);
        wrong = machine.unsolved();
      }
      step = undefined;
      if (wrong === undefined) return undefined;
      machine.status.fill(0);
      if (flow?.free !== true) wrong = earliest(machine, stepper, { from, to: time, known: wrong });
      stepper.withdraw();
      machine.status.fill(0);
      evaluateForShow();
      shown = from;
      return wrong;
    },
    ground: () => {
      if (step === undefined) return;
      stepper.withdraw();
      step = undefined;
      evaluateCommitted();
    },
    caughtUp: () => {
      if (onLines) evaluateCommitted();
    },
    replace: (wasShown) => {
      step = undefined;
      stepper.forget();
      evaluateCommitted();
      shown = wasShown;
    },
    atCommitted: (use) => {
      if (step === undefined) return use();
      evaluatedAt = NaN;
      stepper.show(step.from);
      // The places of inputs on lines hold their values at the time that was shown.
      if (onLines) evaluateCommitted();
      const result = use();
      show(shown);
      return result;
    },
    evaluateForShow,
    evaluateCommitted,
  };
}
