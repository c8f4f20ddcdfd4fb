/**
 * Looks within a step of a small system, whose numbers stay in locals: states and crossing functions of a time in the step, operation for operation
 * those that `show.ts` and the equations put into memory, which is left as it is.
 */
import type { Context } from '../context.ts';
import { number } from '../expression.ts';
import { f64, set } from '../wasm/index.ts';
import type { F64, FunctionBuilder, Local, Statement, ValueType } from '../wasm/index.ts';
import { interpolant, shareAt, slopesAt } from '../integrate/tsitouras.ts';
import { areComputed } from './locate.ts';
import { equationsIn, isSmall } from './quiet.ts';
import { rk4InLocals } from './rk4-in-locals.ts';
import { keptStart } from './stages.ts';
import { MOST } from './tsitouras-in-one.ts';

type F = Local<'f64'>;
type Owner = FunctionBuilder<Readonly<Record<string, ValueType>>>;

/** Of the step in flight. */
export interface Within {
  /** Before the first look. */
  begin: Statement[];
  /** A look at a time of the step: sets `states` and `values`. */
  at: (t: F) => Statement[];
  /** Sets `values` to those where the rates at the start would lead in so long. */
  ahead: (length: F64) => Statement[];
  /** What is in memory is of the step's end again. */
  restored: Statement[];
  states: readonly F[];
  /** Of crossing functions. */
  values: readonly F[];
}

/** In a function, of the step from `from` to `to`. */
export type LooksWithin = (f: Owner, step: { from: F; to: F }) => Within;

/** How a method shows times within its step: the states at its start, and what sets others to those at a time. */
interface Shown {
  x: readonly F[];
  begin: Statement[];
  at: (t: F, states: readonly F[]) => Statement[];
}

function looksWithin(
  context: Context,
  shownIn: (f: Owner, step: { from: F; to: F }) => Shown,
): LooksWithin | undefined {
  const { system, plan } = context;
  const { states: all, crossings, time } = plan.manifest.layout;
  if (!isSmall(context) || crossings.count === 0) return undefined;
  return (f, step) => {
    const named = (name: string, count: number): F[] =>
      Array.from({ length: count }, (_, n) => f.local('f64', `${name} ${n + 1}`));
    const [states, slopes] = [named('x within', all.count), named('slope within', all.count)];
    const values = named('crossing within', crossings.count);
    const evaluated = equationsIn(context, f);
    const computed = areComputed(system) ? [...system.dynamics, ...system.outputs] : [];
    const valuesAt = (t: F64): Statement[] => {
      const { statements, scope } = evaluated(t, states, slopes, computed);
      return [
        ...statements,
        ...system.crossings.map((crossing, n) => set(values[n]!, number(scope, crossing.value))),
      ];
    };
    const { x, begin, at } = shownIn(f, step);
    const length = f.local('f64', 'length ahead');
    return {
      states,
      values,
      begin,
      at: (t) => [...at(t, states), ...valuesAt(t)],
      ahead: (ahead) => [
        set(length, ahead),
        ...evaluated(step.from, x, slopes).statements,
        ...x.map((_, n) => set(states[n]!, f64.add(x[n]!, f64.mul(slopes[n]!, length)))),
        ...valuesAt(f64.add(step.from, length)),
      ],
      restored: [f64.store(0, step.to, time)],
    };
  };
}

/** By steps of Runge and Kutta's method from where the last one began, as it was kept; undefined where that would be no gain. */
export function withinRk4(context: Context): LooksWithin | undefined {
  const { count } = context.plan.manifest.layout.states;
  const kept = keptStart(context);
  return looksWithin(context, (f, { from }) => {
    const each = [...Array(count).keys()];
    const [x, slopes] = f.namedEach('f64', count, 'x', 'slope');
    const h = f.local('f64', 'part of the step');
    const evaluated = equationsIn(context, f);
    return {
      x,
      begin: each.flatMap((n) => [
        set(x[n]!, f64.load(0, kept.states + 8 * n)),
        set(slopes[n]!, f64.load(0, kept.slopes + 8 * n)),
      ]),
      at: (t, next) => [
        set(h, f64.sub(t, from)),
        ...rk4InLocals(f, evaluated, { x, slopes, next, from, to: t, h }),
      ],
    };
  });
}

/** By the interpolant of Tsitouras' pair, as `tsit5Interpolate` has it. */
export function withinTsit5(context: Context): LooksWithin | undefined {
  const { count } = context.plan.manifest.layout.states;
  if (count > MOST) return undefined;
  const { old, slope, length } = slopesAt(context.plan.scratch.integrator, count);
  return looksWithin(context, (f, { from, to }) => {
    const each = [...Array(count).keys()];
    const x = each.map((n) => f.local('f64', `x ${n + 1}`));
    const [theta, h] = f.named('f64', 'theta', 'length');
    const shares = interpolant.map((_, s) => f.local('f64', `weight ${s + 1}`));
    return {
      x,
      begin: [set(h, f64.load(0, length)), ...each.map((n) => set(x[n]!, f64.load(0, old + 8 * n)))],
      at: (t, states) => [
        set(theta, f64.div(f64.sub(t, from), f64.sub(to, from))),
        ...shares.map((share, s) => set(share, shareAt(interpolant[s]!, theta))),
        ...each.map((n) => {
          const sum = shares
            .map((share, s): F64 => f64.mul(share, f64.load(0, slope(s + 1) + 8 * n)))
            .reduce((total, term) => f64.add(total, term));
          return set(states[n]!, f64.add(x[n]!, f64.mul(h, sum)));
        }),
      ],
    };
  });
}
