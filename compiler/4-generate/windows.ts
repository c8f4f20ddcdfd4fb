/**
 * Statistics over the last values of a signal, as text for `random/routine.ts`. A window's memory, `w`, is
 *
 *     count of values seen | two cells of its own | data
 *
 * in f64 cells; `c` is its capacity. min and max keep a wedge of those values that may still become the extreme (Lemire
 * 2006, “Streaming maximum-minimum filter using no more than three comparisons per element”): head and size, then values with
 * their numbers. The others keep a ring; quantile a sorted copy behind it, of which it takes the quantile of type 7 (Hyndman and
 * Fan 1996). ewma: Roberts 1959; cusum: Page 1954, both sides.
 */
import type { FlatExpression } from '../ir/flat-expression.ts';
import type { Statistic } from '../model/expression.ts';
import { number, offsetIn } from './expression.ts';
import type { Scope } from './expression.ts';
import { call, f64, i32 } from './wasm/index.ts';
import type { F64 } from './wasm/index.ts';

const HEAD = 3;

/** Cells of f64 that a window needs. */
export function windowCells(statistic: Statistic, capacity: number): number {
  switch (statistic) {
    case 'ewma':
    case 'cusum':
      return HEAD;
    case 'min':
    case 'max':
    case 'quantile':
      return HEAD + 2 * capacity;
    default:
      return HEAD + capacity;
  }
}

export const windowRoutines = `
pushRing(w, c, x) {
  n = at(w)
  at(w + 24 + 8*(n - c*floor(n/c))) = x
  at(w) = n + 1
  return min(n + 1, c)
}
// The k-th of the last m values, from 0 for the oldest
ringValue(w, c, m, k) {
  i = at(w) - m + k
  return at(w + 24 + 8*(i - c*floor(i/c)))
}
windowMean(w, c, x) {
  m = pushRing(w, c, x)
  k = 0
  sum = 0
  while (k < m) { sum = sum + ringValue(w, c, m, k)  k = k + 1 }
  return sum/m
}
windowDeviation(w, c, x) {
  mean = windowMean(w, c, x)
  m = min(at(w), c)
  if (m < 2) { return 0 }
  k = 0
  sum = 0
  while (k < m) {
    d = ringValue(w, c, m, k) - mean
    sum = sum + d*d
    k = k + 1
  }
  return sqrt(sum/(m - 1))
}
// Least squares over equal steps of time
windowSlope(w, c, x, period) {
  m = pushRing(w, c, x)
  if (m < 2) { return 0 }
  middle = 0.5*(m - 1)
  above = 0
  below = 0
  k = 0
  while (k < m) {
    above = above + (k - middle)*ringValue(w, c, m, k)
    below = below + (k - middle)*(k - middle)
    k = k + 1
  }
  return above/(below*period)
}
windowRate(w, c, x, period) {
  m = pushRing(w, c, x)
  if (m < 2) { return 0 }
  return (x - ringValue(w, c, m, 0))/((m - 1)*period)
}
wedgeSlot(w, c, i) {
  return w + 24 + 16*(i - c*floor(i/c))
}
windowMax(w, c, x) {
  n = at(w)
  head = at(w + 8)
  size = at(w + 16)
  while (size > 0 and at(wedgeSlot(w, c, head + size - 1)) <= x) { size = size - 1 }
  if (size > 0 and at(wedgeSlot(w, c, head) + 8) <= n - c) { head = head + 1  size = size - 1 }
  at(wedgeSlot(w, c, head + size)) = x
  at(wedgeSlot(w, c, head + size) + 8) = n
  at(w) = n + 1
  at(w + 8) = head - c*floor(head/c)
  at(w + 16) = size + 1
  return at(wedgeSlot(w, c, head))
}
windowMin(w, c, x) {
  return -windowMax(w, c, -x)
}
windowQuantile(w, c, x, p) {
  n = at(w)
  m = min(n, c)
  s = w + 24 + 8*c
  if (n >= c) {
    oldest = ringValue(w, c, m, 0)
    k = 0
    while (at(s + 8*k) != oldest) { k = k + 1 }
    while (k < m - 1) { at(s + 8*k) = at(s + 8*(k + 1))  k = k + 1 }
    m = m - 1
  }
  k = m
  while (k > 0 and at(s + 8*(k - 1)) > x) { at(s + 8*k) = at(s + 8*(k - 1))  k = k - 1 }
  at(s + 8*k) = x
  m = pushRing(w, c, x)
  h = (m - 1)*max(0, min(1, p))
  i = floor(h)
  if (i + 1 >= m) { return at(s + 8*(m - 1)) }
  return at(s + 8*i) + (h - i)*(at(s + 8*(i + 1)) - at(s + 8*i))
}
windowEwma(w, c, x, weight) {
  if (at(w) == 0) { y = x } else { y = at(w + 8) + weight*(x - at(w + 8)) }
  at(w) = at(w) + 1
  at(w + 8) = y
  return y
}
windowCusum(w, c, x, target, slack) {
  up = max(0, at(w + 8) + (x - target - slack))
  down = max(0, at(w + 16) + (target - x - slack))
  at(w) = at(w) + 1
  at(w + 8) = up
  at(w + 16) = down
  return max(up, down)
}
`;

const windowRoutineOf = (statistic: Statistic): string =>
  `window${statistic.slice(0, 1).toUpperCase()}${statistic.slice(1)}`;

export function windowed(scope: Scope, expression: Extract<FlatExpression, { kind: 'window' }>): F64 {
  const { window, index, input, parameters } = expression;
  const { dims, statistic, capacity, address } = scope.plan.windows[window]!;
  const cells = windowCells(statistic, capacity);
  const { dynamic, constant } = offsetIn(scope, dims, index);
  const first = address + constant * cells;
  const place =
    dynamic === undefined ? f64.const(first) : f64.fromI32(i32.add(i32.mul(dynamic, cells), first));
  return call<'f64'>(
    scope.routines(windowRoutineOf(statistic)),
    place,
    f64.const(capacity),
    number(scope, input),
    ...parameters.map((one) => number(scope, one)),
  );
}

/** When a sensor was sampled last. */
export function sampled(scope: Scope, { sensor, index }: Extract<FlatExpression, { kind: 'sampled' }>): F64 {
  const { layout, sensors } = scope.plan.manifest;
  const { dims, offset } = sensors[sensor]!;
  const { dynamic, constant } = offsetIn(scope, dims, index);
  return f64.load(dynamic ?? 0, layout.sampleTimes.address + 8 * offset + constant);
}
