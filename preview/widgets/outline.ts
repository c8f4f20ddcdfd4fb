import type { Trail } from '../data/trail.ts';

/** A trace between two times as a line: time and value in turn, with values on the line at both ends. */
export function outlineOf(trail: Trail, held: boolean, from: number, to: number): number[] {
  const { times, values } = trail;
  const line: number[] = [];
  const first = trail.before(from);
  const on = (i: number, time: number): number => {
    if (held || i + 1 >= trail.end) return values[i]!;
    const span = times[i + 1]! - times[i]!;
    return span > 0
      ? values[i]! + ((values[i + 1]! - values[i]!) * (time - times[i]!)) / span
      : values[i + 1]!;
  };
  line.push(from, on(first, from));
  let last = first;
  for (let i = first + 1; i < trail.end && times[i]! <= to; i++) {
    if (held) line.push(times[i]!, values[i - 1]!);
    line.push(times[i]!, values[i]!);
    last = i;
  }
  line.push(to, on(last, to));
  return line;
}
