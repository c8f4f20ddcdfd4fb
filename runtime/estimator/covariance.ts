/** Covariances of states: how they spread over a step, and what a sample makes of them. Square matrices by rows, in SI units, in place. */

/** A step is halved until rates move states by less than this in a part of it; then so many terms of the series are exact to rounding. */
const SHORT = 0.25;
const TERMS = 12;

const zeros = (n: number): Float64Array => new Float64Array(n * n);

/** `into` becomes a b. What does not depend on each other, which is most in a plant, takes no time. */
function multiply(n: number, a: Float64Array, b: Float64Array, into: Float64Array): void {
  into.fill(0);
  for (let i = 0; i < n; i += 1)
    for (let k = 0; k < n; k += 1) {
      const by = a[i * n + k]!;
      if (by === 0) continue;
      for (let j = 0; j < n; j += 1) into[i * n + j]! += by * b[k * n + j]!;
    }
}

function transpose(n: number, a: Float64Array): void {
  for (let i = 0; i < n; i += 1)
    for (let j = 0; j < i; j += 1) {
      const other = a[i * n + j]!;
      a[i * n + j] = a[j * n + i]!;
      a[j * n + i] = other;
    }
}

/** Both halves alike, which rounding makes them not be. */
function symmetric(n: number, p: Float64Array): void {
  for (let i = 0; i < n; i += 1)
    for (let j = 0; j < i; j += 1) {
      const mean = (p[i * n + j]! + p[j * n + i]!) / 2;
      p[i * n + j] = mean;
      p[j * n + i] = mean;
    }
}

/**
 * The covariance `h` seconds later: Φ P Φᵀ + ∫ Φ Q Φᵀ with Φ = exp(rates · h), where `rates` says how the rates of states depend on states, and `drifts` are
 * what each drifts by itself, in variance a second. Exact where rates do not change on the way. Both parts are summed for a short time and doubled, so that
 * what is positive stays so.
 */
export function spread(p: Float64Array, rates: Float64Array, drifts: Float64Array, h: number): void {
  const n = drifts.length;
  let norm = 0;
  for (let i = 0; i < n; i += 1) {
    let sum = 0;
    for (let j = 0; j < n; j += 1) sum += Math.abs(rates[i * n + j]!);
    norm = Math.max(norm, sum);
  }
  let halvings = 0;
  for (let part = norm * h; part > SHORT; part /= 2) halvings += 1;
  const short = h / 2 ** halvings;
  let [phi, term, work] = [zeros(n), zeros(n), zeros(n)];
  const [grown, rise] = [zeros(n), zeros(n)];
  for (let i = 0; i < n; i += 1) {
    phi[i * n + i] = 1;
    term[i * n + i] = 1;
    rise[i * n + i] = drifts[i]! * short;
    grown[i * n + i] = drifts[i]! * short;
  }
  // d/dt Φ = A Φ, d/dt Q = A Q + Q Aᵀ + drifts: term k of both from term k - 1.
  for (let k = 1; k <= TERMS; k += 1) {
    multiply(n, rates, term, work);
    [term, work] = [work, term];
    for (let at = 0; at < n * n; at += 1) {
      term[at]! *= short / k;
      phi[at]! += term[at]!;
    }
    multiply(n, rates, rise, work);
    const by = short / (k + 1);
    for (let i = 0; i < n; i += 1)
      for (let j = 0; j < n; j += 1) rise[i * n + j] = (work[i * n + j]! + work[j * n + i]!) * by;
    for (let at = 0; at < n * n; at += 1) grown[at]! += rise[at]!;
  }
  /** `by` what `by`ᵀ, as `by` (`by` what)ᵀ: what is carried is symmetric. */
  const carried = (by: Float64Array, what: Float64Array, into: Float64Array): void => {
    multiply(n, by, what, work);
    transpose(n, work);
    multiply(n, by, work, into);
  };
  for (let round = 0; round < halvings; round += 1) {
    carried(phi, grown, rise);
    for (let at = 0; at < n * n; at += 1) grown[at]! += rise[at]!;
    multiply(n, phi, phi, term);
    [phi, term] = [term, phi];
  }
  carried(phi, p, rise);
  for (let at = 0; at < n * n; at += 1) p[at] = rise[at]! + grown[at]!;
  symmetric(n, p);
}

/** What is expected of a measurement that depends on states by `slopes` and is wrong by a `variance` of its own. */
export function expected(
  p: Float64Array,
  slopes: Float64Array,
  variance: number,
): { variance: number; gain: Float64Array } {
  const n = slopes.length;
  const gain = new Float64Array(n);
  let total = variance;
  for (let i = 0; i < n; i += 1) {
    let sum = 0;
    for (let j = 0; j < n; j += 1) sum += p[i * n + j]! * slopes[j]!;
    gain[i] = sum;
    total += sum * slopes[i]!;
  }
  for (let i = 0; i < n; i += 1) gain[i]! /= total;
  return { variance: total, gain };
}

/**
 * What is left of the covariance after it: (I - K H) P (I - K H)ᵀ + K R Kᵀ, Joseph's form, which rounding cannot make negative. Both products differ from what
 * they multiply by a column times a row.
 */
export function measured(p: Float64Array, slopes: Float64Array, gain: Float64Array, variance: number): void {
  const n = slopes.length;
  const along = new Float64Array(n);
  for (let k = 0; k < n; k += 1) {
    if (slopes[k] === 0) continue;
    for (let j = 0; j < n; j += 1) along[j]! += slopes[k]! * p[k * n + j]!;
  }
  for (let i = 0; i < n; i += 1) {
    let across = 0;
    for (let j = 0; j < n; j += 1) {
      p[i * n + j]! -= gain[i]! * along[j]!;
      across += p[i * n + j]! * slopes[j]!;
    }
    for (let j = 0; j < n; j += 1) p[i * n + j]! += (gain[i]! * variance - across) * gain[j]!;
  }
  symmetric(n, p);
}
