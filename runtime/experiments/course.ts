/** The course of one value over a run → a statistic of it. Between the times it is seen at, it is taken to be straight. */
import type { ManifestReport } from '../contract/studies.ts';

export interface Course {
  /** The value at a time, and by how much a condition holds (NaN where that has no measure). Times do not decrease. */
  see(time: number, value: number, margin: number): void;
  result(): number;
}

type Kind = Exclude<ManifestReport['statistic'], 'end'>;

/** What is reported over a run, from its values as they come; `level` is that of a quantile, from 0 to 1. */
export function courseOf(kind: Kind, level: number | undefined): Course {
  switch (kind) {
    case 'min':
    case 'max':
      return extreme(kind === 'max' ? 1 : -1);
    case 'mean':
    case 'sd':
      return moments(kind);
    case 'quantile':
      return quantile(level ?? 0.5);
    case 'share':
    case 'time':
      return duration(kind);
    case 'count':
      return occurrences();
  }
}

function extreme(sign: 1 | -1): Course {
  let best = NaN;
  return {
    see: (_, value) => {
      if (!(sign * value <= sign * best) && !Number.isNaN(value)) best = value;
    },
    result: () => best,
  };
}

/** Calls back for each piece between two times at which there was a value. */
function pieces(
  each: (length: number, from: number, to: number, marginFrom: number, marginTo: number) => void,
): Course['see'] {
  let before = NaN;
  let last = NaN;
  let lastMargin = NaN;
  return (time, value, margin) => {
    const length = time - before;
    if (length > 0 && !Number.isNaN(last) && !Number.isNaN(value))
      each(length, last, value, lastMargin, margin);
    before = time;
    last = value;
    lastMargin = margin;
  };
}

function moments(kind: 'mean' | 'sd'): Course {
  let total = 0;
  let first = 0;
  let second = 0;
  // Of what exceeds the first value, so that a small spread about a large mean is not lost.
  let origin = NaN;
  const see = pieces((length, from, to) => {
    const [a, b] = [from - origin, to - origin];
    total += length;
    first += (length * (a + b)) / 2;
    second += (length * (a * a + a * b + b * b)) / 3;
  });
  return {
    see: (time, value, margin) => {
      if (Number.isNaN(origin)) origin = value;
      see(time, value, margin);
    },
    result: () => {
      // A run without length is its only value.
      if (total === 0) return kind === 'mean' ? origin : 0;
      const mean = first / total;
      return kind === 'mean' ? origin + mean : Math.sqrt(Math.max(0, second / total - mean * mean));
    },
  };
}

/** The value below which the course is for a share of the time. */
function quantile(level: number): Course {
  const lengths: number[] = [];
  const lows: number[] = [];
  const highs: number[] = [];
  let only = NaN;
  const see = pieces((length, from, to) => {
    lengths.push(length);
    lows.push(Math.min(from, to));
    highs.push(Math.max(from, to));
  });
  const below = (value: number): number => {
    let sum = 0;
    for (let n = 0; n < lengths.length; n += 1) {
      if (highs[n]! <= value) sum += lengths[n]!;
      else if (lows[n]! < value) sum += (lengths[n]! * (value - lows[n]!)) / (highs[n]! - lows[n]!);
    }
    return sum;
  };
  return {
    see: (time, value, margin) => {
      only = value;
      see(time, value, margin);
    },
    result: () => {
      if (lengths.length === 0) return only;
      const wanted = level * lengths.reduce((a, b) => a + b, 0);
      let low = lows.reduce((a, b) => Math.min(a, b));
      let high = highs.reduce((a, b) => Math.max(a, b));
      // The least value that is not exceeded for so long.
      while (high - low > 1e-13 * Math.max(Math.abs(low), Math.abs(high))) {
        const middle = low + (high - low) / 2;
        if (middle === low || middle === high) break;
        if (below(middle) < wanted) low = middle;
        else high = middle;
      }
      return high;
    },
  };
}

/** How long a condition holds; within a piece by where the straight line of its margin passes zero. */
function duration(kind: 'share' | 'time'): Course {
  let total = 0;
  let held = 0;
  const see = pieces((length, from, to, marginFrom, marginTo) => {
    total += length;
    if (from === to) held += from === 0 ? 0 : length;
    else {
      const passes = Number.isFinite(marginFrom) && Number.isFinite(marginTo) && marginFrom !== marginTo;
      const share = passes ? Math.abs(marginFrom) / (Math.abs(marginFrom) + Math.abs(marginTo)) : 0.5;
      held += length * (from === 0 ? 1 - share : share);
    }
  });
  return { see, result: () => (kind === 'time' ? held : total === 0 ? NaN : held / total) };
}

function occurrences(): Course {
  let last = NaN;
  let times = 0;
  return {
    see: (_, value) => {
      if (last === 0 && value !== 0) times += 1;
      last = value;
    },
    result: () => times,
  };
}
