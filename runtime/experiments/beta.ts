/** The beta distribution, and what follows from it: Student's t, exact bounds of a proportion. For reports, not for models. */

/** Lanczos' approximation with g = 7, n = 9 (P. Godfrey's coefficients): some 15 digits for x > 0. */
function logGamma(x: number): number {
  const coefficients = [
    0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
    12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  let sum = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i += 1) sum += coefficients[i]! / (x - 1 + i);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/** Regularised incomplete beta function Iₓ(a, b), by its continued fraction (Lentz's method); a, b > 0. */
export function betaProbability(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast below the mean; above it the other tail is taken.
  if (x > (a + 1) / (a + b + 2)) return 1 - betaProbability(1 - x, b, a);
  const front = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) - (logGamma(a) + logGamma(b) - logGamma(a + b)) - Math.log(a),
  );
  const tiny = 1e-300;
  let d = 1 / nonzero(1 - ((a + b) * x) / (a + 1));
  let c = 1;
  let result = d;
  for (let m = 1; m <= 10_000; m += 1) {
    for (const term of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / nonzero(1 + term * d);
      c = nonzero(1 + term / c);
      result *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return front * result;

  function nonzero(value: number): number {
    return Math.abs(value) < tiny ? tiny : value;
  }
}

/** The x at which Iₓ(a, b) = p, by halving to the last bit that tells. */
export function betaQuantile(p: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 1100; i += 1) {
    const middle = low === 0 ? high / 2 : (low + high) / 2;
    if (middle === low || middle === high) break;
    if (betaProbability(middle, a, b) < p) low = middle;
    else high = middle;
    if (high - low <= 1e-16 * high) break;
  }
  return (low + high) / 2;
}

/** The t for which a variable of Student's distribution lies in [-t, t] with the probability `confidence`. */
export function studentWidth(confidence: number, freedom: number): number {
  const x = betaQuantile(1 - confidence, freedom / 2, 0.5);
  return Math.sqrt((freedom * (1 - x)) / x);
}

/** Bounds of a probability of which `hits` of `trials` were seen (Clopper and Pearson 1934): never too narrow. */
export function proportionBounds(hits: number, trials: number, confidence: number): [number, number] {
  const tail = (1 - confidence) / 2;
  return [lowerBound(hits, trials, tail), upperBound(hits, trials, tail)];
}
/** The probability below which so many hits or more are rarer than `tail`. */
export const lowerBound = (hits: number, trials: number, tail: number): number =>
  hits === 0 ? 0 : betaQuantile(tail, hits, trials - hits + 1);
/** The probability above which so many hits or fewer are rarer than `tail`. */
export const upperBound = (hits: number, trials: number, tail: number): number =>
  hits === trials ? 1 : betaQuantile(1 - tail, hits + 1, trials - hits);
