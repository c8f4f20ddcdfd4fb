import { clamped, compare } from './search.ts';
import type { Found, Search, Task } from './search.ts';

/**
 * The simplex method of Nelder and Mead (1965), with coefficients that suit the number of dimensions (Gao and Han 2012). It only
 * compares, so constraints take part in it. When the simplex has shrunk to nothing it begins anew around the best point.
 */
export function* nelderMead({ start, most }: Task): Search {
  const n = start.length;
  const [expand, contract, shrink] = n < 2 ? [2, 0.5, 0.5] : [1 + 2 / n, 0.75 - 1 / (2 * n), 1 - 1 / n];
  let asked = 0;
  let best: Found | undefined;
  const corners = (from: readonly number[], size: number): number[][] =>
    [...Array(n + 1).keys()].map((at) =>
      from.map((x, i) => (i === at - 1 ? (x + size <= 1 ? x + size : x - size) : x)),
    );
  let size = 0.2;
  while (asked < most) {
    const points = corners(best?.point ?? start, size);
    const values = yield points;
    asked += points.length;
    let simplex: Found[] = points.map((point, i) => ({ point, ...values[i]! })).sort(compare);
    while (asked < most) {
      const spread = Math.max(...simplex.slice(1).map(({ point }) => distance(point, simplex[0]!.point)));
      if (spread < 1e-10) break;
      const worst = simplex[n]!;
      const centre = start.map(
        (_, i) => simplex.slice(0, n).reduce((sum, { point }) => sum + point[i]!, 0) / n,
      );
      const along = (by: number): number[] => clamped(centre.map((c, i) => c + by * (c - worst.point[i]!)));
      const ask = function* (
        by: number,
      ): Generator<number[][], Found, readonly { objective: number; margins: readonly number[] }[]> {
        const point = along(by);
        const [value] = yield [point];
        asked += 1;
        return { point, ...value! };
      };
      const reflected = yield* ask(1);
      let next: Found | undefined;
      if (compare(reflected, simplex[0]!) < 0) {
        const further = yield* ask(expand);
        next = compare(further, reflected) < 0 ? further : reflected;
      } else if (compare(reflected, simplex[n - 1]!) < 0) next = reflected;
      else {
        const outside = compare(reflected, worst) < 0;
        const inner = yield* ask(outside ? contract : -contract);
        if (compare(inner, outside ? reflected : worst) < 0) next = inner;
      }
      if (next !== undefined) simplex = [...simplex.slice(0, n), next].sort(compare);
      else {
        const first = simplex[0]!;
        const smaller = simplex
          .slice(1)
          .map(({ point }) => point.map((x, i) => first.point[i]! + shrink * (x - first.point[i]!)));
        const told = yield smaller;
        asked += smaller.length;
        simplex = [first, ...smaller.map((point, i) => ({ point, ...told[i]! }))].sort(compare);
      }
    }
    const arrived = best !== undefined && distance(simplex[0]!.point, best.point) < 1e-8;
    if (best === undefined || compare(simplex[0]!, best) < 0) best = simplex[0]!;
    if (arrived) break;
    size = Math.max(size / 2, 0.01);
  }
  return best!;
}

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.max(...a.map((x, i) => Math.abs(x - b[i]!)));
