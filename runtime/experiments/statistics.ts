/** Values of repetitions → mean, spread and confidence interval. Sums go in the order of the runs. */
import { studentWidth } from './beta.ts';

export interface Estimate {
  /** How many values; those that are no number are left out. */
  count: number;
  mean: number;
  /** Of the values themselves; NaN for fewer than two. */
  deviation: number;
  /** Half the width of the mean's confidence interval; NaN for fewer than two. */
  half: number;
}

export function estimate(values: readonly number[], confidence: number): Estimate {
  const known = values.filter(Number.isFinite);
  const count = known.length;
  // From the first value on, so that equal values have exactly their mean, and no spread.
  const [first = NaN] = known;
  const mean = first + known.reduce((sum, value) => sum + (value - first), 0) / count;
  if (count < 2) return { count, mean, deviation: NaN, half: NaN };
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (count - 1));
  return {
    count,
    mean,
    deviation,
    half: (studentWidth(confidence, count - 1) * deviation) / Math.sqrt(count),
  };
}

/** What differs between runs of equal seeds: their noise is common, and drops out. */
export const paired = (values: readonly number[], base: readonly number[], confidence: number): Estimate =>
  estimate(
    values.map((value, n) => value - base[n]!),
    confidence,
  );
