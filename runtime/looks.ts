/** The times that someone wants to see: those of output rows, and others that were asked for. No step ends because of them. */

/** @param period s, between two rows */
export function createLooks(period: number) {
  /** In order. */
  let extra: number[] = [];
  return {
    isRow: (time: number): boolean => Math.round(time / period) * period === time,
    /** The first one after a time. */
    after: (time: number): number => {
      let k = Math.floor(time / period);
      while (k * period <= time) k += 1;
      return extra.reduce((next, one) => (one > time ? Math.min(next, one) : next), k * period);
    },
    /** Those near [from, stop] that are wanted, in order. */
    among: (from: number, stop: number, wanted: (time: number) => boolean): number[] => {
      const times: number[] = [];
      for (let k = Math.floor(from / period); k * period <= stop; k += 1)
        if (wanted(k * period)) times.push(k * period);
      for (const time of extra) if (wanted(time) && !times.includes(time)) times.push(time);
      return times.sort((a, b) => a - b);
    },
    add: (times: readonly number[]): void => {
      extra = [...new Set([...extra, ...times])].sort((a, b) => a - b);
    },
  };
}
