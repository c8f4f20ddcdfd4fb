/** A small line chart in Braille dots: two by four dots a character. */

const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

/** One series a chart: `times` ascending, as many as values. Values that are not finite leave a gap. */
export function chart(
  times: readonly number[],
  values: readonly number[],
  width: number,
  height: number,
  label: (value: number) => string,
): string[] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [];
  // What rounding has left of a zero says nothing beside the rest.
  const negligible = (high - low) * 1e-9;
  const edgeLabel = (value: number): string => label(Math.abs(value) < negligible ? 0 : value);
  const top = edgeLabel(high);
  const bottom = edgeLabel(low);
  const margin = Math.max(top.length, bottom.length);
  const columns = Math.max(10, width - margin - 3) * 2;
  const rows = height * 4;
  const cells = Array.from({ length: height }, () => new Uint8Array(columns / 2));
  const first = times[0]!;
  const span = times.at(-1)! - first || 1;
  const yOf = (value: number): number =>
    high === low ? Math.floor(rows / 2) : Math.round(((high - value) / (high - low)) * (rows - 1));
  const dot = (x: number, y: number): void => {
    cells[y >> 2]![x >> 1]! |= DOTS[(x & 1) as 0 | 1][(y & 3) as 0 | 1 | 2 | 3];
  };
  let before: { x: number; y: number } | undefined;
  times.forEach((time, n) => {
    const value = values[n]!;
    if (!Number.isFinite(value)) {
      before = undefined;
      return;
    }
    const x = Math.round(((time - first) / span) * (columns - 1));
    const y = yOf(value);
    if (before === undefined) dot(x, y);
    else line(before.x, before.y, x, y, dot);
    before = { x, y };
  });
  return cells.map((row, n) => {
    const edge = n === 0 ? top : n === height - 1 ? bottom : '';
    return `${edge.padStart(margin)} ┤${String.fromCharCode(...Array.from(row, (bits) => 0x2800 + bits))}`;
  });
}

/** Bresenham's line. */
function line(x0: number, y0: number, x1: number, y1: number, dot: (x: number, y: number) => void): void {
  const dx = Math.abs(x1 - x0);
  const dy = -Math.abs(y1 - y0);
  const sx = x0 < x1 ? 1 : -1;
  const sy = y0 < y1 ? 1 : -1;
  let error = dx + dy;
  for (let x = x0, y = y0; ;) {
    dot(x, y);
    if (x === x1 && y === y1) return;
    const twice = 2 * error;
    if (twice >= dy) {
      error += dy;
      x += sx;
    }
    if (twice <= dx) {
      error += dx;
      y += sy;
    }
  }
}
