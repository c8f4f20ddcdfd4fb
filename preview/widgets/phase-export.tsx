/** A phase plot as a file: picture, drawing, or the points with their times. */
import { toShown } from '../format/number.ts';
import { words } from '../words.ts';
import { escape } from './chart-file.ts';
import { ExportMenu } from './export-menu.tsx';
import { axisText, margins, tickText } from './phase-plot.ts';
import type { PhasePlot } from './phase-plot.ts';
import { SvgPen } from '../drawing/svg-pen.ts';

export function PhaseExport({ title, plot }: { title: string; plot: () => PhasePlot | null }) {
  return (
    <ExportMenu
      title={title}
      make={(kind) => {
        const drawn = plot();
        if (drawn === null) return null;
        if (kind === 'png') return png(drawn);
        return kind === 'svg'
          ? new Blob([svg(drawn)], { type: 'image/svg+xml' })
          : new Blob([csv(drawn)], { type: 'text/csv' });
      }}
    />
  );
}

function png(plot: PhasePlot): Promise<Blob> {
  const { picture } = plot;
  const canvas = document.createElement('canvas');
  canvas.width = picture.width;
  canvas.height = picture.height;
  const context = canvas.getContext('2d')!;
  context.fillStyle = plot.palette().surface;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('No picture came of it.'))),
      'image/png',
    ),
  );
}

function svg(plot: PhasePlot): string {
  const { width, height, x, y } = plot.frame;
  const { surface, muted, grid, font } = plot.palette();
  const pen = new SvgPen();
  pen.lineJoin = 'round';
  plot.drawLines(pen);
  const ticks = plot.ticks();
  const [left, bottom] = [margins.left, height - margins.bottom];
  const across = (tick: number) => left + ((tick - x[0]) / (x[1] - x[0])) * (width - left - margins.right);
  const up = (tick: number) => bottom - ((tick - y[0]) / (y[1] - y[0])) * (bottom - margins.top);
  const text = (at: [number, number], anchor: string, content: string) =>
    `<text x="${at[0]}" y="${at[1]}" text-anchor="${anchor}" fill="${muted}">${escape(content)}</text>`;
  const { value, base } = plot.pairs[0]!;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escape(font.replace(/^\S+ /, ''))}" font-size="11">`,
    `<rect width="100%" height="100%" fill="${surface}"/>`,
    ...ticks.x.map((tick) => `<path d="M${across(tick)} ${margins.top}V${bottom}" stroke="${grid}"/>`),
    ...ticks.y.map((tick) => `<path d="M${left} ${up(tick)}H${width - margins.right}" stroke="${grid}"/>`),
    ...ticks.x.map((tick) => text([across(tick), bottom + 16], 'middle', tickText(tick, x))),
    ...ticks.y.map((tick) => text([left - 6, up(tick) + 4], 'end', tickText(tick, y))),
    text([width - margins.right, height - 6], 'end', axisText(base)),
    text([8, 12], 'start', axisText(value)),
    ...pen.elements,
    '</svg>',
    '',
  ].join('\n');
}

function csv({ pairs, points }: PhasePlot): string {
  const quote = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return pairs
    .map(({ value, base }, i) => {
      const { times, x, y, length } = points[i]!;
      const rows = Array.from({ length }, (_, at) =>
        [times[at]!, toShown(x[at]!, base.unit), toShown(y[at]!, value.unit)]
          .map((each) => String(Number(each.toPrecision(12))))
          .join(','),
      );
      return [[words.timeColumn, axisText(base), axisText(value)].map(quote).join(','), ...rows, ''].join(
        '\n',
      );
    })
    .join('\n');
}
