import type { FlatIndex, FlatLoop } from '../ir/flat-expression.ts';

/** A range [from, to) for each dim: a rectangular set of elements of a variable. A scalar has the empty box, of one element. */
export type Box = readonly (readonly [number, number])[];

/** All elements of a variable of these sizes. */
export function whole(dims: readonly number[]): Box {
  return dims.map((size) => [0, size] as const);
}

/** The elements that an index reaches while its loops run. */
export function reach(index: readonly FlatIndex[], ranges: ReadonlyMap<string, FlatLoop>): Box {
  return index.map((one) => {
    if (typeof one === 'number') return [one, one + 1] as const;
    const loop = ranges.get(one.loop);
    if (!loop) throw new Error(`Loop variable ${one.loop} is out of scope`);
    return [loop.from + one.offset, loop.to + one.offset] as const;
  });
}

/** How many elements. */
export function count(box: Box): number {
  return box.reduce((product, [from, to]) => product * Math.max(0, to - from), 1);
}

/** Whether some element is in both; of as many dims. */
export function meets(a: Box, b: Box): boolean {
  for (let dim = 0; dim < a.length; dim += 1)
    if (a[dim]![0] >= b[dim]![1] || b[dim]![0] >= a[dim]![1]) return false;
  return true;
}

export function same(a: Box, b: Box): boolean {
  return a.length === b.length && a.every(([from, to], dim) => from === b[dim]![0] && to === b[dim]![1]);
}

export function contains(outer: Box, inner: Box): boolean {
  return outer.every(([from, to], dim) => from <= inner[dim]![0] && inner[dim]![1] <= to);
}

/** What is left of a box without a hole, as disjoint boxes. */
export function subtract(box: Box, hole: Box): Box[] {
  if (!meets(box, hole)) return [box];
  const rest: Box[] = [];
  let core = box.map((range) => [...range] as [number, number]);
  for (let dim = 0; dim < box.length; dim += 1) {
    const [from, to] = core[dim]!;
    const [low, high] = hole[dim]!;
    const replaced = (range: [number, number]) => core.map((old, at) => (at === dim ? range : old));
    if (from < low) rest.push(replaced([from, low]));
    if (high < to) rest.push(replaced([high, to]));
    core = replaced([Math.max(from, low), Math.min(to, high)]);
  }
  return rest;
}

/** The same with several holes. */
export function subtractAll(box: Box, holes: readonly Box[]): Box[] {
  let rest: Box[] = [box];
  for (const hole of holes) if (meets(box, hole)) rest = rest.flatMap((one) => subtract(one, hole));
  return rest;
}

/** The same for the same box. */
export const keyOf = (box: Box): string => box.join(';');

const isElement = (box: Box): boolean => box.every(([from, to]) => to - from === 1);

/** Boxes that are taken. An array that is written out takes its elements one by one, and may have thousands: these are looked up. */
export class Taken {
  private readonly boxes: Box[] = [];
  private readonly elements = new Set<string>();
  private readonly ranges: Box[] = [];

  add(box: Box): void {
    this.boxes.push(box);
    if (isElement(box)) this.elements.add(keyOf(box));
    else this.ranges.push(box);
  }

  /** What is left of a box, as disjoint boxes. */
  leave(box: Box): Box[] {
    if (!isElement(box)) return subtractAll(box, this.boxes);
    return this.elements.has(keyOf(box)) || this.ranges.some((range) => meets(range, box)) ? [] : [box];
  }

  /** In the order in which they were taken. */
  all(): readonly Box[] {
    return this.boxes;
  }
}

/** Who has which boxes of a variable. No two who are in it have one element, which is what makes single elements quick to find. */
export class Places<Owner> {
  private readonly elements = new Map<string, { owner: Owner; box: Box }>();
  private readonly ranges = new Map<Owner, Box[]>();

  add(owner: Owner, box: Box): void {
    const ranges = this.ranges.get(owner);
    if (isElement(box)) this.elements.set(keyOf(box), { owner, box });
    else if (ranges === undefined) this.ranges.set(owner, [box]);
    else ranges.push(box);
  }

  delete(owner: Owner, box: Box): void {
    if (isElement(box)) this.elements.delete(keyOf(box));
    else this.ranges.delete(owner);
  }

  /** Those who have an element of a box; one who has several of them may come several times. */
  *meeting(box: Box): Generator<Owner> {
    for (const [owner, boxes] of this.ranges) if (boxes.some((range) => meets(range, box))) yield owner;
    if (!isElement(box)) {
      for (const each of this.elements.values()) if (meets(each.box, box)) yield each.owner;
      return;
    }
    const there = this.elements.get(keyOf(box));
    if (there !== undefined) yield there.owner;
  }
}

/** Every element of a box, row-major. */
export function* elements(box: Box): Generator<number[]> {
  if (box.length === 0) {
    yield [];
    return;
  }
  const [from, to] = box[0]!;
  for (let at = from; at < to; at += 1) for (const rest of elements(box.slice(1))) yield [at, ...rest];
}
