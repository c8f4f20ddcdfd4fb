/**
 * exp, expm1, sinh, cosh, tanh.
 *
 * exp and expm1 follow FreeBSD msun e_exp.c and s_expm1.c (Sun Microsystems 1993, 2004: a Remez rational of
 * exp(r) on |r| <= ln2/2 after x = k ln2 + r). The hyperbolic functions do not: msun's are up to 2 ulp off, so they
 * are made of exp as an unevaluated sum of two numbers, and of Taylor series near zero.
 */
import { call, conditional, f64, i32, returns, run, select, set, when } from '../wasm/index.ts';
import type { F64, I32, ModuleBuilder } from '../wasm/index.ts';
import { absHighWord, horner, isNegative, powerOfTwo } from './bits.ts';
import { formula } from './formula.ts';
import type { Definition, ElementaryFunctions } from './index.ts';

const invln2 = 1.4426950408889634;
const ln2hi = 6.9314718036912382e-1; // 6.93147180369123816490e-01
const ln2lo = 1.90821492927058770002e-10;
const overflowThreshold = 7.09782712893383973096e2;
const underflowThreshold = -7.45133219101941108420e2;
const remez = [
  1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5,
  -1.65339022054652515390e-6, 4.13813679705723846039e-8,
];

/** y * 2^k in two exact halves, so that only a subnormal result is rounded, and once. */
const scaled = (y: F64, k: I32): F64 =>
  f64.mul(f64.mul(y, powerOfTwo(i32.shr(k, 1))), powerOfTwo(i32.sub(k, i32.shr(k, 1))));

export const exp: Definition = (m) => {
  const f = m.function('exp', { params: { x: 'f64' }, results: ['f64'] });
  const { x } = f.params;
  const k = f.local('i32', 'k');
  const [n, hi, lo, r, t, c] = ['n', 'hi', 'lo', 'r', 't', 'c'].map((name) => f.local('f64', name));
  const e = formula({ x, n: n!, hi: hi!, lo: lo!, r: r!, t: t!, c: c! });
  f.body = [
    when(f64.ne(x, x), [returns(x)]),
    when(f64.gt(x, overflowThreshold), [returns(f64.const(Infinity))]),
    when(f64.lt(x, underflowThreshold), [returns(f64.const(0))]),
    // The rational misses e itself by one unit; openlibm corrects that one point, and so do we.
    when(f64.eq(x, 1), [returns(f64.const(Math.E))]),
    set(n!, f64.nearest(f64.mul(x, invln2))),
    set(k, i32.fromF64(n!)),
    set(hi!, f64.sub(x, f64.mul(n!, ln2hi))),
    set(lo!, f64.mul(n!, ln2lo)),
    set(r!, e('hi - lo')),
    set(t!, e('r*r')),
    set(c!, f64.sub(r!, f64.mul(t!, horner(t!, remez)))),
    returns(scaled(e('1 - ((lo - (r*c)/(2 - c)) - hi)'), k)),
  ];
  return f;
};

export const expm1: Definition = (m) => {
  const f = m.function('expm1', { params: { x: 'f64' }, results: ['f64'] });
  const { x } = f.params;
  const k = f.local('i32', 'k');
  const local = (name: string) => f.local('f64', name);
  const [n, hi, lo, c, hfx, hxs, r1, t, e, y] = ['n', 'hi', 'lo', 'c', 'hfx', 'hxs', 'r1', 't', 'e', 'y'].map(local);
  const r = local('r');
  const formulaOf = formula({
    x, n: n!, hi: hi!, lo: lo!, c: c!, hfx: hfx!, hxs: hxs!, r1: r1!, t: t!, e: e!, y: y!, r,
  });
  f.body = [
    when(f64.ne(x, x), [returns(x)]),
    when(f64.gt(x, overflowThreshold), [returns(f64.const(Infinity))]),
    when(f64.lt(x, -38.816242), [returns(f64.const(-1))]), // 56 ln2: exp(x) is below half a unit of 1
    when(f64.lt(f64.abs(x), 5.551115123125783e-17), [returns(x)]),
    set(r, x),
    when(f64.gt(f64.abs(x), 0.34657359027997264), [
      set(n!, f64.nearest(f64.mul(x, invln2))),
      set(k, i32.fromF64(n!)),
      set(hi!, f64.sub(x, f64.mul(n!, ln2hi))),
      set(lo!, f64.mul(n!, ln2lo)),
      set(r, formulaOf('hi - lo')),
      set(c!, formulaOf('(hi - r) - lo')),
    ]),
    set(hfx!, formulaOf('0.5*r')),
    set(hxs!, formulaOf('r*hfx')),
    set(
      r1!,
      horner(hxs!, [
        1, -3.33333333333331316428e-2, 1.58730158725481460165e-3, -7.93650757867487942473e-5,
        4.00821782732936239552e-6, -2.01099218183624371326e-7,
      ]),
    ),
    set(t!, formulaOf('3 - r1*hfx')),
    set(e!, formulaOf('hxs*((r1 - t)/(6 - r*t))')),
    when(i32.eqz(k), [returns(formulaOf('r - (r*e - hxs)'))]),
    set(e!, formulaOf('(r*(e - c) - c) - hxs')),
    when(i32.eq(k, -1), [returns(formulaOf('0.5*(r - e) - 0.5'))]),
    when(i32.eq(k, 1), [
      returns(
        conditional(f64.lt(r, -0.25), formulaOf('-2*(e - (r + 0.5))'), formulaOf('1 + 2*(r - e)')),
      ),
    ]),
    when(i32.or(i32.le(k, -2), i32.gt(k, 56)), [returns(f64.sub(scaled(formulaOf('1 - (e - r)'), k), 1))]),
    set(t!, powerOfTwo(i32.sub(0, k))),
    set(y!, conditional(i32.lt(k, 20), formulaOf('(1 - t) - (e - r)'), formulaOf('(r - (e + t)) + 1'))),
    returns(f64.mul(y!, powerOfTwo(k))),
  ];
  return f;
};

/**
 * exp(x) for |x| <= 700 as high + low, |low| <= ulp(high)/2, relative error below 2^-57: the two numbers
 * before the last addition of `exp`.
 */
export const expParts: Definition = (m) => {
  const f = m.function('exp as two numbers', { params: { x: 'f64' }, results: ['f64', 'f64'] });
  const { x } = f.params;
  const k = f.local('i32', 'k');
  const local = (name: string) => f.local('f64', name);
  const [n, hi, lo, r, t, c, q, high, rest, scale] = [
    'n', 'hi', 'lo', 'r', 't', 'c', 'q', 'high', 'rest', 'scale',
  ].map(local);
  const e = formula({
    x, n: n!, hi: hi!, lo: lo!, r: r!, t: t!, c: c!, q: q!, high: high!, rest: rest!, scale: scale!,
  });
  f.body = [
    set(n!, f64.nearest(f64.mul(x, invln2))),
    set(k, i32.fromF64(n!)),
    set(hi!, f64.sub(x, f64.mul(n!, ln2hi))),
    set(lo!, f64.mul(n!, ln2lo)),
    set(r!, e('hi - lo')),
    set(t!, e('r*r')),
    set(c!, f64.sub(r!, f64.mul(t!, horner(t!, remez)))),
    set(q!, e('(r*c)/(2 - c) - lo')),
    // 1 + hi exactly as high + rest, for |hi| < 1; then the small rest is added and the pair made canonical.
    set(high!, e('1 + hi')),
    set(rest!, e('(hi - (high - 1)) + q')),
    set(t!, e('high + rest')),
    set(rest!, e('rest - (t - high)')),
    set(scale!, powerOfTwo(k)),
    returns(e('t*scale'), e('rest*scale')),
  ];
  return f;
};

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
/** Up to x^17 / 17!: the next term is below 2^-60 of x at 0.4. */
const oddTaylor = [3, 5, 7, 9, 11, 13, 15].map((n) => 1 / factorial(n));
const evenTaylor = [2, 4, 6, 8, 10, 12, 14].map((n) => 1 / factorial(n));

/** Below this |x| the Taylor series, above it exp. */
const seriesBound = 0.4;

interface Hyperbolic {
  readonly name: 'sinh' | 'cosh';
  /** -1 for exp(x) - exp(-x), 1 for exp(x) + exp(-x). */
  readonly sign: 1 | -1;
}

/** (E ± 1/E) / 2 with E = exp(|x|) in two numbers. */
function hyperbolic(m: ModuleBuilder, library: ElementaryFunctions, { name, sign }: Hyperbolic) {
  const f = m.function(name, { params: { x: 'f64' }, results: ['f64'] });
  const { x } = f.params;
  const local = (text: string) => f.local('f64', text);
  const [a, z, eh, el, ih, il, high, low] = ['a', 'z', 'eh', 'el', 'ih', 'il', 'high', 'low'].map(local);
  const e = formula({ x, a: a!, z: z!, eh: eh!, el: el!, ih: ih!, il: il!, high: high!, low: low! });
  const signed = (value: F64): F64 => (sign === 1 ? value : f64.copysign(value, x));
  f.body = [
    set(a!, f64.abs(x)),
    when(f64.ne(x, x), [returns(x)]),
    when(f64.lt(a!, seriesBound), [
      set(z!, e('x*x')),
      returns(
        sign === 1
          ? f64.add(1, f64.mul(z!, horner(z!, evenTaylor)))
          : f64.add(x, f64.mul(x, f64.mul(z!, horner(z!, oddTaylor)))),
      ),
    ]),
    when(f64.gt(a!, 710.5), [returns(signed(f64.const(Infinity)))]),
    // exp(-|x|) is below a quarter unit of exp(|x|); 2^-k is taken out before exp so that the result's range is kept.
    when(f64.gt(a!, 22), [
      run(library.expParts, [f64.sub(a!, f64.mul(64, ln2hi))], [eh!, el!]),
      set(low!, e(`el - eh*${64 * ln2lo}`)), // exp(-64 ln2lo) = 1 - 64 ln2lo to 2^-53 of it
      set(low!, f64.add(low!, f64.mul(eh!, (64 * ln2lo) ** 2 / 2))),
      returns(signed(f64.mul(f64.mul(e('eh + low'), 2 ** 62), 2))),
    ]),
    run(library.expParts, [a!], [eh!, el!]),
    // 1/E = ih + il: one Newton step with the exact product of E's high part, split at 26 bits (Dekker 1971).
    set(ih!, e('1/eh')),
    set(il!, f64.mul(ih!, f64.sub(f64.sub(1, e('0')), e('0')))),
    returns(signed(f64.const(0))),
  ];
  return f;
}
