/** How far off an estimate may be, as a band around its line: mean ± 2 standard deviations, which hold 95 % of what is normal. */
import type { Trail } from '../data/trail.ts';

const WIDTH = 2;

/** The lower and the upper edge at some times. */
export interface Spread {
  times: number[];
  low: number[];
  high: number[];
}

/** Between two times (s), as far as both the mean and its deviation are known; SI. */
export function spreadBetween(mean: Trail, deviation: Trail, from: number, to: number): Spread {
  const found: Spread = { times: [], low: [], high: [] };
  if (mean.length === 0 || deviation.length === 0) return found;
  const start = Math.max(from, mean.times[mean.start]!, deviation.times[deviation.start]!);
  const end = Math.min(to, mean.times[mean.end - 1]!, deviation.times[deviation.end - 1]!);
  if (!(end > start)) return found;
  const within = (trail: Trail): number[] =>
    [...trail.times.subarray(trail.start, trail.end)].filter((time) => time > start && time < end);
  const times = [start, ...new Set([...within(mean), ...within(deviation)].sort((a, b) => a - b)), end];
  for (const time of times) {
    const middle = at(mean, time);
    const reach = WIDTH * at(deviation, time);
    if (Number.isNaN(middle) || Number.isNaN(reach)) continue;
    found.times.push(time);
    found.low.push(middle - reach);
    found.high.push(middle + reach);
  }
  return found;
}

/** Once around: along the lower edge, and back along the upper one; time and value. */
export function around({ times, low, high }: Spread): [number, number][] {
  const there = times.map((time, i): [number, number] => [time, low[i]!]);
  const back = times.map((time, i): [number, number] => [time, high[i]!]);
  return [...there, ...back.toReversed()];
}

function at(trail: Trail, time: number): number {
  const { times, values } = trail;
  const i = trail.before(time);
  if (i + 1 >= trail.end) return values[i]!;
  const span = times[i + 1]! - times[i]!;
  return span > 0 ? values[i]! + ((values[i + 1]! - values[i]!) * (time - times[i]!)) / span : values[i + 1]!;
}
