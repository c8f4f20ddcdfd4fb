/**
 * One coordinate system of a chart. uPlot owns axes, grid, pointer and selection; the traces are a layer above it, drawn
 * straight from the histories, because they do not share their times and need no copy into uPlot's aligned table.
 */
import uPlot from 'uplot';
import { words } from '../words.ts';
import type { History } from '../data/ring.ts';
import type { Columns } from '../data/trail.ts';
import { niceRange, toShown } from '../format/number.ts';
import { formatInstant } from '../format/time.ts';
import type { Painter } from '../drawing/painter.ts';
import type { SessionStore } from '../session/store.ts';
import type { Palette } from '../style/palette.ts';
import { PointerTime, TimeLine } from './time-line.ts';
import { TraceLayer, laneHeight } from './trace-layer.ts';
import type { PaneSpec, Trace } from './traces.ts';
import type { SeriesInfo } from '../protocol.ts';
import { plotOptions, timeAxisHeight } from './pane-plot.ts';
import { paneSvg } from './pane-svg.ts';

export interface PaneOptions {
  spec: PaneSpec;
  store: SessionStore;
  painter: Painter;
  palette: () => Palette;
  hidden: () => ReadonlySet<string>;
  /** s; where differences are read from. */
  mark: () => number | null;
  /** Whether this is the lowest pane, which carries the labels of time. */
  last: boolean;
  /** Asks for another frame within so many ms. */
  later(ms: number): void;
  onZoom(from: number, to: number): void;
  onResetZoom(): void;
}

/** ms that new samples may wait for their column of pixels to fill. */
const patience = 100;

export function paneHeight(spec: PaneSpec, last: boolean, alone: boolean): number {
  const inner = spec.bands ? spec.traces.length * laneHeight + 6 : alone ? 180 : 140;
  return inner + (last ? timeAxisHeight : 8);
}

export class Pane {
  private readonly plot: uPlot;
  private readonly options: PaneOptions;
  private readonly layer: TraceLayer;
  private readonly playhead = new TimeLine('playhead');
  /** Where what is expected did not hold. */
  private readonly failure = new TimeLine('trace-mark');
  private readonly mark = new TimeLine('mark-line');
  private readonly pointer = new PointerTime();
  private range: [number, number] = [0, 1];
  private vertical: [number, number] = [0, 1];
  /** s; of a column of pixels. */
  private columnWidth = NaN;
  private painted = '';
  private placed = '';
  /** What the layer shows, and since when (ms). */
  private drawn: { history: History; version: number; reference: History | undefined }[] = [];
  private drawnKey = '';
  private drawnAt = -Infinity;

  constructor(host: HTMLElement, width: number, height: number, options: PaneOptions) {
    this.options = options;
    this.layer = new TraceLayer(options.spec.traces, options.painter);
    this.plot = new uPlot(
      plotOptions(width, height, options, {
        latest: () => this.range[1],
        pointed: () => {
          options.store.cursor.value = this.pointerTime();
        },
      }),
      [
        [0, 1],
        [null, null],
      ],
      host,
    );
    this.plot.root.setAttribute('aria-hidden', 'true');
    const lines = this.lines().map(({ element }) => element);
    this.plot.over.before(this.layer.canvas, ...lines);
  }

  /** Draws the stretch [from, to] (s). Gives back whether any sample is visible. */
  paint(from: number, to: number, time: number, computed: number): boolean {
    const { spec, store, hidden, palette } = this.options;
    const off = hidden();
    const { layer } = this;
    // uPlot settles its inner area later than it is told a size.
    this.place();
    const count = Math.max(1, layer.width);
    // Time moves by whole columns of pixels: between them nothing has to be drawn, and lines do not shimmer.
    const width = (to - from) / count;
    if (!(Math.abs(width / this.columnWidth - 1) < 1e-9)) this.columnWidth = width;
    const columns = { first: Math.round(from / this.columnWidth), count, width: this.columnWidth };
    const start = columns.first * columns.width;
    const end = (columns.first + count) * columns.width;
    const histories = spec.traces.map((trace) => store.past.historyOver(trace.id, from, to));
    const references = spec.traces.map((trace) => store.past.reference(trace.id));
    const deviations = spec.traces.map(({ deviation }) =>
      deviation === undefined ? undefined : store.past.historyOver(deviation, from, to),
    );
    const across = this.plot.bbox.width / uPlot.pxRatio;
    this.playhead.draw(time < computed ? time : NaN, start, end, across);
    this.failure.draw(store.trials.trace.peek()?.time ?? NaN, start, end, across);
    this.mark.draw(this.options.mark() ?? NaN, start, end, across);
    this.point(start, end, across);
    if (this.waits(histories, references, columns, computed)) return !layer.empty;
    layer.follow(histories, references, deviations, columns, off);
    let low = Infinity;
    let high = -Infinity;
    if (!spec.bands)
      spec.traces.forEach((trace, i) => {
        const [lowest, highest] = layer.extremes(i, start, end);
        if (!(lowest <= highest)) return;
        low = Math.min(low, toShown(lowest, trace.info.unit));
        high = Math.max(high, toShown(highest, trace.info.unit));
      });
    this.vertical = spec.bands ? [0, 1] : this.settle(low, high);
    layer.draw({ columns, vertical: this.vertical, computed, palette: palette(), hidden: off });
    const key = `${columns.first} ${columns.width} ${count} ${this.vertical.join(' ')} ${this.plot.height}`;
    if (key !== this.painted) {
      this.painted = key;
      this.range = [start, end];
      this.plot.batch(() => {
        this.plot.setData(
          [
            [start, end],
            [null, null],
          ],
          false,
        );
        this.plot.setScale('x', { min: start, max: end });
        this.plot.setScale('y', { min: this.vertical[0], max: this.vertical[1] });
      });
    }
    return !layer.empty;
  }

  /** Whether all that is new lies within the last column of pixels: then it may come a moment later, with the next one. */
  private waits(
    histories: readonly History[],
    references: readonly (History | undefined)[],
    columns: Columns,
    computed: number,
  ): boolean {
    const now = performance.now();
    const { first, count, width } = columns;
    let newest = Math.floor(computed / width);
    let rewritten = references.some((history, i) => history !== this.drawn[i]?.reference);
    histories.forEach((history, i) => {
      newest = Math.max(newest, Math.floor(history.lastTime / width) || 0);
      rewritten ||=
        history !== this.drawn[i]?.history || history.changedSince(this.drawn[i].version) < Infinity;
    });
    const key = `${first} ${count} ${width} ${newest}`;
    if (key === this.drawnKey && !rewritten && now - this.drawnAt < patience) {
      const changed = histories.some((history, i) => history.version !== this.drawn[i]!.version);
      if (changed) this.options.later(patience);
      return true;
    }
    this.drawnKey = key;
    this.drawnAt = now;
    this.drawn = histories.map((history, i) => ({
      history,
      version: history.version,
      reference: references[i],
    }));
    return false;
  }

  private lines(): TimeLine[] {
    return [this.playhead, this.failure, this.mark, this.pointer];
  }

  /** Writes the time under the pointer where the axis of time is; `width` in CSS pixels. */
  private point(start: number, end: number, width: number): void {
    const time = this.options.last ? (this.options.store.cursor.peek() ?? NaN) : NaN;
    this.pointer.write(formatInstant(time, (end - start) / width), time, start, end, width);
  }

  /** The pointer has moved over one of the charts. */
  pointed(): void {
    this.point(...this.range, this.plot.bbox.width / uPlot.pxRatio);
  }

  /** Draws again although nothing moved: the theme or what is hidden has changed. */
  forget(): void {
    this.painted = '';
    this.drawnKey = '';
    this.layer.forget();
  }

  /** Somebody else draws the traces from now on. */
  renew(): void {
    this.layer.renew();
    this.placed = '';
    this.forget();
  }

  resize(width: number, height: number): void {
    if (width === this.plot.width && height === this.plot.height) return;
    this.plot.setSize({ width, height });
  }

  /** Puts the layer where the plot has its inner area, a pixel taller for lines along its edges. */
  private place(): void {
    const ratio = uPlot.pxRatio;
    const { left, top, width, height } = this.plot.bbox;
    const { canvas } = this.layer;
    const placed = `${left} ${top} ${width} ${height} ${ratio}`;
    if (placed === this.placed) return;
    this.placed = placed;
    this.layer.resize(Math.max(1, Math.round(width)), Math.round(height + 2 * ratio), ratio);
    canvas.style.left = `${left / ratio}px`;
    canvas.style.top = `${top / ratio - 1}px`;
    canvas.style.width = `${this.layer.width / ratio}px`;
    canvas.style.height = `${this.layer.height / ratio}px`;
    for (const line of this.lines()) line.place(left / ratio, top / ratio, height / ratio);
    this.forget();
  }

  get width(): number {
    return this.plot.width;
  }

  get height(): number {
    return this.plot.height;
  }

  get ratio(): number {
    return uPlot.pxRatio;
  }

  /** Traces that are shown: their names and colours. */
  names({ series }: Palette): { label: string; color: string }[] {
    return this.shownTraces().map(({ label, color }) => ({ label, color: series[color % series.length]! }));
  }

  /** The samples behind the picture. */
  samples(): { label: string; info: SeriesInfo; history: History; from: number; to: number }[] {
    const [from, to] = this.range;
    return this.shownTraces().map(({ id, label, info }) => ({
      // Beside its measurement it is just `predicted`; in a table it needs its whole name.
      label: label === words.predicted.toLowerCase() ? info.label : label,
      info,
      history: this.options.store.past.historyOver(id, from, to),
      from,
      to,
    }));
  }

  /** Copies the picture; CSS pixels. */
  drawOn(context: CanvasRenderingContext2D, x: number, y: number): void {
    const { canvas } = this.layer;
    const { left, top } = this.plot.bbox;
    const ratio = uPlot.pxRatio;
    context.drawImage(this.plot.ctx.canvas, x, y, this.width, this.height);
    context.drawImage(
      canvas,
      x + left / ratio,
      y + top / ratio - 1,
      this.layer.width / ratio,
      this.layer.height / ratio,
    );
  }

  /** The picture as the inside of an SVG group; CSS pixels. */
  svg(palette: Palette): string {
    return paneSvg(this.plot, this.options, palette, this.layer.svg());
  }

  private shownTraces(): Trace[] {
    const hidden = this.options.hidden();
    return this.options.spec.traces.filter(({ id }) => !hidden.has(id));
  }

  destroy(): void {
    this.layer.close();
    this.plot.destroy();
  }

  /** Time under the pointer, or null when it is elsewhere. */
  pointerTime(): number | null {
    const left = this.plot.cursor.left ?? -1;
    return left < 0 ? null : this.plot.posToVal(left, 'x');
  }

  /** The range of values grows at once and shrinks only when it has become much too wide, so that the axis rests. */
  private settle(low: number, high: number): [number, number] {
    if (!(low <= high)) return this.vertical;
    const [below, above] = niceRange(low, high);
    const [lowest, highest] = this.vertical;
    const fits = low >= lowest && high <= highest;
    if (fits && highest - lowest <= 1.6 * (above - below)) return this.vertical;
    return [below, above];
  }
}
