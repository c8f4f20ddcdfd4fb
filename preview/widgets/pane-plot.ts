/** What uPlot does for a pane: axes, grid, pointer and selection; and what is written into its picture, the unit or names of lanes. */
import uPlot from 'uplot';
import { formatTick, timeSteps, tickRoom } from '../format/time.ts';
import type { Palette } from '../style/palette.ts';
import type { PaneOptions } from './pane.ts';
import { axisPower, axisUnit, commonNames, laneName, short, tickLabel } from './pane-labels.ts';
import { laneHeight } from './trace-layer.ts';
import type { PaneSpec } from './traces.ts';

/** px; the same for all panes, so that their times stand above each other. */
const axisWidth = 54;
export const timeAxisHeight = 24;
/** px above the plot's inner area: there the unit stands, where no trace crosses it. */
export const unitHeight = 22;

/** What changes while the plot stands. */
interface Now {
  /** s; the end of the stretch that is shown. */
  latest: () => number;
  /** The pointer has moved. */
  pointed: () => void;
}

export function plotOptions(
  width: number,
  height: number,
  options: PaneOptions,
  { latest, pointed }: Now,
): uPlot.Options {
  const { spec, palette, last, onZoom, onResetZoom } = options;
  const font = () => palette().font;
  const line = { stroke: () => palette().grid, width: 1 };
  const names = commonNames(spec);
  return {
    width,
    height,
    padding: [spec.bands ? 6 : unitHeight, 24, last ? 0 : 6, 0],
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
        space: (_, __, low, high, width) => tickRoom(low, high, width),
        incrs: [...timeSteps],
        values: (_, ticks, __, ___, step) =>
          last ? ticks.map((tick) => formatTick(tick, step, latest())) : ticks.map(() => ''),
      },
      {
        size: axisWidth,
        stroke: () => palette().muted,
        font: font(),
        grid: spec.bands ? { show: false } : line,
        ticks: { show: false },
        gap: 6,
        space: 32,
        values: (plot, ticks, __, ___, step) => {
          if (spec.bands) return ticks.map(() => '');
          if (names) return ticks.map((tick) => short(names[tick] ?? ''));
          const scale = 10 ** axisPower(...verticalOf(plot));
          return ticks.map((tick) => tickLabel(tick / scale, step / scale));
        },
        ...(names ? { incrs: [1, 2, 5, 10] } : {}),
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
      draw: [(plot) => (spec.bands ? drawLaneNames(plot, spec, palette()) : drawUnit(plot, spec, palette()))],
      setCursor: [pointed],
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

function drawLaneNames(plot: uPlot, spec: PaneSpec, colors: Palette): void {
  const { ctx } = plot;
  const ratio = uPlot.pxRatio;
  const { left, top } = plot.bbox;
  ctx.save();
  ctx.font = colors.font.replace('11px', `${11 * ratio}px`);
  ctx.fillStyle = colors.muted;
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'right';
  spec.traces.forEach((trace, lane) => {
    ctx.fillText(
      laneName(trace.label),
      left - 6 * ratio,
      top + (lane + 0.5) * laneHeight * ratio,
      left - 8 * ratio,
    );
  });
  ctx.restore();
}

/** Lowest and highest value of the axis. */
export function verticalOf({ scales: { y } }: uPlot): [number, number] {
  return [y?.min ?? 0, y?.max ?? 0];
}

/** Where the unit stands, in CSS pixels: above the numbers of the axis, and further to the right where it is long. */
export const unitPlace = { right: axisWidth - 6, least: 4, up: 11 };

function drawUnit(plot: uPlot, spec: PaneSpec, colors: Palette): void {
  const { ctx } = plot;
  const ratio = uPlot.pxRatio;
  const text = commonNames(spec) ? spec.unit : axisUnit(spec.unit, ...verticalOf(plot));
  ctx.save();
  ctx.font = colors.font.replace('11px', `${11 * ratio}px`);
  ctx.fillStyle = colors.muted;
  ctx.textBaseline = 'alphabetic';
  ctx.textAlign = 'left';
  const left = Math.max(unitPlace.least * ratio, unitPlace.right * ratio - ctx.measureText(text).width);
  ctx.fillText(text, left, plot.bbox.top - unitPlace.up * ratio);
  ctx.restore();
}
