/**
 * log, log1p, log2, log10 after FreeBSD msun e_log.c, s_log1p.c, e_log2.c, e_log10.c with k_log.h
 * (Sun Microsystems 1993; Steven Kargl, Bruce Evans): x = 2^k (1 + f), sqrt(2)/2 < 1 + f < sqrt(2), and a Remez
 * polynomial of log(1 + f) in (f/(2 + f))^2.
 */
import { conditional, f64, i32, i64, returns, select, set, when } from '../wasm/index.ts';
import type { F64, I64, Local, Statement } from '../wasm/index.ts';
import { highWord, withHighWord, withoutLowWord } from './bits.ts';
import type { Definition } from './definition.ts';
import { formulas } from './formula.ts';
import type { Formulas } from './formula.ts';

export const polynomial = {
  Lg1: 6.66666666666673513e-1,
  Lg2: 3.999999999940941908e-1,
  Lg3: 2.857142874366239149e-1,
  Lg4: 2.222219843214978396e-1,
  Lg5: 1.818357216161805012e-1,
  Lg6: 1.531383769920937332e-1,
  Lg7: 1.479819860511658591e-1,
};
export const ln2 = { ln2hi: 6.9314718036912381649e-1, ln2lo: 1.90821492927058770002e-10 };

/** Returns for x that is NaN, negative, zero or infinite. */
const special = (x: F64): Statement[] => [
  when(f64.ne(x, x), [returns(x)]),
  when(f64.eq(x, 0), [returns(f64.const(-Infinity))]),
  when(f64.lt(x, 0), [returns(f64.const(NaN))]),
  when(f64.eq(x, Infinity), [returns(x)]),
];

/** x = 2^k (1 + f) for a positive finite x, subnormal or not; sets k (as a number, too) and f. */
function splitExponent(e: Formulas, x: Local<'f64'>, bits: Local<'i64'>, k: Local<'i32'>): Statement[] {
  const shifted = (b: I64): I64 => i64.add(b, i64.shl(0x95f64n, 32n));
  return [
    set(k, i32.const(0)),
    when(f64.lt(x, 2 ** -1022), [set(x, f64.mul(x, 2 ** 54)), set(k, i32.const(-54))]),
    set(bits, i64.bitsOf(x)),
    // i of e_log.c: whether the fraction is above sqrt(2), so that the exponent counts one more.
    set(k, i32.add(k, i32.sub(i32.fromI64(i64.shrU(shifted(bits), 52n)), 1023))),
    set(
      e.local('f'),
      f64.sub(
        f64.fromBits(
          i64.sub(
            i64.or(i64.and(bits, 0x000fffffffffffffn), 0x3ff0000000000000n),
            i64.and(shifted(i64.and(bits, 0x000fffffffffffffn)), 0x0010000000000000n),
          ),
        ),
        1,
      ),
    ),
    set(e.local('dk'), f64.fromI32(k)),
  ];
}

/** R of e_log.c: the polynomial in s = f/(2 + f). */
export const remainder = (e: Formulas): Statement[] => [
  e.set('s = f/(2 + f)'),
  e.set('z = s*s'),
  e.set('w = z*z'),
  e.set('t1 = w*(Lg2 + w*(Lg4 + w*Lg6))'),
  e.set('t2 = z*(Lg1 + w*(Lg3 + w*(Lg5 + w*Lg7)))'),
  e.set('R = t2 + t1'),
  e.set('hfsq = 0.5*f*f'),
];

export const inTheMiddle = 'dk*ln2hi - ((hfsq - (s*(hfsq + R) + dk*ln2lo)) - f)';
export const elsewhere = 'dk*ln2hi - ((s*(f - R) - dk*ln2lo) - f)';

export const log: Definition = (m) => {
  const f = m.function('log', { params: { x: 'f64' }, results: ['f64'] });
  const { x } = f.params;
  const [bits, k] = [f.local('i64', 'bits'), f.local('i32', 'k')];
  const e = formulas(f, { ...polynomial, ...ln2 });
  f.body = [
    ...special(x),
    ...splitExponent(e, x, bits, k),
    when(f64.lt(f64.abs(e('f')), 2 ** -20), [
      e.set('R = f*f*(0.5 - 0.33333333333333333*f)'),
      returns(e('dk*ln2hi - ((R - dk*ln2lo) - f)')),
    ]),
    ...remainder(e),
    // On 1 + f in (1.38, 1.42) and near it e_log.c sums hfsq apart. Which of the two is anybody's guess, so both are computed.
    returns(
      select(
        i32.gt(
          i32.or(
            i32.sub(i32.and(highWord(x), 0xfffff), 0x6147a),
            i32.sub(0x6b851, i32.and(highWord(x), 0xfffff)),
          ),
          0,
        ),
        e(inTheMiddle),
        e(elsewhere),
      ),
    ),
  ];
  return f;
};

export const log1p: Definition = (m) => {
  const f = m.function('log1p', { params: { x: 'f64' }, results: ['f64'] });
  const { x } = f.params;
  const [k, hu] = f.named('i32', 'k', 'hu');
  const e = formulas(f, { ...polynomial, ...ln2 });
  const u = e.local('u');
  const c = e.local('c');
  f.body = [
    when(f64.ne(x, x), [returns(x)]),
    when(f64.eq(x, -1), [returns(f64.const(-Infinity))]),
    when(f64.lt(x, -1), [returns(f64.const(NaN))]),
    when(f64.eq(x, Infinity), [returns(x)]),
    when(f64.lt(f64.abs(x), 2 ** -29), [
      when(f64.lt(f64.abs(x), 2 ** -54), [returns(x)]),
      returns(e('x - x*x*0.5')),
    ]),
    e.set('f = x'),
    set(hu, i32.const(1)),
    // Outside (sqrt(2)/2 - 1, sqrt(2) - 1): 1 + x = 2^k u with c the rounding error of 1 + x, relative to it.
    when(i32.or(f64.le(x, -0.2928932188134524), f64.ge(x, 0.41421356237309503)), [
      e.set('u = 1 + x'),
      set(k, i32.sub(i32.shrU(highWord(u), 20), 1023)),
      set(c, f64.div(conditional(i32.gt(k, 0), e('1 - (u - x)'), e('x - (u - 1)')), u)),
      set(hu, i32.and(highWord(u), 0x000fffff)),
      when(
        i32.lt(hu, 0x6a09e),
        [set(u, withHighWord(u, i32.or(hu, 0x3ff00000)))],
        [
          set(k, i32.add(k, 1)),
          set(u, withHighWord(u, i32.or(hu, 0x3fe00000))),
          set(hu, i32.shrU(i32.sub(0x00100000, hu), 2)),
        ],
      ),
      e.set('f = u - 1'),
    ]),
    set(e.local('dk'), f64.fromI32(k)),
    e.set('hfsq = 0.5*f*f'),
    when(i32.eqz(hu), [
      when(f64.eq(e('f'), 0), [e.set('c = c + dk*ln2lo'), returns(e('dk*ln2hi + c'))]),
      e.set('R = hfsq*(1 - 0.66666666666666666*f)'),
      returns(e('dk*ln2hi - ((R - (dk*ln2lo + c)) - f)')),
    ]),
    e.set('s = f/(2 + f)'),
    e.set('z = s*s'),
    e.set('R = z*(Lg1 + z*(Lg2 + z*(Lg3 + z*(Lg4 + z*(Lg5 + z*(Lg6 + z*Lg7))))))'),
    when(i32.eqz(k), [returns(e('f - (hfsq - s*(hfsq + R))'))]),
    returns(e('dk*ln2hi - ((hfsq - (s*(hfsq + R) + (dk*ln2lo + c))) - f)')),
  ];
  return f;
};

/** log(1 + f) as hi + lo with hi free of its low word, times 1/log(base) as two numbers, plus k. */
const inOtherBase =
  (
    name: string,
    constants: Readonly<Record<string, number>>,
    last: (e: Formulas) => Statement[],
  ): Definition =>
  (m) => {
    const f = m.function(name, { params: { x: 'f64' }, results: ['f64'] });
    const { x } = f.params;
    const [bits, k] = [f.local('i64', 'bits'), f.local('i32', 'k')];
    const e = formulas(f, { ...polynomial, ...constants });
    f.body = [
      ...special(x),
      when(f64.eq(x, 1), [returns(f64.const(0))]),
      ...splitExponent(e, x, bits, k),
      ...remainder(e),
      e.set('r = s*(hfsq + R)'),
      set(e.local('hi'), withoutLowWord(e('f - hfsq'))),
      e.set('lo = (f - hi) - hfsq + r'),
      ...last(e),
    ];
    return f;
  };

export const log2: Definition = inOtherBase(
  'log2',
  { ivln2hi: 1.44269504072144627571, ivln2lo: 1.67517131648865118353e-10 },
  (e) => [
    e.set('vhi = hi*ivln2hi'),
    e.set('vlo = (lo + hi)*ivln2lo + lo*ivln2hi'),
    e.set('w = dk + vhi'),
    e.set('vlo = vlo + ((dk - w) + vhi)'),
    returns(e('vlo + w')),
  ],
);

export const log10: Definition = inOtherBase(
  'log10',
  {
    ivln10hi: 4.34294481878168880939e-1,
    ivln10lo: 2.50829467116452752298e-11,
    log10_2hi: 3.01029995663611771306e-1,
    log10_2lo: 3.69423907715893078616e-13,
  },
  (e) => [
    e.set('vhi = hi*ivln10hi'),
    e.set('y = dk*log10_2hi'),
    e.set('vlo = dk*log10_2lo + (lo + hi)*ivln10lo + lo*ivln10hi'),
    e.set('w = y + vhi'),
    e.set('vlo = vlo + ((y - w) + vhi)'),
    returns(e('vlo + w')),
  ],
);
