/**
 * Steps of next to no length that go where the rates of their start lead, whatever lies beyond: by Euler's method, which looks nowhere else. A method that
 * looks further sees what is beyond a condition, and may be led back by it however short its step is.
 */
import { fixedStepper } from './integrate.ts';
import type { Stepper } from './integrate.ts';
import type { Machine } from '../machine.ts';

/** The stepper, and such steps besides. */
export function goingAlong(machine: Machine, own: Stepper): Stepper {
  const along = fixedStepper(machine, 'euler', Infinity);
  let inFlight = own;
  return {
    ...own,
    attempt: (limit) => {
      inFlight = own;
      return own.attempt(limit);
    },
    attemptAlong: (limit) => {
      inFlight = along;
      return along.attempt(limit);
    },
    show: (t) => inFlight.show(t),
    settle: (t, whole) => {
      // Of a step that another method took nothing may be used.
      if (inFlight === own) own.settle(t, whole);
      else own.disturb();
    },
    withdraw: () => {
      inFlight.withdraw();
      if (inFlight !== own) own.forget();
    },
    sawBeyond: () => inFlight === own && own.sawBeyond?.() === true,
  };
}
