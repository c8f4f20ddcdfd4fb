/** Numbers on axes and in tables: round ticks, and as many digits as mean something. */
import { formatNumber } from '../format/number.ts';
import { tickLabel } from '../widgets/pane-labels.ts';
import type { Base, MaybeNumber } from './protocol.ts';

export interface Axis {
  low: number;
  high: number;
  ticks: { at: number; label: string }[];
}

/** Ends on round numbers where `open`; else just what is given, with round ticks inside. */
export function axisOf(low: number, high: number, most: number, open: boolean): Axis {
  if (!(low <= high)) [low, high] = [0, 1];
  if (low === high) {
    const pad = low === 0 ? 1 : Math.abs(low) * 0.1;
    [low, high] = [low - pad, high + pad];
  }
  const step = niceStep((high - low) / Math.max(1, most));
  if (open) {
    low = Math.floor(low / step + 1e-9) * step;
    high = Math.ceil(high / step - 1e-9) * step;
  }
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return {
    low,
    high,
    ticks: Array.from({ length: last - first + 1 }, (_, n) => ({
      at: (first + n) * step,
      label: tickLabel((first + n) * step, step),
    })),
  };
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const part = rough / power;
  return (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10) * power;
}

/** Up to `digits` that mean something, without zeros at the end. */
export function plain(value: number, digits = 6): string {
  if (!Number.isFinite(value)) return '–';
  const short = Number(value.toPrecision(digits));
  const size = Math.abs(short);
  if (size >= 1e7 || (size > 0 && size < 1e-4)) return formatNumber(short, size, Math.min(digits, 5));
  return String(short).replace('-', '−');
}

export const valueText = (value: MaybeNumber, base: Base): string =>
  value === null ? '–' : base === 'boolean' ? String(value !== 0) : plain(value);

/** What sums of doubles come to be off by, as a share of what is summed: nothing below it is a result. */
const ROUNDING = 1e-12;
/** Of what is smaller, powers of ten are easier to read. */
const MOST_DECIMALS = 8;

/**
 * To the second digit of its interval: what lies beyond is chance.
 * @param size of the values that a difference is between; what rounding alone makes of these counts as none
 */
export function estimateText(mean: MaybeNumber, half: MaybeNumber, size?: number): string {
  if (mean === null) return '–';
  const noise = ROUNDING * Math.max(Math.abs(mean), size ?? 0);
  const counts = Math.abs(mean) <= noise ? 0 : mean;
  const sign = size !== undefined && counts > 0 ? '+' : '';
  if (half === null || !(half > noise)) return sign + plain(counts, 5);
  const place = Math.floor(Math.log10(half)) - 1;
  const rounded = (value: number): string => {
    if (place > 0) return String(Math.round(value / 10 ** place) * 10 ** place);
    if (place >= -MOST_DECIMALS) return value.toFixed(-place);
    const digits = value === 0 ? 1 : Math.floor(Math.log10(Math.abs(value))) - place + 1;
    return plain(value, Math.max(1, digits));
  };
  return `${sign}${rounded(counts)} ± ${rounded(half)}`.replace('-', '−');
}

/** Whether a difference between values of a size is more than chance, and than rounding. */
export const isMore = (mean: number, half: number, size: number): boolean =>
  Math.abs(mean) > half && Math.abs(mean) > ROUNDING * size;
