/** A chart as a file: the picture as PNG or SVG, the samples that are shown as CSV. */
import type { Sink } from '../data/ring.ts';
import { toShown } from '../format/number.ts';
import { words } from '../words.ts';
import type { Palette } from '../style/palette.ts';
import type { Pane } from './pane.ts';

export interface ChartFile {
  title: string;
  panes: readonly Pane[];
  palette: Palette;
}

const pad = 16;
const titleHeight = 24;
const legendHeight = 20;

/** Texts above the panes: title, then names in the colours of their lines, wrapped to the width. */
function legend({ title, panes, palette }: ChartFile, width: number, measure: (text: string) => number) {
  const entries: { x: number; y: number; text: string; color: string }[] = [];
  let x = pad;
  let y = pad + (title ? titleHeight : 0);
  for (const { color, label } of panes.flatMap((pane) => pane.names(palette))) {
    const room = measure(label) + 34;
    if (x > pad && x + room > width - pad) {
      x = pad;
      y += legendHeight;
    }
    entries.push({ x, y: y + legendHeight / 2, text: label, color });
    x += room;
  }
  return { entries, bottom: y + legendHeight + 4 };
}

export async function chartPng(file: ChartFile): Promise<Blob> {
  const { panes, palette, title } = file;
  const ratio = panes[0]?.ratio ?? 1;
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d')!;
  const width = Math.max(...panes.map((pane) => pane.width)) + 2 * pad;
  context.font = palette.font;
  const { entries, bottom } = legend(file, width, (text) => context.measureText(text).width);
  const height = bottom + panes.reduce((sum, pane) => sum + pane.height, 0) + pad;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  context.scale(ratio, ratio);
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, width, height);
  context.textBaseline = 'middle';
  context.fillStyle = palette.text;
  context.font = palette.font.replace('11px', '600 13px');
  context.fillText(title, pad, pad + 8);
  context.font = palette.font;
  for (const { x, y, text, color } of entries) {
    context.fillStyle = color;
    context.fillRect(x, y - 1, 12, 2);
    context.fillStyle = palette.muted;
    context.fillText(text, x + 18, y);
  }
  let top = bottom;
  for (const pane of panes) {
    pane.drawOn(context, pad, top);
    top += pane.height;
  }
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => (blob ? resolve(blob) : reject(new Error('No picture came of it.'))),
      'image/png',
    ),
  );
}

export function chartSvg(file: ChartFile): Blob {
  const { panes, palette, title } = file;
  const width = Math.max(...panes.map((pane) => pane.width)) + 2 * pad;
  // About the width of a letter: there is no canvas to measure with, and a little room does no harm.
  const { entries, bottom } = legend(file, width, (text) => 6.5 * text.length);
  const height = bottom + panes.reduce((sum, pane) => sum + pane.height, 0) + pad;
  const family = escape(palette.font.replace(/^\S+ /, ''));
  let top = bottom;
  const drawn = panes.map((pane) => {
    const text = `<g transform="translate(${pad} ${top})">${pane.svg(palette)}</g>`;
    top += pane.height;
    return text;
  });
  const text = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${family}" font-size="11">`,
    `<rect width="100%" height="100%" fill="${palette.surface}"/>`,
    `<text x="${pad}" y="${pad + 12}" font-size="13" font-weight="600" fill="${palette.text}">${escape(title)}</text>`,
    ...entries.map(
      ({ x, y, text: name, color }) =>
        `<rect x="${x}" y="${y - 1}" width="12" height="2" fill="${color}"/><text x="${x + 18}" y="${y + 4}" fill="${palette.muted}">${escape(name)}</text>`,
    ),
    ...drawn,
    '</svg>',
    '',
  ].join('\n');
  return new Blob([text], { type: 'image/svg+xml' });
}

/** A row for each time at which any of the series has a sample; a column for each series, in the unit that is shown. */
export function chartCsv({ panes }: ChartFile): Blob {
  const rows = new Map<number, (number | undefined)[]>();
  const columns = panes.flatMap((pane) => pane.samples());
  columns.forEach(({ history, from, to, info }, column) => {
    const sink: Sink = {
      add(time, value) {
        if (time < from || time > to) return;
        let row = rows.get(time);
        if (!row) rows.set(time, (row = Array.from({ length: columns.length })));
        // Of several values of one instant, the last one holds.
        row[column] = toShown(value, info.unit);
      },
    };
    history.visit(from, to, sink);
  });
  const heads = columns.map(({ label, info }) => (info.unit.label ? `${label} (${info.unit.label})` : label));
  const lines = [...rows]
    .sort(([a], [b]) => a - b)
    .map(([time, values]) =>
      [time, ...values]
        .map((value) => (value === undefined ? '' : String(Number(value.toPrecision(12)))))
        .join(','),
    );
  const text = [[words.timeColumn, ...heads].map(quote).join(','), ...lines, ''].join('\n');
  return new Blob([text], { type: 'text/csv' });
}

const quote = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
