/** Spearman's rank correlation: how far two columns rise together, -1 to 1; NaN where one does not vary. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const pairs = a.map((value, n) => [value, b[n]!] as const).filter((pair) => pair.every(Number.isFinite));
  const [x, y] = [ranks(pairs.map(([first]) => first)), ranks(pairs.map(([, second]) => second))];
  const middle = (pairs.length + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let n = 0; n < pairs.length; n += 1) {
    const [dx, dy] = [x[n]! - middle, y[n]! - middle];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx === 0 || yy === 0 ? NaN : xy / Math.sqrt(xx * yy);
}

/** From 1; equal values share the mean of their ranks. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((_, n) => n).sort((i, j) => values[i]! - values[j]!);
  const found = new Array<number>(values.length).fill(0);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to]!] === values[order[from]!]) to += 1;
    for (let n = from; n < to; n += 1) found[order[n]!] = (from + 1 + to) / 2;
    from = to;
  }
  return found;
}
