/**
 * The traces of one pane, on a canvas of their own that is drawn only where something is new: as time moves on, the old
 * picture slides by whole pixels, to either side, and the columns that come are drawn.
 */
import { Trail } from '../data/trail.ts';
import type { Columns } from '../data/trail.ts';
import type { History } from '../data/ring.ts';
import type { Palette } from '../style/palette.ts';
import type { Painter, Surface } from '../drawing/painter.ts';
import { SvgPen } from '../drawing/svg-pen.ts';
import type { Drawing } from '../drawing/svg-pen.ts';
import { outlineOf } from './outline.ts';
import { around, spreadBetween } from './spread.ts';
import type { Trace } from './traces.ts';

/** px */
export const laneHeight = 20;
/** px between samples from which they are drawn as separate points. */
const pointSpacing = 4;
const pointRadius = 2.25;
const lineWidth = 1.75;
/** Device pixels beside the changed ones that lines and points may touch. */
const margin = 4;

export interface Scene {
  columns: Columns;
  /** Lowest and highest value of the axis, in the display unit. */
  vertical: readonly [number, number];
  /** s; how far values that hold are known to hold. */
  computed: number;
  palette: Palette;
  hidden: ReadonlySet<string>;
}

type Look = 'smooth' | 'dense' | 'sparse' | 'reference';

export class TraceLayer {
  private readonly painter: Painter;
  private surface: Surface;
  private context: Drawing;
  /** Device pixels. */
  width = 1;
  height = 1;
  private readonly traces: readonly Trace[];
  private readonly trails: Trail[];
  /** Of the run that is compared with. */
  private readonly references: Trail[];
  /** How far off estimates may be. */
  private readonly deviations: Trail[];
  /** Measured and predicted values of one asset: the positions of both. */
  private readonly pairs: readonly (readonly [number, number])[];
  private readonly looks: Look[];
  private scene: Scene | undefined;
  /** Device pixels a CSS pixel. */
  private ratio = 1;
  /** s; from here on the picture differs from what was drawn. */
  private changed = -Infinity;

  constructor(traces: readonly Trace[], painter: Painter) {
    this.traces = traces;
    this.painter = painter;
    this.trails = traces.map(() => new Trail());
    this.references = traces.map(() => new Trail());
    this.deviations = traces.map(() => new Trail());
    this.pairs = traces.flatMap((trace, i) => {
      const model = traces.findIndex((other) => other.style === 'line' && other.color === trace.color);
      return trace.style === 'points' && model >= 0 ? [[i, model] as const] : [];
    });
    this.looks = traces.map(() => 'smooth');
    this.surface = painter.surface();
    this.context = this.surface.pen;
  }

  get canvas(): HTMLCanvasElement {
    return this.surface.canvas;
  }

  /** Somebody else draws from now on: on another canvas, in the place of this one. */
  renew(): void {
    const before = this.surface;
    this.surface = this.painter.surface();
    this.context = this.surface.pen;
    before.canvas.replaceWith(this.canvas);
    before.close();
    this.forget();
  }

  close(): void {
    this.surface.close();
  }

  /** Device pixels; forgets the picture. */
  resize(width: number, height: number, ratio: number): void {
    this.width = width;
    this.height = height;
    this.surface.resize(width, height);
    this.ratio = ratio;
    this.forget();
  }

  /** The whole picture has to be drawn again. */
  forget(): void {
    this.scene = undefined;
  }

  get empty(): boolean {
    return this.trails.every((trail) => trail.length === 0);
  }

  /** Takes in what the histories know of these columns. */
  follow(
    histories: readonly History[],
    references: readonly (History | undefined)[],
    deviations: readonly (History | undefined)[],
    columns: Columns,
    hidden: ReadonlySet<string>,
  ): void {
    this.trails.forEach((trail, i) => {
      if (hidden.has(this.traces[i]!.id)) {
        if (trail.length > 0) this.changed = -Infinity;
        trail.clear();
      } else this.changed = Math.min(this.changed, trail.show(histories[i]!, columns));
    });
    const beside = (trails: readonly Trail[], others: readonly (History | undefined)[]): void =>
      trails.forEach((trail, i) => {
        const history = others[i];
        if (history === undefined || hidden.has(this.traces[i]!.id) || this.traces[i]!.style === 'points') {
          if (trail.length > 0) this.changed = -Infinity;
          trail.clear();
        } else this.changed = Math.min(this.changed, trail.show(history, columns));
      });
    beside(this.references, references);
    beside(this.deviations, deviations);
  }

  /** The whole picture as SVG elements; device pixels. */
  svg(): string {
    if (this.scene === undefined) return '';
    const { context } = this;
    const pen = new SvgPen();
    this.context = pen;
    this.drawWithin(0, this.width, this.scene);
    this.context = context;
    return pen.elements.join('');
  }

  /** Lowest and highest value of a trace and of what is around it between two times, in SI. */
  extremes(trace: number, from: number, to: number): [number, number] {
    const [low, high] = this.trails[trace]!.extremes(from, to);
    const [lowest, highest] = this.references[trace]!.extremes(from, to);
    const around = spreadBetween(this.trails[trace]!, this.deviations[trace]!, from, to);
    return [
      around.low.reduce((least, each) => Math.min(least, each), Math.min(low, lowest)),
      around.high.reduce((most, each) => Math.max(most, each), Math.max(high, highest)),
    ];
  }

  /** Brings the canvas up to the scene. */
  draw(scene: Scene): void {
    const before = this.scene;
    const { columns, vertical } = scene;
    const { width } = this;
    const same =
      before !== undefined &&
      before.columns.width === columns.width &&
      before.columns.count === columns.count &&
      before.vertical[0] === vertical[0] &&
      before.vertical[1] === vertical[1] &&
      before.palette === scene.palette &&
      before.hidden === scene.hidden;
    // No short cut: each trace's look is to be settled.
    const lookChanged = this.traces.filter((_, i) => this.settleLook(i)).length > 0;
    const shift = same ? columns.first - before.columns.first : NaN;
    const slides = same && !lookChanged && Math.abs(shift) < width;
    let changed = slides ? this.changed : -Infinity;
    // What holds is drawn up to the time that was computed then.
    if (slides && before.computed !== scene.computed && this.holds)
      changed = Math.min(changed, before.computed, scene.computed);
    this.scene = scene;
    this.changed = Infinity;
    const strip = Math.max(0, Math.floor(changed / columns.width) - columns.first - margin * this.ratio);
    if (slides && shift === 0 && strip >= width) return;
    if (slides && shift !== 0) this.surface.slide(shift);
    // What comes on the left, and what is new or comes on the right.
    if (slides && shift < 0) this.drawBetween(0, Math.min(width, -shift + margin * this.ratio), scene);
    this.drawBetween(Math.min(strip, slides && shift > 0 ? width - shift : width), width, scene);
    this.surface.show();
  }

  /** Draws the columns from one to before another. */
  private drawBetween(left: number, right: number, scene: Scene): void {
    if (left >= right) return;
    this.surface.begin(left, right);
    this.drawWithin(left, right, scene);
    this.surface.end();
  }

  private get holds(): boolean {
    return this.traces.some((trace) => trace.info.held || trace.style === 'band');
  }

  /** Whether a trace is drawn in another manner than before. It changes late, so that it does not change often. */
  private settleLook(index: number): boolean {
    const trail = this.trails[index]!;
    const { style } = this.traces[index]!;
    const { width } = this;
    const before = this.looks[index]!;
    const reluctance = (look: Look): number => (look === before ? 0.85 : 1);
    let look: Look = 'smooth';
    // A smooth line has two points a column, noise up to four.
    const dense =
      trail.length > 2.2 * width * reluctance('dense') || trail.seen > 8 * width * reluctance('dense');
    if (style === 'points')
      look =
        trail.changes * pointSpacing * this.ratio * reluctance('sparse') < width
          ? 'sparse'
          : dense
            ? 'dense'
            : 'smooth';
    else if (dense) look = 'dense';
    this.looks[index] = look;
    return look !== before;
  }

  private drawWithin(left: number, right: number, scene: Scene): void {
    for (const [measured, model] of this.pairs) {
      // Around an estimate there is what says how far off a sample may be: two fills would hide each other.
      if (this.deviations[model]!.length > 0) continue;
      this.fillBetween(
        this.trails[measured]!,
        this.trails[model]!,
        measured,
        model,
        left,
        right,
        scene,
        0.13,
      );
    }
    this.references.forEach((reference, i) => {
      if (this.traces[i]!.style === 'line')
        this.fillBetween(this.trails[i]!, reference, i, i, left, right, scene, 0.16);
    });
    this.deviations.forEach((deviation, i) => {
      if (deviation.length > 0) this.fillSpread(i, left, right, scene);
    });
    // Points below lines: the model's line must stay visible in a cloud of measurements.
    const order: readonly Trace['style'][] = ['band', 'points', 'line'];
    for (const style of order) {
      this.traces.forEach((trace, i) => {
        const trail = this.trails[i]!;
        if (trace.style !== style || trail.length === 0) return;
        const { series } = scene.palette;
        const color = series[trace.color % series.length]!;
        const reference = this.references[i]!;
        if (style === 'band') {
          this.drawBand(i, trail, color, scene, 0, 1);
          if (reference.length > 0) this.drawBand(i, reference, color, scene, 0.78, 1);
        } else {
          if (reference.length > 0) this.drawTrace(trace, 'reference', reference, color, left, right, scene);
          this.drawTrace(trace, this.looks[i]!, trail, color, left, right, scene);
        }
      });
    }
  }

  private drawTrace(
    trace: Trace,
    look: Look,
    trail: Trail,
    color: string,
    left: number,
    right: number,
    scene: Scene,
  ): void {
    const { context, ratio } = this;
    const { times, values } = trail;
    const { columns, vertical, computed } = scene;
    const { factor, offset } = trace.info.unit;
    const height = this.height - 2 * ratio;
    const origin = columns.first * columns.width;
    const sx = 1 / columns.width;
    const sy = height / (vertical[1] - vertical[0]);
    const bottom = ratio + height + (vertical[0] + offset) * sy;
    const ky = sy / factor;
    const points = trace.style === 'points';
    const first = trail.before(origin + (left - margin * ratio) * columns.width);
    // One more than reaches the right edge: the line goes on to it.
    const end = Math.min(trail.end, trail.before(origin + (right + margin * ratio) * columns.width) + 2);
    context.globalAlpha = points ? (look === 'sparse' ? 0.35 : 0.5) : look === 'reference' ? 0.6 : 1;
    context.strokeStyle = color;
    // Where samples are denser than pixels a thin line shows the same, and is several times cheaper to draw without
    // a graphics card (one pixel wide is a path of its own in Skia).
    context.lineWidth = (points || look === 'dense' || look === 'reference' ? 1 : lineWidth) * ratio;
    context.lineJoin = look === 'dense' ? 'bevel' : 'round';
    context.beginPath();
    let x = (times[first]! - origin) * sx;
    let y = bottom - values[first]! * ky;
    context.moveTo(x, y);
    const { held } = trace.info;
    for (let i = first + 1; i < end; i++) {
      x = (times[i]! - origin) * sx;
      const next = bottom - values[i]! * ky;
      if (held && next !== y) context.lineTo(x, y);
      context.lineTo(x, next);
      y = next;
    }
    if (held && look !== 'reference' && end === trail.end && times[end - 1]! < computed)
      context.lineTo((computed - origin) * sx, y);
    // Samples that stand close are points without a line: one would lie under the model's and not be seen.
    const dotted = points && look === 'smooth';
    if (!dotted) context.stroke();
    if (look === 'sparse' || dotted) {
      const radius = pointRadius * ratio;
      // All of them are one shape: where they overlap it is no darker, a pale seam along the model's line.
      context.globalAlpha = dotted ? 0.4 : 0.9;
      context.fillStyle = color;
      context.beginPath();
      for (let i = first; i < end; i++) {
        // A held value comes with every row; a point stands for a sample.
        if (held && i > trail.start && values[i] === values[i - 1]) continue;
        const px = (times[i]! - origin) * sx;
        const py = bottom - values[i]! * ky;
        context.moveTo(px + radius, py);
        context.arc(px, py, radius, 0, 2 * Math.PI);
      }
      context.fill();
    }
    context.globalAlpha = 1;
  }

  /** Fills what lies between two traces, as far as both are known. */
  private fillBetween(
    one: Trail,
    other: Trail,
    oneTrace: number,
    otherTrace: number,
    left: number,
    right: number,
    scene: Scene,
    alpha: number,
  ): void {
    if (one.length === 0 || other.length === 0) return;
    const { context, ratio } = this;
    const { columns, vertical, palette } = scene;
    const { info, color } = this.traces[oneTrace]!;
    const origin = columns.first * columns.width;
    const from = Math.max(
      one.times[one.start]!,
      other.times[other.start]!,
      origin + (left - margin * ratio) * columns.width,
    );
    const to = Math.min(
      one.times[one.end - 1]!,
      other.times[other.end - 1]!,
      origin + (right + margin * ratio) * columns.width,
    );
    if (!(to > from)) return;
    const height = this.height - 2 * ratio;
    const sy = height / (vertical[1] - vertical[0]);
    const bottom = ratio + height + (vertical[0] + info.unit.offset) * sy;
    const edge = (trail: Trail, trace: number): number[] =>
      outlineOf(trail, this.traces[trace]!.info.held, from, to).map((each, i) =>
        i % 2 === 0 ? (each - origin) / columns.width : bottom - (each * sy) / info.unit.factor,
      );
    const there = edge(one, oneTrace);
    const back = edge(other, otherTrace);
    context.globalAlpha = alpha;
    context.fillStyle = palette.series[color % palette.series.length]!;
    context.beginPath();
    for (let i = 0; i < there.length; i += 2) context.lineTo(there[i]!, there[i + 1]!);
    for (let i = back.length - 2; i >= 0; i -= 2) context.lineTo(back[i]!, back[i + 1]!);
    context.fill();
    context.globalAlpha = 1;
  }

  /** Fills what lies around an estimate. */
  private fillSpread(index: number, left: number, right: number, scene: Scene): void {
    const { context, ratio } = this;
    const { columns, vertical, palette } = scene;
    const { info, color } = this.traces[index]!;
    const origin = columns.first * columns.width;
    const reach = margin * ratio;
    const spread = spreadBetween(
      this.trails[index]!,
      this.deviations[index]!,
      origin + (left - reach) * columns.width,
      origin + (right + reach) * columns.width,
    );
    const sy = (this.height - 2 * ratio) / (vertical[1] - vertical[0]);
    const bottom = this.height - ratio + (vertical[0] + info.unit.offset) * sy;
    context.globalAlpha = 0.18;
    context.fillStyle = palette.series[color % palette.series.length]!;
    context.beginPath();
    for (const [time, value] of around(spread))
      context.lineTo((time - origin) / columns.width, bottom - (value * sy) / info.unit.factor);
    context.fill();
    context.globalAlpha = 1;
  }

  /** `from` and `to`: the part of the lane's height that it takes. */
  private drawBand(
    lane: number,
    trail: Trail,
    color: string,
    { columns, computed }: Scene,
    from: number,
    to: number,
  ): void {
    const { context, ratio } = this;
    const full = (laneHeight - 6) * ratio;
    const top = (1 + lane * laneHeight + 3) * ratio + from * full;
    const height = (to - from) * full;
    const x = (time: number): number => time / columns.width - columns.first;
    const { times, values } = trail;
    const last = Math.min(computed, (columns.first + columns.count) * columns.width);
    context.fillStyle = color;
    context.globalAlpha = 0.12;
    const start = x(times[trail.start]!);
    context.fillRect(start, top, Math.max(0, x(last) - start), height);
    context.globalAlpha = 0.75;
    for (let i = trail.start; i < trail.end; i++) {
      if (!(values[i]! > 0.5)) continue;
      const since = times[i]!;
      // One rectangle for as long as it stays true: edges of many would show.
      while (i + 1 < trail.end && values[i + 1]! > 0.5) i++;
      const until = i + 1 < trail.end ? times[i + 1]! : Math.max(last, times[i]!);
      context.fillRect(x(since), top, Math.max(ratio, x(until) - x(since)), height);
    }
    context.globalAlpha = 1;
  }
}
