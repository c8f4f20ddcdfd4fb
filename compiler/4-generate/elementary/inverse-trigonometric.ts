/**
 * asin, acos, atan, atan2. asin and acos follow FreeBSD msun e_asin.c and e_acos.c, atan s_atan.c (Sun Microsystems
 * 1993): rational and polynomial Remez forms after argument reduction. atan2 passes the rounding error of y/x through
 * the kernel of atan (msun ignores it and is up to 1.5 ulp off).
 */
import { conditional, f64, i32, returns, run, select, set, when } from '../wasm/index.ts';
import type { F64 } from '../wasm/index.ts';
import { horner, isNegative, withoutLowWord } from './bits.ts';
import type { Definition } from './definition.ts';
import { formulas } from './formula.ts';

const pi = {
  pio2hi: 1.570796326794896558,
  pio2lo: 6.12323399573676603587e-17,
  pio4hi: 7.85398163397448278999e-1,
};

/** (asin(sqrt(t)) - sqrt(t)) / sqrt(t), t <= 1/4. */
const asinRational = (t: F64): F64 =>
  f64.div(
    f64.mul(
      t,
      horner(
        t,
        [
          1.66666666666666657415e-1, -3.25565818622400915405e-1, 2.01212532134862925881e-1,
          -4.00555345006794114027e-2, 7.91534994289814532176e-4, 3.4793310759602116757e-5,
        ],
      ),
    ),
    horner(
      t,
      [
        1, -2.40339491173441421878, 2.02094576023350569471, -6.8828397160545329303e-1,
        7.70381505559019352791e-2,
      ],
    ),
  );

export const asin: Definition = (m) => {
  const f = m.function('asin', { params: { x: 'f64' }, results: ['f64'] });
  const { x } = f.params;
  const e = formulas(f, pi);
  f.body = [
    e.set('a = abs(x)'),
    when(f64.ge(e('a'), 1), [
      when(f64.eq(e('a'), 1), [returns(e('x*pio2hi + x*pio2lo'))]),
      returns(f64.const(NaN)),
    ]),
    when(f64.ne(x, x), [returns(x)]),
    when(f64.lt(e('a'), 0.5), [
      when(f64.lt(e('a'), 2 ** -26), [returns(x)]),
      set(e.local('r'), asinRational(f64.mul(x, x))),
      returns(e('x + x*r')),
    ]),
    e.set('t = (1 - a)*0.5'),
    set(e.local('r'), asinRational(e('t'))),
    e.set('s = sqrt(t)'),
    when(f64.ge(e('a'), 0.975), [returns(f64.copysign(e('pio2hi - (2*(s + s*r) - pio2lo)'), x))]),
    set(e.local('w'), withoutLowWord(e('s'))),
    e.set('c = (t - w*w)/(s + w)'),
    e.set('p = 2*s*r - (pio2lo - 2*c)'),
    e.set('q = pio4hi - 2*w'),
    returns(f64.copysign(e('pio4hi - (p - q)'), x)),
  ];
  return f;
};

export const acos: Definition = (m) => {
  const f = m.function('acos', { params: { x: 'f64' }, results: ['f64'] });
  const { x } = f.params;
  const e = formulas(f, { ...pi, pi: Math.PI });
  f.body = [
    e.set('a = abs(x)'),
    when(f64.ge(e('a'), 1), [
      when(f64.eq(x, 1), [returns(f64.const(0))]),
      when(f64.eq(x, -1), [returns(e('pi + 2*pio2lo'))]),
      returns(f64.const(NaN)),
    ]),
    when(f64.ne(x, x), [returns(x)]),
    when(f64.lt(e('a'), 0.5), [
      when(f64.lt(e('a'), 2 ** -57), [returns(e('pio2hi + pio2lo'))]),
      set(e.local('r'), asinRational(f64.mul(x, x))),
      returns(e('pio2hi - (x - (pio2lo - x*r))')),
    ]),
    e.set('z = (1 - a)*0.5'),
    e.set('s = sqrt(z)'),
    set(e.local('r'), asinRational(e('z'))),
    when(f64.lt(x, 0), [e.set('w = r*s - pio2lo'), returns(e('pi - 2*(s + w)'))]),
    set(e.local('d'), withoutLowWord(e('s'))),
    e.set('c = (z - d*d)/(s + d)'),
    e.set('w = r*s + c'),
    returns(e('2*(d + w)')),
  ];
  return f;
};

/** atan(x + low) for x >= 0 as high + rest; |low| <= ulp(x). */
export const atanParts: Definition = (m) => {
  const f = m.function('atan in two parts', { params: { x: 'f64', low: 'f64' }, results: ['f64', 'f64'] });
  const { x } = f.params;
  const e = formulas(f);
  const reduced = (argument: string, high: number, low: number) => [
    e.set(`t = ${argument}`),
    e.set(`ah = ${high}`),
    e.set(`al = ${low} + low/(1 + x*x)`),
  ];
  e.local('t');
  e.local('ah');
  e.local('al');
  f.body = [
    when(
      f64.lt(x, 0.4375),
      [e.set('t = x'), e.set('ah = 0'), e.set('al = low/(1 + x*x)')],
      [
        when(
          f64.lt(x, 1.1875),
          [
            when(
              f64.lt(x, 0.6875),
              reduced('(2*x - 1)/(2 + x)', 4.63647609000806093515e-1, 2.26987774529616870924e-17),
              reduced('(x - 1)/(x + 1)', 7.85398163397448278999e-1, 3.06161699786838301793e-17),
            ),
          ],
          [
            when(
              f64.lt(x, 2.4375),
              reduced('(x - 1.5)/(1 + 1.5*x)', 9.82793723247329054082e-1, 1.39033110312309984516e-17),
              reduced('-1/x', 1.570796326794896558, 6.12323399573676603587e-17),
            ),
          ],
        ),
      ],
    ),
    e.set('z = t*t'),
    e.set('w = z*z'),
    set(
      e.local('s1'),
      f64.mul(
        e('z'),
        horner(
          e('w'),
          [
            3.33333333333329318027e-1, 1.42857142725034663711e-1, 9.09088713343650656196e-2,
            6.66107313738753120669e-2, 4.97687799461593236017e-2, 1.62858201153657823623e-2,
          ],
        ),
      ),
    ),
    set(
      e.local('s2'),
      f64.mul(
        e('w'),
        horner(
          e('w'),
          [
            -1.99999999998764832476e-1, -1.1111110405462355788e-1, -7.69187620504482999495e-2,
            -5.83357013379057348645e-2, -3.6531572744216915527e-2,
          ],
        ),
      ),
    ),
    e.set('correction = al - t*(s1 + s2)'),
    // ah + t + correction, the largest first; ah is zero or larger than t.
    e.set('big = ah + t'),
    e.set('small = ((ah - big) + t) + correction'),
    e.set('high = big + small'),
    returns(e('high'), e('(big - high) + small')),
  ];
  return f;
};

export const atan: Definition = (m, library) => {
  const f = m.function('atan', { params: { x: 'f64' }, results: ['f64'] });
  const { x } = f.params;
  const e = formulas(f);
  e.local('high');
  f.body = [
    e.set('a = abs(x)'),
    when(f64.ne(x, x), [returns(x)]),
    when(f64.lt(e('a'), 2 ** -27), [returns(x)]),
    when(f64.ge(e('a'), 2 ** 66), [returns(f64.copysign(Math.PI / 2, x))]),
    run(library.atanParts, [e('a'), 0], [e.local('high'), e.local('rest')]),
    returns(f64.copysign(e('high'), x)),
  ];
  return f;
};

/** The angle of the point (x, y), in -pi..pi; zeros and infinities as C99 F.9.1.4. */
export const atan2: Definition = (m, library) => {
  const f = m.function('atan2', { params: { y: 'f64', x: 'f64' }, results: ['f64'] });
  const { y, x } = f.params;
  const e = formulas(f, { pi: Math.PI, pilo: 1.2246467991473531772e-16 });
  e.local('high');
  e.local('rest');
  const [a, b] = [e.local('a'), e.local('b')];
  const signed = (value: F64 | number): F64 => f64.copysign(value, y);
  f.body = [
    when(i32.or(f64.ne(x, x), f64.ne(y, y)), [returns(f64.add(x, y))]),
    set(a, f64.abs(y)),
    set(b, f64.abs(x)),
    when(f64.eq(a, 0), [returns(select(isNegative(x), signed(Math.PI), y))]),
    when(f64.eq(b, 0), [returns(signed(Math.PI / 2))]),
    when(f64.eq(b, Infinity), [
      when(f64.eq(a, Infinity), [
        returns(signed(select(isNegative(x), f64.const((3 * Math.PI) / 4), f64.const(Math.PI / 4)))),
      ]),
      returns(signed(select(isNegative(x), f64.const(Math.PI), f64.const(0)))),
    ]),
    e.set('q = a/b'),
    when(f64.gt(e('q'), 2 ** 61), [returns(signed(Math.PI / 2))]),
    when(f64.lt(e('q'), 2 ** -61), [returns(signed(select(isNegative(x), f64.const(Math.PI), e('q'))))]),
    // Both scaled away from the ends of the range, so that the quotient's rounding error comes out exact.
    when(f64.gt(b, 2 ** 400), [e.set(`a = a*${2 ** -600}`), e.set(`b = b*${2 ** -600}`)]),
    when(f64.lt(b, 2 ** -400), [e.set(`a = a*${2 ** 600}`), e.set(`b = b*${2 ** 600}`)]),
    set(e.local('q1'), withoutLowWord(e('q'))),
    set(e.local('b1'), withoutLowWord(b)),
    e.set('q2 = q - q1'),
    e.set('b2 = b - b1'),
    e.set('low = ((((a - q1*b1) - q1*b2) - q2*b1) - q2*b2)/b'),
    run(library.atanParts, [e('q'), e('low')], [e.local('high'), e.local('rest')]),
    returns(signed(conditional(isNegative(x), e('pi - (high - (pilo - rest))'), e('high')))),
  ];
  return f;
};
