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

/** As many decimals as two digits of the interval need. */
export function estimateText(mean: MaybeNumber, half: MaybeNumber, signed = false): string {
  if (mean === null) return '–';
  const sign = signed && mean > 0 ? '+' : '';
  if (half === null || !(half > 0)) return sign + plain(mean, 5);
  const digits = Math.max(0, 1 - Math.floor(Math.log10(half)));
  if (digits > 8) return `${sign}${plain(mean, 8)} ± ${plain(half, 2)}`;
  return `${sign}${mean.toFixed(digits).replace('-', '−')} ± ${half.toFixed(digits)}`;
}
