/** When something is or differs in a run, for people. */
import { timeText } from '../runtime/trouble.ts';
import type { ScenarioDifference } from './behaviour.ts';

/** Of the length of a run. */
const FINEST = 1e-6;

/** Times (s) of these runs, no finer than a millionth of their length: what begins 2.8e-11 s after the start begins there. */
export function momentsOf({ duration }: Pick<ScenarioDifference, 'duration'>): (seconds: number) => string {
  const span = Math.max(duration.before, duration.after);
  if (!(span > 0) || !Number.isFinite(span)) return timeText;
  const places = -Math.floor(Math.log10(FINEST * span));
  const scale = 10 ** places;
  return (seconds) => timeText(Number((Math.round(seconds * scale) / scale).toPrecision(15)));
}

type When = (seconds: number) => string;

/** Of the same thing in two runs: the first time of which something else is told. Where there is none, the first of all. */
export function firstApart(when: When, before: readonly number[], after: readonly number[]): number {
  const most = Math.max(before.length, after.length);
  const told = (times: readonly number[], at: number): string => (at < times.length ? when(times[at]!) : '');
  for (let at = 0; at < most; at += 1) if (told(before, at) !== told(after, at)) return at;
  return 0;
}

/** When the same thing happens in two runs, such that one sees what differs: `24 s (2 times)`, `2nd of 2: 23 min`, `never`. */
export function timesApart(
  when: When,
  before: readonly number[],
  after: readonly number[],
): [before: string, after: string] {
  const at = firstApart(when, before, after);
  const text = (all: readonly number[]): string => {
    const times = all.length === 1 ? 'once' : `${all.length} times`;
    if (all.length === 0) return 'never';
    if (at >= all.length) return `${times} only`;
    if (at > 0) return `${ordinal(at + 1)} of ${all.length}: ${when(all[at]!)}`;
    return all.length === 1 ? when(all[0]!) : `${when(all[0]!)} (${times})`;
  };
  return [text(before), text(after)];
}

/** `1st`, `2nd`, `11th` */
export function ordinal(n: number): string {
  const teens = n % 100 > 10 && n % 100 < 14;
  return `${n}${teens ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th')}`;
}
