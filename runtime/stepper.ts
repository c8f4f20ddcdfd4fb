/** Which stepper a run takes: the only place that knows methods by name. */
import { adaptiveStepper, tsitouras } from './adaptive.ts';
import { fixedStepper, timeStepper } from './integrate.ts';
import type { Stepper } from './integrate.ts';
import type { Machine } from './machine.ts';
import type { Plan } from './plan.ts';

export function stepperOf(machine: Machine, { method, maxStep }: Plan): Stepper {
  if (machine.states.length === 0) return timeStepper(machine, maxStep);
  switch (method.name) {
    case 'tsit5':
      return adaptiveStepper(machine, tsitouras(machine), {
        relativeTolerance: method.tolerance,
        maxStep,
      });
    case 'rk4':
    case 'euler':
      return fixedStepper(machine, method.name, method.step);
  }
}
