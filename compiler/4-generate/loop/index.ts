/**
 * The step loop as emitted code: from the committed state, steps in which nothing happens. It does with them what
 * `runtime/run.ts` does, bit for bit, and leaves all others to it: a step in which a sign changes or may have changed, a condition
 * becomes true or false, or something goes wrong is taken back, and the loop returns.
 */
import type { Context } from '../context.ts';
import type { Integrators } from '../integrate/index.ts';
import type { FunctionHandle } from '../wasm/index.ts';
import { adaptive } from './adaptive.ts';
import { suspicious } from './signs.ts';
import { fixed } from './fixed.ts';

/** Functions of the kernel that a step is made of. */
export interface StepParts {
  steps: Integrators;
  derivatives: FunctionHandle;
  outputs: FunctionHandle;
  project: FunctionHandle;
  crossings: FunctionHandle;
  watch: FunctionHandle;
  limit: FunctionHandle;
}

/** What the loops of all methods share. */
export interface LoopContext extends StepParts {
  context: Context;
  /** Equations are solved by iteration, from where the step began: nothing evaluated before may be used again. */
  iterates: boolean;
  suspicious: FunctionHandle;
}

/** `Kernel` says what they do. None where the loop must stay outside. */
export function stepLoops(context: Context, parts: StepParts): Record<string, FunctionHandle> {
  const { layout, solves } = context.plan.manifest;
  // What is delayed is remembered in the midst of steps.
  if (layout.states.count === 0 || context.system.delays.length > 0) return {};
  const { steps } = parts;
  const shared = {
    ...parts,
    context,
    iterates: solves.length > 0,
    suspicious: suspicious(context),
  };
  return {
    goRk4: fixed(shared, 'goRk4', steps.rk4, steps.rk4Onward),
    goEuler: fixed(shared, 'goEuler', steps.euler, steps.eulerOnward),
    goTsit5: adaptive(shared, 'goTsit5', steps.tsit5Try, steps.tsit5Restore),
  };
}
