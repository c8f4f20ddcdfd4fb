/** Deterministic samples for the tests of emitted functions, from mulberry32 (Tommy Ettinger), a generator not under test. */
export function samples(seed: number) {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number): number =>
    low + (high - low) * (uniform() + uniform() / 2 ** 32);
  return {
    between,
    /** Even over the exponents from 2^low to 2^high, either sign. */
    magnitude: (low: number, high: number): number =>
      (uniform() < 0.5 ? -1 : 1) * between(1, 2) * 2 ** Math.floor(between(low, high)),
  };
}
