/**
 * What can be seen of one series, kept from frame to frame: samples thinned to columns of pixels that stand still in
 * time. Columns that leave are dropped, those that come on either side are added; the rest is not touched again.
 */
import { Decimator } from './decimate.ts';
import type { History } from './ring.ts';

/** Columns of pixels, counted from time 0. */
export interface Columns {
  first: number;
  count: number;
  /** s; of one column. */
  width: number;
}

/** Samples in a column from which on its outline is enough. */
const outline = 8;

export class Trail {
  times = new Float64Array(1024);
  values = new Float64Array(1024);
  /** The kept samples are those from `start` to before `end`; neighbours outside of the columns are among them. */
  start = 0;
  end = 0;
  /** Samples that they stand for, and how often the value changed among them. */
  seen = 0;
  changes = 0;

  private samples = new Uint32Array(1024);
  private moves = new Uint32Array(1024);
  private history: History | undefined;
  private version = -1;
  private columns: Columns = { first: 0, count: 0, width: 0 };
  /** s; how far the history went. */
  private lastTime = -Infinity;
  private readonly strip = new Decimator();

  get length(): number {
    return this.end - this.start;
  }

  /**
   * Follows a history to these columns. Gives back from which time (s) on the picture differs: −∞ for all of it. Columns that come on the
   * left are not counted.
   */
  show(history: History, columns: Columns): number {
    const from = columns.first * columns.width;
    const to = (columns.first + columns.count) * columns.width;
    const before = this.columns;
    const goesOn =
      history === this.history &&
      columns.width === before.width &&
      columns.count === before.count &&
      Math.abs(columns.first - before.first) <= before.count;
    const rewritten = goesOn ? history.changedSince(this.version) : -Infinity;
    const still = goesOn && columns.first === before.first && rewritten > to;
    const nothingNew = still && (history.version === this.version || this.lastTime > to);
    // What was to the right of the columns before has not been taken yet.
    const changed = Math.min(rewritten, this.lastTime, (before.first + before.count) * before.width);
    this.columns = columns;
    this.history = history;
    this.version = history.version;
    this.lastTime = Number.isNaN(history.lastTime) ? -Infinity : history.lastTime;
    if (nothingNew) return Infinity;
    const start = Math.floor(changed / columns.width) * columns.width;
    const known = before.first * columns.width;
    if (!(start > Math.max(from, known))) {
      this.drop(this.start, this.end);
      this.start = this.end = 0;
      this.add(history, from, to, columns.width, -Infinity);
      return -Infinity;
    }
    if (start <= to) {
      let cut = this.end;
      while (cut > this.start && this.times[cut - 1]! >= start) cut--;
      this.drop(cut, this.end);
      this.end = cut;
    } else {
      // All is known up to the right edge; what lies beyond may leave but for one.
      let cut = this.end;
      while (cut - 1 > this.start && this.times[cut - 2]! > to) cut--;
      this.drop(cut, this.end);
      this.end = cut;
    }
    if (from < known) this.addBefore(history, from, known, columns.width);
    let keep = this.start;
    while (keep + 1 < this.end && this.times[keep + 1]! < from) keep++;
    this.drop(this.start, keep);
    this.start = keep;
    if (start > to) return Infinity;
    this.add(history, start, to, columns.width, start);
    return start;
  }

  /** Lowest and highest value between two times; of a value that only holds there, that one. */
  extremes(from: number, to: number): [number, number] {
    let low = Infinity;
    let high = -Infinity;
    for (let i = this.start; i < this.end; i++) {
      const time = this.times[i]!;
      if (time < from || time > to) continue;
      const value = this.values[i]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (low > high && this.length > 0) low = high = this.values[this.start]!;
    return [low, high];
  }

  /** Position of the last kept sample before a time, or of the first. */
  before(time: number): number {
    let low = this.start;
    let high = this.end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.times[middle]! < time) low = middle + 1;
      else high = middle;
    }
    return Math.max(this.start, low - 1);
  }

  clear(): void {
    this.history = undefined;
    this.start = this.end = this.seen = this.changes = 0;
  }

  private drop(from: number, to: number): void {
    for (let i = from; i < to; i++) {
      this.seen -= this.samples[i]!;
      this.changes -= this.moves[i]!;
    }
  }

  private add(history: History, from: number, to: number, width: number, after: number): void {
    const { strip } = this;
    strip.begin(from, to, Math.max(1, Math.round((to - from) / width)), outline);
    history.visit(from, to, strip);
    strip.end();
    this.reserve(strip.length);
    for (let i = 0; i < strip.length; i++) {
      // The neighbour before is here already.
      if (strip.times[i]! < after) continue;
      this.times[this.end] = strip.times[i]!;
      this.values[this.end] = strip.values[i]!;
      this.seen += this.samples[this.end] = strip.samples[i]!;
      this.changes += this.moves[this.end] = strip.moves[i]!;
      this.end++;
    }
  }

  /** What lies between two times, before all that is kept; of the kept samples those before `to` are in it. */
  private addBefore(history: History, from: number, to: number, width: number): void {
    let first = this.start;
    while (first < this.end && this.times[first]! < to) first++;
    this.drop(this.start, first);
    this.start = first;
    const { strip } = this;
    strip.begin(from, to, Math.max(1, Math.round((to - from) / width)), outline);
    history.visit(from, to, strip);
    strip.end();
    let count = strip.length;
    while (count > 0 && strip.times[count - 1]! >= to) count--;
    if (count > this.start) this.makeRoomBefore(count);
    this.start -= count;
    for (let i = 0; i < count; i++) {
      const at = this.start + i;
      this.times[at] = strip.times[i]!;
      this.values[at] = strip.values[i]!;
      this.seen += this.samples[at] = strip.samples[i]!;
      this.changes += this.moves[at] = strip.moves[i]!;
    }
  }

  /** Moves what is kept to the end of its arrays, or of longer ones. */
  private makeRoomBefore(count: number): void {
    const { start, end, length } = this;
    const capacity = length + count <= this.times.length / 2 ? this.times.length : 2 * (length + count);
    const moved = <T extends Float64Array | Uint32Array>(made: T, from: T): T => {
      made.set(from.subarray(start, end), capacity - length);
      return made;
    };
    this.times = moved(new Float64Array(capacity), this.times);
    this.values = moved(new Float64Array(capacity), this.values);
    this.samples = moved(new Uint32Array(capacity), this.samples);
    this.moves = moved(new Uint32Array(capacity), this.moves);
    this.start = capacity - length;
    this.end = capacity;
  }

  /** Makes room at the end: by moving to the front what is kept, or by growing. */
  private reserve(more: number): void {
    if (this.end + more <= this.times.length) return;
    const { start, end, length } = this;
    const capacity = length + more <= this.times.length / 2 ? this.times.length : 2 * (length + more);
    const moved = <T extends Float64Array | Uint32Array>(made: T, from: T): T => {
      made.set(from.subarray(start, end));
      return made;
    };
    this.times = moved(new Float64Array(capacity), this.times);
    this.values = moved(new Float64Array(capacity), this.values);
    this.samples = moved(new Uint32Array(capacity), this.samples);
    this.moves = moved(new Uint32Array(capacity), this.moves);
    this.start = 0;
    this.end = length;
  }
}
