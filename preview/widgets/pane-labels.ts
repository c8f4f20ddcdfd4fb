/** Words along the axes of a pane: numbers with as many digits as the step needs, names where all traces have the same, lanes. */
import { formatNumber, powerOfTen } from '../format/number.ts';
import type { PaneSpec } from './traces.ts';

/** Names of the values, where all traces have the same ones: modes, and what is named by `most`. */
export function commonNames({ traces }: PaneSpec): readonly string[] | undefined {
  const names = traces[0]?.info.labels;
  return traces.every(({ info }) => info.labels?.join() === names?.join()) ? names : undefined;
}

export const short = (name: string): string => (name.length > 8 ? `${name.slice(0, 7)}…` : name);

/** The power of ten that goes with the unit of an axis, so that its numbers are short; 0: none. */
export function axisPower(low: number, high: number): number {
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (!(size > 0) || !Number.isFinite(size) || (size >= 1e-3 && size < 1e7)) return 0;
  return 3 * Math.floor(Math.log10(size) / 3 + 1e-9);
}

/** What stands above an axis: `mmol/L`, `10⁻¹² C`. */
export function axisUnit(unit: string, low: number, high: number): string {
  const power = axisPower(low, high);
  return power === 0 ? unit : `${powerOfTen(power)} ${unit}`.trimEnd();
}

export function tickLabel(value: number, step: number): string {
  const size = Math.max(Math.abs(value), step);
  if (size >= 1e6 || step < 1e-4) return formatNumber(Math.abs(value) < step / 1e6 ? 0 : value, size, 3);
  // As many decimals as the step has: 0.25 needs two, 0.2 one.
  let decimals = 0;
  while (decimals < 6 && Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6 * step)
    decimals++;
  return (Math.abs(value) < step / 1e6 ? 0 : value).toFixed(decimals).replace('-', '−');
}

/** `pump[2].running` → `[2]`: what tells lanes apart, when it fits the axis. */
export function laneName(label: string): string {
  if (label.length <= 8) return label;
  const index = /\[[\d,]+\](?!.*\])/.exec(label);
  return index ? index[0] : `…${label.slice(-7)}`;
}
