/**
 * Random draws as emitted code: the functions of `runtime/random` (which has the layout of a stream and the reasons),
 * step by step in the same order, so that both give the same bits. Ignores what a stream belongs to: an address is all.
 */
import { elementary } from '../elementary/index.ts';
import type { Library } from '../elementary/index.ts';
import { horner } from '../elementary/bits.ts';
import { formulas } from '../elementary/formula.ts';
import {
  branchIf,
  call,
  f64,
  i32,
  i64,
  label,
  loop,
  returns,
  run,
  set,
  tee,
  unreachable,
  when,
} from '../wasm/index.ts';
import type { F64, FunctionHandle, I64, Local, ModuleBuilder, Statement } from '../wasm/index.ts';
import type { Ahead } from './ahead.ts';
import { normalCoefficients as as241 } from '../../../runtime/contract/normal-coefficients.ts';

/** Bytes of a stream: u32 key low, key high, u64 draw, u32 free, u32 attempt. */
export const streamSize = 24;
const drawAt = 8;
const attemptAt = 20;

type Definition = (m: ModuleBuilder, math: Library, random: RandomLibrary) => FunctionHandle;

/** Philox 4x32-10 on a counter with a stream's other words: words 0 and 1, then 2 and 3, the first in the upper half. */
const philox: Definition = (m) => {
  const f = m.function('philox 4x32-10', {
    params: { stream: 'i32', counter: 'i64' },
    results: ['i64', 'i64'],
  });
  const { stream, counter } = f.params;
  const words = ['c0', 'c1', 'c2', 'c3', 'k0', 'k1'].map((name) => f.local('i64', name));
  const [c0, c1, c2, c3, k0, k1] = words as [
    Local<'i64'>,
    Local<'i64'>,
    Local<'i64'>,
    Local<'i64'>,
    Local<'i64'>,
    Local<'i64'>,
  ];
  const [p0, p1] = f.named('i64', 'p0', 'p1');
  const low = (x: I64): I64 => i64.and(x, 0xffffffffn);
  const high = (x: I64): I64 => i64.shrU(x, 32n);
  const word = (offset: number): I64 => i64.fromU32(i32.load(stream, offset));
  f.body = [
    set(k0, word(0)),
    set(k1, word(4)),
    set(c0, low(counter)),
    set(c1, high(counter)),
    set(c2, word(16)),
    set(c3, word(attemptAt)),
  ];
  for (let round = 0; round < 10; round++) {
    f.body.push(
      set(p0, i64.mul(c0, 0xd2511f53n)),
      set(p1, i64.mul(c2, 0xcd9e8d57n)),
      set(c0, i64.xor(i64.xor(high(p1), c1), k0)),
      set(c1, low(p1)),
      set(c2, i64.xor(i64.xor(high(p0), c3), k1)),
      set(c3, low(p0)),
      set(k0, low(i64.add(k0, 0x9e3779b9n))),
      set(k1, low(i64.add(k1, 0xbb67ae85n))),
    );
  }
  f.body.push(returns(i64.or(i64.shl(c0, 32n), c1), i64.or(i64.shl(c2, 32n), c3)));
  return f;
};

/** The upper 52 bits as an odd multiple of 2^-53. */
const toUnit = (words: I64): F64 => f64.mul(f64.fromU64(i64.or(i64.shrU(words, 11n), 1n)), 2 ** -53);

const advance = (stream: Local<'i32'>): Statement[] => [
  i64.store(stream, i64.add(i64.load(stream, drawAt), 1n), drawAt),
  i32.store(stream, 0, attemptAt),
];

const alone: Definition = (m, _, random) => {
  const f = m.function('random.unit', { params: { stream: 'i32' }, results: ['f64'] });
  const { stream } = f.params;
  const [first, second] = f.named('i64', 'words 0, 1', 'words 2, 3');
  const draw = f.local('i64', 'draw');
  f.body = [
    set(draw, i64.load(stream, drawAt)),
    run(random.philox, [stream, i64.shrU(draw, 1n)], [first, second]),
    ...advance(stream),
    when(i32.and(i32.fromI64(draw), 1), [returns(toUnit(second))]),
    returns(toUnit(first)),
  ];
  return f;
};

const unit: Definition = (_, __, random) => random.ahead?.('unit', random.alone) ?? random.alone;

const standardNormal: Definition = (m, math) => {
  const f = m.function('standard normal quantile', { params: { u: 'f64' }, results: ['f64'] });
  const e = formulas(f);
  const ratio = (above: readonly number[], below: readonly number[]): F64 =>
    f64.div(horner(e('r'), above), horner(e('r'), below));
  f.body = [
    e.set('q = u - 0.5'),
    when(f64.le(e('abs(q)'), 0.425), [
      e.set('r = 0.180625 - q*q'),
      returns(f64.div(f64.mul(e('q'), horner(e('r'), as241.centre)), horner(e('r'), as241.centreBelow))),
    ]),
    set(e.local('r'), f64.sqrt(f64.neg(call(math.log, f64.min(e('u'), e('1 - u')))))),
    when(
      f64.le(e('r'), 5),
      [e.set('r = r - 1.6'), set(e.local('z'), ratio(as241.tail, as241.tailBelow))],
      [e.set('r = r - 5'), set(e.local('z'), ratio(as241.farTail, as241.farTailBelow))],
    ),
    returns(f64.copysign(e('z'), e('q'))),
  ];
  return f;
};

const uniform: Definition = (m, _, random) => {
  const f = m.function('random.uniform', {
    params: { stream: 'i32', low: 'f64', high: 'f64' },
    results: ['f64'],
  });
  const { stream, low, high } = f.params;
  f.body = [returns(f64.add(low, f64.mul(f64.sub(high, low), call(random.unit, stream))))];
  return f;
};

const normal: Definition = (m, _, random) => {
  const f = m.function('random.normal', {
    params: { stream: 'i32', mean: 'f64', deviation: 'f64' },
    results: ['f64'],
  });
  const { stream, mean, deviation } = f.params;
  f.body = [
    returns(f64.add(mean, f64.mul(deviation, call(random.standardNormal, call(random.unit, stream))))),
  ];
  return f;
};

const lognormal: Definition = (m, math, random) => {
  const f = m.function('random.lognormal', {
    params: { stream: 'i32', mean: 'f64', deviation: 'f64' },
    results: ['f64'],
  });
  const e = formulas(f);
  f.body = [
    e.set('ratio = deviation/mean'),
    set(e.local('variance'), call(math.log1p, e('ratio*ratio'))),
    set(e.local('z'), call(random.standardNormal, call(random.unit, f.params.stream))),
    returns(f64.mul(f.params.mean, call(math.exp, e('sqrt(variance)*z - 0.5*variance')))),
  ];
  return f;
};

/** -log(1 - u), an exponential draw of mean 1. */
const exponentialAlone: Definition = (m, math, random) => {
  const f = m.function('random.standardExponential', { params: { stream: 'i32' }, results: ['f64'] });
  f.body = [returns(f64.neg(call(math.log, f64.sub(1, call(random.alone, f.params.stream)))))];
  return f;
};
const standardExponential: Definition = (_, __, random) =>
  random.ahead?.('exponential', random.exponentialAlone) ?? random.exponentialAlone;

const exponential: Definition = (m, _, random) => {
  const f = m.function('random.exponential', { params: { stream: 'i32', mean: 'f64' }, results: ['f64'] });
  f.body = [returns(f64.mul(f.params.mean, call(random.standardExponential, f.params.stream)))];
  return f;
};

const weibull: Definition = (m, math, random) => {
  const f = m.function('random.weibull', {
    params: { stream: 'i32', shape: 'f64', scale: 'f64' },
    results: ['f64'],
  });
  const { stream, shape, scale } = f.params;
  f.body = [
    returns(f64.mul(scale, call(math.pow, call(random.standardExponential, stream), f64.div(1, shape)))),
  ];
  return f;
};

const triangular: Definition = (m, _, random) => {
  const f = m.function('random.triangular', {
    params: { stream: 'i32', low: 'f64', mode: 'f64', high: 'f64' },
    results: ['f64'],
  });
  const e = formulas(f);
  f.body = [
    set(e.local('u'), call(random.unit, f.params.stream)),
    e.set('width = high - low'),
    when(f64.lt(e('u*width'), e('mode - low')), [returns(e('low + sqrt(u*width*(mode - low))'))]),
    returns(e('high - sqrt((1 - u)*width*(high - mode))')),
  ];
  return f;
};

/** Marsaglia and Tsang 2000, attempts from 1 on in their own word of the counter, so that their blocks are nobody else's. */
const gamma: Definition = (m, math, random) => {
  const f = m.function('random.gamma', {
    params: { stream: 'i32', shape: 'f64', scale: 'f64' },
    results: ['f64'],
  });
  const { stream, shape } = f.params;
  const attempt = f.local('i32', 'attempt');
  const [first, second] = f.named('i64', 'words 0, 1', 'words 2, 3');
  const e = formulas(f, { third: 1 / 3 });
  const again = label('next attempt');
  e.local('d');
  f.body = [
    e.set('factor = 1'),
    e.set('d = shape - third'),
    when(f64.lt(shape, 1), [
      e.set('d = shape + 1 - third'),
      i32.store(stream, -1, attemptAt),
      run(random.philox, [stream, i64.load(stream, drawAt)], [first, second]),
      set(e.local('factor'), call(math.pow, toUnit(first), f64.div(1, shape))),
    ]),
    e.set('c = 1/sqrt(9*d)'),
    loop(again, [
      i32.store(stream, tee(attempt, i32.add(attempt, 1)), attemptAt),
      run(random.philox, [stream, i64.load(stream, drawAt)], [first, second]),
      set(e.local('z'), call(random.standardNormal, toUnit(first))),
      e.set('t = 1 + c*z'),
      branchIf(again, f64.le(e('t'), 0)),
      e.set('v = t*t*t'),
      set(e.local('limit'), f64.add(e('0.5*z*z + d - d*v'), f64.mul(e('d'), call(math.log, e('v'))))),
      branchIf(again, i32.eqz(f64.lt(call(math.log, toUnit(second)), e('limit')))),
      ...advance(stream),
      returns(e('scale*factor*d*v')),
    ]),
    unreachable(),
  ];
  return f;
};

const definitions = {
  philox,
  standardNormal,
  alone,
  unit,
  exponentialAlone,
  standardExponential,
  uniform,
  normal,
  lognormal,
  exponential,
  weibull,
  triangular,
  gamma,
} satisfies Record<string, Definition>;

/** Distributions that have a sampler here; the others are drawn by their inverse (`special.ts`). */
export const SAMPLED = [
  'uniform',
  'normal',
  'lognormal',
  'exponential',
  'weibull',
  'triangular',
  'gamma',
] as const;

/** Handles by name: `call(random.normal, stream, mean, deviation)`; parameters as in `runtime/random`. */
export type RandomLibrary = Readonly<Record<keyof typeof definitions, FunctionHandle>> & {
  readonly ahead?: Ahead;
};

/** Draws as members of a module, each added when first named. Pass the module's own elementary functions. */
export function randomFunctions(
  m: ModuleBuilder,
  math: Library = elementary(m),
  ahead?: Ahead,
): RandomLibrary {
  const random = (ahead === undefined ? {} : { ahead }) as RandomLibrary;
  for (const [name, define] of Object.entries(definitions)) {
    let made: FunctionHandle | undefined;
    Object.defineProperty(random, name, { enumerable: true, get: () => (made ??= define(m, math, random)) });
  }
  return random;
}
