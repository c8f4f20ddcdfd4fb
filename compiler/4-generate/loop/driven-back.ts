/**
 * Whether the rates at a step's start may drive a crossing function back over the zero at which an event left it: `unfollowed` of `runtime/events/zeno.ts`
 * without what rounding makes, so that the host has the last word where they may.
 */
import { AHEAD } from '../../../runtime/contract/sides.ts';
import type { Context } from '../context.ts';
import { f64, forElements, forRange, i32, returns, run, set, when } from '../wasm/index.ts';
import type { FunctionBuilder, FunctionHandle, ValueType } from '../wasm/index.ts';
import { isDrivenBack } from './crossing-rules.ts';

/**
 * `(from, to)`, of the step in flight, which `show` shows; `values`: where those of the functions at its end lie; `computed`: they read what is
 * computed. Leaves memory somewhere.
 */
export function drivenBack(
  { module, plan }: Context,
  name: string,
  parts: { derivatives: FunctionHandle; outputs: FunctionHandle; crossings: FunctionHandle },
  { show, values, computed }: { show: FunctionHandle; values: number; computed: boolean },
): FunctionHandle {
  const { crossings, derivatives, located, states, status, time } = plan.manifest.layout;
  const f = module.function(name, { params: { from: 'f64', to: 'f64' }, results: ['i32'] });
  const own = f as unknown as FunctionBuilder<Readonly<Record<string, ValueType>>>;
  const { from, to } = f.params;
  const [at, a, b, length] = [
    f.local('i32', 'at'),
    f.local('f64', 'at start'),
    f.local('f64', 'at end'),
    f.local('f64', 'length'),
  ];
  const isWrong = i32.load(0, status);
  const ahead = f64.mul(f64.mul(f64.load(at, derivatives.address), AHEAD), length);
  f.body = [
    set(length, f64.sub(to, from)),
    run(show, [from, from, to]),
    f64.store(0, from, time),
    run(parts.derivatives),
    when(isWrong, [returns(i32.const(1))]),
    ...forElements(own, at, 0, 8 * states.count, [
      f64.store(at, f64.add(f64.load(at, states.address), ahead), states.address),
    ]),
    f64.store(0, f64.add(from, f64.mul(AHEAD, length)), time),
    ...(computed ? [run(parts.derivatives), run(parts.outputs)] : []),
    run(parts.crossings),
    when(isWrong, [returns(i32.const(1))]),
    forRange(
      at,
      0,
      8 * crossings.count,
      [
        set(a, f64.load(at, located.begin.address)),
        set(b, f64.load(at, values)),
        when(isDrivenBack(f64.load(at, located.before.address), a, f64.load(at, crossings.address), b), [
          returns(i32.const(1)),
        ]),
      ],
      8,
    ),
    returns(i32.const(0)),
  ];
  return f;
}
