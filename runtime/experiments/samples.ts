/** Random points in the unit cube, from streams keyed by what they are for. */
import { advance, presentUnit, startStream, streamSize } from '../random/stream.ts';

/** Numbers in (0, 1), one after the other. */
export function uniforms(path: string, seed: number): () => number {
  const memory = new DataView(new ArrayBuffer(streamSize));
  startStream(memory, 0, path, seed);
  return () => {
    const u = presentUnit(memory, 0);
    advance(memory, 0);
    return u;
  };
}

/** Independent points in the unit cube, a coordinate in [0, 1) for each dimension; the same for the same seed. */
export function* randomPoints(count: number, dimensions: number, seed: number): Generator<number[]> {
  const next = uniforms('sample', seed);
  for (let n = 0; n < count; n += 1) yield Array.from({ length: dimensions }, next);
}

/** In each dimension one point in each of `count` equal intervals (McKay, Beckman and Conover 1979). */
export function* latinHypercube(count: number, dimensions: number, seed: number): Generator<number[]> {
  const next = uniforms('sample', seed);
  const columns = Array.from({ length: dimensions }, () => {
    const order = shuffled(count, next);
    return Float64Array.from(order, (place) => (place + next()) / count);
  });
  for (let n = 0; n < count; n += 1) yield columns.map((column) => column[n]!);
}

/** 0 … count − 1 in random order (Fisher and Yates). */
function shuffled(count: number, next: () => number): number[] {
  const order = Array.from({ length: count }, (_, n) => n);
  for (let n = count - 1; n > 0; n -= 1) {
    const other = Math.floor(next() * (n + 1));
    [order[n], order[other]] = [order[other]!, order[n]!];
  }
  return order;
}
