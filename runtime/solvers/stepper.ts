/** Which stepper a run takes: the only place that knows methods by name. */
import { adaptiveStepper, tsitouras } from './adaptive.ts';
import { goingAlong } from './along.ts';
import { autoStepper } from './auto.ts';
import { bdfStepper } from './bdf.ts';
import { hasImplicit, implicitStepper, rodas } from './implicit.ts';
import { fixedStepper, timeStepper } from './integrate.ts';
import type { Stepper } from './integrate.ts';
import type { Machine } from '../machine.ts';
import { implicitFor } from './method.ts';
import type { Plan } from '../plan.ts';
import type { Trouble } from '../trouble.ts';

/** The stepper of a method by name; where nothing changes but time, one that only counts it. */
export function stepperOf(machine: Machine, plan: Plan): Stepper {
  const own = methodOf(machine, plan);
  return own.sawBeyond === undefined ? own : goingAlong(machine, own);
}

function methodOf(machine: Machine, { method, maxStep }: Plan): Stepper {
  if (machine.states.length === 0) return timeStepper(machine, maxStep);
  if ('step' in method) {
    if (method.name !== 'implicitEuler') return fixedStepper(machine, method.name, method.step);
    return hasImplicit(machine) ? implicitStepper(machine, method.step) : timeStepper(machine, maxStep);
  }
  const settings = { relativeTolerance: method.tolerance, maxStep };
  const explicit = adaptiveStepper(machine, tsitouras(machine), settings);
  if (method.name === 'tsit5' || !hasImplicit(machine)) return explicit;
  const isMultistep =
    method.name === 'bdf' || (method.name === 'auto' && implicitFor(machine.manifest) === 'bdf');
  const implicit = isMultistep
    ? bdfStepper(machine, settings)
    : adaptiveStepper(machine, rodas(machine), settings);
  return method.name !== 'auto' ? implicit : autoStepper(machine, explicit, implicit, method.tolerance);
}

/** Why the method asked for cannot run this system. */
export function impossible(machine: Machine, { method }: Plan): Trouble | undefined {
  const isImplicit = method.name === 'rodas5p' || method.name === 'bdf' || method.name === 'implicitEuler';
  if (!isImplicit || machine.states.length === 0 || hasImplicit(machine)) return undefined;
  return {
    code: 'PX9032',
    message:
      `${machine.manifest.name} was compiled without what ${method.name} needs: its equations are too many to be solved together, or cannot be. ` +
      'Take method auto, or write the method into a scenario and compile again.',
    time: machine.time(),
  };
}
