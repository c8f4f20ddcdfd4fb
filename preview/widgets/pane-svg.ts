/** The picture of a pane as SVG: the same grid and words that uPlot has drawn, around traces that their layer writes. */
import uPlot from 'uplot';
import type { Palette } from '../style/palette.ts';
import { escape } from './chart-file.ts';
import { axisUnit, commonNames, laneName } from './pane-labels.ts';
import { unitPlace, verticalOf } from './pane-plot.ts';
import { laneHeight } from './trace-layer.ts';
import type { PaneSpec } from './traces.ts';

/** What uPlot keeps of an axis that it has drawn. */
interface Ticks {
  _splits?: number[];
  _values?: string[];
}

/** The inside of a group, in CSS pixels. `traces` is in pixels of the screen, and goes a pixel beyond the plot's inner area. */
export function paneSvg(
  plot: uPlot,
  { spec, last }: { spec: PaneSpec; last: boolean },
  palette: Palette,
  traces: string,
): string {
  const ratio = uPlot.pxRatio;
  const { left, top, width, height } = plot.bbox;
  const box = { left: left / ratio, top: top / ratio, width: width / ratio, height: height / ratio };
  const axis = (scale: 'x' | 'y'): { at: number; text: string }[] => {
    const { _splits: splits = [], _values: values = [] } = plot.axes[scale === 'x' ? 0 : 1] as Ticks;
    return splits.map((split, i) => ({ at: plot.valToPos(split, scale), text: values[i] ?? '' }));
  };
  const parts: string[] = [];
  for (const { at, text } of axis('x')) {
    const x = box.left + at;
    if (at < 0 || at > box.width) continue;
    parts.push(`<path d="M${x} ${box.top}v${box.height}" stroke="${palette.grid}"/>`);
    if (last)
      parts.push(
        `<text x="${x}" y="${box.top + box.height + 16}" text-anchor="middle" fill="${palette.muted}">${escape(text)}</text>`,
      );
  }
  if (spec.bands)
    spec.traces.forEach((trace, lane) =>
      parts.push(
        `<text x="${box.left - 6}" y="${box.top + (lane + 0.5) * laneHeight + 4}" text-anchor="end" fill="${palette.muted}">${escape(laneName(trace.label))}</text>`,
      ),
    );
  else {
    for (const { at, text } of axis('y')) {
      const y = box.top + at;
      parts.push(`<path d="M${box.left} ${y}h${box.width}" stroke="${palette.grid}"/>`);
      parts.push(
        `<text x="${box.left - 6}" y="${y + 4}" text-anchor="end" fill="${palette.muted}">${escape(text)}</text>`,
      );
    }
    const unit = commonNames(spec) ? spec.unit : axisUnit(spec.unit, ...verticalOf(plot));
    // A long one begins at the edge and goes on above the plot; how long it is, only who draws it knows: seven characters fit.
    const [at, anchor] = unit.length > 7 ? [unitPlace.least, 'start'] : [unitPlace.right, 'end'];
    parts.push(
      `<text x="${at}" y="${box.top - unitPlace.up}" text-anchor="${anchor}" fill="${palette.muted}">${escape(unit)}</text>`,
    );
  }
  const clip = `clip-${Math.round(box.width)}-${Math.round(box.height)}-${spec.unit.replace(/\W/g, '')}-${spec.bands}`;
  return [
    `<clipPath id="${clip}"><rect x="${box.left}" y="${box.top - 1}" width="${box.width}" height="${box.height + 2}"/></clipPath>`,
    ...parts,
    `<g clip-path="url(#${clip})"><g transform="translate(${box.left} ${box.top - 1}) scale(${1 / ratio})">${traces}</g></g>`,
  ].join('');
}
