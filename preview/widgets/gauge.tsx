/** An arc from the lowest to the highest value, and a number. Outside the normal range it takes the colour of trouble. */
import { useComputed } from '@preact/signals';
import { usePreview, useWatch } from '../context.ts';
import { formatNumber, formatValue, niceRange, toShown } from '../format/number.ts';
import type { SeriesInfo } from '../protocol.ts';
import { words } from '../words.ts';

/** The arc is 240° of a circle of radius 50 around (60, 60), open at the bottom. */
const radius = 50;
const sweep = 240;
const start = 150;
/** Of the number: as large as it stands between the ends of the arc, where it is short enough. */
const largest = 22;
const between = 76;
/** em; what a character takes, about. */
const character = 0.6;

interface Props {
  info: SeriesInfo;
  low: number | undefined;
  high: number | undefined;
}

export function Gauge({ info, low, high }: Props) {
  const { store } = usePreview();
  useWatch([info.id]);
  const value = store.value(info.id);
  const { unit } = info;
  const scale = useComputed((): [number, number] => {
    const from = low ?? info.low;
    const to = high ?? info.high;
    if (from !== undefined && to !== undefined) return [toShown(from, unit), toShown(to, unit)];
    // No bounds anywhere: the values so far say.
    const seen = value.value === null ? 0 : toShown(value.value, unit);
    const [below, above] = niceRange(Math.min(0, seen), Math.max(store.peak(info.id), seen));
    return [from === undefined ? below : toShown(from, unit), to === undefined ? above : toShown(to, unit)];
  });
  const part = (shown: number) => {
    const [from, to] = scale.value;
    return Math.min(1, Math.max(0, (shown - from) / (to - from)));
  };
  const offset = useComputed(() =>
    value.value === null ? 100 : 100 - 100 * part(toShown(value.value, unit)),
  );
  const outside = useComputed(() => isOutside(value.value, info));
  const magnitude = () => Math.max(Math.abs(scale.value[0]), Math.abs(scale.value[1]));
  const text = useComputed(() => formatValue(value.value, info, magnitude()));
  const size = useComputed(() =>
    Math.min(largest, between / (character * Math.max(1, text.value.length))).toFixed(1),
  );
  const ends = useComputed(() =>
    scale.value.map((end) => formatNumber(end, Math.abs(end), 3).replace(/\.0+$/, '')),
  );
  const lowText = useComputed(() => ends.value[0]!);
  const highText = useComputed(() => ends.value[1]!);
  const title = useComputed(() =>
    words.gaugeText(info.label, `${text.value} ${unit.label}`, lowText.value, highText.value),
  );
  const limits = [info.low, info.high].filter(
    (limit) => limit !== undefined && limit !== low && limit !== high,
  ) as number[];
  return (
    <article class={useComputed(() => `card gauge${outside.value ? ' outside' : ''}`)} title={info.doc}>
      <h2 class="label">{info.label}</h2>
      <svg viewBox="0 0 120 100" role="img" aria-label={title}>
        <path class="gauge-track" d={arc(0, 1)} pathLength={100} />
        <path
          class="gauge-value"
          d={arc(0, 1)}
          pathLength={100}
          stroke-dasharray="100 200"
          stroke-dashoffset={offset}
        />
        {limits.map((limit) => (
          <path key={limit} class="gauge-limit" d={mark(part(toShown(limit, unit)))} />
        ))}
        <text class="gauge-number" x="60" y="64" font-size={size}>
          {text}
        </text>
        <text class="gauge-unit" x="60" y="80">
          {info.base === 'boolean' ? '' : unit.label}
        </text>
        <text class="gauge-end" x="17" y="99">
          {lowText}
        </text>
        <text class="gauge-end gauge-end-high" x="103" y="99">
          {highText}
        </text>
      </svg>
    </article>
  );
}

export function isOutside(value: number | null, { low, high }: { low?: number; high?: number }): boolean {
  return value !== null && ((low !== undefined && value < low) || (high !== undefined && value > high));
}

/** A short mark across the arc. */
function mark(part: number): string {
  return `M${point(part, radius - 7)} L${point(part, radius + 7)}`;
}

function arc(from: number, to: number): string {
  const large = (to - from) * sweep > 180 ? 1 : 0;
  return `M${point(from, radius)} A${radius} ${radius} 0 ${large} 1 ${point(to, radius)}`;
}

function point(part: number, r: number): string {
  const angle = ((start + sweep * part) * Math.PI) / 180;
  return `${(60 + r * Math.cos(angle)).toFixed(2)} ${(60 + r * Math.sin(angle)).toFixed(2)}`;
}
