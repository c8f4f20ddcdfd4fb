/**
 * A body falls through the air, and a radar sees how far away it is: Athans, Wishner and Bertolini 1968, with the numbers of Julier and Uhlmann 2000. The speed
 * breaks down within seconds, by a drag that the filter hardly knows at first. An extended Kalman filter with derivatives by hand is the other program: it
 * goes by tangents, and ours by what is one standard deviation away.
 */
import { expect, it } from 'vitest';
import { compiled } from '../solvers/compiled.ts';
import { live, normals } from './helper.ts';

const BODY = (drift: string): string => `asset Body {
  state x = 300000
  state v = 20000
  state c = 0.00003
  der(x) = -v / 1 s
  der(v) = -exp(-0.00005 * x) * v * v * c / 1 s
  der(c) = 0
  sensor radar measures sqrt(10000000000 + (x - 100000) * (x - 100000)) noise normal(100)
}
twin B: Body
bind B {
  radar from mqtt("radar")
  estimate x within 1000 drifts 0 in 1 s
  estimate v within 2000 drifts ${drift} in 1 s
  estimate c within 0.01 drifts 0 in 1 s
}\n`;

type Vector = [number, number, number];
const GAMMA = 5e-5;
const rates = ([x, v, c]: Vector): Vector => [-v, -Math.exp(-GAMMA * x) * v * v * c, 0];
const moved = (a: Vector, b: Vector, by: number): Vector => [
  a[0] + by * b[0],
  a[1] + by * b[1],
  a[2] + by * b[2],
];
function later(from: Vector, seconds: number, steps: number): Vector {
  let at = from;
  const h = seconds / steps;
  for (let i = 0; i < steps; i += 1) {
    const one = rates(at);
    const two = rates(moved(at, one, h / 2));
    const three = rates(moved(at, two, h / 2));
    const four = rates(moved(at, three, h));
    at = moved(moved(moved(moved(at, one, h / 6), two, h / 3), three, h / 3), four, h / 6);
  }
  return at;
}
const range = (x: number): number => Math.sqrt(1e10 + (x - 1e5) ** 2);

/** By tangents, in 256 parts a second. */
class ByHand {
  x: Vector = [3e5, 2e4, 3e-5];
  p = [
    [1e6, 0, 0],
    [0, 4e6, 0],
    [0, 0, 1e-4],
  ];

  second(drift: number): void {
    const h = 1 / 256;
    for (let part = 0; part < 256; part += 1) {
      const [x, v, c] = later(this.x, h / 2, 1);
      const air = Math.exp(-GAMMA * x);
      const a = [
        [0, -1, 0],
        [GAMMA * air * v * v * c, -2 * air * v * c, -air * v * v],
        [0, 0, 0],
      ];
      const phi = a.map((row, i) =>
        row.map((each, j) => {
          const squared = row.reduce((sum, one, k) => sum + one * a[k]![j]!, 0);
          return (i === j ? 1 : 0) + h * each + (h * h * squared) / 2;
        }),
      );
      const half = phi.map((row) =>
        [0, 1, 2].map((j) => row.reduce((sum, one, k) => sum + one * this.p[k]![j]!, 0)),
      );
      this.p = half.map((row) => phi.map((other) => row.reduce((sum, one, k) => sum + one * other[k]!, 0)));
      this.p[1]![1]! += drift * drift * h;
      this.x = later(this.x, h, 1);
    }
  }

  take(seen: number): void {
    const slope = (this.x[0] - 1e5) / range(this.x[0]);
    const variance = this.p[0]![0]! * slope * slope + 1e4;
    const gain = this.p.map((row) => (row[0]! * slope) / variance);
    const off = seen - range(this.x[0]);
    this.x = moved(this.x, gain as Vector, off);
    this.p = this.p.map((row, i) => row.map((each, j) => each - gain[i]! * slope * this.p[0]![j]!));
  }
}

it.each([
  ['without drift', 0],
  ['with drift', 300],
])('follows the falling body as a filter with derivatives by hand does, %s', (_, drift) => {
  const value = compiled(BODY(String(drift)));
  const names = ['x', 'v', 'c'] as const;
  for (let run = 1; run <= 5; run += 1) {
    const next = normals(run);
    const twin = live(value);
    const other = new ByHand();
    let truth: Vector = [3e5, 2e4, 1e-3];
    for (let time = 0; time <= 60; time += 1) {
      if (time > 0) {
        truth = later(truth, 1, 64);
        other.second(drift);
      }
      const seen = range(truth[0]) + 100 * next();
      other.take(seen);
      twin.offer(0, 0, time, seen);
      twin.advance(time);
      names.forEach((name, i) => {
        const deviation = Math.sqrt(other.p[i]![i]!);
        expect(Math.abs(twin.value(`${name}.sd`)! / deviation - 1)).toBeLessThan(0.05);
        const apart = Math.abs(twin.value(name)! - other.x[i]!);
        expect(apart).toBeLessThan(0.15 * deviation + 0.05 * Math.abs(other.x[i]! - truth[i]!));
      });
    }
    expect(Math.abs(twin.value('c')! - truth[2])).toBeLessThan(1e-4);
    expect(twin.trouble()).toBeUndefined();
  }
});
