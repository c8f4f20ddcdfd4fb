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

/** Of values that come twice, in the same order both times: none of them is held. */
export interface Estimating {
  first(value: number): void;
  /** Of those that came so far. */
  mean(): number;
  second(value: number): void;
  result(): Estimate;
}

/** Mean, spread and interval of confidence (such as 0.95) by Student's t: all values go to `first`, then all to `second`. What is not finite is left out. */
export function estimating(confidence: number): Estimating {
  let [count, start, sum, squares] = [0, NaN, 0, 0];
  const mean = (): number => start + sum / count;
  return {
    first: (value) => {
      if (!Number.isFinite(value)) return;
      // From the first value on, so that equal values have exactly their mean, and no spread.
      if (count === 0) start = value;
      sum += value - start;
      count += 1;
    },
    mean,
    second: (value) => {
      if (Number.isFinite(value)) squares += (value - mean()) ** 2;
    },
    result: () => {
      if (count < 2) return { count, mean: mean(), deviation: NaN, half: NaN };
      const deviation = Math.sqrt(squares / (count - 1));
      const half = (studentWidth(confidence, count - 1) * deviation) / Math.sqrt(count);
      return { count, mean: mean(), deviation, half };
    },
  };
}

/** Mean, spread and interval of confidence (such as 0.95) of values, in two passes, by Student's t. */
export function estimate(values: readonly number[], confidence: number): Estimate {
  const { first, second, result } = estimating(confidence);
  for (const value of values) first(value);
  for (const value of values) second(value);
  return result();
}

/** What differs between runs of equal seeds: their noise is common, and drops out. */
export const paired = (values: readonly number[], base: readonly number[], confidence: number): Estimate =>
  estimate(
    values.map((value, n) => value - base[n]!),
    confidence,
  );
