/** States within a step: `show(t, from, to)`. Those at its end are kept beside. */
import type { Context } from '../context.ts';
import { f64, forElements, returns, run, when } from '../wasm/index.ts';
import type { FunctionBuilder, FunctionHandle, Statement, ValueType } from '../wasm/index.ts';

type AnyFunction = FunctionBuilder<Readonly<Record<string, ValueType>>>;

const begun = ({ module, plan }: Context, name: string) => {
  const f = module.function(name, { params: { t: 'f64', from: 'f64', to: 'f64' } });
  const { states, time } = plan.manifest.layout;
  const put = (source: number): Statement[] => {
    if (states.count <= 16)
      return Array.from({ length: states.count }, (_, i) =>
        f64.store(0, f64.load(0, source + 8 * i), states.address + 8 * i),
      );
    const at = f.local('i32', 'cell');
    return forElements(f as unknown as AnyFunction, at, 0, 8 * states.count, [
      f64.store(at, f64.load(at, source), states.address),
    ]);
  };
  const { t, to } = f.params;
  f.body = [when(f64.eq(t, to), [...put(plan.scratch.end), f64.store(0, t, time), returns()])];
  return { f, put, time };
};

/** By a shorter step from the start, whose states the integrator keeps; without a step, time alone goes on. */
export function shownBySteps(context: Context, step?: FunctionHandle): FunctionHandle {
  const { f, put, time } = begun(context, `show by ${step?.name ?? 'time'}`);
  const { t, from } = f.params;
  f.body.push(
    ...(step === undefined
      ? [f64.store(0, t, time)]
      : [
          ...put(context.plan.scratch.integrator),
          f64.store(0, from, time),
          run(step, [from, f64.sub(t, from), t]),
        ]),
  );
  return f;
}

/** By a step that knows its start. */
export function shownByStepsAgain(context: Context, again: FunctionHandle): FunctionHandle {
  const { f } = begun(context, `show by ${again.name}`);
  const { t, from } = f.params;
  f.body.push(run(again, [from, f64.sub(t, from), t]));
  return f;
}

/** By the interpolant of the last trial step. */
export function shownByInterpolation(context: Context, interpolate: FunctionHandle): FunctionHandle {
  const { f, time } = begun(context, 'show by interpolation');
  const { t, from, to } = f.params;
  f.body.push(run(interpolate, [f64.div(f64.sub(t, from), f64.sub(to, from))]), f64.store(0, t, time));
  return f;
}
