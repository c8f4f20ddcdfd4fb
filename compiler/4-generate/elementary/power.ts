/**
 * pow, cbrt, hypot after FreeBSD msun e_pow.c, s_cbrt.c, e_hypot.c (Sun Microsystems 1993, 2004; cbrt by Bruce Evans).
 */
import {
  conditional,
  f64,
  i32,
  i64,
  block,
  branch,
  label,
  returns,
  select,
  set,
  when,
} from '../wasm/index.ts';
import type { F64, I32, Statement } from '../wasm/index.ts';
import {
  fromHighWord,
  highWord,
  horner,
  isNegative,
  lowWord,
  scaled,
  withHighWord,
  withoutLowWord,
} from './bits.ts';
import type { Definition } from './definition.ts';
import { formulas } from './formula.ts';
import type { Formulas } from './formula.ts';

export const powConstants = {
  L1: 5.99999999999994648725e-1,
  L2: 4.28571428578550184252e-1,
  L3: 3.33333329818377432918e-1,
  L4: 2.72728123808534006489e-1,
  L5: 2.30660745775561754067e-1,
  L6: 2.06975017800338417784e-1,
  lg2: 6.93147180559945286227e-1,
  lg2_h: 6.93147182464599609375e-1,
  lg2_l: -1.90465429995776804525e-9,
  cp: 9.61796693925975554329e-1,
  cp_h: 9.61796700954437255859e-1,
  cp_l: -7.02846165095275826516e-9,
  ivln2: 1.442695040888963387,
  ivln2_h: 1.44269502162933349609,
  ivln2_l: 1.92596299112661746887e-8,
};
/** 1024 less log2 of the largest number, at half a unit: above it the result overflows although it rounds to 1024. */
const ovt = 8.0085662595372944372e-17;

const cleared = (e: Formulas, name: string): Statement => set(e.local(name), withoutLowWord(e.local(name)));

/** ss = (ax - bp)/(ax + bp), and its upper half. */
export const fractionTerms = (e: Formulas): Statement[] => [
  e.set('u = ax - bp'),
  e.set('v = 1/(ax + bp)'),
  e.set('ss = u*v'),
  set(e.local('s_h'), withoutLowWord(e('ss'))),
];

/** log2 of the fraction, in two numbers; t_h is the upper half of ax + bp before. */
export const logarithmTerms = (e: Formulas): Statement[] => [
  e.set('t_l = ax - (t_h - bp)'),
  e.set('s_l = v*((u - s_h*t_h) - s_h*t_l)'),
  e.set('s2 = ss*ss'),
  e.set('r = s2*s2*(L1 + s2*(L2 + s2*(L3 + s2*(L4 + s2*(L5 + s2*L6)))))'),
  e.set('r = r + s_l*(s_h + ss)'),
  e.set('s2 = s_h*s_h'),
  e.set('t_h = 3 + s2 + r'),
  cleared(e, 't_h'),
  e.set('t_l = r - ((t_h - 3) - s2)'),
  e.set('u = s_h*t_h'),
  e.set('v = s_l*t_h + t_l*ss'),
  e.set('p_h = u + v'),
  cleared(e, 'p_h'),
  e.set('p_l = v - (p_h - u)'),
  e.set('z_h = cp_h*p_h'),
  e.set('z_l = cp_l*p_h + p_l*cp + dp_l'),
];

/** With the exponent, t. */
export const exponentTerms = (e: Formulas): Statement[] => [
  e.set('t1 = ((z_h + z_l) + dp_h) + t'),
  cleared(e, 't1'),
  e.set('t2 = z_l - (((t1 - t) - dp_h) - z_h)'),
];

/** (y1 + y2) * (t1 + t2) */
export const productTerms = (e: Formulas): Statement[] => [
  set(e.local('y1'), withoutLowWord(e.local('y'))),
  e.set('p_l = (y - y1)*t1 + y*t2'),
  e.set('p_h = y1*t1'),
  e.set('z = p_l + p_h'),
];

/** 2^(p_h + p_l), which is at most 1/2 in size. */
export const fractionalPower = (e: Formulas): Statement[] => [
  e.set('t = p_l + p_h'),
  cleared(e, 't'),
  e.set('u = t*lg2_h'),
  e.set('v = (p_l - (t - p_h))*lg2 + t*lg2_l'),
  e.set('z = u + v'),
  e.set('w = v - (z - u)'),
  e.set('t = z*z'),
  set(
    e.local('t1'),
    f64.sub(
      e('z'),
      f64.mul(
        e('t'),
        horner(
          e('t'),
          [
            1.66666666666666019037e-1, -2.77777777770155933842e-3, 6.61375632143793436117e-5,
            -1.6533902205465251539e-6, 4.13813679705723846039e-8,
          ],
        ),
      ),
    ),
  ),
  e.set('r = (z*t1)/(t1 - 2) - (w + z*w)'),
  e.set('z = 1 - (r - z)'),
];

/**
 * x^y. Special values as C99 Annex F.9.4.4: pow(x, 0) = pow(1, y) = 1 even for NaN, pow(negative, fraction) = NaN.
 * log2(x) in two numbers, times y, then exp2 of the fraction. y = 2 is x*x, y = 1/2 is sqrt(x), y = -1 is 1/x.
 */
export const pow: Definition = (m) => {
  const f = m.function('pow', { params: { x: 'f64', y: 'f64' }, results: ['f64'] });
  const { x, y } = f.params;
  const int = (name: string) => f.local('i32', name);
  const [n, j, i, k, ix] = [int('n'), int('j'), int('i'), int('k'), int('ix')];
  const yIsOdd = int('y is odd');
  const yIsInteger = int('y is an integer');
  const isBetween = int('is near 1.5');
  const e = formulas(f, powConstants);
  const s = e.local('s');
  const ax = e.local('ax');
  const clear = (name: string) => cleared(e, name);
  const hasLog = label('log2 is known');
  const overflows = returns(f64.mul(s, Infinity));
  const underflows = returns(f64.mul(s, 0));
  f.body = [
    when(f64.eq(y, 0), [returns(f64.const(1))]),
    when(f64.eq(x, 1), [returns(f64.const(1))]),
    when(i32.or(f64.ne(x, x), f64.ne(y, y)), [returns(f64.add(x, y))]),
    set(ax, f64.abs(x)),
    when(f64.eq(f64.abs(y), Infinity), [
      when(f64.eq(ax, 1), [returns(f64.const(1))]),
      returns(select(i32.eq(f64.gt(ax, 1), f64.gt(y, 0)), f64.const(Infinity), f64.const(0))),
    ]),
    when(f64.eq(y, 1), [returns(x)]),
    when(f64.eq(y, -1), [returns(f64.div(1, x))]),
    when(f64.eq(y, 2), [returns(f64.mul(x, x))]),
    when(i32.and(f64.eq(y, 0.5), i32.eqz(isNegative(x))), [returns(f64.sqrt(x))]),
    set(s, 1),
    when(isNegative(x), [
      set(yIsInteger, f64.eq(f64.trunc(y), y)),
      // From 2^53 on every number is even.
      set(yIsOdd, i32.and(yIsInteger, f64.ne(f64.trunc(f64.mul(y, 0.5)), f64.mul(y, 0.5)))),
      when(yIsOdd, [set(s, -1)]),
    ]),
    when(i32.or(f64.eq(ax, 0), f64.eq(ax, Infinity)), [
      returns(f64.mul(s, select(f64.lt(y, 0), f64.div(1, ax), ax))),
    ]),
    when(i32.and(isNegative(x), i32.eqz(yIsInteger)), [returns(f64.const(NaN))]),
    when(f64.eq(ax, 1), [returns(s)]),

    block(hasLog, [
      when(f64.gt(f64.abs(y), 2 ** 31), [
        // Any x but next to 1 goes out of range; there log2(x) is its Taylor series.
        set(ix, highWord(ax)),
        when(i32.lt(ix, 0x3fefffff), [when(f64.lt(y, 0), [overflows], [underflows])]),
        when(i32.gt(ix, 0x3ff00000), [when(f64.gt(y, 0), [overflows], [underflows])]),
        e.set('t = ax - 1'),
        e.set('w = (t*t)*(0.5 - t*(0.3333333333333333333333 - t*0.25))'),
        e.set('u = ivln2_h*t'),
        e.set('v = t*ivln2_l - w*ivln2'),
        e.set('t1 = u + v'),
        clear('t1'),
        e.set('t2 = v - (t1 - u)'),
        branch(hasLog),
      ]),
      when(f64.lt(ax, 2 ** -1022), [e.set(`ax = ax*${2 ** 53}`), set(n, i32.const(-53))]),
      set(ix, highWord(ax)),
      set(n, i32.add(n, i32.sub(i32.shr(ix, 20), 0x3ff))),
      set(j, i32.and(ix, 0x000fffff)),
      set(ix, i32.or(j, 0x3ff00000)),
      // Near 1, near 1.5, or next to 2, taken as near 1 with the next exponent.
      when(i32.gt(j, 0x3988e), [
        when(
          i32.lt(j, 0xbb67a),
          [set(isBetween, i32.const(1))],
          [set(n, i32.add(n, 1)), set(ix, i32.sub(ix, 0x00100000))],
        ),
      ]),
      set(ax, withHighWord(ax, ix)),
      set(e.local('bp'), select(isBetween, f64.const(1.5), f64.const(1))),
      set(e.local('dp_h'), select(isBetween, f64.const(5.84962487220764160156e-1), f64.const(0))),
      set(e.local('dp_l'), select(isBetween, f64.const(1.35003920212974897128e-8), f64.const(0))),
      ...fractionTerms(e),
      set(
        e.local('t_h'),
        fromHighWord(
          i32.add(i32.add(i32.or(i32.shrU(ix, 1), 0x20000000), 0x00080000), i32.shl(isBetween, 18)),
        ),
      ),
      ...logarithmTerms(e),
      set(e.local('t'), f64.fromI32(n)),
      ...exponentTerms(e),
    ]),

    ...productTerms(e),
    set(j, highWord(e('z'))),
    set(i, lowWord(e('z'))),
    when(
      i32.ge(j, 0x40900000),
      [
        when(i32.or(i32.sub(j, 0x40900000), i), [overflows]),
        when(f64.gt(f64.add(e('p_l'), ovt), e('z - p_h')), [overflows]),
      ],
      [
        when(i32.geU(i32.and(j, 0x7fffffff), 0x4090cc00), [
          when(i32.or(i32.xor(j, 0xc090cc00), i), [underflows]),
          when(f64.le(e('p_l'), e('z - p_h')), [underflows]),
        ]),
      ],
    ),
    // 2^(p_h + p_l) = 2^n 2^(rest), |rest| <= 1/2
    set(n, i32.const(0)),
    when(i32.gt(i32.and(j, 0x7fffffff), 0x3fe00000), [
      set(k, i32.sub(i32.shrU(i32.and(j, 0x7fffffff), 20), 0x3ff)),
      set(n, i32.add(j, i32.shrU(0x00100000, i32.add(k, 1)))),
      set(k, i32.sub(i32.shrU(i32.and(n, 0x7fffffff), 20), 0x3ff)),
      set(e.local('t'), fromHighWord(i32.and(n, i32.xor(i32.shrU(0x000fffff, k), -1)))),
      set(n, i32.shrU(i32.or(i32.and(n, 0x000fffff), 0x00100000), i32.sub(20, k))),
      when(i32.lt(j, 0), [set(n, i32.sub(0, n))]),
      e.set('p_h = p_h - t'),
    ]),
    ...fractionalPower(e),
    returns(f64.mul(s, scaled(e('z'), n))),
  ];
  return f;
};

/** One polynomial estimate to 23 bits and one Newton step; the sign of x is kept. */
export const cbrt: Definition = (m) => {
  const f = m.function('cbrt', { params: { x: 'f64' }, results: ['f64'] });
  const { x } = f.params;
  const e = formulas(f, {
    P0: 1.87595182427177009643,
    P1: -1.88497979543377169875,
    P2: 1.62142972010535446614,
    P3: -0.758397934778766047437,
    P4: 0.145996192886612446982,
  });
  const t = e.local('t');
  const third = (of: F64, bias: number): F64 =>
    fromHighWord(i32.add(i32.divU(i32.and(highWord(of), 0x7fffffff), 3), bias));
  f.body = [
    when(i32.or(i32.eqz(f64.lt(f64.abs(x), Infinity)), f64.eq(x, 0)), [returns(x)]),
    set(
      t,
      f64.copysign(
        conditional(
          f64.lt(f64.abs(x), 2 ** -1022),
          third(f64.mul(x, 2 ** 54), 696219795),
          third(x, 715094163),
        ),
        x,
      ),
    ),
    e.set('r = (t*t)*(t/x)'),
    e.set('t = t*((P0 + r*(P1 + r*P2)) + ((r*r)*r)*(P3 + r*P4))'),
    set(t, f64.fromBits(i64.and(i64.add(i64.bitsOf(t), 0x80000000n), 0xffffffffc0000000n))),
    e.set('s = t*t'),
    e.set('r = x/s'),
    e.set('w = t + t'),
    e.set('r = (r - t)/(w + r)'),
    returns(e('t + t*r')),
  ];
  return f;
};

/** sqrt(x^2 + y^2) without overflow or underflow in between; infinite if either is, even with NaN (C99 F.9.4.3). */
export const hypot: Definition = (m) => {
  const f = m.function('hypot', { params: { x: 'f64', y: 'f64' }, results: ['f64'] });
  const { x, y } = f.params;
  const e = formulas(f);
  const [a, b] = [e.local('a'), e.local('b')];
  e.local('scale');
  const high = (of: F64, add = 0): I32 => i32.add(highWord(of), add);
  f.body = [
    set(a, f64.abs(x)),
    set(b, f64.abs(y)),
    when(i32.or(f64.eq(a, Infinity), f64.eq(b, Infinity)), [returns(f64.const(Infinity))]),
    when(i32.or(f64.ne(x, x), f64.ne(y, y)), [returns(f64.add(x, y))]),
    when(f64.lt(a, b), [e.set('t1 = a'), set(a, b), e.set('b = t1')]),
    // b is then below half a unit of a.
    when(f64.eq(f64.add(a, f64.mul(b, 2 ** 4)), a), [returns(f64.add(a, b))]),
    e.set('scale = 1'),
    when(f64.gt(a, 2 ** 500), [
      set(a, f64.mul(a, 2 ** -600)),
      set(b, f64.mul(b, 2 ** -600)),
      set(e.local('scale'), 2 ** 600),
    ]),
    when(f64.lt(b, 2 ** -500), [
      set(a, f64.mul(a, 2 ** 600)),
      set(b, f64.mul(b, 2 ** 600)),
      set(e.local('scale'), 2 ** -600),
    ]),
    e.set('w = a - b'),
    when(
      f64.gt(e('w'), b),
      [
        set(e.local('t1'), fromHighWord(high(a))),
        e.set('t2 = a - t1'),
        e.set('w = sqrt(t1*t1 - (b*(-b) - t2*(a + t1)))'),
      ],
      [
        e.set('a = a + a'),
        set(e.local('y1'), fromHighWord(high(b))),
        e.set('y2 = b - y1'),
        set(e.local('t1'), fromHighWord(high(a))),
        e.set('t2 = a - t1'),
        e.set('w = sqrt(t1*y1 - (w*(-w) - (t1*y2 + t2*b)))'),
      ],
    ),
    returns(e('w*scale')),
  ];
  return f;
};
