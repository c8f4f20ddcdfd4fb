/** What two versions do → pictures: SVG that stands alone or within a page, in light and dark. */
import type { EventDifference, SignalDifference } from './behaviour.ts';
import type { Kpi, KpiValue } from './kpis.ts';

const WIDTH = 560;
const HEIGHT = 190;
const MARGIN = { left: 58, right: 14, top: 30, bottom: 26 };

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Colours and lines of all pictures: within each that stands alone, once in a page. */
export const PICTURE_STYLE = `
  .pp text { font: 11px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #59636e; font-variant-numeric: tabular-nums }
  .pp .pp-title { fill: #1f2328; font-size: 12.5px; font-weight: 600 }
  .pp .pp-grid { stroke: #d1d9e0; stroke-opacity: .7; fill: none }
  .pp .pp-before { stroke: #818b98; fill: none; stroke-width: 1.75; stroke-dasharray: 5 3 }
  .pp .pp-after { stroke: #0969da; fill: none; stroke-width: 2; stroke-linejoin: round }
  .pp .pp-band { fill: #0969da; fill-opacity: .13 }
  .pp .pp-first { stroke: #bc4c00; stroke-width: 1; stroke-dasharray: 2 2 }
  .pp .pp-flag { fill: #bc4c00 }
  .pp .pp-dot-before { fill: #818b98 }
  .pp .pp-dot-after { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    .pp text { fill: #9198a1 } .pp .pp-title { fill: #f0f6fc } .pp .pp-grid { stroke: #3d444d }
    .pp .pp-before { stroke: #9198a1 } .pp .pp-after { stroke: #4493f8 } .pp .pp-band { fill: #4493f8; fill-opacity: .2 }
    .pp .pp-first { stroke: #db6d28 } .pp .pp-flag { fill: #db6d28 }
    .pp .pp-dot-before { fill: #9198a1 } .pp .pp-dot-after { fill: #4493f8 }
  }
`;
const styled = (alone: boolean): string => (alone ? `<style>${PICTURE_STYLE}</style>\n` : '');

/** Round numbers between two, some four of them. */
export function ticksBetween(low: number, high: number, about = 4): number[] {
  const span = high - low;
  if (!(span > 0) || !Number.isFinite(span)) return [];
  const rough = span / about;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = size * ([1, 2, 2.5, 5, 10].find((each) => each * size >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const ticks: number[] = [];
  for (let n = first; n * step <= high + 1e-9 * step; n += 1) ticks.push(Number((n * step).toPrecision(12)));
  return ticks;
}

/** The unit in which a length of time is read: its name, and s per one. */
export function timeUnit(span: number): { label: string; seconds: number } {
  const units = [
    { label: 'd', seconds: 86_400 },
    { label: 'h', seconds: 3600 },
    { label: 'min', seconds: 60 },
    { label: 's', seconds: 1 },
    { label: 'ms', seconds: 1e-3 },
  ];
  return units.find(({ seconds }) => span >= 2 * seconds) ?? units.at(-1)!;
}

const number = (value: number): string => String(Number(value.toPrecision(5)));

/** @param title above the picture: `calm: tank.level [m]` */
export function svg(
  { picture, first, tolerance }: SignalDifference,
  title: string,
  { alone = true }: { alone?: boolean } = {},
): string {
  const { times, before, after } = picture;
  const values = [...before, ...after].filter(Number.isFinite);
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (!(high > low)) [low, high] = [low - 1, high + 1];
  const room = 0.06 * (high - low);
  [low, high] = [low - room, high + room];
  const [start, end] = [times[0]!, times.at(-1)!];
  const [left, right, top, bottom] = [MARGIN.left, WIDTH - MARGIN.right, MARGIN.top, HEIGHT - MARGIN.bottom];
  const x = (time: number): number => left + ((time - start) / (end - start || 1)) * (right - left);
  const y = (value: number): number => bottom - ((value - low) / (high - low)) * (bottom - top);
  const at = (time: number, value: number): string => `${x(time).toFixed(1)} ${y(value).toFixed(1)}`;
  const line = (all: readonly number[]): string => {
    let path = '';
    let pen = 'M';
    all.forEach((value, n) => {
      if (!Number.isFinite(value)) {
        pen = 'M';
        return;
      }
      path += `${pen}${at(times[n]!, value)}`;
      pen = 'L';
    });
    return path;
  };
  // Between the two, where they are further apart than the tolerance.
  let band = '';
  for (let n = 1; n < times.length; n += 1) {
    const corners = [before[n - 1]!, before[n]!, after[n]!, after[n - 1]!];
    const apart =
      Math.abs(before[n]! - after[n]!) > tolerance || Math.abs(before[n - 1]! - after[n - 1]!) > tolerance;
    if (!apart || !corners.every(Number.isFinite)) continue;
    const [a, b] = [times[n - 1]!, times[n]!];
    band += `M${at(a, corners[0]!)}L${at(b, corners[1]!)}L${at(b, corners[2]!)}L${at(a, corners[3]!)}Z`;
  }
  const unit = timeUnit(end - start);
  const rows = ticksBetween(low, high).map(
    (value) =>
      `<path class="pp-grid" d="M${left} ${y(value).toFixed(1)}H${right}"/><text x="${left - 7}" y="${(y(value) + 3.5).toFixed(1)}" text-anchor="end">${number(value)}</text>`,
  );
  const columns = ticksBetween(start / unit.seconds, end / unit.seconds, 6).map(
    (value) =>
      `<text x="${x(value * unit.seconds).toFixed(1)}" y="${HEIGHT - 8}" text-anchor="middle">${number(value)}</text>`,
  );
  const flag = x(first);
  return `<svg xmlns="http://www.w3.org/2000/svg" class="pp" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escapeXml(title)}, before and after">
${styled(alone)}<text class="pp-title" x="${left}" y="17">${escapeXml(title)}</text>
<path class="pp-before" d="M${right - 112} 13h20"/><text x="${right - 88}" y="17">before</text><path class="pp-after" d="M${right - 46} 13h18"/><text x="${right - 24}" y="17">after</text>
${rows.join('')}
${columns.join('')}<text x="${left - 7}" y="${HEIGHT - 8}" text-anchor="end">${unit.label}</text>
<path class="pp-band" d="${band}"/>
<path class="pp-first" d="M${flag.toFixed(1)} ${top}V${bottom}"/><path class="pp-flag" d="M${flag.toFixed(1)} ${top}l7 3.5l-7 3.5z"/>
<path class="pp-before" d="${line(before)}"/>
<path class="pp-after" d="${line(after)}"/>
</svg>
`;
}

const STRIP = { width: 560, height: 34 };

/** When something happened before, above the line, and after, below it. */
export function eventStrip({ before, after }: EventDifference, duration: number, title: string): string {
  const x = (time: number): string => (6 + (time / (duration || 1)) * (STRIP.width - 12)).toFixed(1);
  const marks = (times: readonly number[], y: number, kind: string): string =>
    times
      .slice(0, 400)
      .map((time) => `<circle class="pp-dot-${kind}" cx="${x(time)}" cy="${y}" r="4"/>`)
      .join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" class="pp" viewBox="0 0 ${STRIP.width} ${STRIP.height}" width="${STRIP.width}" height="${STRIP.height}" role="img" aria-label="${escapeXml(title)}">
<path class="pp-grid" d="M6 17H${STRIP.width - 6}"/>${marks(before, 9, 'before')}${marks(after, 25, 'after')}</svg>`;
}

const FOREST = { width: 200, height: 30 };

/** Both means with their intervals on one scale. */
export function intervals({ before, after, name }: Kpi): string {
  const ends = [before, after].flatMap(({ mean, half }) =>
    mean === null ? [] : [mean - (half ?? 0), mean + (half ?? 0)],
  );
  if (ends.length < 4) return '';
  let [low, high] = [Math.min(...ends), Math.max(...ends)];
  if (!(high > low)) [low, high] = [low - 1, high + 1];
  const x = (value: number): string => (8 + ((value - low) / (high - low)) * (FOREST.width - 16)).toFixed(1);
  const row = ({ mean, half }: KpiValue, y: number, kind: string): string =>
    `<path class="pp-${kind}" style="stroke-dasharray:none" d="M${x(mean! - (half ?? 0))} ${y}H${x(mean! + (half ?? 0))}"/><circle class="pp-dot-${kind}" cx="${x(mean!)}" cy="${y}" r="3.5"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" class="pp" viewBox="0 0 ${FOREST.width} ${FOREST.height}" width="${FOREST.width}" height="${FOREST.height}" role="img" aria-label="${escapeXml(name)}, before and after">${row(before, 9, 'before')}${row(after, 21, 'after')}</svg>`;
}
