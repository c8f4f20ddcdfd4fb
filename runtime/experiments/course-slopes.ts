/**
 * The course of a value and of its derivatives over a run → the derivatives of a statistic of it, of just what `course.ts` computes: with
 * the value straight between the times it is seen at, so are its derivatives.
 */
import type { ManifestReport } from '../contract/studies.ts';

export interface SlopeCourse {
  /** Times do not decrease. Both sides of an event are seen, the second with what the event is known by. */
  see(time: number, value: number, slopes: readonly number[], event?: Event): void;
  result(): number[];
}

export interface Event {
  /** How fast the value changes. */
  rate: number;
  /** By how much the time of the event moves; nothing where no event does. */
  shift: readonly number[] | undefined;
}

type Kind = Exclude<ManifestReport['statistic'], 'end' | 'share' | 'time' | 'count'>;

/** The derivatives of `courseOf` in so many directions, from values and their derivatives. */
export function slopeCourse(kind: Kind, level: number | undefined, directions: number): SlopeCourse {
  switch (kind) {
    case 'min':
    case 'max':
      return extreme(kind === 'max' ? 1 : -1, directions);
    case 'mean':
    case 'sd':
      return moments(kind, directions);
    case 'quantile':
      return quantile(level ?? 0.5, directions);
  }
}

const none = (directions: number): number[] => new Array<number>(directions).fill(NaN);

/** By the envelope theorem: the place of the extreme does not count, only how the value moves there. */
function extreme(sign: 1 | -1, directions: number): SlopeCourse {
  let best = NaN;
  let when = NaN;
  let rateThere = 0;
  let found = none(directions);
  return {
    see: (time, value, slopes, { rate, shift } = { rate: 0, shift: undefined }) => {
      const moves = shift !== undefined && shift.some((by) => by !== 0);
      // At an event it is not at rest: its place moves with the event.
      if (moves && when === time) found = found.map((slope, i) => slope + rateThere * shift[i]!);
      if (moves) when = NaN;
      if (sign * value <= sign * best || Number.isNaN(value)) return;
      best = value;
      if (!moves) when = time;
      rateThere = rate;
      found = slopes.map((slope, i) => slope + (moves ? rate * shift[i]! : 0));
    },
    result: () => found,
  };
}

interface End {
  value: number;
  slopes: readonly number[];
}

/** Pieces between the times seen, and jumps at events that move: the value before and after. */
function pieces(
  each: (length: number, from: End, to: End) => void,
  jump: (shift: readonly number[], before: number, after: number) => void,
): SlopeCourse['see'] {
  let before = NaN;
  let last: End | undefined;
  return (time, value, slopes, event) => {
    const now = { value, slopes: [...slopes] };
    const length = time - before;
    if (last !== undefined && !Number.isNaN(last.value) && !Number.isNaN(value)) {
      if (length > 0) each(length, last, now);
      else if (event?.shift !== undefined) jump(event.shift, last.value, value);
    }
    before = time;
    last = now;
  };
}

function moments(kind: 'mean' | 'sd', directions: number): SlopeCourse {
  let total = 0;
  let first = 0;
  let second = 0;
  let origin = NaN;
  let only: readonly number[] = none(directions);
  const firsts = new Array<number>(directions).fill(0);
  const products = new Array<number>(directions).fill(0);
  function jumped(shift: readonly number[], before: number, after: number): void {
    const [a, b] = [before - origin, after - origin];
    shift.forEach((by, i) => {
      firsts[i]! += (a - b) * by;
      products[i]! += ((a * a - b * b) * by) / 2;
    });
  }
  const see = pieces((length, from, to) => {
    const [a, b] = [from.value - origin, to.value - origin];
    total += length;
    first += (length * (a + b)) / 2;
    second += (length * (a * a + a * b + b * b)) / 3;
    for (let i = 0; i < directions; i += 1) {
      const [c, d] = [from.slopes[i]!, to.slopes[i]!];
      firsts[i]! += (length * (c + d)) / 2;
      products[i]! += (length * (2 * a * c + a * d + b * c + 2 * b * d)) / 6;
    }
  }, jumped);
  return {
    see: (time, value, slopes, event) => {
      if (Number.isNaN(origin)) [origin, only] = [value, [...slopes]];
      see(time, value, slopes, event);
    },
    result: () => {
      if (total === 0) return kind === 'mean' ? [...only] : none(directions);
      const mean = first / total;
      if (kind === 'mean') return firsts.map((sum) => sum / total);
      const deviation = Math.sqrt(Math.max(0, second / total - mean * mean));
      return products.map((sum, i) => (sum / total - (mean * firsts[i]!) / total) / deviation);
    },
  };
}

/** Where the course passes the quantile: it moves by so much that it is below for the same share of the time. */
function quantile(level: number, directions: number): SlopeCourse {
  const parts: { length: number; from: End; to: End }[] = [];
  let only: readonly number[] = none(directions);
  const jumps: { shift: readonly number[]; before: number; after: number }[] = [];
  const see = pieces(
    (length, from, to) => parts.push({ length, from, to }),
    (shift, before, after) => jumps.push({ shift, before, after }),
  );
  const below = (value: number): number =>
    parts.reduce((sum, { length, from, to }) => {
      const [low, high] = [Math.min(from.value, to.value), Math.max(from.value, to.value)];
      return sum + (high <= value ? length : low < value ? (length * (value - low)) / (high - low) : 0);
    }, 0);
  return {
    see: (time, value, slopes, event) => {
      only = [...slopes];
      see(time, value, slopes, event);
    },
    result: () => {
      if (parts.length === 0) return [...only];
      const ends = parts.flatMap(({ from, to }) => [from.value, to.value]);
      const wanted = level * parts.reduce((sum, { length }) => sum + length, 0);
      let low = ends.reduce((a, b) => Math.min(a, b));
      let high = ends.reduce((a, b) => Math.max(a, b));
      while (high - low > 1e-13 * Math.max(Math.abs(low), Math.abs(high))) {
        const middle = low + (high - low) / 2;
        if (middle === low || middle === high) break;
        if (below(middle) < wanted) low = middle;
        else high = middle;
      }
      const weights = parts.flatMap(({ length, from, to }) => {
        const rise = to.value - from.value;
        const share = (high - from.value) / rise;
        return share >= 0 && share <= 1 ? [{ weight: length / Math.abs(rise), share, from, to }] : [];
      });
      const all = weights.reduce((sum, { weight }) => sum + weight, 0);
      const isBelow = (value: number): number => (value < high ? 1 : 0);
      return only.map((_, i) => {
        const moved = weights.reduce(
          (sum, { weight, share, from, to }) =>
            sum + weight * (from.slopes[i]! + share * (to.slopes[i]! - from.slopes[i]!)),
          0,
        );
        const longer = jumps.reduce(
          (sum, { shift, before, after }) => sum + (isBelow(before) - isBelow(after)) * shift[i]!,
          0,
        );
        return (moved - longer) / all;
      });
    },
  };
}
