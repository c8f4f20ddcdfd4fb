/** What lies within the step in flight: points to be remembered, and the first time at which something is wrong. */
import type { Machine } from './machine.ts';
import type { Stepper } from './solvers/integrate.ts';
import type { Trouble } from './trouble.ts';

/** Points inside the step for what is delayed: a step is a curve of the fourth order, and its ends say too little of it. */
export function rememberStep(machine: Machine, stepper: Stepper, from: number, to: number): void {
  for (const share of [1 / 3, 2 / 3]) {
    const time = from + (to - from) * share;
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
