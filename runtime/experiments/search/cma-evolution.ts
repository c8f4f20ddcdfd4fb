import { uniforms } from '../samples.ts';
import { compare, mirrored } from './search.ts';
import type { Found, Search, Task } from './search.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/**
 * Evolution with an adapted covariance matrix, CMA-ES (Hansen, The CMA evolution strategy: a tutorial, 2016), and restarts
 * with twice the population (Auger and Hansen 2005). The start is looked at first, and what is found is no worse. It only ranks, so constraints take part in it and noise does little harm.
 */
export function* cmaEvolution({ start, seed, most }: Task): Search {
  const n = start.length;
  const next = uniforms('cma evolution', seed);
  // Box and Muller 1958.
  const normal = (): number => Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
  const expected = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
  const [first] = yield [start];
  let asked = 1;
  let best: Found = { point: start, ...first! };
  let restarted = false;
  for (let size = Math.max(6, 4 + Math.floor(3 * Math.log(n))); asked + size <= most; size *= 2) {
    const half = Math.floor(size / 2);
    const raw = Array.from({ length: half }, (_, i) => Math.log((size + 1) / 2) - Math.log(i + 1));
    const total = raw.reduce((a, b) => a + b, 0);
    const weights = raw.map((w) => w / total);
    const mass = 1 / weights.reduce((sum, w) => sum + w * w, 0);
    const cc = (4 + mass / n) / (n + 4 + (2 * mass) / n);
    const cs = (mass + 2) / (n + mass + 5);
    const c1 = 2 / ((n + 1.3) ** 2 + mass);
    const cm = Math.min(1 - c1, (2 * (mass - 2 + 1 / mass)) / ((n + 2) ** 2 + mass));
    const damp = 1 + 2 * Math.max(0, Math.sqrt((mass - 1) / (n + 1)) - 1) + cs;
    let mean: number[] = restarted ? Array.from({ length: n }, next) : [...start];
    restarted = true;
    let sigma = 0.3;
    let covariance = identity(n);
    let axes = identity(n);
    let lengths = new Array<number>(n).fill(1);
    let ps = new Array<number>(n).fill(0);
    let pc = new Array<number>(n).fill(0);
    const history: number[] = [];
    for (let generation = 1; asked + size <= most; generation += 1) {
      const steps = Array.from({ length: size }, () => {
        const z = lengths.map((length) => length * normal());
        return axes.map((row) => row.reduce((sum, b, j) => sum + b * z[j]!, 0));
      });
      const wide = steps.map((y) => mean.map((m, i) => m + sigma * y[i]!));
      const points = wide.map(mirrored);
      const values = yield points;
      asked += size;
      const order = points.map((_, i) => i).sort((a, b) => compare(values[a]!, values[b]!) || a - b);
      const top = order[0]!;
      if (compare(values[top]!, best) < 0) best = { point: points[top]!, ...values[top]! };
      const step = mean.map((_, i) => weights.reduce((sum, w, k) => sum + w * steps[order[k]!]![i]!, 0));
      mean = mean.map((m, i) => m + sigma * step[i]!);
      // C^(-1/2) times the step.
      const turned = axes[0]!.map(
        (_, j) => axes.reduce((sum, row, i) => sum + row[j]! * step[i]!, 0) / lengths[j]!,
      );
      const white = axes.map((row) => row.reduce((sum, b, j) => sum + b * turned[j]!, 0));
      ps = ps.map((p, i) => (1 - cs) * p + Math.sqrt(cs * (2 - cs) * mass) * white[i]!);
      const length = Math.sqrt(ps.reduce((sum, p) => sum + p * p, 0));
      const stalled =
        length / Math.sqrt(1 - (1 - cs) ** (2 * generation)) / expected < 1.4 + 2 / (n + 1) ? 1 : 0;
      pc = pc.map((p, i) => (1 - cc) * p + stalled * Math.sqrt(cc * (2 - cc) * mass) * step[i]!);
      covariance = covariance.map((row, i) =>
        row.map(
          (c, j) =>
            (1 - c1 - cm) * c +
            c1 * (pc[i]! * pc[j]! + (1 - stalled) * cc * (2 - cc) * c) +
            cm * weights.reduce((sum, w, k) => sum + w * steps[order[k]!]![i]! * steps[order[k]!]![j]!, 0),
        ),
      );
      sigma = Math.min(1, sigma * Math.exp((cs / damp) * (length / expected - 1)));
      const eigen = symmetricEigen(covariance);
      axes = eigen.vectors;
      lengths = eigen.values.map((value) => Math.sqrt(Math.max(value, 1e-20)));
      history.push(values[top]!.objective);
      const recent = history.slice(-(10 + Math.ceil((30 * n) / size)));
      const flat = recent.length >= 10 + (30 * n) / size && Math.max(...recent) === Math.min(...recent);
      if (sigma * Math.max(...lengths) < 1e-10 || flat || Math.max(...lengths) > 1e7 * Math.min(...lengths))
        break;
    }
  }
  return best;
}

const identity = (n: number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => (i === j ? 1 : 0)));
