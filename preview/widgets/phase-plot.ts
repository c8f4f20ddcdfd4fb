/** Draws a phase plot on a canvas: axes, the way so far, what is computed beyond the time shown, and where the twin is now. */
import type { Preview } from '../context.ts';
import { formatNumber, niceRange, toShown } from '../format/number.ts';
import { visibleRange } from '../format/range.ts';
import type { Palette } from '../style/palette.ts';
import { words } from '../words.ts';
import { PhasePoints } from './phase-points.ts';
import type { PhasePair } from './phase.tsx';
import type { Drawing } from '../drawing/svg-pen.ts';

export const margins = { left: 58, right: 16, top: 20, bottom: 38 };
const least = 200;
/** px from the pointer within which a point is meant. */
const near = 24;

export interface Frame {
  width: number;
  height: number;
  /** In the units shown. */
  x: [number, number];
  y: [number, number];
}

export class PhasePlot {
  readonly pairs: readonly PhasePair[];
  readonly points: PhasePoints[];
  readonly palette: () => Palette;
  frame: Frame = { width: 0, height: 0, x: [0, 1], y: [0, 1] };
  private readonly references: PhasePoints[];
  private readonly canvas = document.createElement('canvas');
  private readonly host: HTMLElement;
  private readonly window: number | undefined;
  private readonly preview: Preview;
  private readonly stop: (() => void)[];
  private painted = '';

  constructor(host: HTMLElement, pairs: readonly PhasePair[], window: number | undefined, preview: Preview) {
    this.host = host;
    this.pairs = pairs;
    this.window = window;
    this.preview = preview;
    this.points = pairs.map(() => new PhasePoints());
    this.references = pairs.map(() => new PhasePoints());
    this.palette = () => preview.palette.peek();
    this.canvas.setAttribute('aria-hidden', 'true');
    host.append(this.canvas);
    const { store, palette, kept } = preview;
    let visible = true;
    const seen = new IntersectionObserver((entries) => {
      visible = entries.some((entry) => entry.isIntersecting);
      if (visible) store.invalidate();
    });
    seen.observe(host);
    const resized = new ResizeObserver(() => store.invalidate());
    resized.observe(host);
    const point = (event: PointerEvent) => this.point(event);
    const leave = () => (store.cursor.value = null);
    host.addEventListener('pointermove', point);
    host.addEventListener('pointerleave', leave);
    this.stop = [
      store.onPaint(() => {
        if (visible) this.paint();
      }),
      palette.subscribe(() => this.again()),
      kept.zoom.subscribe(() => this.again()),
      kept.window.subscribe(() => this.again()),
      store.frozen.subscribe(() => store.invalidate()),
      store.cursor.subscribe(() => store.invalidate()),
      ...pairs.flatMap(({ value, base }) =>
        [value.id, base.id].map((id) => store.value(id).subscribe(() => this.again())),
      ),
      () => {
        seen.disconnect();
        resized.disconnect();
        host.removeEventListener('pointermove', point);
        host.removeEventListener('pointerleave', leave);
      },
    ];
  }

  destroy(): void {
    for (const stop of this.stop) stop();
    this.canvas.remove();
  }

  get ratio(): number {
    return devicePixelRatio;
  }

  get picture(): HTMLCanvasElement {
    return this.canvas;
  }

  /** The lines of all pairs, in CSS pixels from the frame's corner. */
  drawLines(pen: Drawing): void {
    const { series } = this.palette();
    const { store } = this.preview;
    const shown = store.shown.peek();
    this.pairs.forEach((_, i) => {
      const color = series[i % series.length]!;
      const reference = this.references[i]!;
      this.line(pen, i, reference, 0, reference.length, color, 0.35, 1);
      const points = this.points[i]!;
      const now = points.before(shown) + 1;
      this.line(pen, i, points, Math.max(0, now - 1), points.length, color, 0.3, 1);
      this.line(pen, i, points, 0, now, color, 0.95, 1.75);
    });
  }

  /** Beyond the last row that is known, the values of now count. */
  private placeNow(pair: number, shown: number): [number, number] | undefined {
    const points = this.points[pair]!;
    const { value, base } = this.pairs[pair]!;
    const { store } = this.preview;
    const [x, y] = [store.value(base.id).peek(), store.value(value.id).peek()];
    const last = points.length > 0 ? points.times[points.length - 1]! : Infinity;
    return shown > last && x !== null && y !== null ? this.place(pair, x, y) : this.placeAt(pair, shown);
  }

  /** Where a pair is at a time, in CSS pixels; undefined where that is not known. */
  placeAt(pair: number, time: number): [number, number] | undefined {
    const points = this.points[pair]!;
    const at = points.before(time);
    if (at < 0) return undefined;
    const { value, base } = this.pairs[pair]!;
    const span = at + 1 < points.length ? points.times[at + 1]! - points.times[at]! : 0;
    const share = span > 0 ? (time - points.times[at]!) / span : 0;
    const between = (values: Float64Array, held: boolean) =>
      held || share === 0 ? values[at]! : values[at]! + (values[at + 1]! - values[at]!) * share;
    return this.place(pair, between(points.x, base.held), between(points.y, value.held));
  }

  place(pair: number, x: number, y: number): [number, number] {
    const { value, base } = this.pairs[pair]!;
    const { frame } = this;
    const share = (shown: number, [low, high]: [number, number]) => (shown - low) / (high - low);
    return [
      margins.left + share(toShown(x, base.unit), frame.x) * (frame.width - margins.left - margins.right),
      frame.height -
        margins.bottom -
        share(toShown(y, value.unit), frame.y) * (frame.height - margins.top - margins.bottom),
    ];
  }

  /** Values of the ticks of both axes. */
  ticks(): { x: number[]; y: number[] } {
    const { width, height, x, y } = this.frame;
    return { x: ticksOf(x, (width - margins.left) / 80), y: ticksOf(y, (height - margins.bottom) / 44) };
  }

  private again(): void {
    this.painted = '';
    this.preview.store.invalidate();
  }

  private paint(): void {
    const { store, kept } = this.preview;
    const width = Math.floor(this.host.clientWidth);
    if (width === 0) return;
    const shown = store.shown.peek();
    const status = store.status.peek();
    const [from, to] = visibleRange({
      zoom: kept.zoom.peek(),
      window: kept.window.peek(),
      own: this.window,
      status,
      time: shown,
    });
    const histories = this.pairs.map(({ value, base }) => [
      store.past.historyOver(value.id, from, to),
      store.past.historyOver(base.id, from, to),
    ]);
    const cursor = store.cursor.peek();
    const versions = histories.flat().map(({ version }) => version);
    const references = store.past.referencesChanged.peek();
    const key = `${width} ${this.host.clientHeight} ${from} ${to} ${shown} ${cursor} ${references} ${versions.join(' ')}`;
    if (key === this.painted) return;
    this.painted = key;
    this.pairs.forEach(({ value, base }, i) => {
      const held = { value: value.held, base: base.held };
      this.points[i]!.take(histories[i]![0]!, histories[i]![1]!, from, to, held);
      const [one, other] = [store.past.reference(value.id), store.past.reference(base.id)];
      if (one && other) this.references[i]!.take(one, other, from, to, held);
      else this.references[i]!.length = 0;
    });
    this.settle(width);
    this.draw(shown, cursor);
  }

  /** The axes: in one unit both have one scale, so that a circle is a circle. */
  private settle(width: number): void {
    const range = (of: 'x' | 'y'): [number, number] => {
      let [low, high] = [Infinity, -Infinity];
      this.pairs.forEach((pair, i) => {
        const { unit } = of === 'x' ? pair.base : pair.value;
        for (const points of [this.points[i]!, this.references[i]!])
          for (let at = 0; at < points.length; at++) {
            const value = toShown(points[of][at]!, unit);
            if (value < low) low = value;
            if (value > high) high = value;
          }
      });
      return niceRange(low, high);
    };
    const height = Math.max(least, this.host.clientHeight - 4);
    const frame: Frame = { width, height, x: range('x'), y: range('y') };
    const { value, base } = this.pairs[0]!;
    if (value.unit.text === base.unit.text && value.unit.offset === base.unit.offset) {
      const inner = [width - margins.left - margins.right, height - margins.top - margins.bottom] as const;
      const scale = Math.max((frame.x[1] - frame.x[0]) / inner[0], (frame.y[1] - frame.y[0]) / inner[1]);
      const around = ([low, high]: [number, number], pixels: number): [number, number] => {
        const middle = (low + high) / 2;
        return [middle - (scale * pixels) / 2, middle + (scale * pixels) / 2];
      };
      frame.x = around(frame.x, inner[0]);
      frame.y = around(frame.y, inner[1]);
    }
    this.frame = frame;
  }

  private draw(shown: number, cursor: number | null): void {
    const { canvas, ratio, frame } = this;
    const { width, height } = frame;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext('2d')!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const palette = this.palette();
    this.drawAxes(context, palette);
    context.save();
    context.beginPath();
    context.rect(
      margins.left,
      margins.top,
      width - margins.left - margins.right,
      height - margins.top - margins.bottom,
    );
    context.clip();
    context.lineJoin = 'round';
    this.drawLines(context);
    context.restore();
    if (this.points.every(({ length }) => length === 0)) {
      context.fillStyle = palette.muted;
      context.textAlign = 'center';
      context.fillText(words.noSamples, width / 2, height / 2);
      return;
    }
    this.pairs.forEach((_, i) => {
      const color = palette.series[i % palette.series.length]!;
      const at = this.placeNow(i, shown);
      if (at) disc(context, at, 5, color, palette.surface);
      const there = cursor === null ? undefined : this.placeAt(i, cursor);
      if (there) ring(context, there, palette.text);
      this.canvas.dataset[`at${i}`] = at ? at.map((each) => each.toFixed(2)).join(' ') : '';
    });
  }

  private drawAxes(context: CanvasRenderingContext2D, palette: Palette): void {
    const { width, height, x, y } = this.frame;
    const { value, base } = this.pairs[0]!;
    context.font = palette.font;
    context.fillStyle = palette.muted;
    context.strokeStyle = palette.grid;
    context.lineWidth = 1;
    const ticks = this.ticks();
    context.beginPath();
    context.textAlign = 'center';
    context.textBaseline = 'top';
    const [left, bottom] = [margins.left, height - margins.bottom];
    for (const tick of ticks.x) {
      const at = Math.round(left + ((tick - x[0]) / (x[1] - x[0])) * (width - left - margins.right)) + 0.5;
      context.moveTo(at, margins.top);
      context.lineTo(at, bottom);
      context.fillText(tickText(tick, x), at, bottom + 6);
    }
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    for (const tick of ticks.y) {
      const at = Math.round(bottom - ((tick - y[0]) / (y[1] - y[0])) * (bottom - margins.top)) + 0.5;
      context.moveTo(left, at);
      context.lineTo(width - margins.right, at);
      context.fillText(tickText(tick, y), left - 6, at);
    }
    context.stroke();
    context.textBaseline = 'alphabetic';
    context.fillText(axisText(base), width - margins.right, height - 6);
    context.textAlign = 'left';
    context.fillText(axisText(value), 8, 12);
  }

  private line(
    pen: Drawing,
    pair: number,
    points: PhasePoints,
    from: number,
    to: number,
    color: string,
    alpha: number,
    thickness: number,
  ): void {
    if (to - from < 2) return;
    pen.globalAlpha = alpha;
    pen.strokeStyle = color;
    pen.lineWidth = thickness;
    pen.beginPath();
    for (let i = from; i < to; i++) {
      const [x, y] = this.place(pair, points.x[i]!, points.y[i]!);
      if (i === from) pen.moveTo(x, y);
      else pen.lineTo(x, y);
    }
    pen.stroke();
    pen.globalAlpha = 1;
  }

  /** The time of the nearest point is that of the pointer, in all charts. */
  private point(event: PointerEvent): void {
    const box = this.canvas.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    let [found, distance] = [NaN, near];
    this.points.forEach((points, pair) => {
      for (let i = 0; i < points.length; i++) {
        const [x, y] = this.place(pair, points.x[i]!, points.y[i]!);
        const away = Math.hypot(x - px, y - py);
        if (away > distance) continue;
        distance = away;
        found = points.times[i]!;
      }
    });
    this.preview.store.cursor.value = Number.isNaN(found) ? null : found;
  }
}

export const axisText = ({ label, unit }: PhasePair['value']): string =>
  unit.label ? `${label} (${unit.label})` : label;

export const tickText = (tick: number, [low, high]: [number, number]): string => {
  const size = Math.max(Math.abs(low), Math.abs(high));
  return formatNumber(Math.abs(tick) < size / 1e9 ? 0 : tick, size, 3);
};

function ticksOf([low, high]: [number, number], most: number): number[] {
  const rough = (high - low) / Math.max(2, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough) ?? 10 * power;
  const first = Math.ceil(low / step - 1e-9);
  return Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
}

function disc(
  context: CanvasRenderingContext2D,
  [x, y]: [number, number],
  radius: number,
  color: string,
  edge: string,
): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = color;
  context.fill();
  context.lineWidth = 2;
  context.strokeStyle = edge;
  context.stroke();
}

function ring(context: CanvasRenderingContext2D, [x, y]: [number, number], color: string): void {
  context.beginPath();
  context.arc(x, y, 6, 0, 2 * Math.PI);
  context.lineWidth = 1.5;
  context.strokeStyle = color;
  context.stroke();
}
