/**
 * One coordinate system of a chart. uPlot owns axes, grid, pointer and selection; the traces are drawn here, straight
 * from the histories, because they do not share their times and need no copy into uPlot's aligned table.
 */
import uPlot from 'uplot';
import { Decimator } from '../data/decimate.ts';
import { formatNumber, niceRange, toShown } from '../format/number.ts';
import { formatTick, timeSteps } from '../format/time.ts';
import type { SessionStore } from '../session/store.ts';
import type { Palette } from '../style/palette.ts';
import type { PaneSpec, Trace } from './traces.ts';

export interface PaneOptions {
  spec: PaneSpec;
  store: SessionStore;
  palette: () => Palette;
  hidden: () => ReadonlySet<string>;
  /** Whether this is the lowest pane, which carries the labels of time. */
  last: boolean;
  onZoom(from: number, to: number): void;
  onResetZoom(): void;
}

export const laneHeight = 20;
/** px; the same for all panes, so that their times stand above each other. */
const axisWidth = 54;
const timeAxisHeight = 24;
/** px between samples from which they are drawn as separate points. */
const pointSpacing = 4;

export function paneHeight(spec: PaneSpec, last: boolean, alone: boolean): number {
  const inner = spec.bands ? spec.traces.length * laneHeight + 6 : alone ? 168 : 128;
  return inner + (last ? timeAxisHeight : 8);
}

export class Pane {
  private readonly plot: uPlot;
  private readonly options: PaneOptions;
  private readonly decimators: Decimator[];
  private range: [number, number] = [0, 1];
  private vertical: [number, number] = [0, 1];
  private time = NaN;
  private computed = NaN;
  private painted = '';

  constructor(host: HTMLElement, width: number, height: number, options: PaneOptions) {
    this.options = options;
    this.decimators = options.spec.traces.map(() => new Decimator());
    this.plot = new uPlot(
      this.plotOptions(width, height),
      [
        [0, 1],
        [null, null],
      ],
      host,
    );
    this.plot.root.setAttribute('aria-hidden', 'true');
  }

  /** Draws the stretch [from, to] (s). Gives back whether any sample is visible. */
  paint(from: number, to: number, time: number, computed: number): boolean {
    const { spec, store, hidden } = this.options;
    const off = hidden();
    const columns = Math.max(1, Math.round(this.plot.bbox.width));
    let version = 0;
    const histories = spec.traces.map((trace) => {
      const history = store.historyOver(trace.id, from, to);
      version += history.version + (off.has(trace.id) ? 0.5 : 0);
      return history;
    });
    // Nothing new: the picture stays.
    const held = spec.bands || spec.traces.some((trace) => trace.info.held);
    const key = `${from} ${to} ${columns} ${version} ${time < computed || held ? time : ''} ${this.plot.height}`;
    if (key === this.painted) return this.decimators.some((each) => each.length > 0);
    this.painted = key;
    let low = Infinity;
    let high = -Infinity;
    spec.traces.forEach((trace, i) => {
      const decimator = this.decimators[i]!;
      // As dense as it was a frame ago: noise, of which only the outline can be seen.
      decimator.begin(from, to, columns, decimator.seen > 8 * columns);
      if (!off.has(trace.id)) histories[i]!.visit(from, to, decimator);
      decimator.end();
      if (decimator.low <= decimator.high) {
        low = Math.min(low, toShown(decimator.low, trace.info.unit));
        high = Math.max(high, toShown(decimator.high, trace.info.unit));
      }
    });
    this.range = [from, to];
    this.time = time;
    this.computed = computed;
    this.vertical = spec.bands ? [0, 1] : this.settle(low, high);
    this.plot.batch(() => {
      this.plot.setData(
        [
          [from, to],
          [null, null],
        ],
        false,
      );
      this.plot.setScale('x', { min: from, max: to });
      this.plot.setScale('y', { min: this.vertical[0], max: this.vertical[1] });
    });
    return this.decimators.some((each) => each.length > 0);
  }

  /** Draws again although nothing moved: the theme or what is hidden has changed. */
  forget(): void {
    this.painted = '';
  }

  resize(width: number, height: number): void {
    if (width === this.plot.width && height === this.plot.height) return;
    this.plot.setSize({ width, height });
    this.painted = '';
  }

  destroy(): void {
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

  private plotOptions(width: number, height: number): uPlot.Options {
    const { spec, palette, last, store, onZoom, onResetZoom } = this.options;
    const font = () => palette().font;
    const line = { stroke: () => palette().grid, width: 1 };
    return {
      width,
      height,
      padding: [6, 24, last ? 0 : 6, 0],
      legend: { show: false },
      scales: { x: { time: false, auto: false }, y: { auto: false } },
      series: [{}, { paths: () => null, points: { show: false } }],
      axes: [
        {
          size: last ? timeAxisHeight : 2,
          stroke: () => palette().muted,
          font: font(),
          grid: line,
          ticks: { show: false },
          gap: 4,
          space: 72,
          incrs: [...timeSteps],
          values: (_, ticks, __, ___, step) =>
            last ? ticks.map((tick) => formatTick(tick, step, this.range[1])) : ticks.map(() => ''),
        },
        {
          size: axisWidth,
          stroke: () => palette().muted,
          font: font(),
          grid: spec.bands ? { show: false } : line,
          ticks: { show: false },
          gap: 6,
          space: 32,
          values: (_, ticks, __, ___, step) =>
            spec.bands ? ticks.map(() => '') : ticks.map((tick) => tickLabel(tick, step)),
        },
      ],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: 4 },
        sync: { key: 'pollux', setSeries: false, scales: ['x', null] },
        bind: {
          dblclick: () => () => {
            onResetZoom();
            return null;
          },
        },
      },
      hooks: {
        draw: [() => this.drawTraces()],
        setCursor: [
          () => {
            store.cursor.value = this.pointerTime();
          },
        ],
        setSelect: [
          (plot) => {
            if (plot.select.width < 4) return;
            const from = plot.posToVal(plot.select.left, 'x');
            const to = plot.posToVal(plot.select.left + plot.select.width, 'x');
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            onZoom(from, to);
          },
        ],
      },
    };
  }

  private drawTraces(): void {
    const { spec, palette } = this.options;
    const { ctx } = this.plot;
    const { left, top, width, height } = this.plot.bbox;
    const colors = palette();
    const ratio = uPlot.pxRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top - ratio, width, height + 2 * ratio);
    ctx.clip();
    // Points below lines: the model's line must stay visible in a cloud of measurements.
    const order: readonly Trace['style'][] = ['band', 'points', 'line'];
    for (const style of order) {
      spec.traces.forEach((trace, i) => {
        if (trace.style !== style) return;
        const color = colors.series[trace.color % colors.series.length]!;
        if (style === 'band') this.drawBand(i, color);
        else this.drawTrace(trace, this.decimators[i]!, color);
      });
    }
    if (this.time < this.computed) {
      const x = this.x(this.time);
      ctx.strokeStyle = colors.accent;
      ctx.lineWidth = ratio;
      ctx.beginPath();
      ctx.moveTo(x, top);
      ctx.lineTo(x, top + height);
      ctx.stroke();
    }
    ctx.restore();
    if (spec.bands) this.drawLaneNames(colors);
    else this.drawUnit(colors);
  }

  private drawTrace(trace: Trace, samples: Decimator, color: string): void {
    const { ctx } = this.plot;
    const ratio = uPlot.pxRatio;
    const { length, times, values } = samples;
    if (length === 0) return;
    const { factor, offset } = trace.info.unit;
    const [low, high] = this.vertical;
    const [from, to] = this.range;
    const { left, top, width, height } = this.plot.bbox;
    const sx = width / (to - from);
    const sy = height / (high - low);
    const bottom = top + height + (low + offset) * sy;
    const ky = sy / factor;
    const points = trace.style === 'points';
    const sparse = points && samples.changes * pointSpacing * ratio < width;
    ctx.globalAlpha = points ? (sparse ? 0.35 : 0.5) : 1;
    ctx.strokeStyle = color;
    // Where samples are denser than pixels a thin line shows the same, and is several times cheaper to draw without
    // a graphics card (one pixel wide is a path of its own in Skia).
    // A smooth line has two points a column, noise up to four.
    const dense = length > 2.2 * width || samples.seen > 8 * width;
    ctx.lineWidth = (points || dense ? 1 : 1.75) * ratio;
    ctx.lineJoin = dense ? 'bevel' : 'round';
    ctx.beginPath();
    let x = left + (times[0]! - from) * sx;
    let y = bottom - values[0]! * ky;
    ctx.moveTo(x, y);
    const held = trace.info.held;
    for (let i = 1; i < length; i++) {
      x = left + (times[i]! - from) * sx;
      const next = bottom - values[i]! * ky;
      if (held && next !== y) ctx.lineTo(x, y);
      ctx.lineTo(x, next);
      y = next;
    }
    if (held && times[length - 1]! < this.computed) ctx.lineTo(left + (this.computed - from) * sx, y);
    ctx.stroke();
    if (sparse) {
      const radius = 2.25 * ratio;
      ctx.globalAlpha = 0.9;
      ctx.fillStyle = color;
      ctx.beginPath();
      for (let i = 0; i < length; i++) {
        // A held value comes with every row; a point stands for a sample.
        if (held && i > 0 && values[i] === values[i - 1]) continue;
        const px = left + (times[i]! - from) * sx;
        const py = bottom - values[i]! * ky;
        ctx.moveTo(px + radius, py);
        ctx.arc(px, py, radius, 0, 2 * Math.PI);
      }
      ctx.fill();
    }
    ctx.globalAlpha = 1;
  }

  private drawBand(lane: number, color: string): void {
    const { ctx } = this.plot;
    const ratio = uPlot.pxRatio;
    const samples = this.decimators[lane]!;
    const laneTop = this.plot.bbox.top + (lane * laneHeight + 3) * ratio;
    const height = (laneHeight - 6) * ratio;
    const end = Math.min(this.computed, this.range[1]);
    ctx.fillStyle = color;
    ctx.globalAlpha = 0.12;
    if (samples.length > 0) {
      const start = this.x(samples.times[0]!);
      ctx.fillRect(start, laneTop, Math.max(0, this.x(end) - start), height);
    }
    ctx.globalAlpha = 0.75;
    for (let i = 0; i < samples.length; i++) {
      if (!(samples.values[i]! > 0.5)) continue;
      const start = samples.times[i]!;
      // One rectangle for as long as it stays true: edges of many would show.
      while (i + 1 < samples.length && samples.values[i + 1]! > 0.5) i++;
      const until = i + 1 < samples.length ? samples.times[i + 1]! : Math.max(end, samples.times[i]!);
      ctx.fillRect(this.x(start), laneTop, Math.max(ratio, this.x(until) - this.x(start)), height);
    }
    ctx.globalAlpha = 1;
  }

  private drawLaneNames(colors: Palette): void {
    const { ctx } = this.plot;
    const ratio = uPlot.pxRatio;
    const { left, top } = this.plot.bbox;
    ctx.save();
    ctx.font = colors.font.replace('11px', `${11 * ratio}px`);
    ctx.fillStyle = colors.muted;
    ctx.textBaseline = 'middle';
    ctx.textAlign = 'right';
    this.options.spec.traces.forEach((trace, lane) => {
      ctx.fillText(
        laneName(trace.label),
        left - 6 * ratio,
        top + (lane + 0.5) * laneHeight * ratio,
        left - 8 * ratio,
      );
    });
    ctx.restore();
  }

  private drawUnit(colors: Palette): void {
    const { ctx } = this.plot;
    const ratio = uPlot.pxRatio;
    ctx.save();
    ctx.font = colors.font.replace('11px', `${11 * ratio}px`);
    ctx.fillStyle = colors.muted;
    ctx.textBaseline = 'top';
    ctx.textAlign = 'left';
    ctx.fillText(this.options.spec.unit, this.plot.bbox.left + 6 * ratio, this.plot.bbox.top + 4 * ratio);
    ctx.restore();
  }

  private x(time: number): number {
    const { left, width } = this.plot.bbox;
    return left + ((time - this.range[0]) / (this.range[1] - this.range[0])) * width;
  }
}

function tickLabel(value: number, step: number): string {
  const size = Math.max(Math.abs(value), step);
  if (size >= 1e6 || step < 1e-4) return formatNumber(Math.abs(value) < step / 1e6 ? 0 : value, size, 3);
  // As many decimals as the step has: 0.25 needs two, 0.2 one.
  let decimals = 0;
  while (decimals < 6 && Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6 * step)
    decimals++;
  return (Math.abs(value) < step / 1e6 ? 0 : value).toFixed(decimals).replace('-', '−');
}

/** `pump[2].running` → `[2]`: what tells lanes apart, when it fits the axis. */
function laneName(label: string): string {
  if (label.length <= 8) return label;
  const index = /\[[\d,]+\](?!.*\])/.exec(label);
  return index ? index[0] : `…${label.slice(-7)}`;
}
