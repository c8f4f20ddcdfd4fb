/** A signal of two versions → a picture: SVG that stands alone, in light and dark. */
import type { SignalDifference } from './behaviour.ts';

const WIDTH = 640;
const HEIGHT = 180;
const MARGIN = { left: 64, right: 12, top: 28, bottom: 24 };

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** @param title above the picture: `calm: tank.level [m]` */
export function svg({ picture, first, tolerance }: SignalDifference, title: string): string {
  const { times, before, after } = picture;
  const values = [...before, ...after].filter(Number.isFinite);
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (!(high > low)) [low, high] = [low - 1, high + 1];
  const [start, end] = [times[0]!, times.at(-1)!];
  const x = (time: number): number =>
    MARGIN.left + ((time - start) / (end - start || 1)) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (value: number): number =>
    HEIGHT - MARGIN.bottom - ((value - low) / (high - low)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const line = (all: readonly number[]): string => {
    let path = '';
    let pen = 'M';
    all.forEach((value, n) => {
      if (!Number.isFinite(value)) {
        pen = 'M';
        return;
      }
      path += `${pen}${x(times[n]!).toFixed(1)} ${y(value).toFixed(1)}`;
      pen = 'L';
    });
    return path;
  };
  // Where the two are further apart than the tolerance.
  const band = times
    .map((time, n) => ({ time, a: before[n]!, b: after[n]! }))
    .filter(({ a, b }) => Math.abs(a - b) > tolerance)
    .map(({ time, a, b }) => `M${x(time).toFixed(1)} ${y(a).toFixed(1)}V${y(b).toFixed(1)}`)
    .join('');
  const number = (value: number): string => String(Number(value.toPrecision(4)));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escapeXml(title)}, before and after">
<style>
  text { font: 12px system-ui, sans-serif; fill: #57606a }
  .title { fill: #1f2328; font-weight: 600 }
  .frame { stroke: #d0d7de; fill: none }
  .before { stroke: #6e7781; fill: none; stroke-width: 1.5; stroke-dasharray: 5 3 }
  .after { stroke: #0969da; fill: none; stroke-width: 2 }
  .band { stroke: #bf8700; stroke-opacity: 0.35; stroke-width: 5 }
  .first { stroke: #bf8700; stroke-dasharray: 2 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #9198a1 } .title { fill: #f0f6fc } .frame { stroke: #3d444d }
    .before { stroke: #9198a1 } .after { stroke: #4493f8 } .band, .first { stroke: #d29922 }
  }
</style>
<text class="title" x="${MARGIN.left}" y="18">${escapeXml(title)}</text>
<text x="${WIDTH - MARGIN.right}" y="18" text-anchor="end">dashed: before · line: after</text>
<path class="frame" d="M${MARGIN.left} ${MARGIN.top}V${HEIGHT - MARGIN.bottom}H${WIDTH - MARGIN.right}"/>
<path class="band" d="${band}"/>
<path class="first" d="M${x(first).toFixed(1)} ${MARGIN.top}V${HEIGHT - MARGIN.bottom}"/>
<path class="before" d="${line(before)}"/>
<path class="after" d="${line(after)}"/>
<text x="${MARGIN.left - 6}" y="${MARGIN.top + 4}" text-anchor="end">${number(high)}</text>
<text x="${MARGIN.left - 6}" y="${HEIGHT - MARGIN.bottom + 4}" text-anchor="end">${number(low)}</text>
<text x="${MARGIN.left}" y="${HEIGHT - 6}">${number(start)} s</text>
<text x="${WIDTH - MARGIN.right}" y="${HEIGHT - 6}" text-anchor="end">${number(end)} s</text>
</svg>
`;
}
