/** Linear models, against the closed form of the steady state and a plain Kalman filter with matrices. */
import { describe, expect, it } from 'vitest';
import { compiled } from '../solvers/compiled.ts';
import { covarianceOf, live, normals, ROOM, twinOfText } from './helper.ts';

it('comes to the steady state of the Riccati equation', () => {
  const twin = twinOfText(`asset Walk {
  state x = 0
  input nudge = 0
  der(x) = 0
  sensor seen measures x noise normal(2)
}
twin W: Walk
bind W {
  seen from mqtt("x")
  estimate x within 100 drifts 0.5 in 3 s
}\n`);
  for (let i = 0; i < 300; i += 1) {
    twin.offer(0, 0, 5 * i, 0.1);
    twin.advance(5 * i);
  }
  // Q is what it drifts between samples; before a sample P² = Q P + Q R, and after it P R / (P + R).
  const [q, r] = [(0.25 / 3) * 5, 4];
  const before = (q + Math.sqrt(q * q + 4 * q * r)) / 2;
  expect(twin.value('x.sd')).toBeCloseTo(Math.sqrt((before * r) / (before + r)), 12);
  twin.advance(5 * 300);
  twin.set('nudge', 1);
  expect(twin.value('x.sd')).toBeCloseTo(Math.sqrt(before), 12);
});

type Matrix = number[][];
const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => b[0]!.map((_, j) => row.reduce((sum, each, k) => sum + each * b[k]![j]!, 0)));
const plus = (a: Matrix, b: Matrix): Matrix => a.map((row, i) => row.map((each, j) => each + b[i]![j]!));
const turned = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!));

/** Of the room: exact over `h` s, as its equations are linear. */
class PlainFilter {
  readonly #walk = 0.09 / 60;
  readonly #change = 1e-4 / 3600;
  x = [293.15, 0.01];
  p: Matrix = [
    [25, 0],
    [0, 0.01],
  ];

  pass(h: number, outside = 293.15): void {
    const tau = 100;
    const e = Math.exp(-h / tau);
    const phi = [
      [e, tau * (1 - e)],
      [0, 1],
    ];
    this.x = [outside + (this.x[0]! - outside) * e + tau * (1 - e) * this.x[1]!, this.x[1]!];
    // ∫ Φ Q Φᵀ by hand.
    const [one, two] = [tau * (1 - e), (tau / 2) * (1 - e * e)];
    const q11 = this.#walk * two + this.#change * tau * tau * (h - 2 * one + two);
    const q12 = this.#change * tau * (h - one);
    const q = [
      [q11, q12],
      [q12, this.#change * h],
    ];
    this.p = plus(times(times(phi, this.p), turned(phi)), q);
  }

  take(value: number, offset: number, r: number): number {
    const s = this.p[0]![0]! + r;
    const off = value - (this.x[0]! - offset);
    const gain = [this.p[0]![0]! / s, this.p[1]![0]! / s];
    this.x = this.x.map((each, i) => each + gain[i]! * off);
    this.p = this.p.map((row, i) => row.map((each, j) => each - gain[i]! * this.p[0]![j]!));
    return Math.abs(off) / Math.sqrt(s);
  }
}

describe.each([false, true])('a plain filter with matrices (interpreted: %s)', (interpreted) => {
  it('has the same estimates, covariances and surprises', () => {
    const twin = live(compiled(ROOM), {}, interpreted);
    const plain = new PlainFilter();
    const next = normals(5);
    let [last, surprise] = [0, 0];
    for (let i = 1; i <= 200; i += 1) {
      const time = i * 3 + (i % 7) * 0.3;
      if (i > 1) plain.pass(time - last);
      else plain.x = [293.15 + (1 - Math.exp(-time / 100)), 0.01];
      const value = 293.15 + 6 * (1 - Math.exp(-time / 100)) + 0.5 * next();
      surprise = plain.take(value, 0, 0.25);
      twin.offer(0, 0, time, value);
      if (i % 3 === 0) {
        const other = 6 * (1 - Math.exp(-time / 100)) + 0.5 * next();
        plain.take(other, 293.15, 1 / 3);
        twin.offer(1, 0, time, other);
      }
      twin.advance(time);
      last = time;
      expect(twin.value('T')).toBeCloseTo(plain.x[0]!, 6);
      expect(twin.value('heating')).toBeCloseTo(plain.x[1]!, 8);
      covarianceOf(twin).forEach((row, a) =>
        row.forEach((each, b) => expect(each).toBeCloseTo(plain.p[a]![b]!, 9)),
      );
      expect(twin.value('gauge.surprise')).toBeCloseTo(surprise, 5);
    }
    expect(twin.value('heating.sd')).toBeLessThan(0.01);
  });
});

/**
 * Where the model is the truth, squared errors measured by the covariance (NEES) and squared surprises (NIS) follow chi-square: their sums over many runs lie
 * between bounds that 99 of 100 correct filters keep (Bar-Shalom, Li and Kirubarajan 2001, section 5.4).
 */
describe('over many runs with the truth of the model', () => {
  const value = compiled(ROOM);
  const runs = 60;
  const found = Array.from({ length: runs }, (_, run) => {
    const next = normals(1000 + run);
    const twin = live(value);
    const [walk, change] = [Math.sqrt(0.09 / 60), Math.sqrt(1e-4 / 3600)];
    let [T, heating] = [293.15 + 5 * next(), 0.01 + 0.1 * next()];
    let [nees, nis] = [0, 0];
    for (let i = 0; i < 40; i += 1) {
      if (i > 0)
        for (let part = 0; part < 200; part += 1) {
          const h = 5 / 200;
          T += (heating - (T - 293.15) / 100) * h + walk * Math.sqrt(h) * next();
          heating += change * Math.sqrt(h) * next();
        }
      twin.offer(0, 0, 5 * i, T + 0.5 * next());
      twin.advance(5 * i);
      nis += twin.value('gauge.surprise')! ** 2;
    }
    const off = [twin.value('T')! - T, twin.value('heating')! - heating];
    const [[a, b], [, c]] = covarianceOf(twin) as [[number, number], [number, number]];
    nees = (off[0]! ** 2 * c - 2 * off[0]! * off[1]! * b + off[1]! ** 2 * a) / (a * c - b * b);
    return { nees, nis };
  });

  /** Wilson and Hilferty: quantiles of chi-square with `n` degrees of freedom. */
  const between = (n: number): [number, number] =>
    [-2.576, 2.576].map((z) => n * (1 - 2 / (9 * n) + z * Math.sqrt(2 / (9 * n))) ** 3) as [number, number];

  it.each([
    ['nees', 2 * runs],
    ['nis', 40 * runs],
  ] as const)('%s are as large as the filter says', (which, freedom) => {
    const sum = found.reduce((total, each) => total + each[which], 0);
    const [low, high] = between(freedom);
    expect(sum).toBeGreaterThan(low);
    expect(sum).toBeLessThan(high);
  });
});
