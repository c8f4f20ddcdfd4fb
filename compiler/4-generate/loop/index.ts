/**
 * The step loop as emitted code: from the committed state, steps in which nothing happens, or nothing that anybody listens to. It does
 * with them what `runtime/run.ts` does, bit for bit, and leaves all others to it: a step that it cannot finish is taken back, and
 * the loop returns.
 */
import { bendsAlone } from '../../../runtime/contract/sides.ts';
import type { StageLooks } from '../beyond.ts';
import { evaluate } from '../blocks.ts';
import type { Context } from '../context.ts';
import { movingIn } from '../moving.ts';
import type { ImplicitSteps } from '../integrate/implicit.ts';
import type { Integrators } from '../integrate/index.ts';
import type { FunctionHandle } from '../wasm/index.ts';
import type { PolesPassed } from '../poles.ts';
import { kinkPassed } from '../sides.ts';
import { adaptive } from './adaptive.ts';
import { carriesOutEvents } from './eligible.ts';
import { fixed } from './fixed.ts';
import { instants } from './instant.ts';
import type { InstantParts, Instants } from './instant.ts';
import { location } from './locate.ts';
import { locationWithin } from './locate-within.ts';
import { tickAll } from './offered.ts';
import { fastestRate } from './looks.ts';
import { quietRk4 } from './quiet-rk4.ts';
import { quietTsit5 } from './quiet-tsit5.ts';
import { shownByInterpolation, shownBySteps, shownByStepsAgain } from './show.ts';
import { suspicious } from './signs.ts';
import { fromStates, fusedRk4 } from './stages.ts';
import type { Method } from './steps.ts';
import { rk4InTiles } from './tiles.ts';
import { withinRk4, withinTsit5 } from './within.ts';
import type { LooksWithin } from './within.ts';
import { tsit5InOne } from './tsitouras-in-one.ts';

/** Functions of the kernel that a step is made of. */
export interface StepParts extends InstantParts {
  steps: Integrators;
  implicit: Partial<ImplicitSteps>;
  project: FunctionHandle;
  crossings: FunctionHandle;
  sides?: FunctionHandle;
  watch: FunctionHandle;
  /** Where a rate may be divided by zero. */
  poles: PolesPassed | undefined;
  /** What stages of Runge and Kutta's method look at. */
  looks: StageLooks | undefined;
  limit: FunctionHandle;
}

/** What the loops of all methods share. */
export interface LoopContext extends StepParts {
  context: Context;
  /** Equations are solved by iteration, from where the step began: nothing evaluated before may be used again. */
  iterates: boolean;
  suspicious: FunctionHandle;
  /** The derivatives, without what stays until something happens. */
  moving: FunctionHandle;
  /** The method passes by whatever is located. */
  passes?: boolean;
  /** Whether the step goes beyond a kink, which is left to the host. */
  kinkPassed: FunctionHandle | undefined;
  /** Where events can be carried out without the host. */
  events: Instants | undefined;
}

/** `Kernel` says what they do. None where the loop must stay outside. */
export function stepLoops(context: Context, parts: StepParts): Record<string, FunctionHandle> {
  const { layout, solves, bends } = context.plan.manifest;
  // What is delayed is remembered in the midst of steps.
  if (context.system.delays.length > 0) return {};
  const { steps, implicit } = parts;
  const { rodasTry, rodasRestore, rodasInterpolate } = implicit;
  const alone = carriesOutEvents(context.system);
  const shared: LoopContext = {
    ...parts,
    context,
    iterates: solves.length > 0,
    moving: movingDerivatives(context, parts.derivatives),
    suspicious: suspicious(context),
    kinkPassed: layout.kinks && kinkPassed(context, layout.kinks),
    events: alone ? instants(context, parts) : undefined,
  };
  const ticks = shared.events && tickAll(context, shared.events, parts);
  const ticked: Record<string, FunctionHandle> = ticks === undefined ? {} : { tickAll: ticks };
  const found = {
    crossed: context.module.global('crossed', 'i32', 0),
    lookedAt: context.module.global('looked at', 'f64', NaN),
  };
  const located = (name: string, show: FunctionHandle, within?: LooksWithin): FunctionHandle => {
    const rarely = location(context, `locate ${name}`, show, parts, found);
    return within ? locationWithin(context, `locate ${name}`, { within, rarely }, found) : rarely;
  };
  const method = (name: string, show: FunctionHandle, within?: LooksWithin): Method | undefined =>
    alone
      ? {
          show,
          ...found,
          aside: within !== undefined,
          // A step to a bend is taken anew by the host.
          locate: layout.crossings.count > 0 && bends === undefined ? located(name, show, within) : undefined,
        }
      : undefined;
  if (layout.states.count === 0)
    return alone
      ? { ...ticked, goTime: fixed(shared, 'goTime', undefined, method('time', shownBySteps(context))) }
      : {};
  const fused = fusedRk4(context, parts.looks);
  const { rk4, rk4Onward, euler, eulerOnward, tsit5Try, tsit5Restore, tsit5Interpolate } = steps;
  const showRk4 = (): FunctionHandle => {
    if (fused === undefined) return shownBySteps(context, rk4);
    const { onward, again } = fused;
    return again === undefined
      ? shownBySteps(context, fromStates(context, onward, parts.derivatives))
      : shownByStepsAgain(context, again);
  };
  const rate = fastestRate(context);
  const tiles = rk4InTiles(context, parts.looks);
  return {
    ...ticked,
    ...(rate === undefined ? {} : { fastestRate: rate }),
    goRk4: fixed(
      shared,
      'goRk4',
      { whole: rk4, onward: fused?.onward ?? rk4Onward, complete: tiles, beyond: parts.looks?.seen },
      method('rk4', showRk4(), fused?.again && withinRk4(context)),
      tiles === undefined ? quietRk4(shared) : undefined,
    ),
    goEuler: fixed(
      { ...shared, passes: bendsAlone(layout) },
      'goEuler',
      { whole: euler, onward: eulerOnward },
      method('euler', shownBySteps(context, euler)),
    ),
    goTsit5: adaptive(
      shared,
      'goTsit5',
      {
        attempt: tsit5InOne(context, parts.derivatives, parts.looks) ?? tsit5Try,
        restore: tsit5Restore,
        keeps: 'last stage',
        beyond: parts.looks?.seen,
      },
      method('tsit5', shownByInterpolation(context, tsit5Interpolate), withinTsit5(context)),
      { quiet: quietTsit5(shared), rate },
    ),
    ...(rodasTry && rodasRestore && rodasInterpolate
      ? {
          goRodas: adaptive(
            shared,
            'goRodas',
            { attempt: rodasTry, restore: rodasRestore, keeps: 'matrix', beyond: parts.looks?.seen },
            // Whether a crossing goes against the rates is the host's to say.
            alone
              ? {
                  ...found,
                  show: shownByInterpolation(context, rodasInterpolate),
                  locate: undefined,
                  aside: false,
                }
              : undefined,
          ),
        }
      : {}),
  };
}

function movingDerivatives(context: Context, derivatives: FunctionHandle): FunctionHandle {
  const { blocks } = movingIn(context.system);
  return blocks.length === context.system.dynamics.length
    ? derivatives
    : evaluate(context, 'derivatives of what moves', blocks);
}
