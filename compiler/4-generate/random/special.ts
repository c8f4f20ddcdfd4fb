/**
 * Distribution functions and their inverses, as text for `routine.ts`. Of a probability both p and q = 1 - p are passed on,
 * so that neither tail loses digits. Of a distribution X there are `belowX(x, …)`, P(X <= x); `aboveX`, P(X > x);
 * `quantileX(p, q, …)`.
 *
 * Sources: Loader 2000, “Fast and accurate computation of binomial probabilities” (stirlingError, deviance, the two masses);
 * Press et al., “Numerical Recipes”, 3rd edition, 6.2 and 6.4 (series and continued fractions of the incomplete gamma and beta
 * functions, by Lentz's method); Wichura 1988, AS 241 (normalQuantile); Wilson and Hilferty 1931 and Cornish and Fisher 1938 (where
 * the searches begin). Inverses are found by Newton's and Halley's method inside a shrinking bracket.
 */
import { elementary } from '../elementary/index.ts';
import { ModuleBuilder } from '../wasm/index.ts';
import { normalCoefficients } from '../../../runtime/contract/normal-coefficients.ts';
import { routines } from './routine.ts';

const horner = (x: string, coefficients: readonly number[]): string =>
  coefficients
    .slice(0, -1)
    .reduceRight((inner, one) => `${one} + ${x}*(${inner})`, String(coefficients.at(-1)));
const ratio = (x: string, above: readonly number[], below: readonly number[]): string =>
  `(${horner(x, above)})/(${horner(x, below)})`;
const as241 = normalCoefficients;

const functions = `
// ln(x!) less Stirling's approximation, for x > 0
stirlingError(x) {
  sum = 0
  while (x < 16) { sum = sum + ((x + 0.5)*log1p(1/x) - 1)  x = x + 1 }
  y = 1/(x*x)
  return sum + (1/12 - y*(1/360 - y*(1/1260 - y*(1/1680 - y*(1/1188 - y*(691/360360))))))/x
}
// x ln(x/mean) + mean - x
deviance(x, mean) {
  if (abs(x - mean) < 0.1*(x + mean)) {
    v = (x - mean)/(x + mean)
    s = (x - mean)*v
    e = 2*x*v
    v = v*v
    j = 1
    while (j < 1000) {
      e = e*v
      last = s
      s = s + e/(2*j + 1)
      if (s == last) { return s }
      j = j + 1
    }
    return s
  }
  return x*log(x/mean) + mean - x
}
// mean^x e^-mean / x!, for real x >= 0
poissonMass(x, mean) {
  if (x == 0) { return exp(-mean) }
  return exp(-stirlingError(x) - deviance(x, mean))/sqrt(6.283185307179586*x)
}
// n!/(x! (n - x)!) p^x q^(n - x), for real x from 0 to n
binomialMass(x, n, p, q) {
  if (x == 0) { if (p < q) { return exp(n*log1p(-p)) } return exp(n*log(q)) }
  if (x == n) { if (q < p) { return exp(n*log1p(-q)) } return exp(n*log(p)) }
  d = -deviance(x, n*p) - deviance(n - x, n*q)
  return exp(stirlingError(n) - stirlingError(x) - stirlingError(n - x) + d)*sqrt(n/(6.283185307179586*x*(n - x)))
}
gammaSeries(a, x) {
  n = a
  term = 1
  sum = 1
  while (term > sum*1e-17) { n = n + 1  term = term*(x/n)  sum = sum + term }
  return poissonMass(a, x)*sum
}
gammaFraction(a, x) {
  b = x + 1 - a
  c = 1e300
  d = 1/b
  h = d
  i = 1
  change = 2
  while (abs(change - 1) > 3e-16 and i < 1e7) {
    n = i*(a - i)
    b = b + 2
    d = n*d + b
    if (abs(d) < 1e-300) { d = 1e-300 }
    c = b + n/c
    if (abs(c) < 1e-300) { c = 1e-300 }
    d = 1/d
    change = d*c
    h = h*change
    i = i + 1
  }
  return a*poissonMass(a, x)*h
}
// The regularised incomplete gamma functions P(a, x) and Q(a, x)
gammaP(a, x) {
  if (x <= 0) { return 0 }
  if (x >= 1e300) { return 1 }
  if (x < a + 1) { return gammaSeries(a, x) }
  return 1 - gammaFraction(a, x)
}
gammaQ(a, x) {
  if (x <= 0) { return 1 }
  if (x >= 1e300) { return 0 }
  if (x < a + 1) { return 1 - gammaSeries(a, x) }
  return gammaFraction(a, x)
}
betaFraction(x, a, b) {
  c = 1
  d = 1 - (a + b)*x/(a + 1)
  if (abs(d) < 1e-300) { d = 1e-300 }
  d = 1/d
  h = d
  i = 1
  change = 2
  while (abs(change - 1) > 3e-16 and i < 1e6) {
    n = i*(b - i)*x/((a - 1 + 2*i)*(a + 2*i))
    d = 1 + n*d
    if (abs(d) < 1e-300) { d = 1e-300 }
    c = 1 + n/c
    if (abs(c) < 1e-300) { c = 1e-300 }
    d = 1/d
    h = h*(d*c)
    n = -(a + i)*(a + b + i)*x/((a + 2*i)*(a + 1 + 2*i))
    d = 1 + n*d
    if (abs(d) < 1e-300) { d = 1e-300 }
    c = 1 + n/c
    if (abs(c) < 1e-300) { c = 1e-300 }
    d = 1/d
    change = d*c
    h = h*change
    i = i + 1
  }
  return h
}
// The regularised incomplete beta function I_x(a, b), with y = 1 - x
betaI(x, y, a, b) {
  if (x <= 0) { return 0 }
  if (y <= 0) { return 1 }
  if (x < (a + 1)/(a + b + 2)) { return b/(a + b)*binomialMass(a, a + b, x, y)*betaFraction(x, a, b) }
  return 1 - a/(a + b)*binomialMass(b, a + b, y, x)*betaFraction(y, b, a)
}
belowStandard(z) {
  if (z < 0) { return 0.5*gammaQ(0.5, 0.5*z*z) }
  return 1 - 0.5*gammaQ(0.5, 0.5*z*z)
}
quantileStandard(p, q) {
  if (p <= 0) { return -1/0 }
  if (q <= 0) { return 1/0 }
  c = p - 0.5
  if (abs(c) <= 0.425) {
    r = 0.180625 - c*c
    return c*${ratio('r', as241.centre, as241.centreBelow)}
  }
  r = sqrt(-log(min(p, q)))
  if (r <= 5) { r = r - 1.6  z = ${ratio('r', as241.tail, as241.tailBelow)} }
  else { r = r - 5  z = ${ratio('r', as241.farTail, as241.farTailBelow)} }
  if (c < 0) { return -z }
  return z
}
`;

const distributions = `
belowUniform(x, low, high) {
  if (x < low) { return 0 }
  if (x >= high) { return 1 }
  return (x - low)/(high - low)
}
aboveUniform(x, low, high) {
  if (x < low) { return 1 }
  if (x >= high) { return 0 }
  return (high - x)/(high - low)
}
quantileUniform(p, q, low, high) {
  if (p < q) { return low + (high - low)*p }
  return high - (high - low)*q
}
belowNormal(x, mean, deviation) {
  if (deviation == 0) { if (x < mean) { return 0 } return 1 }
  return belowStandard((x - mean)/deviation)
}
aboveNormal(x, mean, deviation) {
  if (deviation == 0) { if (x < mean) { return 1 } return 0 }
  return belowStandard((mean - x)/deviation)
}
quantileNormal(p, q, mean, deviation) {
  if (deviation == 0) { return mean }
  return mean + deviation*quantileStandard(p, q)
}
belowLognormal(x, mean, deviation) {
  if (x <= 0) { return 0 }
  if (deviation == 0) { if (x < mean) { return 0 } return 1 }
  v = log1p((deviation/mean)*(deviation/mean))
  return belowStandard((log(x/mean) + 0.5*v)/sqrt(v))
}
aboveLognormal(x, mean, deviation) {
  if (x <= 0) { return 1 }
  if (deviation == 0) { if (x < mean) { return 1 } return 0 }
  v = log1p((deviation/mean)*(deviation/mean))
  return belowStandard(-(log(x/mean) + 0.5*v)/sqrt(v))
}
quantileLognormal(p, q, mean, deviation) {
  if (deviation == 0) { return mean }
  v = log1p((deviation/mean)*(deviation/mean))
  return mean*exp(sqrt(v)*quantileStandard(p, q) - 0.5*v)
}
belowExponential(x, mean) {
  if (x <= 0) { return 0 }
  return -expm1(-x/mean)
}
aboveExponential(x, mean) {
  if (x <= 0) { return 1 }
  return exp(-x/mean)
}
quantileExponential(p, q, mean) {
  if (p < q) { return -mean*log1p(-p) }
  return -mean*log(q)
}
belowWeibull(x, shape, scale) {
  if (x <= 0) { return 0 }
  return -expm1(-pow(x/scale, shape))
}
aboveWeibull(x, shape, scale) {
  if (x <= 0) { return 1 }
  return exp(-pow(x/scale, shape))
}
quantileWeibull(p, q, shape, scale) {
  return scale*pow(quantileExponential(p, q, 1), 1/shape)
}
belowTriangular(x, low, mode, high) {
  if (x < low) { return 0 }
  if (x >= high) { return 1 }
  if (x < mode) { return (x - low)*(x - low)/((high - low)*(mode - low)) }
  return 1 - (high - x)*(high - x)/((high - low)*(high - mode))
}
aboveTriangular(x, low, mode, high) {
  if (x < low) { return 1 }
  if (x >= high) { return 0 }
  if (x < mode) { return 1 - (x - low)*(x - low)/((high - low)*(mode - low)) }
  return (high - x)*(high - x)/((high - low)*(high - mode))
}
quantileTriangular(p, q, low, mode, high) {
  if (p*(high - low) < mode - low) { return low + sqrt(p*(high - low)*(mode - low)) }
  return high - sqrt(q*(high - low)*(high - mode))
}
belowGamma(x, shape, scale) {
  return gammaP(shape, x/scale)
}
aboveGamma(x, shape, scale) {
  return gammaQ(shape, x/scale)
}
quantileGamma(p, q, shape, scale) {
  if (p <= 0) { return 0 }
  if (q <= 0) { return 1/0 }
  t = 1 - 1/(9*shape) + quantileStandard(p, q)/(3*sqrt(shape))
  x = shape*t*t*t
  if (shape < 1 or t < 0.3) {
    // x^a / Gamma(a + 1), the first term
    lnOfFactorial = (shape + 0.5)*log(shape) - shape + 0.9189385332046727 + stirlingError(shape)
    x = exp((log(p) + lnOfFactorial)/shape)
    if (x == 0) { return 0 }
  }
  low = 0
  high = 1e300
  round = 0
  while (round < 200) {
    if (p < q) { error = gammaP(shape, x) - p } else { error = q - gammaQ(shape, x) }
    if (error == 0) { return scale*x }
    if (error < 0) { low = x } else { high = x }
    newton = error/(shape*poissonMass(shape, x)/x)
    new = x - newton/(1 - 0.5*min(1, newton*((shape - 1)/x - 1)))
    if (abs(new - x) <= 4e-16*x) { return scale*new }
    if (not (new > low and new < high)) {
      if (high == 1e300) { new = 2*x + 1 } else if (low == 0) { new = 0.1*x } else { new = 0.5*(low + high) }
    }
    if (new == low or new == high) { return scale*new }
    x = new
    round = round + 1
  }
  return scale*x
}
// Of a beta distribution from 0 to 1
quantileShare(p, q, a, b) {
  if (p <= 0) { return 0 }
  if (q <= 0) { return 1 }
  x = a/(a + b)
  low = 0
  high = 1
  round = 0
  while (round < 300) {
    if (p < q) { error = betaI(x, 1 - x, a, b) - p } else { error = q - betaI(1 - x, x, b, a) }
    if (error == 0) { return x }
    if (error < 0) { low = x } else { high = x }
    newton = error/(a*b/(a + b)*binomialMass(a, a + b, x, 1 - x)/(x*(1 - x)))
    new = x - newton/(1 - 0.5*min(1, newton*((a - 1)/x - (b - 1)/(1 - x))))
    if (abs(new - x) <= 4e-16*x) { return new }
    if (not (new > low and new < high)) {
      if (low == 0) { new = 0.1*x } else if (high < 4*low) { new = 0.5*(low + high) } else { new = sqrt(low*high) }
    }
    if (new == low or new == high or new < 1e-300) { return new }
    x = new
    round = round + 1
  }
  return x
}
belowBeta(x, a, b, low, high) {
  if (x < low) { return 0 }
  if (x >= high) { return 1 }
  return betaI((x - low)/(high - low), (high - x)/(high - low), a, b)
}
aboveBeta(x, a, b, low, high) {
  if (x < low) { return 1 }
  if (x >= high) { return 0 }
  return betaI((high - x)/(high - low), (x - low)/(high - low), b, a)
}
quantileBeta(p, q, a, b, low, high) {
  if (p < q) { return low + (high - low)*quantileShare(p, q, a, b) }
  return high - (high - low)*quantileShare(q, p, b, a)
}
belowPert(x, low, mode, high) {
  return belowBeta(x, 1 + 4*(mode - low)/(high - low), 1 + 4*(high - mode)/(high - low), low, high)
}
abovePert(x, low, mode, high) {
  return aboveBeta(x, 1 + 4*(mode - low)/(high - low), 1 + 4*(high - mode)/(high - low), low, high)
}
quantilePert(p, q, low, mode, high) {
  if (low == high) { return low }
  return quantileBeta(p, q, 1 + 4*(mode - low)/(high - low), 1 + 4*(high - mode)/(high - low), low, high)
}
belowConstant(x, value) {
  if (x < value) { return 0 }
  return 1
}
aboveConstant(x, value) {
  if (x < value) { return 1 }
  return 0
}
quantileConstant(p, q, value) {
  return value
}
belowPoisson(x, mean) {
  if (x < 0) { return 0 }
  if (mean == 0) { return 1 }
  return gammaQ(floor(x) + 1, mean)
}
abovePoisson(x, mean) {
  if (x < 0) { return 1 }
  if (mean == 0) { return 0 }
  return gammaP(floor(x) + 1, mean)
}
quantilePoisson(p, q, mean) {
  if (mean == 0 or p <= 0) { return 0 }
  if (q <= 0) { return 1/0 }
  z = quantileStandard(p, q)
  k = max(0, floor(mean + sqrt(mean)*z + (z*z - 1)/6 + 0.5))
  if (p <= q) {
    part = belowPoisson(k, mean)
    if (part >= p) {
      while (k > 0) {
        part = part - poissonMass(k, mean)
        if (part < p) { return k }
        k = k - 1
      }
      return 0
    }
    while (part < p) { k = k + 1  part = part + poissonMass(k, mean) }
    return k
  }
  part = abovePoisson(k, mean)
  if (part <= q) {
    while (k > 0) {
      part = part + poissonMass(k, mean)
      if (part > q) { return k }
      k = k - 1
    }
    return 0
  }
  mass = 1
  while (part > q and mass > 0) { k = k + 1  mass = poissonMass(k, mean)  part = part - mass }
  return k
}
belowBinomial(x, n, p) {
  if (x < 0) { return 0 }
  if (x >= n) { return 1 }
  return betaI(1 - p, p, n - floor(x), floor(x) + 1)
}
aboveBinomial(x, n, p) {
  if (x < 0) { return 1 }
  if (x >= n) { return 0 }
  return betaI(p, 1 - p, floor(x) + 1, n - floor(x))
}
quantileBinomial(u, v, n, p) {
  if (p == 0 or u <= 0) { return 0 }
  if (p == 1 or v <= 0) { return n }
  z = quantileStandard(u, v)
  s = sqrt(n*p*(1 - p))
  k = min(n, max(0, floor(n*p + s*z + (1 - 2*p)*(z*z - 1)/6 + 0.5)))
  if (u <= v) {
    part = belowBinomial(k, n, p)
    if (part >= u) {
      while (k > 0) {
        part = part - binomialMass(k, n, p, 1 - p)
        if (part < u) { return k }
        k = k - 1
      }
      return 0
    }
    while (part < u and k < n) { k = k + 1  part = part + binomialMass(k, n, p, 1 - p) }
    return k
  }
  part = aboveBinomial(k, n, p)
  if (part <= v) {
    while (k > 0) {
      part = part + binomialMass(k, n, p, 1 - p)
      if (part > v) { return k }
      k = k - 1
    }
    return 0
  }
  while (part > v and k < n) { k = k + 1  part = part - binomialMass(k, n, p, 1 - p) }
  return k
}
`;

export const specialFunctions = functions + distributions;

/** `gamma` → `Gamma`, as in `quantileGamma`. */
export const routineOf = (distribution: string): string =>
  distribution.slice(0, 1).toUpperCase() + distribution.slice(1);

export type SpecialFunctions = Readonly<Record<string, (...numbers: number[]) => number>>;

/** All of them as plain functions of numbers, with the bits that emitted code computes: for the interpreter and for tests. */
export function loadSpecial(): SpecialFunctions {
  const m = new ModuleBuilder();
  const find = routines(m, elementary(m), specialFunctions);
  for (const [, name] of specialFunctions.matchAll(/^(\w+)\(/gm)) m.export(name!, find(name!));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(m.encode()));
  return exports as unknown as SpecialFunctions;
}
