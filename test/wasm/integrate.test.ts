import { describe, expect, it } from 'vitest';
import { errorWeights, interpolant, nodes, weights } from '../../compiler/4-generate/integrate/tsitouras.ts';
import { stepsOf } from '../../compiler/interpret/steps.ts';
import { emitted, heatChain, lorenz, lotkaVolterra, oscillator, quadrature } from './odes.ts';
import type { Ode } from './odes.ts';

/** The methods as the textbook has them, with the order of operations that the emitted code promises. */
function plain(ode: Ode) {
  const n = ode.start.length;
  const x = Float64Array.from(ode.start);
  const slope = (t: number, at: Float64Array): Float64Array => {
    const dx = new Float64Array(n);
    ode.plain(t, at, dx);
    return dx;
  };
  const moved = (h: number, row: readonly number[], slopes: readonly Float64Array[]): Float64Array =>
    x.map((old, i) => {
      let sum = row[0]! * slopes[0]![i]!;
      for (let s = 1; s < row.length; s++) sum += row[s]! * slopes[s]![i]!;
      return old + h * sum;
    });
  let slopes: Float64Array[] = [];
  let old = x.slice();
  let length = 0;
  return {
    x,
    euler: (t: number, h: number): void => {
      const k = slope(t, x);
      x.forEach((_, i) => (x[i]! += h * k[i]!));
    },
    rk4: (t: number, h: number, next: number): void => {
      const half = h * 0.5;
      const step = (length: number, k: Float64Array) => x.map((value, i) => value + length * k[i]!);
      const k1 = slope(t, x);
      const k2 = slope(t + half, step(half, k1));
      const k3 = slope(t + half, step(half, k2));
      const k4 = slope(next, step(h, k3));
      const sixth = h / 6;
      x.forEach((value, i) => {
        const sum = k1[i]! + (k2[i]! + k2[i]!) + (k3[i]! + k3[i]!) + k4[i]!;
        x[i] = value + sixth * sum;
      });
    },
    tsit5Try: (t: number, h: number, rtol: number, fresh: number): number => {
      old = x.slice();
      length = h;
      slopes = [fresh ? slope(t, x) : slopes[6]!];
      weights.forEach((row, n) => {
        x.set(old);
        const at = moved(h, row, slopes);
        slopes.push(slope(nodes[n + 1] === 1 ? t + h : t + nodes[n + 1]! * h, at));
        if (n === 5) x.set(at);
      });
      const sums = [0, 0];
      for (let i = 0; i < n; i++) {
        let sum = errorWeights[0] * slopes[0]![i]!;
        for (let s = 1; s < 7; s++) sum += errorWeights[s]! * slopes[s]![i]!;
        const error = sum * (h / (1e-6 + rtol * Math.max(Math.abs(old[i]!), Math.abs(x[i]!))));
        sums[i % 2]! += error * error;
      }
      return (sums[0]! + sums[1]!) * (1 / n);
    },
    tsit5Interpolate: (theta: number): void => {
      const row = interpolant.map(([a, b, c, d]) => theta * (a + theta * (b + theta * (c + theta * d))));
      x.set(old);
      x.set(moved(length, row, slopes));
    },
  };
}

/** The methods of the interpreter, folded. */
function interpreted(ode: Ode) {
  const x = Float64Array.from(ode.start);
  const [dx, before, tolerances] = [x.slice(), x.slice(), x.map(() => 1e-6)];
  let time = 0;
  const derivatives = (): void => ode.plain(time, x, dx);
  const setTime = (t: number): void => void (time = t);
  return { x, steps: stepsOf({ x, dx, before, tolerances, setTime, derivatives }, true) };
}

/** Steps of equal length to `end`; returns the states. */
function integrate(ode: Ode, method: 'euler' | 'rk4' | 'tsit5Try', steps: number, end: number): Float64Array {
  const { run, x } = emitted(ode);
  const h = end / steps;
  for (let n = 0; n < steps; n++) {
    if (method === 'tsit5Try') run.tsit5Try(n * h, h, 1e-6, n === 0 ? 1 : 0);
    else run[method](n * h, h, (n + 1) * h);
  }
  return x;
}

/** Order seen between n and 2 n steps, against a reference of many more. */
function order(ode: Ode, method: 'euler' | 'rk4' | 'tsit5Try', steps: number, end: number): number {
  const reference = integrate(ode, 'tsit5Try', steps * 32, end);
  const error = (n: number): number =>
    Math.hypot(...integrate(ode, method, n, end).map((value, i) => value - reference[i]!));
  return Math.log2(error(steps) / error(steps * 2));
}

describe('integrator steps should', () => {
  it('have coefficients that satisfy the order conditions', () => {
    // Hairer, Nørsett, Wanner, Solving Ordinary Differential Equations I, Table II.2.2: all trees up to order 5.
    const a = [[], ...weights];
    const c = nodes;
    const dot = (b: readonly number[], f: (i: number) => number): number =>
      b.reduce((sum, weight, i) => sum + weight * f(i), 0);
    const ac = (i: number, f: (j: number) => number): number => dot(a[i] ?? [], f);
    const c1 = (i: number): number => c[i]!;
    const power = (p: number) => (i: number) => c[i]! ** p;
    const trees: [number, number, (i: number) => number][] = [
      [1, 1, () => 1],
      [2, 2, c1],
      [3, 3, power(2)],
      [3, 6, (i) => ac(i, c1)],
      [4, 4, power(3)],
      [4, 8, (i) => c[i]! * ac(i, c1)],
      [4, 12, (i) => ac(i, power(2))],
      [4, 24, (i) => ac(i, (j) => ac(j, c1))],
      [5, 5, power(4)],
      [5, 10, (i) => c[i]! ** 2 * ac(i, c1)],
      [5, 20, (i) => ac(i, c1) ** 2],
      [5, 15, (i) => c[i]! * ac(i, power(2))],
      [5, 30, (i) => c[i]! * ac(i, (j) => ac(j, c1))],
      [5, 20, (i) => ac(i, power(3))],
      [5, 40, (i) => ac(i, (j) => c[j]! * ac(j, c1))],
      [5, 60, (i) => ac(i, (j) => ac(j, power(2)))],
      [5, 120, (i) => ac(i, (j) => ac(j, (k) => ac(k, c1)))],
    ];
    for (const [n, density, tree] of trees) {
      expect(dot(weights[5], tree), `order ${n}`).toBeCloseTo(1 / density, 13);
      if (n <= 4) {
        expect(dot(errorWeights, tree), `embedded, order ${n}`).toBeCloseTo(0, 5);
        for (const theta of [0.25, 0.5, 0.8]) {
          const b = interpolant.map(([p, q, r, s]) => theta * (p + theta * (q + theta * (r + theta * s))));
          expect(dot(b, tree), `interpolant, order ${n}`).toBeCloseTo(theta ** n / density, 12);
        }
      }
    }
    weights.forEach((row, n) => expect(dot(row, () => 1)).toBeCloseTo(c[n + 1]!, 14));
  });

  it('converge with their orders', () => {
    for (const ode of [oscillator, lotkaVolterra]) {
      expect(order(ode, 'euler', 2000, 2)).toBeCloseTo(1, 1);
      expect(order(ode, 'rk4', 40, 2)).toBeGreaterThan(3.8);
      expect(order(ode, 'rk4', 40, 2)).toBeLessThan(4.3);
      expect(order(ode, 'tsit5Try', 20, 2)).toBeGreaterThan(4.7);
      expect(order(ode, 'tsit5Try', 20, 2)).toBeLessThan(5.6);
    }
  });

  it('have dense output of order 4', () => {
    // The error within one step of length h is O(h^5).
    const worst = (h: number): number => {
      const { run, x, time } = emitted(oscillator);
      run.tsit5Try(0, h, 1e-6, 1);
      let error = 0;
      for (const theta of [0.1, 0.3, 0.5, 0.7, 0.9]) {
        run.tsit5Interpolate(theta);
        expect(time[0]).toBe(theta * h);
        error = Math.max(error, Math.abs(x[0]! - Math.cos(theta * h)), Math.abs(x[1]! + Math.sin(theta * h)));
      }
      return error;
    };
    const seen = Math.log2(worst(0.4) / worst(0.2));
    expect(seen).toBeGreaterThan(4.7);
    expect(seen).toBeLessThan(5.5);
  });

  it('meet closed forms', () => {
    const turn = integrate(oscillator, 'tsit5Try', 200, 2 * Math.PI);
    expect(turn[0]).toBeCloseTo(1, 9);
    expect(turn[1]).toBeCloseTo(0, 9);
    // Degree 4 and 3 in time: exact for methods of order 5 and 4, up to rounding.
    expect(integrate(quadrature, 'tsit5Try', 3, 2)[0]).toBeCloseTo(32, 12);
    expect(integrate(quadrature, 'rk4', 3, 2)[1]).toBeCloseTo(16, 12);
    // Lotka and Volterra: V = x - 3 ln x + y - 1.5 ln y is constant.
    const v = ([x, y]: ArrayLike<number> & Iterable<number>): number =>
      x! - 3 * Math.log(x!) + y! - 1.5 * Math.log(y!);
    expect(v(integrate(lotkaVolterra, 'rk4', 4000, 20))).toBeCloseTo(
      v(Float64Array.from(lotkaVolterra.start)),
      7,
    );
    // The slowest mode of the rod: eigenvalue -2 sin^2(pi / 2 (n + 1)).
    const n = 50;
    const mode = Array.from({ length: n }, (_, i) => Math.sin((Math.PI * (i + 1)) / (n + 1)));
    const rod = integrate({ ...heatChain(n), start: mode }, 'rk4', 400, 100);
    const decay = Math.exp(-2 * Math.sin(Math.PI / (2 * (n + 1))) ** 2 * 100);
    rod.forEach((value, i) => expect(value).toBeCloseTo(mode[i]! * decay, 9));
  });

  it('give the bits of the plain methods, for any number of states', () => {
    for (const ode of [
      oscillator,
      quadrature,
      lorenz,
      lotkaVolterra,
      ...[1, 2, 15, 16, 17, 18, 33, 1000].map(heatChain),
    ]) {
      for (const method of ['euler', 'rk4'] as const) {
        const [{ run, x, time }, reference] = [emitted(ode), plain(ode)];
        for (let n = 0; n < 20; n++) {
          run[method](n * 0.01, 0.01, (n + 1) * 0.01);
          reference[method](n * 0.01, 0.01, (n + 1) * 0.01);
        }
        expect(x).toEqual(reference.x);
        expect(time[0]).toBe(0.2);
      }
      const [{ run, x }, reference] = [emitted(ode), plain(ode)];
      let t = 0;
      for (let n = 0; n < 20; n++) {
        const h = 0.01 * (1 + (n % 3));
        const fresh = n % 5 === 0 ? 1 : 0;
        expect(run.tsit5Try(t, h, 1e-4, fresh)).toBe(reference.tsit5Try(t, h, 1e-4, fresh));
        expect(x).toEqual(reference.x);
        t += h;
      }
      run.tsit5Interpolate(0.37);
      reference.tsit5Interpolate(0.37);
      expect(x).toEqual(reference.x);
    }
  });

  it('give the same states and errors where slopes are folded, and their interpolant but for rounding', () => {
    for (const ode of [oscillator, quadrature, lorenz, ...[1, 16, 17, 33, 1000].map(heatChain)]) {
      const [folded, whole] = [emitted(ode, true), emitted(ode)];
      let t = 0;
      for (let n = 0; n < 20; n++) {
        const h = 0.01 * (1 + (n % 3));
        const fresh = n % 5 === 0 ? 1 : 0;
        const error = whole.run.tsit5Try(t, h, 1e-4, fresh);
        expect(folded.run.tsit5Try(t, h, 1e-4, fresh)).toBe(error);
        expect(folded.x).toEqual(whole.x);
        if (n === 10)
          for (const { run } of [folded, whole]) {
            run.tsit5Restore();
            run.tsit5Try(t, h / 2, 1e-4, 0);
          }
        expect(folded.x).toEqual(whole.x);
        t += n === 10 ? h / 2 : h;
      }
      const end = whole.x.slice();
      const walked = interpreted(ode);
      const own = emitted(ode, true);
      for (const [n, h] of [0.01, 0.02, 0.015].entries()) {
        expect(walked.steps.tsit5Try(0.01 * n, h, 1e-4, 0 ** n)).toBe(
          own.run.tsit5Try(0.01 * n, h, 1e-4, 0 ** n),
        );
        if (n === 1) for (const { tsit5Restore } of [walked.steps, own.run]) tsit5Restore();
        expect(own.x).toEqual(walked.x);
      }
      for (const { tsit5Interpolate } of [walked.steps, own.run]) tsit5Interpolate(0.37);
      expect(own.x).toEqual(walked.x);
      for (const theta of [0, 0.37, 0.8, 1]) {
        for (const { run } of [folded, whole]) run.tsit5Interpolate(theta);
        expect(folded.time[0]).toBe(whole.time[0]);
        folded.x.forEach((value, i) =>
          expect(value / (whole.x[i]! || 1)).toBeCloseTo(whole.x[i]! ? 1 : 0, 13),
        );
      }
      folded.x.forEach((value, i) => expect(value).toBeCloseTo(end[i]!, 12));
    }
  });

  it('put the old states back, and keep their slope for the next trial', () => {
    for (const ode of [lorenz, heatChain(33)]) {
      const { run, x, time } = emitted(ode);
      run.tsit5Try(0, 0.01, 1e-6, 1);
      const before = x.slice();
      run.tsit5Try(0.01, 0.2, 1e-6, 0);
      run.tsit5Restore();
      expect(x).toEqual(before);
      expect(time[0]).toBe(0.01);
      const other = emitted({ ...ode, start: [...before] });
      expect(run.tsit5Try(0.01, 0.02, 1e-6, 0)).toBe(other.run.tsit5Try(0.01, 0.02, 1e-6, 1));
      expect(x).toEqual(other.x);
    }
  });

  it('estimate an error of the size of the true one', () => {
    const { run, x } = emitted(oscillator);
    const h = 0.5;
    const norm = Math.sqrt(run.tsit5Try(0, h, 0, 1)) * 1e-6; // absTol
    const truth = Math.hypot(x[0]! - Math.cos(h), x[1]! + Math.sin(h)) / Math.SQRT2;
    // The estimate is that of the solution of order 4, so larger, but not by orders of magnitude.
    expect(norm).toBeGreaterThan(truth);
    expect(norm).toBeLessThan(truth * 100);
  });

  it('report NaN as NaN, so that the step is refused', () => {
    const { run } = emitted({ ...oscillator, start: [NaN, 0] });
    expect(run.tsit5Try(0, 0.1, 1e-6, 1)).toBeNaN();
  });

  it('do nothing but move time when there are no states', () => {
    const none: Ode = { start: [], emit: () => [], plain: () => {} };
    const { run, time } = emitted(none);
    run.rk4(0, 0.1, 0.1);
    expect(time[0]).toBe(0.1);
    expect(run.tsit5Try(0.1, 0.1, 1e-6, 1)).toBe(0);
    expect(time[0]).toBe(0.2);
  });
});
