/** FlatDraw → a call of its distribution's sampler, with parameters that are refused where there is no such distribution. */
import { Status } from '../../runtime/contract/kernel.ts';
import type { FlatDraw } from '../ir/flat-expression.ts';
import { DISCRETE, DISTRIBUTIONS, unmet } from '../model/distribution.ts';
import type { Demand, Distribution } from '../model/distribution.ts';
import type { Library } from './elementary/index.ts';
import { number, offsetIn } from './expression.ts';
import type { Scope } from './expression.ts';
import type { MemoryPlan } from './layout.ts';
import { drawnAhead } from './random/ahead.ts';
import { randomFunctions, SAMPLED } from './random/index.ts';
import type { RandomLibrary } from './random/index.ts';
import { routines } from './random/routine.ts';
import type { Routines } from './random/routine.ts';
import { routineOf, specialFunctions } from './random/special.ts';
import { call, f64, i32, i64, returns, set, when } from './wasm/index.ts';
import type { F64, FunctionHandle, I32, LocalOwner, ModuleBuilder, Statement } from './wasm/index.ts';

/** What a draw is made of, beside its distribution. */
interface Form {
  scored: boolean;
  truncated: boolean;
  /** Its parameters are numbers that it can have, and the stream moves on: there is nothing to look at. */
  sure?: boolean;
}

/**
 * The function (stream's address, moves, [score], [low, high], parameters …) → f64, made when first asked for; of a sure
 * draw (stream's address, parameters …) → f64.
 */
export interface Samplers {
  (distribution: Distribution, form: Form): FunctionHandle;
  /** The next exponential number of mean 1 of the stream at an address, in place; undefined where it is not made ahead. */
  exponentialAt: (owner: LocalOwner, stream: number) => F64 | undefined;
}

export function samplers(
  m: ModuleBuilder,
  math: Library,
  plan: MemoryPlan,
  special = routines(m, math, specialFunctions),
): Samplers {
  const random = randomFunctions(m, math, plan.scratch.ahead && drawnAhead(m, math, plan.scratch.ahead));
  const made = new Map<string, FunctionHandle>();
  const samplerOf = (distribution: Distribution, form: Form): FunctionHandle => {
    if (form.sure && isSampled(distribution)) return random[distribution];
    const key = `${distribution} ${form.scored} ${form.truncated}`;
    let sampler = made.get(key);
    if (sampler === undefined)
      made.set(key, (sampler = makeSampler(m, random, special, plan, distribution, form)));
    return sampler;
  };
  const exponentialAt: Samplers['exponentialAt'] = (owner, stream) =>
    random.standardExponential && random.ahead?.inPlace('exponential', owner, stream);
  return Object.assign(samplerOf, { exponentialAt });
}

function makeSampler(
  m: ModuleBuilder,
  random: RandomLibrary,
  special: Routines,
  plan: MemoryPlan,
  distribution: Distribution,
  { scored, truncated }: Form,
): FunctionHandle {
  const { parameters, demands } = DISTRIBUTIONS[distribution];
  const { status } = plan.manifest.layout;
  const names = [...(scored ? ['score'] : []), ...(truncated ? ['from', 'to'] : []), ...parameters];
  const f = m.function(`draw ${distribution}${truncated ? ' truncated' : ''}${scored ? ' by score' : ''}`, {
    params: {
      stream: 'i32' as const,
      moves: 'i32' as const,
      ...Object.fromEntries(names.map((name) => [name, 'f64' as const])),
    },
    results: ['f64'],
  });
  const [stream, moves, ...rest] = f.parameters as unknown as [I32, I32, ...F64[]];
  const score = scored ? rest.shift()! : undefined;
  const [from, to] = truncated ? rest.splice(0, 2) : [];
  const values = rest;
  const result = f.local('f64', 'result');
  const refuse: Statement[] = [
    when(i32.eqz(i32.load(0, status)), [
      i32.store(0, Status.noDistribution, status),
      i32.store(0, stream, status + 4),
    ]),
    returns(f64.const(NaN)),
  ];
  f.body = demands.map((demand) => when(i32.eqz(meets(demand, values)), refuse));
  if (isSampled(distribution) && !scored && !truncated) {
    f.body.push(set(result, call<'f64'>(random[distribution], stream, ...values)));
  } else {
    // Of a probability p, 1 - p is kept as well, so that neither tail loses digits.
    const [p, q] = f.named('f64', 'p', 'q');
    const name = routineOf(distribution);
    if (score === undefined) f.body.push(set(p, call<'f64'>(random.unit, stream)), set(q, f64.sub(1, p)));
    else
      f.body.push(
        set(p, call<'f64'>(special('belowStandard'), score)),
        set(q, call<'f64'>(special('belowStandard'), f64.neg(score))),
      );
    if (from !== undefined && to !== undefined) {
      const first = DISCRETE.has(distribution) ? f64.sub(f64.ceil(from), 1) : from;
      const [under, over] = f.named('f64', 'under', 'over');
      const [inLower, inUpper] = f.named('f64', 'room, of p', 'room, of q');
      const below = (x: F64): F64 => call<'f64'>(special(`below${name}`), x, ...values);
      const above = (x: F64): F64 => call<'f64'>(special(`above${name}`), x, ...values);
      f.body.push(
        set(under, below(first)),
        set(over, above(to)),
        set(inLower, f64.sub(below(to), under)),
        set(inUpper, f64.sub(above(first), over)),
        when(i32.eqz(f64.gt(f64.max(inLower, inUpper), 0)), refuse),
        set(p, f64.add(under, f64.mul(p, inLower))),
        set(q, f64.add(over, f64.mul(q, inUpper))),
      );
    }
    f.body.push(set(result, call<'f64'>(special(`quantile${name}`), p, q, ...values)));
    if (from !== undefined && to !== undefined) f.body.push(set(result, f64.min(f64.max(result, from), to)));
  }
  // The first number again, whenever it is asked for.
  f.body.push(when(i32.eqz(moves), [i64.store(stream, 0n, 8)]), returns(result));
  return f;
}

const isSampled = (distribution: Distribution): distribution is Distribution & keyof RandomLibrary =>
  (SAMPLED as readonly string[]).includes(distribution);

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

/** Its parameters are numbers that it can have, and the stream moves on. */
export function isSure({ moves, score, within, distribution, arguments: given }: FlatDraw): boolean {
  const numbers = given.map((one) => (one.kind === 'number' ? one.value : NaN));
  return (
    moves &&
    score === undefined &&
    within === undefined &&
    isSampled(distribution) &&
    numbers.every(Number.isFinite) &&
    unmet(distribution, numbers) === undefined
  );
}

function addressOf(scope: Scope, { stream, index }: FlatDraw): I32 {
  const { layout, streams } = scope.plan.manifest;
  const { dims, offset } = streams[stream]!;
  const { dynamic, constant } = offsetIn(scope, dims, index);
  const words = layout.streamBytes / 8;
  const first = layout.streams.address + layout.streamBytes * offset + constant * words;
  return dynamic === undefined ? i32.const(first) : i32.add(i32.mul(dynamic, words), first);
}

/** A draw without a call, where its stream's place is known and its numbers are made ahead. */
export function drawnInPlace(scope: Scope, owner: LocalOwner, draw: FlatDraw): F64 | undefined {
  if (!isSure(draw) || draw.distribution !== 'exponential') return undefined;
  const address = addressOf(scope, draw);
  if (address.kind !== 'constant') return undefined;
  const drawn = scope.samplers.exponentialAt(owner, address.value as number);
  const [mean] = draw.arguments;
  return drawn && mean?.kind === 'number' && mean.value !== 1 ? f64.mul(mean.value, drawn) : drawn;
}

export function drawOf(scope: Scope, draw: FlatDraw): F64 {
  const { distribution, within, score } = draw;
  const address = addressOf(scope, draw);
  const form = { scored: score !== undefined, truncated: within !== undefined, sure: isSure(draw) };
  const given = [...(score ? [score] : []), ...(within ? [within.low, within.high] : []), ...draw.arguments];
  return call<'f64'>(
    scope.samplers(distribution, form),
    address,
    ...(form.sure ? [] : [i32.const(draw.moves ? 1 : 0)]),
    ...given.map((one) => number(scope, one)),
  );
}
