/** Lines of straight pieces: as a path with round corners, and points along them. */

export type Point = readonly [number, number];

/** The `d` of an SVG path. */
export function roundedPath(points: readonly Point[], radius = 6): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let path = `M${first[0]} ${first[1]}`;
  rest.forEach(([x, y], i) => {
    const next = rest[i + 1];
    if (next === undefined) {
      path += `L${x} ${y}`;
      return;
    }
    const [before, after] = [i === 0 ? first : rest[i - 1]!, next];
    const to = ([px, py]: Point): Point => {
      const length = Math.hypot(px - x, py - y) || 1;
      const share = Math.min(radius, length / 2) / length;
      return [x + (px - x) * share, y + (py - y) * share];
    };
    const [a, b] = [to(before), to(after)];
    path += `L${a[0]} ${a[1]}Q${x} ${y} ${b[0]} ${b[1]}`;
  });
  return path;
}

/** The point at a share (0 to 1) of the length. */
export function pointAlong(points: readonly Point[], share: number): Point {
  const lengths = points.slice(1).map(([x, y], i) => Math.hypot(x - points[i]![0], y - points[i]![1]));
  let left = lengths.reduce((sum, length) => sum + length, 0) * Math.min(1, Math.max(0, share));
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i]!;
    const [[x, y], [u, v]] = [points[i]!, points[i + 1]!];
    if (left <= length) {
      const part = length > 0 ? left / length : 1;
      return [x + (u - x) * part, y + (v - y) * part];
    }
    left -= length;
  }
  return points.at(-1) ?? [0, 0];
}
