/**
 * Looks within a step of a small system, whose numbers stay in locals: states and crossing functions of a time in the step, operation for operation
 * those that `show.ts` and the equations put into memory, which is left as it is.
 */
import type { Context } from '../context.ts';
import { number } from '../expression.ts';
import { f64, set } from '../wasm/index.ts';
import type { F64, FunctionBuilder, Local, Statement, ValueType } from '../wasm/index.ts';
import { areComputed } from './locate.ts';
import { equationsIn, isSmall } from './quiet.ts';
import { rk4InLocals } from './rk4-in-locals.ts';
import { keptStart } from './stages.ts';

type F = Local<'f64'>;
type Owner = FunctionBuilder<Readonly<Record<string, ValueType>>>;

/** Of the step in flight. */
export interface Within {
  /** Before the first look. */
  begin: Statement[];
  /** A look at a time of the step: sets `states` and `values`. */
  at: (t: F) => Statement[];
  /** The values where the rates at the start would lead in so long, as they are there. */
  ahead: (length: F64) => Statement[];
  /** What is in memory is of the step's end again. */
  restored: Statement[];
  states: readonly F[];
  /** Of crossing functions. */
  values: readonly F[];
}

/** In a function, of the step from `from` to `to`. */
export type LooksWithin = (f: Owner, step: { from: F; to: F }) => Within;

/** By steps of Runge and Kutta's method from where the last one began, as it was kept; undefined where that would be no gain. */
export function withinRk4(context: Context): LooksWithin | undefined {
  const { system, plan } = context;
  const { states: all, derivatives, crossings } = plan.manifest.layout;
  if (!isSmall(context) || crossings.count === 0) return undefined;
  return (f, { from, to }) => {
    const named = (name: string, count = all.count): F[] =>
      Array.from({ length: count }, (_, n) => f.local('f64', `${name} ${n + 1}`));
    const [x, slopes, states, ends] = ['x', 'slope', 'x within', 'slope within'].map((name) =>
      named(name),
    ) as [F[], F[], F[], F[]];
    const values = named('crossing within', crossings.count);
    const evaluated = equationsIn(context, f);
    const kept = keptStart(context);
    const h = f.local('f64', 'part of the step');
    const computed = areComputed(system) ? [...system.dynamics, ...system.outputs] : [];
    const valuesAt = (t: F64): Statement[] => {
      const { statements, scope } = evaluated(t, states, ends, computed);
      return [
        ...statements,
        ...system.crossings.map((crossing, n) => set(values[n]!, number(scope, crossing.value))),
      ];
    };
    return {
      states,
      values,
      begin: x.flatMap((_, n) => [
        set(x[n]!, f64.load(0, kept.states + 8 * n)),
        set(slopes[n]!, f64.load(0, kept.slopes + 8 * n)),
      ]),
      at: (t) => [
        set(h, f64.sub(t, from)),
        ...rk4InLocals(f, evaluated, { x, slopes, next: states, from, to: t, h }),
        ...valuesAt(t),
      ],
      ahead: (length) => [
        set(h, length),
        ...x.map((_, n) => set(states[n]!, f64.add(x[n]!, f64.mul(slopes[n]!, h)))),
        ...valuesAt(f64.add(from, h)),
      ],
      restored: [f64.store(0, to, plan.manifest.layout.time)],
    };
  };
}
