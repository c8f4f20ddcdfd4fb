/** Small dense least squares, by Householder reflections: normal equations would lose half of the digits. */

/** Rows of a matrix, all of one length. */
export type Matrix = readonly (readonly number[])[];

export interface Factored {
  /** Upper triangular, n × n. */
  r: number[][];
  /** The first n components of Qᵀ b. */
  qtb: number[];
}

/** A = Q R for m ≥ n, applied to b as well. */
export function factor(a: Matrix, b: readonly number[]): Factored {
  const m = a.length;
  const n = a[0]?.length ?? 0;
  const w = a.map((row) => [...row]);
  const y = [...b];
  for (let k = 0; k < n; k += 1) {
    let norm = 0;
    for (let i = k; i < m; i += 1) norm = Math.hypot(norm, w[i]![k]!);
    if (norm === 0) continue;
    if (w[k]![k]! > 0) norm = -norm;
    const v: number[] = [];
    for (let i = k; i < m; i += 1) v.push(w[i]![k]!);
    v[0] = v[0]! - norm;
    const square = v.reduce((sum, each) => sum + each * each, 0);
    if (square === 0) continue;
    const reflect = (get: (i: number) => number, set: (i: number, value: number) => void): void => {
      let dot = 0;
      for (let i = k; i < m; i += 1) dot += v[i - k]! * get(i);
      const factorOf = (2 * dot) / square;
      for (let i = k; i < m; i += 1) set(i, get(i) - factorOf * v[i - k]!);
    };
    for (let j = k; j < n; j += 1)
      reflect(
        (i) => w[i]![j]!,
        (i, value) => {
          w[i]![j] = value;
        },
      );
    reflect(
      (i) => y[i]!,
      (i, value) => {
        y[i] = value;
      },
    );
  }
  return {
    r: w.slice(0, n).map((row, i) => row.map((value, j) => (j < i ? 0 : value))),
    qtb: y.slice(0, n),
  };
}

/** R x = b by back substitution; undefined when R is singular. */
export function backSubstitute(r: Matrix, b: readonly number[]): number[] | undefined {
  const n = r.length;
  const x = new Array<number>(n).fill(0);
  for (let i = n - 1; i >= 0; i -= 1) {
    let sum = b[i]!;
    for (let j = i + 1; j < n; j += 1) sum -= r[i]![j]! * x[j]!;
    if (r[i]![i] === 0) return undefined;
    x[i] = sum / r[i]![i]!;
  }
  return x;
}

/** Singular values in falling order with their right vectors, of a small matrix (one-sided Jacobi rotations). */
export function singularValues(a: Matrix): { value: number; vector: number[] }[] {
  const n = a[0]?.length ?? 0;
  const u = Array.from({ length: n }, (_, j) => a.map((row) => row[j]!));
  const v = Array.from({ length: n }, (_, j) => Array.from({ length: n }, (__, i) => (i === j ? 1 : 0)));
  const dot = (x: readonly number[], y: readonly number[]): number =>
    x.reduce((sum, value, i) => sum + value * y[i]!, 0);
  for (let sweep = 0; sweep < 60; sweep += 1) {
    let turned = false;
    for (let p = 0; p < n; p += 1)
      for (let q = p + 1; q < n; q += 1) {
        const [alpha, beta, gamma] = [dot(u[p]!, u[p]!), dot(u[q]!, u[q]!), dot(u[p]!, u[q]!)];
        if (Math.abs(gamma) <= 1e-15 * Math.sqrt(alpha * beta)) continue;
        turned = true;
        const zeta = (beta - alpha) / (2 * gamma);
        const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const c = 1 / Math.hypot(1, t);
        const s = c * t;
        for (const columns of [u, v]) {
          const [x, y] = [columns[p]!, columns[q]!];
          columns[p] = x.map((value, i) => c * value - s * y[i]!);
          columns[q] = x.map((value, i) => s * value + c * y[i]!);
        }
      }
    if (!turned) break;
  }
  return u
    .map((column, j) => ({ value: Math.sqrt(dot(column, column)), vector: v[j]! }))
    .sort((x, y) => y.value - x.value);
}
