/** What an experiment varies → its variants and runs. */
import type { ManifestExperiment } from '../contract/studies.ts';
import { streamKey } from '../random/stream.ts';
import { latinHypercube, randomPoints } from './samples.ts';
import { sobolPoints } from './sobol.ts';

export interface Design {
  /** By variant: a value (SI) for each factor. Values in the order of the text, those of the last factor change fastest. */
  variants: number[][];
  repeat: number;
  seed: number;
}

/** Run n is repetition n mod `repeat` of variant ⌊n / repeat⌋. */
export function designOf(experiment: ManifestExperiment, seed: number): Design {
  const { factors, sample, repeat } = experiment;
  const sampled = factors.flatMap(({ levels }, at) => ('low' in levels ? [at] : []));
  const points =
    sample === undefined || sampled.length === 0 || experiment.search !== undefined
      ? [[]]
      : { sobol: sobolPoints, latinHypercube, random: randomPoints }[sample.method](
          sample.count,
          sampled.length,
          seed,
        );
  let variants: number[][] = [[]];
  for (const { levels } of factors) {
    if ('low' in levels) variants = variants.map((variant) => [...variant, NaN]);
    else variants = variants.flatMap((variant) => levels.values.map((value) => [...variant, value]));
  }
  return {
    variants: variants.flatMap((variant) =>
      points.map((point) =>
        variant.map((value, at) => {
          const { levels, base } = factors[at]!;
          if (!('low' in levels)) return value;
          const share = point[sampled.indexOf(at)]!;
          const { low, high } = levels;
          // Whole numbers are equally likely, the ends included.
          if (base === 'integer')
            return Math.min(
              Math.ceil(low) + Math.floor(share * (Math.floor(high) - Math.ceil(low) + 1)),
              high,
            );
          return low + share * (high - low);
        }),
      ),
    ),
    repeat,
    seed,
  };
}

/** The seed of a repetition, the same for all variants. The first one's is the experiment's own. */
export function seedOf(seed: number, repetition: number): number {
  if (repetition === 0) return seed;
  const [low, high] = streamKey(`repetition ${repetition + 1}`, seed);
  return (high >>> 11) * 2 ** 32 + low;
}
