import { latinHypercube, uniforms } from '../samples.ts';
import { compare, mirrored } from './search.ts';
import type { Found, Search, Task } from './search.ts';

/**
 * Differential evolution (Storn and Price 1997), current to best with binomial crossover, weights drawn anew for each member.
 * For rough landscapes with many valleys; ends when all members are at one place.
 */
export function* differentialEvolution({ start, seed, most }: Task): Search {
  const n = start.length;
  const size = Math.max(3, Math.min(Math.max(8, 8 * n), 80, most));
  const next = uniforms('differential evolution', seed);
  const whole = (below: number): number => Math.floor(next() * below);
  const first = [...latinHypercube(size, n, seed)];
  first[0] = [...start];
  const values = yield first;
  let asked = size;
  let members: Found[] = first.map((point, i) => ({ point, ...values[i]! }));
  for (;;) {
    const best = members.reduce((a, b) => (compare(b, a) < 0 ? b : a));
    const spread = Math.max(
      ...start.map((_, i) => {
        const all = members.map(({ point }) => point[i]!);
        return Math.max(...all) - Math.min(...all);
      }),
    );
    if (asked + size > most || spread < 1e-9) return best;
    const tried = members.map(({ point }, at) => {
      const others: number[] = [];
      while (others.length < 2) {
        const one = whole(size);
        if (one !== at && !others.includes(one)) others.push(one);
      }
      const [a, b] = others.map((one) => members[one]!.point);
      const weight = 0.4 + 0.5 * next();
      const pull = 0.6 * next();
      const keep = whole(n);
      return mirrored(
        point.map((x, i) =>
          i === keep || next() < 0.9 ? x + pull * (best.point[i]! - x) + weight * (a![i]! - b![i]!) : x,
        ),
      );
    });
    const told = yield tried;
    asked += size;
    members = members.map((member, i) =>
      compare(told[i]!, member) <= 0 ? { point: tried[i]!, ...told[i]! } : member,
    );
  }
}
