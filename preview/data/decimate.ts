/**
 * Thins samples to what a display can show: in each column of pixels the first, the lowest, the highest and the last
 * sample, in the order of time (M4: Jugel et al., VLDB 2014). A line through them covers the same pixels as a line
 * through all samples.
 */
export class Decimator {
  times = new Float64Array(512);
  values = new Float64Array(512);
  /** Samples, and changes of value among them, that each kept one stands for; they add up to all of them. */
  samples = new Uint32Array(512);
  moves = new Uint32Array(512);
  length = 0;
  /** Lowest and highest value between the two times of `begin`; infinite when there is none. */
  low = Infinity;
  high = -Infinity;
  /** Samples seen between the two times, before thinning. */
  seen = 0;
  /** Those of them with another value than the one before: of a held value, the ones that were really taken. */
  changes = 0;

  private extremes = Infinity;
  private previous = NaN;
  private from = 0;
  private to = 0;
  private perColumn = 1;
  private column = NaN;
  private count = 0;
  private moved = 0;
  private readonly t = new Float64Array(4);
  private readonly v = new Float64Array(4);

  /**
   * Starts anew for `columns` columns between two times (s). A column of at least `extremes` samples keeps only its lowest
   * and highest: half the points, and what joins the columns is off by less than a pixel.
   */
  begin(from: number, to: number, columns: number, extremes = Infinity): void {
    this.extremes = extremes;
    this.from = from;
    this.to = to;
    this.perColumn = columns / (to - from);
    this.length = 0;
    this.low = Infinity;
    this.high = -Infinity;
    this.seen = 0;
    this.changes = 0;
    this.previous = NaN;
    this.column = NaN;
    this.count = 0;
  }

  /** The next sample; times ascend. */
  add(time: number, value: number): void {
    const moved = value !== this.previous;
    if (time >= this.from && time <= this.to) {
      this.seen++;
      if (moved) this.changes++;
      if (value < this.low) this.low = value;
      if (value > this.high) this.high = value;
    }
    this.previous = value;
    const column = Math.floor((time - this.from) * this.perColumn);
    if (column !== this.column) {
      this.flush();
      this.column = column;
      this.count = 1;
      this.moved = moved ? 1 : 0;
      this.t.fill(time);
      this.v.fill(value);
      return;
    }
    this.count++;
    if (moved) this.moved++;
    // 0 first, 1 lowest, 2 highest, 3 last
    if (value < this.v[1]!) {
      this.v[1] = value;
      this.t[1] = time;
    }
    if (value > this.v[2]!) {
      this.v[2] = value;
      this.t[2] = time;
    }
    this.v[3] = value;
    this.t[3] = time;
  }

  end(): void {
    this.flush();
    this.count = 0;
    this.column = NaN;
    // A value that holds from before the first time is visible too.
    if (this.low > this.high && this.length > 0) {
      this.low = this.values[0]!;
      this.high = this.values[0]!;
    }
  }

  private flush(): void {
    if (this.count === 0) return;
    const full = this.count < this.extremes;
    if (full) this.put(0);
    const [earlier, later] = this.t[1]! <= this.t[2]! ? [1, 2] : [2, 1];
    this.put(earlier);
    this.put(later);
    if (full) this.put(3);
    this.count = 0;
    this.moved = 0;
  }

  /** Adds one of the four unless it is the sample that was added last. */
  private put(which: number): void {
    const time = this.t[which]!;
    const last = this.length - 1;
    if (last >= 0 && this.times[last] === time && this.values[last] === this.v[which]) {
      this.samples[last] = this.samples[last]! + this.count;
      this.moves[last] = this.moves[last]! + this.moved;
    } else {
      if (this.length === this.times.length) this.grow();
      this.times[this.length] = time;
      this.values[this.length] = this.v[which]!;
      this.samples[this.length] = this.count;
      this.moves[this.length] = this.moved;
      this.length++;
    }
    // The first of a column stands for all of it.
    this.count = 0;
    this.moved = 0;
  }

  private grow(): void {
    const longer = <T extends Float64Array | Uint32Array>(made: T, from: T): T => {
      made.set(from);
      return made;
    };
    const capacity = this.length * 2;
    this.times = longer(new Float64Array(capacity), this.times);
    this.values = longer(new Float64Array(capacity), this.values);
    this.samples = longer(new Uint32Array(capacity), this.samples);
    this.moves = longer(new Uint32Array(capacity), this.moves);
  }
}
