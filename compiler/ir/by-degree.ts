/** Of each unknown, those that a row ties it to: the pattern of a matrix with its mirror image, without the diagonal. */
export function neighboursOf(rows: readonly ReadonlyMap<number, number>[]): Set<number>[] {
  const neighbours = rows.map(() => new Set<number>());
  rows.forEach((own, row) => {
    for (const column of own.keys())
      if (column !== row) {
        neighbours[row]!.add(column);
        neighbours[column]!.add(row);
      }
  });
  return neighbours;
}

/** Unknowns by degree: those of the smallest first, and of one degree in the order in which they came to have it. */
export class ByDegree {
  private readonly queues: { list: number[]; next: number }[] = [];
  /** Below it nothing waits. */
  private smallest = 0;

  /** What has another degree later is entered once more. */
  enter(unknown: number, degree: number): void {
    while (this.queues.length <= degree) this.queues.push({ list: [], next: 0 });
    this.queues[degree]!.list.push(unknown);
    this.smallest = Math.min(this.smallest, degree);
  }

  /** Takes the first that is there still, with that degree; there must be one. */
  take(isThere: (unknown: number, degree: number) => boolean): number {
    for (;;) {
      const queue = this.queues[this.smallest]!;
      if (queue.next === queue.list.length) {
        this.smallest += 1;
        continue;
      }
      const unknown = queue.list[queue.next]!;
      queue.next += 1;
      if (isThere(unknown, this.smallest)) return unknown;
    }
  }
}
