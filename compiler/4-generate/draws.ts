/** FlatDraw → a call of its distribution's sampler, with parameters that are refused where there is no such distribution. */
import { Status } from '../../runtime/contract/kernel.ts';
import type { FlatDraw } from '../ir/flat-system.ts';
import { DISTRIBUTIONS } from '../model/distribution.ts';
import type { Demand, Distribution } from '../model/distribution.ts';
import type { Library } from './elementary/index.ts';
import { number, offsetIn } from './expression.ts';
import type { Scope } from './expression.ts';
import type { MemoryPlan } from './layout.ts';
import { randomFunctions } from './random/index.ts';
import { call, f64, i32, i64, returns, set, when } from './wasm/index.ts';
import type { F64, FunctionHandle, I32, ModuleBuilder } from './wasm/index.ts';

/** The function (stream's address, moves, parameters …) → f64 of each distribution, made when first asked for. */
export type Samplers = (distribution: Distribution) => FunctionHandle;

export function samplers(m: ModuleBuilder, math: Library, plan: MemoryPlan): Samplers {
  const random = randomFunctions(m, math);
  const made = new Map<Distribution, FunctionHandle>();
  return (distribution) => {
    let sampler = made.get(distribution);
    if (sampler === undefined)
      made.set(distribution, (sampler = makeSampler(m, random[distribution], plan, distribution)));
    return sampler;
  };
}

function makeSampler(
  m: ModuleBuilder,
  draw: FunctionHandle,
  plan: MemoryPlan,
  distribution: Distribution,
): FunctionHandle {
  const { parameters, demands } = DISTRIBUTIONS[distribution];
  const { status } = plan.manifest.layout;
  const f = m.function(`draw ${distribution}`, {
    params: {
      stream: 'i32' as const,
      moves: 'i32' as const,
      ...Object.fromEntries(parameters.map((name) => [name, 'f64' as const])),
    },
    results: ['f64'],
  });
  const [stream, moves, ...values] = f.parameters as unknown as [I32, I32, ...F64[]];
  const result = f.local('f64', 'result');
  f.body = [
    ...demands.map((demand) =>
      when(i32.eqz(meets(demand, values)), [
        when(i32.eqz(i32.load(0, status)), [
          i32.store(0, Status.noDistribution, status),
          i32.store(0, stream, status + 4),
        ]),
        returns(f64.const(NaN)),
      ]),
    ),
    set(result, call<'f64'>(draw, stream, ...values)),
    // The first number again, whenever it is asked for.
    when(i32.eqz(moves), [i64.store(stream, 0n, 8)]),
    returns(result),
  ];
  return f;
}

function meets({ parameter, is, than }: Demand, values: readonly F64[]): I32 {
  const value = values[parameter]!;
  const other = typeof than === 'number' ? f64.const(than) : values[than.parameter]!;
  switch (is) {
    case '>':
      return f64.gt(value, other);
    case '>=':
      return f64.ge(value, other);
    case '<=':
      return f64.le(value, other);
    case 'whole':
      return f64.eq(f64.floor(value), value);
  }
}

export function drawOf(
  scope: Scope,
  { stream, index, distribution, arguments: given, moves }: FlatDraw,
): F64 {
  const { layout, streams } = scope.plan.manifest;
  const { dims, offset } = streams[stream]!;
  const { dynamic, constant } = offsetIn(scope, dims, index);
  const words = layout.streamBytes / 8;
  const first = layout.streams.address + layout.streamBytes * offset + constant * words;
  const address = dynamic === undefined ? i32.const(first) : i32.add(i32.mul(dynamic, words), first);
  return call<'f64'>(
    scope.samplers(distribution),
    address,
    i32.const(moves ? 1 : 0),
    ...given.map((one) => number(scope, one)),
  );
}
