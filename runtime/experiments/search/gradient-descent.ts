import { clamped, compare, known } from './search.ts';
import type { Asked, Found, Search, Task, Value } from './search.ts';

/** Of central differences, in the unit cube; where slopes are not told. */
const STEP = 1e-5;

/**
 * Quasi-Newton descent (BFGS) along projected gradients, with an augmented Lagrangian for constraints (Hestenes, Powell 1969).
 * For smooth objectives without noise: it needs the fewest runs, and finds the valley that it begins in. Where slopes are known, it needs
 * no differences.
 */
export function* gradientDescent({ start, most, slopes }: Task): Search {
  const n = start.length;
  let asked = 0;
  let best: Found | undefined;
  let multipliers: number[] = [];
  let weight = 10;
  // What was asked around a place serves again with other multipliers.
  const sloped = new Map<Found, Value['slopes']>();
  const around = new Map<Found, Found[]>();
  // Constraints enter as if each had a slack: ψ = f + Σ (max(0, λ − w m)² − λ²) / 2w.
  const merit = ({ objective, margins }: Value): number =>
    known(objective) +
    margins.reduce((sum, m, i) => {
      const l = multipliers[i] ?? 0;
      return sum + (Math.max(0, l - weight * m) ** 2 - l * l) / (2 * weight);
    }, 0);
  const ask = function* (points: number[][]): Generator<number[][], Found[], readonly Value[]> {
    const told = yield points;
    asked += points.length;
    const found = points.map((point, i) => ({ point, ...told[i]! }));
    for (const one of found) if (best === undefined || compare(one, best) < 0) best = one;
    return found;
  };
  let [here] = yield* ask([clamped(start)]);
  for (let outer = 0; outer < 30 && asked < most; outer += 1) {
    let inverse = scaledIdentity(n, 1);
    let fresh = true;
    let gradient: number[] | undefined;
    for (let inner = 0; inner < 200 && asked < most; inner += 1) {
      if (gradient === undefined) gradient = yield* slope(here!);
      const g = gradient;
      const p = here!.point;
      const held = p.map((x, i) => (x <= 0 && g[i]! > 0) || (x >= 1 && g[i]! < 0));
      const size = Math.max(...g.map((value, i) => (held[i] ? 0 : Math.abs(value))));
      if (!(size > 1e-9 * Math.max(1, Math.abs(merit(here!))))) break;
      let direction = inverse.map((row, i) =>
        held[i] ? 0 : -row.reduce((sum, value, j) => sum + (held[j] ? 0 : value * g[j]!), 0),
      );
      if (direction.reduce((sum, d, i) => sum + d * g[i]!, 0) >= 0) {
        inverse = scaledIdentity(n, 1);
        fresh = true;
        direction = g.map((value, i) => (held[i] ? 0 : -value));
      }
      // No first step leaves the neighbourhood that the gradient is of.
      const reach = Math.min(1, 0.3 / Math.max(...direction.map(Math.abs)));
      let moved: Found | undefined;
      let t = reach;
      for (; t > 1e-14 && asked < most; t /= 3) {
        const [next] = yield* ask([clamped(p.map((x, i) => x + t * direction[i]!))]);
        const fall = g.reduce((sum, value, i) => sum + value * (next!.point[i]! - p[i]!), 0);
        // What could be gained is less than what rounding hides.
        if (-fall < 1e-14 * Math.abs(merit(here!))) break;
        if (merit(next!) <= merit(here!) + 1e-4 * fall) {
          moved = next!;
          break;
        }
      }
      // Where the first step does well a longer one may do better; without it the curvature along the way stays unknown.
      while (moved !== undefined && t >= reach && asked < most) {
        t *= 3;
        const [next] = yield* ask([clamped(p.map((x, i) => x + t * direction[i]!))]);
        if (!(merit(next!) < merit(moved))) break;
        moved = next!;
      }
      if (moved === undefined || asked >= most) break;
      const after = yield* slope(moved);
      const s = moved.point.map((x, i) => x - p[i]!);
      const y = after.map((value, i) => value - g[i]!);
      const sy = s.reduce((sum, value, i) => sum + value * y[i]!, 0);
      const still = Math.max(...s.map(Math.abs)) < 1e-12;
      if (sy > 1e-14) {
        if (fresh) inverse = scaledIdentity(n, sy / y.reduce((sum, value) => sum + value * value, 0));
        inverse = updated(inverse, s, y, sy);
        fresh = false;
      }
      here = moved;
      gradient = after;
      if (still) break;
    }
    const { margins } = here!;
    if (margins.length === 0) break;
    const worst = Math.max(...margins.map((m, i) => Math.abs(Math.min(m, (multipliers[i] ?? 0) / weight))));
    multipliers = margins.map((m, i) => Math.max(0, (multipliers[i] ?? 0) - weight * m));
    if (worst < 1e-8) break;
    if (outer % 2 === 1) weight *= 4;
  }
  // What breaks a constraint by rounding alone, and is otherwise the place, counts as the place.
  const nearly = here!.margins.every((m) => m > -1e-6);
  return nearly && (best === undefined || merit(here!) < merit(best)) ? here! : best!;

  /** Asked for where the search has come to, and not on the way there: they cost more than a value. */
  function* slopesAt(at: Found): Generator<Asked, Value['slopes'], readonly Value[]> {
    if (!sloped.has(at)) {
      const [told] = yield Object.assign([at.point], { slopes: true as const });
      asked += 1;
      sloped.set(at, told!.slopes);
    }
    return sloped.get(at);
  }

  function* slope(at: Found): Generator<Asked, number[], readonly Value[]> {
    const exact = slopes === true ? yield* slopesAt(at) : undefined;
    if (exact !== undefined) {
      const pulls = at.margins.map((m, i) => Math.max(0, (multipliers[i] ?? 0) - weight * m));
      const { objective, margins } = exact;
      return objective.map((own, j) =>
        pulls.reduce((sum, pull, i) => (pull > 0 ? sum - pull * margins[i]![j]! : sum), own),
      );
    }
    const ends = at.point.map((x) => [Math.max(0, x - STEP), Math.min(1, x + STEP)] as const);
    const points = ends.flatMap((pair, i) =>
      pair.map((value) => at.point.map((x, j) => (j === i ? value : x))),
    );
    const found = around.get(at) ?? (yield* ask(points));
    around.set(at, found);
    return ends.map(([low, high], i) => (merit(found[2 * i + 1]!) - merit(found[2 * i]!)) / (high - low));
  }
}

const scaledIdentity = (n: number, scale: number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => (i === j ? scale : 0)));

/** (I − s yᵀ/sy) H (I − y sᵀ/sy) + s sᵀ/sy. */
function updated(h: number[][], s: readonly number[], y: readonly number[], sy: number): number[][] {
  const hy = h.map((row) => row.reduce((sum, value, j) => sum + value * y[j]!, 0));
  const yhy = y.reduce((sum, value, i) => sum + value * hy[i]!, 0);
  return h.map((row, i) =>
    row.map(
      (value, j) => value - (s[i]! * hy[j]! + hy[i]! * s[j]!) / sy + ((1 + yhy / sy) * s[i]! * s[j]!) / sy,
    ),
  );
}
