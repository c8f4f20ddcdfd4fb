/**
 * Whether a stage of Runge and Kutta's method sees another side of a condition in the equations than the step began on. Its rates are of another branch
 * then, which pulls the step's end towards them, or away: it may well lie on this side, with nothing there to be located.
 */
import { loads } from '../ir/expressions.ts';
import type { FlatCrossing, FlatSystem } from '../ir/flat-system.ts';
import type { Context } from './context.ts';
import { position } from './events.ts';
import { number, place, Scope } from './expression.ts';
import { f64, i32, returns, set, setGlobal, when } from './wasm/index.ts';
import type { F64, FunctionHandle, Global, I32, Local, Statement } from './wasm/index.ts';

/** A kink changes rates by as little as a stage is beyond it. */
export const jumpsRates = ({ bends, kink }: FlatCrossing): boolean => bends === true && kink === undefined;

/** Whether there are such conditions, and stages are looked at. */
export const looksInStages = ({ crossings }: FlatSystem): boolean => crossings.some(jumpsRates);

/** Whether one of them reads a slope, which is found in memory only after the equations as they stand. */
export const readsSlopes = ({ crossings, variables }: FlatSystem): boolean =>
  crossings.some(
    (crossing) =>
      jumpsRates(crossing) &&
      loads(crossing.value).some(({ load }) => variables[load.variable]!.role === 'derivative'),
  );

/** Whether it has another sign than at the step's start: then the product is not above zero, unless they are both nothing. */
export const isBeyond = (before: F64, value: F64): I32 =>
  i32.eqz(i32.or(f64.gt(f64.mul(before, value), 0), f64.eq(before, value)));

export interface StageLooks {
  /** 1 once a stage of the step was beyond. */
  seen: Global<'i32'>;
  /** Looks at what was evaluated last. */
  look: FunctionHandle;
  /** Gives what was seen. */
  saw: FunctionHandle;
}

/** Undefined where there is nothing to look at. */
export function stageLooks(context: Context): StageLooks | undefined {
  if (!looksInStages(context.system)) return undefined;
  const { module } = context;
  const seen = module.global('stage beyond', 'i32', 0);
  const look = module.function('look in stage', {});
  look.body = lookInStage(context, new Scope(context, look), seen);
  const saw = module.function('saw beyond', { results: ['i32'] });
  saw.body = [returns(seen)];
  return { seen, look, saw };
}

/** The same on the spot, where the scope knows the stage's values. */
export function lookInStage(context: Context, outer: Scope, seen: Global<'i32'>): Statement[] {
  return context.system.crossings.flatMap((crossing, id) => {
    if (!jumpsRates(crossing)) return [];
    const scope = outer.inner(crossing.loops);
    const count = scope.owner.local('f64', 'elements beyond');
    return [
      set(count, 0),
      ...scope.loop(crossing.loops, countBeyond(context, scope, id, count), true, [count]),
      when(f64.ne(count, 0), [setGlobal(seen, 1)]),
    ];
  });
}

/** Adds 1 where the element of a crossing in the scope's loops is beyond. As a sum, so that elements may go in pairs. */
export function countBeyond(context: Context, scope: Scope, id: number, count: Local<'f64'>): Statement[] {
  const { crossingOffsets, manifest } = context.plan;
  const crossing = context.system.crossings[id]!;
  const { dynamic, constant } = position(scope, crossing.loops);
  const base = manifest.layout.located.begin.address + 8 * crossingOffsets[id]!;
  const [before, value] = ['crossing at start', 'crossing in stage'].map((name) =>
    scope.owner.local('f64', name),
  ) as [Local<'f64'>, Local<'f64'>];
  return [
    set(before, f64.load(...place(dynamic, base + constant))),
    set(value, number(scope, crossing.value)),
    set(count, f64.add(count, f64.fromI32(isBeyond(before, value)))),
  ];
}
