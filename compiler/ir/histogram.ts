/**
 * Times by size, for quantiles: a bucket is a 32nd of an octave wide, so a quantile is right within 1.6 %. From 2^-20 s (a
 * microsecond) to 2^30 s (34 years); what lies outside counts as the first or last.
 */
export const LEAST_EXPONENT = -20;
const OCTAVES = 50;
const PARTS = 32;
export const BUCKETS = OCTAVES * PARTS;
/** The upper bits (sign, exponent, five of the fraction) of the lowest number of the first bucket. */
export const FIRST_BUCKET = (1023 + LEAST_EXPONENT) * PARTS;

/** The middle of a bucket. */
export function bucketMiddle(bucket: number): number {
  return 2 ** (LEAST_EXPONENT + Math.floor(bucket / PARTS)) * (1 + ((bucket % PARTS) + 0.5) / PARTS);
}
