/** Numbers → bars of one width on round bounds; names → a bar each. */

export interface Bin {
  from: number;
  to: number;
  count: number;
}

export interface Bins {
  list: Bin[];
  low: number;
  high: number;
  /** Of what has names in the place of numbers. */
  labels: readonly string[] | undefined;
}

interface Of {
  base: 'number' | 'integer' | 'boolean';
  labels?: readonly string[];
}

/** Undefined where there is nothing to count. Every number is in exactly one bar. */
export function binsOf(values: readonly number[], of: Of): Bins | undefined {
  if (values.length === 0) return undefined;
  const names = of.labels ?? (of.base === 'boolean' ? ['false', 'true'] : undefined);
  if (names) {
    const counts = names.map((_, at) => values.filter((value) => Math.round(value) === at).length);
    const used = names.flatMap((name, at) => (counts[at]! > 0 || name ? [at] : []));
    return {
      list: used.map((at, i) => ({ from: i, to: i + 1, count: counts[at]! })),
      low: 0,
      high: used.length,
      labels: used.map((at) => names[at] || '–'),
    };
  }
  let least = Infinity;
  let most = -Infinity;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const whole = of.base === 'integer';
  // What differs by rounding alone is one value.
  const size = Math.max(Math.abs(least), Math.abs(most));
  const alike = !(most - least > 1e-12 * size) || size < 1e-290;
  const span = alike ? (size < 1e-290 ? 1 : 0.1 * size) : most - least;
  // Freedman and Diaconis (1981), within what a small picture can show.
  const sorted = values.toSorted((a, b) => a - b);
  const quartiles = quantileOf(sorted, 0.75) - quantileOf(sorted, 0.25);
  const wanted = quartiles > 0 ? (2 * quartiles) / Math.cbrt(values.length) : span / 10;
  const rough = Math.min(Math.max(wanted, span / 40), span / 4);
  const step = Math.max(niceStep(rough), whole ? 1 : 0);
  const shift = whole ? 0.5 : 0;
  const first = Math.floor((least + shift) / step + 1e-9);
  const last = Math.max(first, Math.floor((most + shift) / step + 1e-9));
  const list = Array.from({ length: last - first + 1 }, (_, i) => ({
    from: (first + i) * step - shift,
    to: (first + i + 1) * step - shift,
    count: 0,
  }));
  for (const value of values)
    list[Math.min(list.length - 1, Math.max(0, Math.floor((value + shift) / step + 1e-9) - first))]!.count++;
  return { list, low: list[0]!.from, high: list.at(-1)!.to, labels: undefined };
}

/** Of ascending numbers; between two of them on the line that joins them. */
export function quantileOf(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = Math.floor(at);
  const [low, high] = [sorted[below]!, sorted[Math.min(below + 1, sorted.length - 1)]!];
  return low + (high - low) * (at - below);
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const part = rough / power;
  return (part <= 1 ? 1 : part <= 2 ? 2 : part <= 2.5 ? 2.5 : part <= 5 ? 5 : 10) * power;
}
