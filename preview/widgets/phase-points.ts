/** Two histories → points of one over the other, at the times of the one with its own; the other is taken on its line between samples. */
import type { History, Sink } from '../data/ring.ts';

export class PhasePoints {
  times = new Float64Array(1024);
  x = new Float64Array(1024);
  y = new Float64Array(1024);
  length = 0;
  private readonly base = new Samples();
  private readonly value = new Samples();

  /** `held`: it keeps its value between samples. */
  take(
    value: History,
    base: History,
    from: number,
    to: number,
    held: { value: boolean; base: boolean },
  ): void {
    this.base.read(base, from, to);
    this.value.read(value, from, to);
    this.length = 0;
    const last = Math.min(this.base.last, this.value.last, to);
    const first = Math.max(this.base.first, this.value.first, from);
    if (!(first <= last)) return;
    // Where either moves: rows of one run have the same times, and thinned ones some of them.
    let [i, j] = [0, 0];
    let before = NaN;
    this.add(first, this.base.at(0, first, held.base), this.value.at(0, first, held.value));
    while (i < this.base.length || j < this.value.length) {
      const [a, b] = [this.base.time(i), this.value.time(j)];
      const time = Math.min(a, b);
      if (a <= time) i++;
      if (b <= time) j++;
      if (time <= first || time === before) continue;
      if (time > last) break;
      before = time;
      this.add(
        time,
        a === time ? this.base.values[i - 1]! : this.base.at(i, time, held.base),
        b === time ? this.value.values[j - 1]! : this.value.at(j, time, held.value),
      );
    }
  }

  /** Position of the last point at or before a time; −1 before the first. */
  before(time: number): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.times[middle]! <= time) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private add(time: number, x: number, y: number): void {
    if (this.length === this.times.length) {
      const grow = (old: Float64Array): Float64Array<ArrayBuffer> => {
        const made = new Float64Array(2 * old.length);
        made.set(old);
        return made;
      };
      this.times = grow(this.times);
      this.x = grow(this.x);
      this.y = grow(this.y);
    }
    this.times[this.length] = time;
    this.x[this.length] = x;
    this.y[this.length] = y;
    this.length++;
  }
}

class Samples implements Sink {
  times = new Float64Array(1024);
  values = new Float64Array(1024);
  length = 0;

  read(history: History, from: number, to: number): void {
    this.length = 0;
    history.visit(from, to, this);
  }

  get first(): number {
    return this.length > 0 ? this.times[0]! : Infinity;
  }

  get last(): number {
    return this.length > 0 ? this.times[this.length - 1]! : -Infinity;
  }

  time(index: number): number {
    return index < this.length ? this.times[index]! : Infinity;
  }

  add(time: number, value: number): void {
    if (this.length === this.times.length) {
      const [times, values] = [new Float64Array(2 * this.length), new Float64Array(2 * this.length)];
      times.set(this.times);
      values.set(this.values);
      this.times = times;
      this.values = values;
    }
    this.times[this.length] = time;
    this.values[this.length] = value;
    this.length++;
  }

  /** At a time; `next` is a sample at or before the first one after it. */
  at(next: number, time: number, held: boolean): number {
    while (next < this.length && this.times[next]! <= time) next++;
    const before = Math.max(0, next - 1);
    if (held || next >= this.length || next === 0) return this.values[before]!;
    const span = this.times[next]! - this.times[before]!;
    const share = span > 0 ? (time - this.times[before]!) / span : 0;
    return this.values[before]! + (this.values[next]! - this.values[before]!) * share;
  }
}
