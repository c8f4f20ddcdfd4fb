/** Spearman's rank correlation: how far two columns rise together, -1 to 1; NaN where one does not vary. */
export function rankCorrelation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let count = 0;
  const [x, y] = [new Float64Array(a.length), new Float64Array(a.length)];
  for (let n = 0; n < a.length; n += 1) {
    if (!Number.isFinite(a[n]) || !Number.isFinite(b[n])) continue;
    x[count] = a[n]!;
    y[count] = b[n]!;
    count += 1;
  }
  const [ranksX, ranksY] = [ranks(x.subarray(0, count)), ranks(y.subarray(0, count))];
  const middle = (count + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let n = 0; n < count; n += 1) {
    const [dx, dy] = [ranksX[n]! - middle, ranksY[n]! - middle];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx === 0 || yy === 0 ? NaN : xy / Math.sqrt(xx * yy);
}

/** From 1; equal values share the mean of their ranks. */
function ranks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values, (_, n) => n).sort((i, j) => values[i]! - values[j]!);
  const found = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to += 1;
    for (let n = from; n < to; n += 1) found[order[n]!] = (from + 1 + to) / 2;
    from = to;
  }
  return found;
}
