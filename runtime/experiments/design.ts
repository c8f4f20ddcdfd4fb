/** What an experiment varies → its variants and runs. */
import type { ManifestExperiment } from '../contract/studies.ts';
import { streamKey } from '../random/stream.ts';
import { latinHypercube, randomPoints } from './samples.ts';
import { sobolPoints } from './sobol.ts';

export interface Design {
  /** How many variants there are. */
  count: number;
  /** A value (SI) for each factor. Values in the order of the text, those of the last factor change fastest, and sampled points fastest of all. */
  variant(at: number): number[];
  /** All of them in their order; only one is held at a time. */
  variants(): Iterable<number[]>;
  repeat: number;
  seed: number;
}

/** Run n is repetition n mod `repeat` of variant ⌊n / repeat⌋. */
export function designOf(experiment: ManifestExperiment, seed: number): Design {
  const { factors, sample, repeat } = experiment;
  const sampled = factors.flatMap(({ levels }, at) => ('low' in levels ? [at] : []));
  const isSampled = sample !== undefined && sampled.length > 0 && experiment.search === undefined;
  const points = isSampled ? sample.count : 1;
  const shares = new Float64Array(isSampled ? points * sampled.length : 0);
  if (isSampled) {
    const pointsBy = { sobol: sobolPoints, latinHypercube, random: randomPoints }[sample.method];
    let at = 0;
    for (const point of pointsBy(points, sampled.length, seed)) {
      shares.set(point, at);
      at += sampled.length;
    }
  }
  const listed = factors.map(({ levels }) => ('low' in levels ? 1 : levels.values.length));
  const count = listed.reduce((product, values) => product * values, points);
  const variant = (at: number): number[] => {
    const point = (at % points) * sampled.length;
    // From the last factor on, which changes fastest.
    let left = Math.floor(at / points);
    const values = new Array<number>(factors.length).fill(NaN);
    for (let n = factors.length - 1; n >= 0; n -= 1) {
      const { levels, base } = factors[n]!;
      if ('low' in levels) {
        const share = isSampled ? shares[point + sampled.indexOf(n)]! : NaN;
        values[n] = within(levels, share, base);
        continue;
      }
      values[n] = levels.values[left % listed[n]!]!;
      left = Math.floor(left / listed[n]!);
    }
    return values;
  };
  return {
    count,
    variant,
    *variants() {
      for (let at = 0; at < count; at += 1) yield variant(at);
    },
    repeat,
    seed,
  };
}

function within({ low, high }: { low: number; high: number }, share: number, base: string): number {
  // Whole numbers are equally likely, the ends included.
  if (base === 'integer')
    return Math.min(Math.ceil(low) + Math.floor(share * (Math.floor(high) - Math.ceil(low) + 1)), high);
  return low + share * (high - low);
}

/** The seed of a repetition, the same for all variants. The first one's is the experiment's own. */
export function seedOf(seed: number, repetition: number): number {
  if (repetition === 0) return seed;
  const [low, high] = streamKey(`repetition ${repetition + 1}`, seed);
  return (high >>> 11) * 2 ** 32 + low;
}
