/**
 * exp, expm1, sinh, cosh, tanh.
 *
 * exp and expm1 follow FreeBSD msun e_exp.c and s_expm1.c (Sun Microsystems 1993, 2004): x = k ln2 + r, and a Remez
 * rational of exp(r) on |r| <= ln2/2. The hyperbolic functions do not follow msun, which is up to 2 ulp off there:
 * they are made of exp as an unevaluated sum of two numbers, and of Taylor series near zero.
 */
import { conditional, f64, i32, i64, returns, run, set, when } from '../wasm/index.ts';
import type { F64, FunctionBuilder, Local, Statement } from '../wasm/index.ts';
import { horner, powerOfTwo, scaled, withoutLowWord } from './bits.ts';
import type { Definition } from './definition.ts';
import { formulas } from './formula.ts';
import type { Formulas } from './formula.ts';

export const constants = {
  invln2: 1.4426950408889634,
  ln2hi: 6.9314718036912381649e-1,
  ln2: Math.LN2,
  ln2lo: 1.90821492927058770002e-10,
  /** Adding it leaves a whole number below 2^51 in the lowest bits. */
  shift: 1.5 * 2 ** 52,
};
const overflowThreshold = 7.09782712893383973096e2;
const underflowThreshold = -7.4513321910194110842e2;
const remez = [
  1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.6533902205465251539e-6,
  4.13813679705723846039e-8,
];

/** x = k ln2 + hi - lo, r = hi - lo, and c of e_exp.c: exp(r) = 1 + r + r c / (2 - c). */
export const reduction = (e: Formulas, k: Local<'i32'> | undefined): Statement[] => [
  e.set('m = x*invln2 + shift'),
  e.set('n = m - shift'),
  ...(k === undefined ? [] : [set(k, i32.fromF64(e('n')))]),
  e.set('hi = x - n*ln2hi'),
  e.set('lo = n*ln2lo'),
  e.set('r = hi - lo'),
  e.set('t = r*r'),
  set(e.local('c'), f64.sub(e('r'), f64.mul(e('t'), horner(e('t'), remez)))),
];

export const exp: Definition = (m) => {
  const f = m.function('exp', { params: { x: 'f64' }, results: ['f64'] });
  const { x } = f.params;
  const k = f.local('i32', 'k');
  const e = formulas(f, constants);
  f.body = [
    when(f64.ne(x, x), [returns(x)]),
    when(f64.gt(x, overflowThreshold), [returns(f64.const(Infinity))]),
    when(f64.lt(x, underflowThreshold), [returns(f64.const(0))]),
    // The rational misses e itself by one unit; openlibm corrects that one point, and so do we.
    when(f64.eq(x, 1), [returns(f64.const(Math.E))]),
    ...reduction(e, k),
    returns(scaled(e('1 - ((lo - (r*c)/(2 - c)) - hi)'), k)),
  ];
  return f;
};

export const expm1: Definition = (m) => {
  const f = m.function('expm1', { params: { x: 'f64' }, results: ['f64'] });
  const { x } = f.params;
  const k = f.local('i32', 'k');
  const e = formulas(f, constants);
  const q = [
    1, -3.33333333333331316428e-2, 1.58730158725481460165e-3, -7.93650757867487942473e-5,
    4.00821782732936239552e-6, -2.01099218183624371326e-7,
  ];
  f.body = [
    when(f64.ne(x, x), [returns(x)]),
    when(f64.gt(x, overflowThreshold), [returns(f64.const(Infinity))]),
    // 56 ln2: exp(x) is below half a unit of 1.
    when(f64.lt(x, -38.816242), [returns(f64.const(-1))]),
    when(f64.lt(f64.abs(x), 2 ** -54), [returns(x)]),
    e.set('r = x'),
    e.set('c = 0'),
    when(f64.gt(f64.abs(x), Math.LN2 / 2), [
      e.set('n = nearest(x*invln2)'),
      set(k, i32.fromF64(e('n'))),
      e.set('hi = x - n*ln2hi'),
      e.set('lo = n*ln2lo'),
      e.set('r = hi - lo'),
      e.set('c = (hi - r) - lo'),
    ]),
    e.set('hfx = 0.5*r'),
    e.set('hxs = r*hfx'),
    set(e.local('r1'), horner(e('hxs'), q)),
    e.set('t = 3 - r1*hfx'),
    e.set('y = hxs*((r1 - t)/(6 - r*t))'),
    when(i32.eqz(k), [returns(e('r - (r*y - hxs)'))]),
    e.set('y = (r*(y - c) - c) - hxs'),
    when(i32.eq(k, -1), [returns(e('0.5*(r - y) - 0.5'))]),
    when(i32.eq(k, 1), [
      returns(conditional(f64.lt(e('r'), -0.25), e('-2*(y - (r + 0.5))'), e('1 + 2*(r - y)'))),
    ]),
    when(i32.or(i32.le(k, -2), i32.gt(k, 56)), [returns(f64.sub(scaled(e('1 - (y - r)'), k), 1))]),
    set(e.local('t'), powerOfTwo(i32.sub(0, k))),
    returns(
      f64.mul(conditional(i32.lt(k, 20), e('(1 - t) - (y - r)'), e('(r - (y + t)) + 1')), powerOfTwo(k)),
    ),
  ];
  return f;
};

/** high + low = exp(r), after `reduction`. */
export const halfExpTerms = (e: Formulas): Statement[] => [
  e.set('q = (r*c)/(2 - c) - lo'),
  // 1 + hi is exactly sum + rest, for |hi| < 1.
  e.set('sum = 1 + hi'),
  e.set('rest = (hi - (sum - 1)) + q'),
  e.set('high = sum + rest'),
  e.set('rest = rest - (high - sum)'),
];

/**
 * exp(x)/2 for -700 <= x <= 710.4759 as high + low, |low| <= ulp(high)/2: the terms of `exp` before its last addition,
 * so that the pair is good to about 2^-57. The half keeps it in range where sinh and cosh still are.
 */
export const halfExpParts: Definition = (m) => {
  const f = m.function('exp/2 in two parts', { params: { x: 'f64' }, results: ['f64', 'f64'] });
  const k = f.local('i32', 'k');
  const e = formulas(f, constants);
  f.body = [
    ...reduction(e, k),
    ...halfExpTerms(e),
    // 2^k alone would overflow at the upper end.
    set(e.local('scale'), powerOfTwo(i32.sub(k, 2))),
    returns(e('high*scale*2'), e('rest*scale*2')),
  ];
  return f;
};

/** i + il = numerator / (h + l): the quotient and its rounding error, by a product split at 21 bits (Dekker 1971). */
export const reciprocal = (e: Formulas, numerator: number): Statement[] => [
  e.set(`i = ${numerator}/h`),
  set(e.local('h1'), withoutLowWord(e('h'))),
  set(e.local('i1'), withoutLowWord(e('i'))),
  e.set('h2 = h - h1'),
  e.set('i2 = i - i1'),
  e.set(`il = (((((${numerator} - h1*i1) - h1*i2) - h2*i1) - h2*i2) - l*i)/h`),
];

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
/** Below this |x| the series: the first term left out is 10^-21 of the result. */
export const seriesBound = 0.4;
const degrees = [1, 2, 3, 4, 5, 6, 7, 8];
const sinhSeries = degrees.map((n) => 1 / factorial(2 * n + 1));
export const coshSeries = degrees.map((n) => 1 / factorial(2 * n));
/** (cosh x - sinh(x)/x) / x^2 in powers of x^2. */
export const differenceSeries = degrees.map((n) => (2 * n) / factorial(2 * n + 1));

/** exp(|x|)/2 = h + l, and |x| > 22 done with: exp(-|x|) is then below a quarter unit of it. */
const halfExp = (
  e: Formulas,
  library: Parameters<Definition>[1],
  large: (value: F64) => F64,
): Statement[] => [
  run(library.halfExpParts, [e('a')], [e.local('h'), e.local('l')]),
  when(f64.gt(e('a'), 22), [returns(large(e('h')))]),
];

const start = (f: FunctionBuilder<{ x: 'f64' }>): Statement[] => [
  when(f64.ne(f.params.x, f.params.x), [returns(f.params.x)]),
];

export const sinh: Definition = (m, library) => {
  const f = m.function('sinh', { params: { x: 'f64' }, results: ['f64'] });
  const { x } = f.params;
  const e = formulas(f);
  f.body = [
    ...start(f),
    e.set('a = abs(x)'),
    when(f64.lt(e('a'), seriesBound), [
      when(f64.lt(e('a'), 2 ** -28), [returns(x)]),
      e.set('z = x*x'),
      returns(f64.add(x, f64.mul(x, f64.mul(e('z'), horner(e('z'), sinhSeries))))),
    ]),
    when(f64.gt(e('a'), 710.5), [returns(f64.copysign(Infinity, x))]),
    ...halfExp(e, library, (h) => f64.copysign(h, x)),
    ...reciprocal(e, 0.25),
    e.set('s = h - i'),
    returns(f64.copysign(e('s + (((h - s) - i) + (l - il))'), x)),
  ];
  return f;
};

export const cosh: Definition = (m, library) => {
  const f = m.function('cosh', { params: { x: 'f64' }, results: ['f64'] });
  const e = formulas(f);
  f.body = [
    ...start(f),
    e.set('a = abs(x)'),
    when(f64.lt(e('a'), seriesBound), [
      e.set('z = x*x'),
      returns(f64.add(1, f64.mul(e('z'), horner(e('z'), coshSeries)))),
    ]),
    when(f64.gt(e('a'), 710.5), [returns(f64.const(Infinity))]),
    ...halfExp(e, library, (h) => h),
    ...reciprocal(e, 0.25),
    e.set('s = h + i'),
    returns(e('s + (((h - s) + i) + (l + il))')),
  ];
  return f;
};

/** From here on tanh |x| lacks less than 1/74 of 1, whose rounding errors hardly count. */
export const farBound = 2.5;

/** For a = |x| from `farBound` to 22: `m` has the n of 2^n = scale in its lowest bits, and w is 2 - c as in `exp`. */
export const farTerms = (e: Formulas): Statement[] => {
  const [p0, p1, p2, p3, p4] = remez.map((value) => f64.const(value)) as [F64, F64, F64, F64, F64];
  const [t, t2] = ['t', 't2'].map((name) => e.local(name)) as [F64, F64];
  const sum = f64.add(
    f64.add(p0, f64.mul(t, p1)),
    f64.mul(t2, f64.add(f64.add(p2, f64.mul(t, p3)), f64.mul(t2, p4))),
  );
  return [
    e.set('d = a + a'),
    e.set('m = d*invln2 + shift'),
    e.set('r = d - (m - shift)*ln2'),
    e.set('t = r*r'),
    e.set('t2 = t*t'),
    set(e.local('c'), f64.sub(e('r'), f64.mul(e('t'), sum))),
    e.set('w = 2 - c'),
  ];
};
/** 1 - 2/(exp(2a) + 1), with one division for both quotients. */
export const far = '1 - (w + w)/(((1 + r)*w + r*c)*scale + w)';

/** 1 - 2/(exp(2|x|) + 1), or x - x (cosh x - sinh(x)/x) / cosh x near zero. */
export const tanh: Definition = (m, library) => {
  const f = m.function('tanh', { params: { x: 'f64' }, results: ['f64'] });
  const { x } = f.params;
  const e = formulas(f, constants);
  f.body = [
    ...start(f),
    e.set('a = abs(x)'),
    when(f64.lt(e('a'), seriesBound), [
      when(f64.lt(e('a'), 2 ** -28), [returns(x)]),
      e.set('z = x*x'),
      set(e.local('d'), f64.mul(e('z'), horner(e('z'), differenceSeries))),
      set(e.local('c'), f64.mul(e('z'), horner(e('z'), coshSeries))),
      returns(e('x - x*d/(1 + c)')),
    ]),
    when(f64.gt(e('a'), 22), [returns(f64.copysign(1, x))]),
    when(f64.ge(e('a'), farBound), [
      ...farTerms(e),
      set(e.local('scale'), f64.fromBits(i64.shl(i64.add(i64.bitsOf(e('m')), 1023n), 52n))),
      returns(f64.copysign(e(far), x)),
    ]),
    run(library.halfExpParts, [e('a + a')], [e.local('g'), e.local('gl')]),
    e.set('h = g + 0.5'),
    e.set('l = ((g - h) + 0.5) + gl'),
    ...reciprocal(e, 1),
    e.set('s = 1 - i'),
    returns(f64.copysign(e('s + (((1 - s) - i) - il)'), x)),
  ];
  return f;
};
