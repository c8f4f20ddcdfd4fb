/**
 * What a delay remembers: points of time and value, the latest `POINTS` of them in a ring. The interpreter uses this, and
 * the emitted code does the same operations in the same order.
 */

/** Points of one history. */
export const POINTS = 1024;
/**
 * Points closer to each other than this share of the longest delay are merged, unless the value jumps there: so a history of any steps has room. Of a wave that
 * is as long as the delay, cubics over such points are wrong by about 1e-9.
 */
export const CLOSE = 1 / 400;
/**
 * Of two points that near to each other, as a share of the longest delay, the later one is kept, however far those before lie: what rounding does to their
 * values would be a slope of its own. Steps are that short where one ends the last digit before something happens.
 */
export const SAME = 2 ** -30;

/** A ring in memory: how many points came in so far, and the points; point k lies at k modulo POINTS. */
export interface History {
  count(): number;
  setCount(count: number): void;
  time(k: number): number;
  value(k: number): number;
  put(k: number, time: number, value: number): void;
}

/**
 * Takes in a point; false when one would be lost that is still needed. Where the curve may bend there are two of one value, as there are two
 * of two where it jumps, as long as there is room enough: no cubic goes beyond them.
 */
export function remember(
  history: History,
  time: number,
  value: number,
  most: number,
  bends: boolean,
): boolean {
  const n = history.count();
  const last = n === 0 ? NaN : history.time(n - 1);
  let at = n;
  if (n > 0 && last === time) {
    if (history.value(n - 1) === value) {
      if (!bends || n < 2) return true;
      if (n > POINTS / 2 && history.time(n - POINTS / 2) > time - most) return true;
    }
    // Before the first step nothing is past yet: the start takes the place of the start. Of several at one time the first and the last count.
    if (n === 1) at = 0;
    else if (history.time(n - 2) === time) at = n - 1;
  } else if (n > 1) {
    const gap = last - history.time(n - 2);
    if (gap > 0 && (gap < most * CLOSE || time - last < most * SAME)) at = n - 1;
  }
  if (at >= POINTS && at === n && history.time(n - POINTS + 1) > time - most) return false;
  history.put(at, time, value);
  history.setCount(at + 1);
  return true;
}

/** Digits of a time that make it certainly earlier, or later. */
export const APART = 2 ** -51;

/**
 * When the next bend that is remembered comes back, a fixed time later: the start is one, as all was constant before. Where it jumps, just before that, and from there just after it. So no step goes over
 * it. Infinite where none does.
 */
export function nextBend(history: History, now: number, most: number): number {
  const n = history.count();
  const past = now - most;
  let low = n > POINTS ? n - POINTS : 0;
  let high = n - 1;
  if (low < high && history.time(low) <= past)
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (history.time(middle) <= past) low = middle;
      else high = middle;
    }
  for (; low < n; low += 1) {
    const time = history.time(low);
    const isTwice = low < n - 1 && time === history.time(low + 1);
    if (time > past && (low === 0 || isTwice)) {
      const due = time + most;
      if (isTwice && history.value(low) !== history.value(low + 1)) {
        const early = due - due * APART;
        return now < early ? early : due + due * APART;
      }
      if (due > now) return due;
    }
  }
  return Infinity;
}

/** The value at a time: a cubic through the four points around it, none of them beyond a bend or a jump. */
export function recall(history: History, time: number): number {
  const n = history.count();
  if (n === 0) return 0;
  const first = n > POINTS ? n - POINTS : 0;
  if (time <= history.time(first)) return history.value(first);
  if (time >= history.time(n - 1)) return history.value(n - 1);
  let low = first;
  let high = n - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (history.time(middle) <= time) low = middle;
    else high = middle;
  }
  const [t1, t2] = [history.time(low), history.time(high)];
  const [v1, v2] = [history.value(low), history.value(high)];
  // Newton's divided differences: the straight line, then what each outer point adds.
  const d12 = (v2 - v1) / (t2 - t1);
  let result = v1 + d12 * (time - t1);
  const hasLeft = low > first && history.time(low - 1) < t1;
  const hasRight = high < n - 1 && history.time(high + 1) > t2;
  let curve = 0;
  if (hasLeft) {
    const t0 = history.time(low - 1);
    const d01 = (v1 - history.value(low - 1)) / (t1 - t0);
    curve = (d12 - d01) / (t2 - t0);
    result += curve * (time - t1) * (time - t2);
    if (hasRight) {
      const t3 = history.time(high + 1);
      const d23 = (history.value(high + 1) - v2) / (t3 - t2);
      const bend = ((d23 - d12) / (t3 - t1) - curve) / (t3 - t0);
      result += bend * (time - t1) * (time - t2) * (time - t0);
    }
  } else if (hasRight) {
    const t3 = history.time(high + 1);
    const d23 = (history.value(high + 1) - v2) / (t3 - t2);
    curve = (d23 - d12) / (t3 - t1);
    result += curve * (time - t1) * (time - t2);
  }
  return result;
}
