/**
 * erf, erfc, gamma, lgamma and polygamma, as text for `routine.ts`.
 *
 * erf(x)/x is a polynomial of x² up to 1. Beyond it, (1 + 2x) exp(x²) erfc(x) is one of t = (x - 3.75)/(x + 3.75), which is
 * smooth to infinity (Shepherd and Laframboise 1981, “Chebyshev approximation of (1 + 2x) exp(x²) erfc x in 0 <= x < ∞”).
 * gamma goes to 1 + t, |t| <= 1/2, by its recurrence: all factors are exact there, their product is kept as two numbers, and
 * 1/gamma(1 + t) is its Taylor series, which converges everywhere (Abramowitz and Stegun, 6.1.34). lgamma is made of the same
 * series and log1p, so that it keeps its digits at 1 and 2, and of Stirling's series from 13 on. Polynomials and series were
 * computed with 80 digits.
 */
import type { FunctionHandle, ModuleBuilder } from '../wasm/index.ts';
import { routines } from '../random/routine.ts';
import type { Routines } from '../random/routine.ts';
import type { Definition } from './definition.ts';
import type { Library } from './index.ts';

const horner = (x: string, coefficients: readonly number[]): string =>
  coefficients
    .slice(0, -1)
    .reduceRight((inner, one) => `${one} + ${x}*(${inner})`, String(coefficients.at(-1)));

/** erf(x)/x - 1 over x², to 1e-19 for x <= 1. */
const erfCentre = [
  0.1283791670955126, -0.3761263890318375, 0.11283791670954882, -0.026866170645077334, 0.005223977624823223,
  -0.0008548326981129666, 0.00012055331122299266, -1.4925595519506043e-5, 1.6461004480962034e-6,
  -1.6350354461959655e-7, 1.4660051998394848e-8, -1.1373902296430911e-9, 5.958930743134941e-11,
];
/** (1 + 2x) exp(x²) erfc(x) over t, to 1e-21. */
const erfcTail = [
  1.2375126308378275, -0.14024059858554702, 0.00358541548546365, 0.0822767384901511, -0.10880393014170484,
  0.09230432116019574, -0.05869339859061538, 0.02836227742155761, -0.00974657954670577, 0.001755625832041914,
  0.00029371358741040523, -0.00029015397717434174, 5.1649446631546105e-5, 2.238390438612605e-5,
  -1.1445188114123948e-5, -9.72831220057186e-7, 1.7537913537167442e-6, -5.82917973030504e-8,
  -2.6176441260419035e-7, 2.431798216922289e-8, 4.1747469828770636e-8, -4.402084619990293e-9,
  -7.226759783092986e-9, 5.416891408114867e-10, 1.3050476426196804e-9, -2.8647901577607826e-11,
  -2.2317543468480715e-10, -4.6678718739217025e-12, 3.0343167530835805e-11, 8.916040964328321e-13,
  -2.303330137612463e-12,
];
/** Of t^3, t^4, … in 1/gamma(1 + t); 1, gamma of Euler and the next stand in the text. */
const reciprocal = [
  -0.04200263503409524, 0.16653861138229148, -0.04219773455554433, -0.009621971527876973, 0.0072189432466631,
  -0.0011651675918590652, -0.00021524167411495098, 0.0001280502823881162, -2.013485478078824e-5,
  -1.2504934821426706e-6, 1.133027231981696e-6, -2.056338416977607e-7, 6.116095104481416e-9,
  5.002007644469223e-9, -1.18127457048702e-9, 1.0434267116911005e-10, 7.782263439905071e-12,
  -3.696805618642206e-12, 5.100370287454476e-13,
];
const euler = 0.5772156649015329;
const eulerRest = -4.942915152430645e-18;
const second = -0.6558780715202539;

const text = `
erfcxOf(x) {
  t = (x - 3.75)/(x + 3.75)
  return (${horner('t', erfcTail)})/(1 + 2*x)
}
erfcOf(x) {
  if (x < 0) { return 2 - erfcOf(-x) }
  if (x < 0.5) { return 1 - erfOf(x) }
  if (x > 27.3) { return 0 }
  s = x*x
  f = erfcxOf(x)
  return exp(-s)*(f - f*productRest(x, x, s))
}
erfOf(x) {
  if (x < 0) { return -erfOf(-x) }
  if (x <= 1) {
    z = x*x
    return x + x*(${horner('z', erfCentre)})
  }
  if (x >= 6) { return 1 }
  return 1 - erfcOf(x)
}
// t^3 (c3 + c4 t + …)
reciprocalTail(t) {
  return t*t*t*(${horner('t', reciprocal)})
}
// (1/gamma(1 + t) - 1)/t
reciprocalSlope(t) {
  return ${euler} + (t*(${second} + t*(${horner('t', reciprocal)})) + ${eulerRest})
}
// The product of x - 1, x - 2, … down to 1 + t for x >= 1.5, or of x, x + 1, … up to t below -0.5; to it or from it 1/gamma(1 + t)
gammaOf(x) {
  if (x != x) { return x }
  if (x > 172) { return 1/0 }
  if (abs(x) < 1e-290) { return 1/x }
  if (x == floor(x)) { if (x < 0) { return 0/0 } }
  if (x < -190) { return 0 }
  n = floor(x + 0.5)
  t = x - n
  // 1/gamma(1 + t) = r + q
  a = ${euler}*t
  b = productRest(${euler}, t, a)
  r = 1 + a
  q = (a - (r - 1)) + (b + t*(${eulerRest} + t*${second}) + reciprocalTail(t))
  s = r + q
  q = q - (s - r)
  r = s
  // The product of the factors is p + e; scaled by 2^-200 or 2^200 it stays within range.
  p = 1
  e = 0
  y = x
  if (n >= 2) {
    if (n > 130) { p = ${2 ** -200} }
    y = x - 1
    while (y > 0.5 + t) {
      s = p*y
      e = e*y + productRest(p, y, s)
      p = s
      y = y - 1
    }
    // (p + e)/(r + q)
    s = p/r
    v = s + (e - quotientRest(s, r, p) - s*q)/r
    if (n > 130) { return v*${2 ** 200} }
    return v
  }
  if (n == 1) { v = 1/r  return v - v*(v*q + quotientRest(v, r, 1)) }
  if (n < -100) { p = ${2 ** -200} }
  while (y < t + 0.5) {
    s = p*y
    e = e*y + productRest(p, y, s)
    p = s
    y = y + 1
  }
  // 1/((p + e)(r + q))
  s = p*r
  e = e*r + p*q + productRest(p, r, s)
  v = 1/s
  v = v - v*(v*e + (quotientRest(v, s, 1)))
  if (n < -100) { return v*${2 ** -200} }
  return v
}
// a*b = product + productRest(a, b, product), exactly (Dekker 1971)
productRest(a, b, product) {
  c = 134217729*a
  g = c - (c - a)
  k = a - g
  c = 134217729*b
  h = c - (c - b)
  l = b - h
  return ((g*h - product) + (g*l + k*h)) + k*l
}
// a*b - of
quotientRest(a, b, of) {
  s = a*b
  return (s - of) + productRest(a, b, s)
}
lgammaOf(x) {
  if (x != x) { return x }
  if (x - x != 0) { return 1/0 }
  if (x <= 0) {
    if (x == floor(x)) { return 1/0 }
    if (x < -150) { return log(3.141592653589793/abs(x*sin(3.141592653589793*(x - round(x))))) - lgammaOf(-x) }
    if (x < -0.5) { return log(abs(gammaOf(x))) }
    return -log(-x*(1 + x*reciprocalSlope(x)))
  }
  if (x < 0.5) { return -log(x*(1 + x*reciprocalSlope(x))) }
  if (x < 1.6) { t = x - 1  return 0 - log1p(t*reciprocalSlope(t)) }
  if (x < 2.5) {
    // gamma(2 + t) = (1 + t)/(1 + t slope), and 1 - slope by its own first term
    t = x - 2
    g = ${1 - euler} - (t*(${second} + t*(${horner('t', reciprocal)})) + ${eulerRest})
    return log1p(t*(g/(1 + t*reciprocalSlope(t))))
  }
  if (x < 13) { return log(gammaOf(x)) }
  if (x > 1e17) { return x*(log(x) - 1) }
  z = 1/(x*x)
  w = (1/12 - z*(1/360 - z*(1/1260 - z*(1/1680 - z*(1/1188 - z*(691/360360))))))/x
  return (x - 0.5)*(log(x) - 1) + (0.4189385332046727 + w)
}
// The n-th derivative of digamma; its own recurrence up to 20 + n, then the asymptotic series (Abramowitz and Stegun, 6.4.11)
polygammaOf(n, x) {
  if (x != x) { return x }
  if (x <= 0) {
    if (x == floor(x)) { return 0/0 }
    if (x < -1000) {
      y = 3.141592653589793*(x - round(x))
      if (n == 0) { return polygammaOf(0, 1 - x) - 3.141592653589793/tan(y) }
      if (n == 1) { return 9.869604401089358/(sin(y)*sin(y)) - polygammaOf(1, 1 - x) }
      if (x < -1000000) { return 0/0 }
    }
  }
  // factorial = (n - 1)!, sign = (-1)^(n + 1)
  factorial = 1
  sign = -1
  k = 1
  while (k <= n) { sign = -sign  if (k < n) { factorial = factorial*k }  k = k + 1 }
  sum = 0
  while (x < 20 + n) { sum = sum + pow(x, -n - 1)  x = x + 1 }
  z = 1/(x*x)
  // n factorial / x^n of the series: B(2k) (2k + n - 1)!/((2k)! (n - 1)!) z^k
  if (n == 0) {
    w = log(x) - 0.5/x - z*(1/12 - z*(1/120 - z*(1/252 - z*(1/240 - z*(1/132 - z*(691/32760 - z/12))))))
    return w - sum
  }
  a = n*(n + 1)/2
  s = 1 + n/(2*x) + a*z/6
  a = a*(n + 2)*(n + 3)*z*z/12
  s = s - a/30
  a = a*(n + 4)*(n + 5)*z/30
  s = s + a/42
  a = a*(n + 6)*(n + 7)*z/56
  s = s - a/30
  a = a*(n + 8)*(n + 9)*z/90
  s = s + a*5/66
  a = a*(n + 10)*(n + 11)*z/132
  s = s - a*691/2730
  a = a*(n + 12)*(n + 13)*z/182
  s = s + a*7/6
  return sign*(factorial*s*pow(x, -n) + factorial*n*sum)
}
`;

/** The routines of a library, made once: they call each other. */
const made = new WeakMap<Library, Routines>();
const routine =
  (name: string): Definition =>
  (m: ModuleBuilder, library: Library): FunctionHandle => {
    let find = made.get(library);
    if (find === undefined) made.set(library, (find = routines(m, library, text)));
    return find(name);
  };

export const erf = routine('erfOf');
export const erfc = routine('erfcOf');
export const gamma = routine('gammaOf');
export const lgamma = routine('lgammaOf');
export const polygamma = routine('polygammaOf');
