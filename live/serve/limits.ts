/** How often somebody may do something: a bucket of tokens for each, filled at a steady rate. */
export interface Limiter {
  /** Takes one; false when there is none left. */
  take(key: string): boolean;
}

/** Keys that are remembered at once; a flood of strangers does not fill the memory. */
const MOST_KEYS = 10_000;

export interface LimiterOptions {
  /** Tokens a second, and the most there are. */
  rate: number;
  burst: number;
  /** ms, never going back. */
  now(): number;
}

export function createLimiter({ rate, burst, now }: LimiterOptions): Limiter {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take: (key) => {
      const time = now();
      const before = buckets.get(key);
      const tokens =
        before === undefined ? burst : Math.min(burst, before.tokens + ((time - before.at) / 1000) * rate);
      // The one that was looked at longest ago goes first.
      buckets.delete(key);
      if (buckets.size >= MOST_KEYS) buckets.delete(buckets.keys().next().value!);
      buckets.set(key, { tokens: Math.max(0, tokens - 1), at: time });
      return tokens >= 1;
    },
  };
}
