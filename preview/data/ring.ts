/**
 * Samples of one series, bounded: the newest as they came, older ones thinned.
 *
 * Level 0 holds the newest samples. When a level is full its oldest `chunk` samples become two, their minimum and
 * maximum in the order of time, on the next level. So no extreme is ever lost, memory stays flat, and
 * four levels of 4096 remember 4096 · (1 + 8 + 64 + 512) samples.
 */

const chunk = 16;
const levelCapacity = 4096;
const levelCount = 4;
const initialCapacity = 256;
/** More than a picture misses from one frame to the next. */
const rewritesKept = 16;

/** Parallel rings of times (s) and values (SI), ascending in time. */
export class Ring {
  times: Float64Array;
  values: Float64Array;
  length = 0;
  /** Position of the oldest sample. */
  private start = 0;
  /** Samples it can hold. */
  readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
    const capacity = Math.min(limit, initialCapacity);
    this.times = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
  }

  get full(): boolean {
    return this.length === this.limit;
  }

  timeAt(index: number): number {
    return this.times[this.position(index)]!;
  }

  valueAt(index: number): number {
    return this.values[this.position(index)]!;
  }

  /** Adds the newest sample; a full ring forgets its oldest. */
  push(time: number, value: number): void {
    if (this.length === this.times.length) {
      if (this.length < this.limit) this.grow();
      else this.dropOldest(1);
    }
    const position = this.position(this.length);
    this.times[position] = time;
    this.values[position] = value;
    this.length++;
  }

  dropOldest(count: number): void {
    const dropped = Math.min(count, this.length);
    this.start = (this.start + dropped) % this.times.length;
    this.length -= dropped;
  }

  dropNewest(count: number): void {
    this.length -= Math.min(count, this.length);
  }

  clear(): void {
    this.start = 0;
    this.length = 0;
  }

  /** Number of samples with a time below `time`. */
  countBefore(time: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.timeAt(middle) < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private position(index: number): number {
    const position = this.start + index;
    return position < this.times.length ? position : position - this.times.length;
  }

  private grow(): void {
    const capacity = Math.min(this.limit, this.times.length * 2);
    const times = new Float64Array(capacity);
    const values = new Float64Array(capacity);
    for (let i = 0; i < this.length; i++) {
      times[i] = this.timeAt(i);
      values[i] = this.valueAt(i);
    }
    this.times = times;
    this.values = values;
    this.start = 0;
  }
}

export interface Sink {
  add(time: number, value: number): void;
}

/** The history of one series. */
export class History {
  /** Finest first. */
  readonly levels: readonly Ring[];
  /** Grows with every change, so that a chart knows whether there is anything new to draw. */
  version = 0;
  /** The latest changes that were more than newer samples: the version that came of each, and the time it began at. */
  private rewrites: { version: number; from: number }[] = [];
  /** Extremes of all that was ever added; infinite before the first sample. They set the number of decimals. */
  low = Infinity;
  high = -Infinity;

  constructor(capacity = levelCapacity, levels = levelCount) {
    this.levels = Array.from({ length: levels }, () => new Ring(capacity));
  }

  get length(): number {
    return this.levels.reduce((sum, level) => sum + level.length, 0);
  }

  /** Time of the newest sample; NaN when there is none. */
  get lastTime(): number {
    const newest = this.levels[0]!;
    return newest.length > 0 ? newest.timeAt(newest.length - 1) : NaN;
  }

  get lastValue(): number {
    const newest = this.levels[0]!;
    return newest.length > 0 ? newest.valueAt(newest.length - 1) : NaN;
  }

  /** Time of the oldest sample; NaN when there is none. */
  get firstTime(): number {
    for (let i = this.levels.length - 1; i >= 0; i--) {
      const level = this.levels[i]!;
      if (level.length > 0) return level.timeAt(0);
    }
    return NaN;
  }

  /** From this time on, samples are as they came. */
  get fineFrom(): number {
    const newest = this.levels[0]!;
    return newest.length > 0 ? newest.timeAt(0) : NaN;
  }

  /** Adds samples in ascending order; where they overlap with what is known, they replace it. Not-a-number is skipped. */
  append(times: ArrayLike<number>, values: ArrayLike<number | null>): void {
    let first = 0;
    while (first < times.length && !isSample(values[first])) first++;
    if (first === times.length) return;
    this.version++;
    const last = this.lastTime;
    if (times[first]! <= last) {
      this.replace(times, values);
      return;
    }
    for (let i = first; i < times.length; i++) {
      const value = values[i];
      if (isSample(value)) this.push(times[i]!, value);
    }
  }

  /** The time (s) from which on samples may differ from those of an older version; later than all when none do. */
  changedSince(version: number): number {
    let from = Infinity;
    for (const rewrite of this.rewrites) if (rewrite.version > version) from = Math.min(from, rewrite.from);
    const oldest = this.rewrites[0];
    // Older ones are not known any more.
    return this.rewrites.length === rewritesKept && oldest!.version > version ? -Infinity : from;
  }

  private rewritten(from: number): void {
    this.version++;
    this.rewrites.push({ version: this.version, from });
    if (this.rewrites.length > rewritesKept) this.rewrites.shift();
  }

  /** Puts samples where they belong and drops older knowledge of the same span. */
  private replace(times: ArrayLike<number>, values: ArrayLike<number | null>): void {
    let first = 0;
    let end = times.length - 1;
    while (!isSample(values[first])) first++;
    while (!isSample(values[end])) end--;
    const from = times[first]!;
    const to = times[end]!;
    const laterTimes: number[] = [];
    const laterValues: number[] = [];
    this.visit(to, Infinity, {
      add(time, value) {
        if (time <= to) return;
        laterTimes.push(time);
        laterValues.push(value);
      },
    });
    this.cut(from);
    for (let i = first; i <= end; i++) {
      const value = values[i];
      if (isSample(value) && !(times[i]! < this.lastTime)) this.push(times[i]!, value);
    }
    for (let i = 0; i < laterTimes.length; i++) this.push(laterTimes[i]!, laterValues[i]!);
  }

  /** Puts samples before everything known; those that are not older than it are left out. */
  prepend(times: ArrayLike<number>, values: ArrayLike<number | null>): void {
    this.rewritten(-Infinity);
    const known: [number, number][] = [];
    this.visit(-Infinity, Infinity, { add: (time, value) => known.push([time, value]) });
    const first = known.length > 0 ? known[0]![0] : Infinity;
    this.clear();
    for (let i = 0; i < times.length; i++) {
      const value = values[i];
      if (isSample(value) && times[i]! < first && !(times[i]! < this.lastTime)) this.push(times[i]!, value);
    }
    for (const [time, value] of known) this.push(time, value);
  }

  /** Forgets samples at `time` and later: the run was rewound. */
  cut(time: number): void {
    this.rewritten(time);
    for (const level of this.levels) level.dropNewest(level.length - level.countBefore(time));
    // What is left may all be on coarser levels; the finest has to hold the newest sample.
    const finest = this.levels[0]!;
    if (finest.length > 0) return;
    for (const level of this.levels) {
      if (level.length === 0) continue;
      const index = level.length - 1;
      finest.push(level.timeAt(index), level.valueAt(index));
      level.dropNewest(1);
      return;
    }
  }

  clear(): void {
    this.rewritten(-Infinity);
    this.low = Infinity;
    this.high = -Infinity;
    for (const level of this.levels) level.clear();
  }

  /** The value at a time: that of the last sample at or before it; NaN before the first. */
  at(time: number): number {
    for (const level of this.levels) {
      if (level.length === 0 || level.timeAt(0) > time) continue;
      let index = level.countBefore(time);
      // Of several values of one instant, the last one holds.
      while (index < level.length && level.timeAt(index) <= time) index++;
      return level.valueAt(index - 1);
    }
    return NaN;
  }

  /** Hands over the samples between two times, oldest first, and one neighbour on each side so that lines reach the edge. */
  visit(from: number, to: number, sink: Sink): void {
    let before: { ring: Ring; index: number } | undefined;
    let started = false;
    for (let l = this.levels.length - 1; l >= 0; l--) {
      const ring = this.levels[l]!;
      let index = from === -Infinity ? 0 : ring.countBefore(from);
      if (index > 0) before = { ring, index: index - 1 };
      if (index < ring.length && !started) {
        started = true;
        if (before) sink.add(before.ring.timeAt(before.index), before.ring.valueAt(before.index));
      }
      for (; index < ring.length; index++) {
        const time = ring.timeAt(index);
        sink.add(time, ring.valueAt(index));
        if (time > to) return;
      }
    }
    if (!started && before) sink.add(before.ring.timeAt(before.index), before.ring.valueAt(before.index));
  }

  private push(time: number, value: number): void {
    if (this.levels[0]!.full) this.thin(0);
    if (value < this.low) this.low = value;
    if (value > this.high) this.high = value;
    this.levels[0]!.push(time, value);
  }

  private thin(index: number): void {
    const ring = this.levels[index]!;
    const count = Math.min(chunk, ring.length);
    const coarser = this.levels[index + 1];
    if (coarser) {
      if (coarser.length + 2 > coarser.limit) this.thin(index + 1);
      let low = 0;
      let high = 0;
      for (let i = 1; i < count; i++) {
        if (ring.valueAt(i) < ring.valueAt(low)) low = i;
        if (ring.valueAt(i) > ring.valueAt(high)) high = i;
      }
      const [first, second] = low < high ? [low, high] : [high, low];
      coarser.push(ring.timeAt(first), ring.valueAt(first));
      if (second !== first) coarser.push(ring.timeAt(second), ring.valueAt(second));
    }
    ring.dropOldest(count);
  }
}

function isSample(value: number | null | undefined): value is number {
  return value != null && !Number.isNaN(value);
}
