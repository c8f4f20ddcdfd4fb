/** Histories of delayed values: `../ir/history.ts` is what is computed, operation by operation. */
import { Status } from '../../runtime/contract/kernel.ts';
import { APART, CLOSE, POINTS, SAME } from '../ir/history.ts';
import type { FlatExpression } from '../ir/flat-expression.ts';
import type { Context } from './context.ts';
import { elementOffset, number, Scope } from './expression.ts';
import type { MemoryPlan } from './layout.ts';
import { call, conditional, f64, i32, returns, run, set, when, whileLoop } from './wasm/index.ts';
import type {
  F64,
  FunctionBuilder,
  FunctionHandle,
  I32,
  Local,
  ModuleBuilder,
  Statement,
} from './wasm/index.ts';

type Ring = { times: I32; values: I32; count: I32 };

/** Made when a module first needs it. */
export function recaller(module: ModuleBuilder): () => FunctionHandle {
  let made: FunctionHandle | undefined;
  return () => (made ??= recallFunction(module));
}

const slot = (base: I32, k: I32): I32 => i32.add(base, i32.shl(i32.and(k, POINTS - 1), 3));
const point = (base: I32, k: I32): F64 => f64.load(slot(base, k));

/** Addresses of the ring of one element of a delay. */
function ringOf(scope: Scope, { delay, index }: { delay: number; index: readonly FlatIndexes[] }): Ring {
  const { times, values, count } = scope.delays[delay]!;
  const at = (variable: number, indexes: readonly FlatIndexes[]): I32 => {
    const { dynamic, constant } = elementOffset(scope, variable, indexes);
    return i32.add(dynamic ?? 0, scope.plan.addresses[variable]! + constant);
  };
  return { times: at(times, [...index, 0]), values: at(values, [...index, 0]), count: at(count, index) };
}

type FlatIndexes = Extract<FlatExpression, { kind: 'delayed' }>['index'][number];

export function recalled(scope: Scope, expression: Extract<FlatExpression, { kind: 'delayed' }>): F64 {
  const ring = ringOf(scope, expression);
  const { time, status } = scope.plan.manifest.layout;
  const duration = number(scope, expression.duration);
  return call<'f64'>(
    scope.recall(),
    ring.times,
    ring.values,
    ring.count,
    f64.load(0, time),
    duration,
    i32.const(expression.delay),
    i32.const(status),
  );
}

function recallFunction(module: ModuleBuilder): FunctionHandle {
  const f = module.function('recall', {
    params: {
      times: 'i32',
      values: 'i32',
      counter: 'i32',
      time: 'f64',
      duration: 'f64',
      delay: 'i32',
      status: 'i32',
    },
    results: ['f64'],
  });
  const { times, values, counter, time, duration, delay, status } = f.params;
  const whole = (name: string) => f.local('i32', name);
  const real = (name: string) => f.local('f64', name);
  const [n, first, low, high, middle, hasLeft, hasRight] = [
    whole('n'),
    whole('first'),
    whole('low'),
    whole('high'),
    whole('middle'),
    whole('hasLeft'),
    whole('hasRight'),
  ];
  const [t0, t1, t2, t3, v1, v2, d12, result, curve] = [
    real('t0'),
    real('t1'),
    real('t2'),
    real('t3'),
    real('v1'),
    real('v2'),
    real('d12'),
    real('result'),
    real('curve'),
  ];
  const add = (k: I32, by: number): I32 => i32.add(k, by);
  const d23 = (): F64 => f64.div(f64.sub(point(values, add(high, 1)), v2), f64.sub(t3, t2));
  f.body = [
    when(i32.and(i32.eqz(f64.gt(duration, 0)), i32.eqz(i32.load(status))), [
      i32.store(status, Status.noDelay),
      i32.store(i32.add(status, 4), delay),
    ]),
    set(time, f64.sub(time, duration)),
    set(n, i32.fromF64(f64.load(counter))),
    when(i32.eqz(n), [returns(f64.const(0))]),
    when(i32.gt(n, POINTS), [set(first, i32.sub(n, POINTS))]),
    when(f64.le(time, point(times, first)), [returns(point(values, first))]),
    when(f64.ge(time, point(times, add(n, -1))), [returns(point(values, add(n, -1)))]),
    set(low, first),
    set(high, add(n, -1)),
    whileLoop(i32.gt(i32.sub(high, low), 1), [
      set(middle, i32.shr(i32.add(low, high), 1)),
      when(f64.le(point(times, middle), time), [set(low, middle)], [set(high, middle)]),
    ]),
    set(t1, point(times, low)),
    set(t2, point(times, high)),
    set(v1, point(values, low)),
    set(v2, point(values, high)),
    set(d12, f64.div(f64.sub(v2, v1), f64.sub(t2, t1))),
    set(result, f64.add(v1, f64.mul(d12, f64.sub(time, t1)))),
    when(i32.gt(low, first), [set(hasLeft, f64.lt(point(times, add(low, -1)), t1))]),
    when(i32.lt(high, add(n, -1)), [set(hasRight, f64.gt(point(times, add(high, 1)), t2))]),
    when(hasRight, [set(t3, point(times, add(high, 1)))]),
    when(
      hasLeft,
      [
        set(t0, point(times, add(low, -1))),
        set(
          curve,
          f64.div(
            f64.sub(d12, f64.div(f64.sub(v1, point(values, add(low, -1))), f64.sub(t1, t0))),
            f64.sub(t2, t0),
          ),
        ),
        set(result, f64.add(result, f64.mul(f64.mul(curve, f64.sub(time, t1)), f64.sub(time, t2)))),
        when(hasRight, [
          set(curve, f64.div(f64.sub(f64.div(f64.sub(d23(), d12), f64.sub(t3, t1)), curve), f64.sub(t3, t0))),
          set(
            result,
            f64.add(
              result,
              f64.mul(f64.mul(f64.mul(curve, f64.sub(time, t1)), f64.sub(time, t2)), f64.sub(time, t0)),
            ),
          ),
        ]),
      ],
      [
        when(hasRight, [
          set(curve, f64.div(f64.sub(d23(), d12), f64.sub(t3, t1))),
          set(result, f64.add(result, f64.mul(f64.mul(curve, f64.sub(time, t1)), f64.sub(time, t2)))),
        ]),
      ],
    ),
    returns(result),
  ];
  return f;
}

/** Takes the present values of all delays into their histories. */
export function rememberAll(context: Context): FunctionBuilder<{ bends: 'i32' }> {
  const { system, plan, module } = context;
  const f = module.function('remember', { params: { bends: 'i32' } });
  if (system.delays.length === 0) return f;
  const one = rememberFunction(module, plan);
  const outer = new Scope(context, f);
  system.delays.forEach(({ loops, index, value, most }, delay) => {
    const scope = outer.inner(loops);
    const { times, values, count } = ringOf(scope, { delay, index });
    f.body.push(
      ...scope.loop(loops, [
        run(one, [
          times,
          values,
          count,
          number(scope, value),
          number(scope, most),
          i32.const(delay),
          f.params.bends,
        ]),
      ]),
    );
  });
  return f;
}

function rememberFunction(module: ModuleBuilder, plan: MemoryPlan) {
  const f = module.function('remember one', {
    params: {
      times: 'i32',
      values: 'i32',
      counter: 'i32',
      value: 'f64',
      most: 'f64',
      delay: 'i32',
      bends: 'i32',
    },
  });
  const { times, values, counter, value, most, delay, bends } = f.params;
  const { time: clock, status } = plan.manifest.layout;
  const n = f.local('i32', 'n');
  const at = f.local('i32', 'at');
  const time = f.local('f64', 'time');
  const last = f.local('f64', 'last');
  const gap = f.local('f64', 'gap');
  const before = (by: number): I32 => i32.sub(n, by);
  f.body = [
    set(time, f64.load(0, clock)),
    set(n, i32.fromF64(f64.load(counter))),
    set(at, n),
    when(i32.gt(n, 0), [
      set(last, point(times, before(1))),
      when(
        f64.eq(last, time),
        [
          when(f64.eq(point(values, before(1)), value), [
            when(i32.or(i32.eqz(bends), i32.lt(n, 2)), [returns()]),
            when(i32.gt(n, POINTS / 2), [
              when(f64.gt(point(times, before(POINTS / 2)), f64.sub(time, most)), [returns()]),
            ]),
          ]),
          when(
            i32.eq(n, 1),
            [set(at, 0)],
            [when(f64.eq(point(times, before(2)), time), [set(at, before(1))])],
          ),
        ],
        [
          when(i32.gt(n, 1), [
            set(gap, f64.sub(last, point(times, before(2)))),
            when(
              i32.and(
                f64.gt(gap, 0),
                i32.or(f64.lt(gap, f64.mul(most, CLOSE)), f64.lt(f64.sub(time, last), f64.mul(most, SAME))),
              ),
              [set(at, before(1))],
            ),
          ]),
        ],
      ),
    ]),
    when(i32.and(i32.ge(at, POINTS), i32.eq(at, n)), [
      when(f64.gt(point(times, i32.sub(n, POINTS - 1)), f64.sub(time, most)), [
        when(i32.eqz(i32.load(0, status)), [
          i32.store(0, Status.historyFull, status),
          i32.store(0, delay, status + 4),
        ]),
        returns(),
      ]),
    ]),
    f64.store(slot(times, at), time),
    f64.store(slot(values, at), value),
    f64.store(counter, f64.fromI32(i32.add(at, 1))),
  ];
  return f;
}

/** Steps end where a bend or a jump of what is delayed for a fixed time comes back: `nextBend` of the history. */
export function untilBends(context: Context, outer: Scope, least: Local<'f64'>): Statement[] {
  const delays = context.system.delays.flatMap((one, delay) => (one.fixed ? [{ ...one, delay }] : []));
  if (delays.length === 0) return [];
  const next = nextBendFunction(context.module);
  return delays.flatMap(({ loops, index, most, delay }) => {
    const scope = outer.inner(loops);
    const { times, values, count } = ringOf(scope, { delay, index });
    const { time } = context.plan.manifest.layout;
    const due = call<'f64'>(next, times, values, count, f64.load(0, time), number(scope, most));
    return scope.loop(loops, [set(least, f64.min(least, due))]);
  });
}

function nextBendFunction(module: ModuleBuilder): FunctionHandle {
  const f = module.function('next bend', {
    params: { times: 'i32', values: 'i32', counter: 'i32', now: 'f64', most: 'f64' },
    results: ['f64'],
  });
  const { times, values, counter, now, most } = f.params;
  const [n, low, high, middle, isTwice] = f.named('i32', 'n', 'low', 'high', 'middle', 'is twice');
  const [past, time, due, early] = f.named('f64', 'past', 'time', 'due', 'early');
  const following = (k: I32): I32 => i32.add(k, 1);
  f.body = [
    set(n, i32.fromF64(f64.load(counter))),
    set(past, f64.sub(now, most)),
    when(i32.gt(n, POINTS), [set(low, i32.sub(n, POINTS))]),
    set(high, i32.sub(n, 1)),
    when(i32.and(i32.lt(low, high), f64.le(point(times, low), past)), [
      whileLoop(i32.gt(i32.sub(high, low), 1), [
        set(middle, i32.shr(i32.add(low, high), 1)),
        when(f64.le(point(times, middle), past), [set(low, middle)], [set(high, middle)]),
      ]),
    ]),
    whileLoop(i32.lt(low, n), [
      set(time, point(times, low)),
      set(isTwice, i32.and(i32.lt(low, i32.sub(n, 1)), f64.eq(time, point(times, following(low))))),
      when(i32.and(f64.gt(time, past), i32.or(i32.eqz(low), isTwice)), [
        set(due, f64.add(time, most)),
        when(i32.and(isTwice, f64.ne(point(values, low), point(values, following(low)))), [
          set(early, f64.sub(due, f64.mul(due, APART))),
          returns(conditional(f64.lt(now, early), early, f64.add(due, f64.mul(due, APART)))),
        ]),
        when(f64.gt(due, now), [returns(due)]),
      ]),
      set(low, following(low)),
    ]),
    returns(f64.const(Infinity)),
  ];
  return f;
}
