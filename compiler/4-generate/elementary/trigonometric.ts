/** sin, cos, tan after FreeBSD msun k_sin.c, k_cos.c, k_tan.c (Sun Microsystems 1993, 2004), on reduced angles y0 + y1. */
import { conditional, f64, i32, returns, run, select, set, when } from '../wasm/index.ts';
import type { FunctionBuilder, Local, Statement } from '../wasm/index.ts';
import { withoutLowWord } from './bits.ts';
import type { Definition } from './definition.ts';
import { formulas } from './formula.ts';
import type { Formulas } from './formula.ts';
import type { Library } from './index.ts';

const polynomials = {
  S1: -1.66666666666666324348e-1,
  S2: 8.33333333332248946124e-3,
  S3: -1.98412698298579493134e-4,
  S4: 2.75573137070700676789e-6,
  S5: -2.50507602534068634195e-8,
  S6: 1.58969099521155010221e-10,
  C1: 4.16666666666666019037e-2,
  C2: -1.38888888888741095749e-3,
  C3: 2.48015872894767294178e-5,
  C4: -2.75573143513906633035e-7,
  C5: 2.0875723212981748279e-9,
  C6: -1.13596475577881948265e-11,
};

/** Sets y0, y1 and the quadrant; x itself up to pi/4. Returns NaN for an infinite x, and NaN for NaN. */
function reduced(
  f: FunctionBuilder<{ x: 'f64' }>,
  e: Formulas,
  n: Local<'i32'>,
  library: Library,
): Statement[] {
  const { x } = f.params;
  return [
    when(i32.eqz(f64.lt(f64.abs(x), Infinity)), [returns(e('x - x'))]),
    e.set('y0 = x'),
    e.set('y1 = 0'),
    when(f64.gt(f64.abs(x), Math.PI / 4), [run(library.reduce, [x], [n, e.local('y0'), e.local('y1')])]),
  ];
}

const kernelSin = (e: Formulas): Statement[] => [
  e.set('z = y0*y0'),
  e.set('w = z*z'),
  e.set('r = S2 + z*(S3 + z*S4) + z*w*(S5 + z*S6)'),
  e.set('v = z*y0'),
  e.set('result = y0 - ((z*(0.5*y1 - v*r) - y1) - v*S1)'),
];

const kernelCos = (e: Formulas): Statement[] => [
  e.set('z = y0*y0'),
  e.set('w = z*z'),
  e.set('r = z*(C1 + z*(C2 + z*C3)) + w*w*(C4 + z*(C5 + z*C6))'),
  e.set('hz = 0.5*z'),
  e.set('w = 1 - hz'),
  e.set('result = w + (((1 - w) - hz) + (z*r - y0*y1))'),
];

/** sin x is cos y in odd quadrants, and changes sign in the third and fourth. */
export const sin: Definition = (m, library) => {
  const f = m.function('sin', { params: { x: 'f64' }, results: ['f64'] });
  const { x } = f.params;
  const n = f.local('i32', 'n');
  const e = formulas(f, polynomials);
  f.body = [
    when(f64.lt(f64.abs(x), 2 ** -26), [returns(x)]),
    ...reduced(f, e, n, library),
    when(i32.and(n, 1), kernelCos(e), kernelSin(e)),
    returns(select(i32.and(n, 2), e('-result'), e('result'))),
  ];
  return f;
};

export const cos: Definition = (m, library) => {
  const f = m.function('cos', { params: { x: 'f64' }, results: ['f64'] });
  const n = f.local('i32', 'n');
  const e = formulas(f, polynomials);
  f.body = [
    ...reduced(f, e, n, library),
    when(i32.and(n, 1), kernelSin(e), kernelCos(e)),
    returns(select(i32.and(i32.add(n, 1), 2), e('-result'), e('result'))),
  ];
  return f;
};

export const tan: Definition = (m, library) => {
  const f = m.function('tan', { params: { x: 'f64' }, results: ['f64'] });
  const { x } = f.params;
  const n = f.local('i32', 'n');
  const isNearQuarter = f.local('i32', 'is near pi/4');
  const isNegative = f.local('i32', 'is negative');
  const e = formulas(f, {
    T0: 3.33333333333334091986e-1,
    T1: 1.33333333333201242699e-1,
    T2: 5.39682539762260521377e-2,
    T3: 2.18694882948595424599e-2,
    T4: 8.86323982359930005737e-3,
    T5: 3.59207910759131235356e-3,
    T6: 1.45620945432529025516e-3,
    T7: 5.88041240820264096874e-4,
    T8: 2.46463134818469906812e-4,
    T9: 7.817944429395570923e-5,
    T10: 7.14072491382608190305e-5,
    T11: -1.85586374855275456654e-5,
    T12: 2.59073051863633712884e-5,
    pio4: 7.85398163397448278999e-1,
    pio4lo: 3.06161699786838301793e-17,
  });
  f.body = [
    when(f64.lt(f64.abs(x), 2 ** -27), [returns(x)]),
    ...reduced(f, e, n, library),
    set(isNearQuarter, f64.ge(f64.abs(e('y0')), 0.67434)),
    set(isNegative, f64.lt(e('y0'), 0)),
    // tan(pi/4 - y) = (1 - tan y)/(1 + tan y)
    when(isNearQuarter, [
      when(isNegative, [e.set('y0 = -y0'), e.set('y1 = -y1')]),
      e.set('y0 = (pio4 - y0) + (pio4lo - y1)'),
      e.set('y1 = 0'),
    ]),
    e.set('z = y0*y0'),
    e.set('w = z*z'),
    e.set('r = T1 + w*(T3 + w*(T5 + w*(T7 + w*(T9 + w*T11))))'),
    e.set('v = z*(T2 + w*(T4 + w*(T6 + w*(T8 + w*(T10 + w*T12)))))'),
    e.set('s = z*y0'),
    e.set('r = y1 + z*(s*(r + v) + y1)'),
    e.set('r = r + T0*s'),
    e.set('w = y0 + r'),
    when(isNearQuarter, [
      set(e.local('v'), conditional(i32.and(n, 1), f64.const(-1), f64.const(1))),
      e.set('r = v - 2*(y0 - (w*w/(w + v) - r))'),
      returns(select(isNegative, e('-r'), e('r'))),
    ]),
    when(i32.eqz(i32.and(n, 1)), [returns(e('w'))]),
    // -1/w with the rounding error of w and of the quotient.
    set(e.local('z'), withoutLowWord(e('w'))),
    e.set('v = r - (z - y0)'),
    e.set('a = -1/w'),
    set(e.local('t'), withoutLowWord(e('a'))),
    e.set('s = 1 + t*z'),
    returns(e('t + a*(s + t*v)')),
  ];
  return f;
};
