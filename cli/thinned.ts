/**
 * Rows of a run of any length → few enough to draw: all of them while they are few, then the least and the greatest values
 * of so many at a time. Memory stays flat.
 */
import type { RowSink } from './record.ts';

/** Numbers held, for all columns. */
const ROOM = 2_000_000;
const [FEWEST, MOST] = [200, 4000];

/** Rows that follow one another, as one. */
interface Stretch {
  from: number;
  to: number;
  rows: number;
  least: number[];
  greatest: number[];
}

export class Thinned implements RowSink {
  count = 0;
  private readonly most: number;
  private stretches: Stretch[] = [];
  /** Rows in a stretch. */
  private length = 1;

  /** @param width columns, the time among them */
  constructor(width: number) {
    this.most = Math.min(MOST, Math.max(FEWEST, Math.floor(ROOM / (2 * width))));
  }

  take(row: readonly number[]): void {
    this.count += 1;
    const last = this.stretches.at(-1);
    if (last !== undefined && last.rows < this.length) {
      merge(last, { from: row[0]!, to: row[0]!, rows: 1, least: [...row], greatest: [...row] });
      return;
    }
    if (this.stretches.length === this.most) this.halve();
    this.stretches.push({ from: row[0]!, to: row[0]!, rows: 1, least: [...row], greatest: [...row] });
  }

  private halve(): void {
    const halved: Stretch[] = [];
    for (let at = 0; at < this.stretches.length; at += 2) {
      const [first, second] = this.stretches.slice(at, at + 2) as [Stretch, Stretch | undefined];
      if (second !== undefined) merge(first, second);
      halved.push(first);
    }
    this.stretches = halved;
    this.length *= 2;
  }

  /** In the order of times: a row of its own, or the least and the greatest of a stretch at its two ends. */
  get rows(): number[][] {
    return this.stretches.flatMap(({ from, to, rows, least, greatest }) =>
      rows === 1 ? [least] : [at(from, least), at(to, greatest)],
    );
  }
}

const at = (time: number, [, ...values]: readonly number[]): number[] => [time, ...values];

function merge(into: Stretch, { to, rows, least, greatest }: Stretch): void {
  into.to = to;
  into.rows += rows;
  for (let i = 0; i < least.length; i += 1) {
    // What has no value gives way to what has one.
    if (!(into.least[i]! <= least[i]!) && !Number.isNaN(least[i]!)) into.least[i] = least[i]!;
    if (!(into.greatest[i]! >= greatest[i]!) && !Number.isNaN(greatest[i]!)) into.greatest[i] = greatest[i]!;
  }
}
