/** Values of running twins, as they come → how each has gone lately, small enough to stand in a hover. */

/** Values of a series that are kept, and series beyond which none are. */
const LENGTH = 48;
const MOST_SERIES = 4000;

interface Trail {
  times: number[];
  values: Map<string, number[]>;
}

export class Trails {
  private readonly roots = new Map<string, Trail>();

  forget(root: string): void {
    this.roots.delete(root);
  }

  note(root: string, time: number, values: Readonly<Record<string, number | boolean | string | null>>): void {
    const names = Object.keys(values);
    if (names.length > MOST_SERIES) return;
    let trail = this.roots.get(root);
    const isOther = trail !== undefined && names.some((name) => !trail!.values.has(name));
    if (trail === undefined || isOther || time < (trail.times[0] ?? 0)) {
      trail = { times: [], values: new Map(names.map((name) => [name, []])) };
      this.roots.set(root, trail);
    }
    if (time === trail.times.at(-1)) return;
    // The run went back: what came after that time is no longer so.
    let kept = trail.times.length;
    while (kept > 0 && trail.times[kept - 1]! >= time) kept -= 1;
    trail.times.length = kept;
    trail.times.push(time);
    if (trail.times.length > LENGTH) trail.times.shift();
    for (const [name, list] of trail.values) {
      list.length = Math.min(list.length, kept);
      const value = values[name];
      list.push(typeof value === 'number' || typeof value === 'boolean' ? Number(value) : NaN);
      if (list.length > LENGTH) list.shift();
    }
  }

  /** `▁▂▅▇`; '' where there is too little to see. */
  sparkline(root: string, name: string): string {
    const values = this.roots.get(root)?.values.get(name) ?? [];
    const known = values.filter(Number.isFinite);
    if (known.length < 3) return '';
    const low = Math.min(...known);
    const high = Math.max(...known);
    return values
      .map((value) => {
        if (!Number.isFinite(value)) return ' ';
        const share = high > low ? (value - low) / (high - low) : 0;
        return BARS[Math.min(BARS.length - 1, Math.floor(share * BARS.length))];
      })
      .join('');
  }
}

const BARS = [...'▁▂▃▄▅▆▇█'];
