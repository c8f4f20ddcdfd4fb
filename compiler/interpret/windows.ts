/** Statistics over windows, plainly; the same operations in the same order as the emitted ones (`4-generate/windows.ts`). */
import type { Statistic } from '../model/expression.ts';

/** Looks at one more value; `cells` is the window's memory. */
export function lookAt(
  cells: Float64Array,
  statistic: Statistic,
  capacity: number,
  x: number,
  parameters: readonly number[],
): number {
  const [first = 0, second = 0] = parameters;
  switch (statistic) {
    case 'ewma': {
      const y = cells[0] === 0 ? x : cells[1]! + first * (x - cells[1]!);
      cells[0]! += 1;
      return (cells[1] = y);
    }
    case 'cusum':
      cells[0]! += 1;
      cells[1] = Math.max(0, cells[1]! + (x - first - second));
      cells[2] = Math.max(0, cells[2]! + (first - x - second));
      return Math.max(cells[1], cells[2]);
    case 'max':
      return extreme(cells, capacity, x);
    case 'min':
      return -extreme(cells, capacity, -x);
  }
  const sorted = cells.subarray(3 + capacity);
  const before = cells[0]!;
  if (statistic === 'quantile') {
    let held = Math.min(before, capacity);
    if (before >= capacity) {
      const oldest = sorted.indexOf(cells[3 + (before % capacity)]! + 0);
      sorted.copyWithin(oldest, oldest + 1, held);
      held -= 1;
    }
    let at = held;
    while (at > 0 && sorted[at - 1]! > x) at -= 1;
    sorted.copyWithin(at + 1, at, held);
    sorted[at] = x;
  }
  cells[3 + (before % capacity)] = x;
  cells[0] = before + 1;
  const m = Math.min(before + 1, capacity);
  const values = Array.from({ length: m }, (_, k) => cells[3 + ((before + 1 - m + k) % capacity)]!);
  const mean = () => values.reduce((sum, value) => sum + value, 0) / m;
  switch (statistic) {
    case 'mean':
      return mean();
    case 'deviation': {
      const middle = mean();
      const squares = values.reduce((sum, value) => sum + (value - middle) * (value - middle), 0);
      return m < 2 ? 0 : Math.sqrt(squares / (m - 1));
    }
    case 'slope': {
      const middle = 0.5 * (m - 1);
      const above = values.reduce((sum, value, k) => sum + (k - middle) * value, 0);
      const below = values.reduce((sum, _, k) => sum + (k - middle) * (k - middle), 0);
      return m < 2 ? 0 : above / (below * first);
    }
    case 'rate':
      return m < 2 ? 0 : (x - values[0]!) / ((m - 1) * first);
    case 'quantile': {
      const h = (m - 1) * Math.max(0, Math.min(1, first));
      const i = Math.floor(h);
      return i + 1 >= m ? sorted[m - 1]! : sorted[i]! + (h - i) * (sorted[i + 1]! - sorted[i]!);
    }
  }
}

/** Lemire's wedge: head, size, then values with their numbers. */
function extreme(cells: Float64Array, capacity: number, x: number): number {
  const n = cells[0]!;
  let head = cells[1]!;
  let size = cells[2]!;
  const slot = (i: number): number => 3 + 2 * (i % capacity);
  while (size > 0 && cells[slot(head + size - 1)]! <= x) size -= 1;
  if (size > 0 && cells[slot(head) + 1]! <= n - capacity) {
    head += 1;
    size -= 1;
  }
  cells[slot(head + size)] = x;
  cells[slot(head + size) + 1] = n;
  cells[0] = n + 1;
  cells[1] = head % capacity;
  cells[2] = size + 1;
  return cells[slot(head)]!;
}
