import type { FlatTable, TableAsk } from './flat-expression.ts';

/**
 * What a table says, for the interpreter and as the specification of the emitted code: the same operations in the same
 * order. Cubic: Hermite with the slopes of Fritsch and Butland (1984), so that it rises only where the points rise.
 */
export function lookUp(table: FlatTable, ask: TableAsk, given: readonly number[]): number {
  const [x = NaN, y = NaN] = given;
  switch (ask.of) {
    case 'bend':
      return bend(ask.axis === 0 ? table.x : table.y!, ask.axis === 0 ? x : y);
    case 'next':
      return next(table.x, x);
    case 'value':
      return table.y ? surface(table, ask, x, y) : curve(table, ask.orders[0]!, x);
  }
}

/** How many knots are at or below x: 0 before the first. */
function below(knots: readonly number[], x: number): number {
  let low = 0;
  let high = knots.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (knots[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low;
}

function curve(table: FlatTable, order: number, x: number): number {
  const { x: knots, values, slopes, between, outside } = table;
  const n = knots.length;
  const k = below(knots, x);
  if (k === 0 || k === n) {
    const at = k === 0 ? 0 : n - 1;
    const slope = endSlope(table, at);
    // A step away from a point that is not a number is none either.
    if (order === 0) {
      const far = x - knots[at]!;
      return outside === 'error' && far !== 0 ? NaN : values[at]! + slope * far;
    }
    return order === 1 ? slope : 0;
  }
  const [x0, y0, y1] = [knots[k - 1]!, values[k - 1]!, values[k]!];
  const t = x - x0;
  if (between === 'previous') return order === 0 ? y0 : 0;
  const h = knots[k]! - x0;
  const s = (y1 - y0) / h;
  if (between === 'linear') return order === 0 ? y0 + s * t : order === 1 ? s : 0;
  const [d0, d1] = [slopes![k - 1]!, slopes![k]!];
  const c2 = (3 * s - d1 - 2 * d0) / h;
  const c3 = (d0 + d1 - 2 * s) / (h * h);
  switch (order) {
    case 0:
      return y0 + t * (d0 + t * (c2 + t * c3));
    case 1:
      return d0 + t * (2 * c2 + t * (3 * c3));
    case 2:
      return 2 * c2 + t * (6 * c3);
    case 3:
      return 6 * c3;
    default:
      return 0;
  }
}

/** How it goes on before the first point, and behind the last. */
export function endSlope({ x, values, slopes, between, outside }: FlatTable, at: number): number {
  if (outside !== 'linear' || between === 'previous' || x.length < 2) return 0;
  if (slopes) return slopes[at]!;
  const k = at === 0 ? 1 : at;
  return (values[k]! - values[k - 1]!) / (x[k]! - x[k - 1]!);
}

interface Cell {
  at: number;
  /** Share of the way to the next knot. */
  share: number;
  /** Reciprocal of the cell's length; 0 where the value is held. */
  per: number;
}

function cellOf(knots: readonly number[], v: number, held: boolean): Cell {
  const last = knots.length - 2;
  const at = Math.min(Math.max(below(knots, v) - 1, 0), last);
  const per = 1 / (knots[at + 1]! - knots[at]!);
  const share = (v - knots[at]!) * per;
  if (held && share < 0) return { at, share: 0, per: 0 };
  if (held && share > 1) return { at, share: 1, per: 0 };
  return { at, share, per };
}

function surface(
  { x: xs, y: ys, values, between, outside }: FlatTable,
  { orders }: Extract<TableAsk, { of: 'value' }>,
  x: number,
  y: number,
): number {
  const [dx, dy] = orders as [number, number];
  const m = ys!.length;
  if (between === 'previous') {
    const i = Math.max(below(xs, x) - 1, 0);
    const j = Math.max(below(ys!, y) - 1, 0);
    return dx === 0 && dy === 0 ? values[i * m + j]! + (x - x) + (y - y) : 0;
  }
  const u = cellOf(xs, x, outside !== 'linear');
  const v = cellOf(ys!, y, outside !== 'linear');
  const at = u.at * m + v.at;
  const [z00, z01, z10, z11] = [values[at]!, values[at + 1]!, values[at + m]!, values[at + m + 1]!];
  if (dx > 1 || dy > 1) return 0;
  if (dx === 1 && dy === 1) return (z11 - z10 - z01 + z00) * u.per * v.per;
  if (dx === 1) return ((z10 - z00) * (1 - v.share) + (z11 - z01) * v.share) * u.per;
  if (dy === 1) return ((z01 - z00) * (1 - u.share) + (z11 - z10) * u.share) * v.per;
  const value =
    (z00 * (1 - u.share) + z10 * u.share) * (1 - v.share) + (z01 * (1 - u.share) + z11 * u.share) * v.share;
  const outsideOf = (knots: readonly number[], at: number) => at < knots[0]! || at > knots.at(-1)!;
  return outside === 'error' && (outsideOf(xs, x) || outsideOf(ys!, y)) ? NaN : value;
}

/** Continuous, and changes its sign at each knot and nowhere else. */
function bend(knots: readonly number[], x: number): number {
  const k = below(knots, x);
  if (k === 0) return x - knots[0]!;
  const sign = k % 2 === 0 ? -1 : 1;
  const t = (x - knots[k - 1]!) * sign;
  return k === knots.length ? t : t * (knots[k]! - x);
}

/** The first knot above x; infinite behind the last. */
function next(knots: readonly number[], x: number): number {
  const k = below(knots, x);
  return k === knots.length ? Infinity : knots[k]!;
}

/** Slopes at the points: Fritsch and Butland's harmonic mean inside, a three-point formula at the ends. */
export function monotoneSlopes(x: readonly number[], values: readonly number[]): number[] {
  const n = x.length;
  if (n < 2) return values.map(() => 0);
  const h = x.slice(1).map((one, k) => one - x[k]!);
  const m = h.map((length, k) => (values[k + 1]! - values[k]!) / length);
  if (n === 2) return [m[0]!, m[0]!];
  const inner = m.slice(1).map((after, k) => {
    const before = m[k]!;
    if (!(before * after > 0)) return 0;
    const w1 = 2 * h[k + 1]! + h[k]!;
    const w2 = h[k + 1]! + 2 * h[k]!;
    return 1 / ((w1 / before + w2 / after) / (w1 + w2));
  });
  const end = (h0: number, h1: number, m0: number, m1: number): number => {
    const d = ((2 * h0 + h1) * m0 - h0 * m1) / (h0 + h1);
    if (!(d * m0 > 0)) return 0;
    return m0 * m1 <= 0 && Math.abs(d) > 3 * Math.abs(m0) ? 3 * m0 : d;
  };
  return [end(h[0]!, h[1]!, m[0]!, m[1]!), ...inner, end(h.at(-1)!, h.at(-2)!, m.at(-1)!, m.at(-2)!)];
}
