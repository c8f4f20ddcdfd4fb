/** What lies within the step in flight: points to be remembered, and the first time at which something is wrong. */
import type { Machine } from './machine.ts';
import type { Stepper } from './solvers/integrate.ts';
import type { Trouble } from './trouble.ts';

/**
 * Into so many parts a step is cut for what is delayed. The past is read by cubics, which over a third of a long step are wrong by much more than the step is:
 * by 150 tolerances of 1e-9. Fixed steps are short as a rule, and each of their points costs a step.
 */
const PARTS = { adaptive: 12, fixed: 3 } as const;

/** Points inside the step for what is delayed. */
export function rememberStep(machine: Machine, stepper: Stepper, from: number, to: number): void {
  const parts = stepper.adaptive ? PARTS.adaptive : PARTS.fixed;
  for (let part = 1; part < parts; part += 1) {
    const time = from + (to - from) * (part / parts);
    if (!(time > from && time < to)) continue;
    stepper.show(time);
    machine.evaluate();
    machine.kernel.remember(0);
  }
  machine.status.fill(0);
}

/** What is wrong at the end of the step in flight, as soon as it is so within it: a long step may have passed by the reason long ago. */
export function earliest(
  machine: Machine,
  stepper: Stepper,
  { from, to, known }: { from: number; to: number; known: Trouble },
): Trouble {
  let found = known;
  let [good, bad] = [from, to];
  for (let round = 0; round < 60 && bad - good > 1e-9 * Math.max(bad - from, from); round += 1) {
    const middle = good + (bad - good) / 2;
    stepper.show(middle);
    const wrong = machine.evaluate() ?? machine.fault();
    machine.status.fill(0);
    if (wrong === undefined) good = middle;
    else [bad, found] = [middle, wrong];
  }
  return found;
}
