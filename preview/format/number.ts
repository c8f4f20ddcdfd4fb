/** SI numbers as people read them: in the display unit, with digits that hold still. */
import type { Unit } from '../../runtime/contract/manifest.ts';
import { words as chosen } from '../words.ts';

const missing = '–';

/** What has a value that can be written. */
export interface Shown {
  unit: Unit;
  base: 'number' | 'integer' | 'boolean';
  /** Names of its values from 0 on. */
  labels?: readonly string[];
}

/** SI → display unit. */
export function toShown(si: number, unit: Unit): number {
  return si / unit.factor - unit.offset;
}

/** Display unit → SI. */
export function toSi(shown: number, unit: Unit): number {
  return (shown + unit.offset) * unit.factor;
}

/** Decimals that give `digits` significant ones for numbers of this magnitude. */
function decimalsFor(magnitude: number, digits = 4): number {
  if (!(magnitude > 0) || !Number.isFinite(magnitude)) return 2;
  return Math.min(8, Math.max(0, digits - 1 - Math.floor(Math.log10(magnitude) + 1e-9)));
}

/**
 * A number already in its display unit. `magnitude` is the largest one to expect, so that the number of decimals does
 * not change while the value moves; very large and very small ones get a power of ten.
 */
export function formatNumber(value: number, magnitude = Math.abs(value), digits = 4): string {
  if (Number.isNaN(value)) return missing;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.max(Math.abs(value), magnitude);
  if (size >= 1e7 || (size > 0 && size < 1e-4)) return scientific(value, digits);
  return group(value.toFixed(decimalsFor(size, digits))).replace('-', '−');
}

/** How far two values are apart, in their display unit, with its sign where it is not zero as written; empty where one of them is none. */
export function formatDifference(apart: number, magnitude: number): string {
  if (Number.isNaN(apart)) return '';
  const written = formatNumber(apart, magnitude);
  return apart > 0 && /[1-9]/.test(written) ? `+${written}` : written;
}

/** A value in SI as text in its unit, without the unit. */
export function formatValue(
  si: number | null | undefined,
  of: Shown,
  magnitude?: number,
  words: { on: string; off: string } = chosen,
): string {
  if (si == null || Number.isNaN(si)) return missing;
  if (of.labels !== undefined) return of.labels[Math.round(si)] || missing;
  if (of.base === 'boolean') return si > 0.5 ? words.on : words.off;
  const shown = toShown(si, of.unit);
  if (of.base === 'integer' && Math.abs(shown) < 1e7)
    return group(String(Math.round(shown))).replace('-', '−');
  return formatNumber(shown, magnitude);
}

/** For number fields: plain digits, `.` as the decimal sign, no grouping and no trailing zeros. */
export function formatEntry(si: number, of: Shown): string {
  const shown = toShown(si, of.unit);
  if (of.base === 'integer') return String(Math.round(shown));
  return String(Number(shown.toPrecision(7)));
}

/** Reads what a person typed; a comma may be the decimal sign. NaN when it is no number. */
export function parseEntry(text: string, of: Shown): number {
  const cleaned = text.trim().replace(/\s/g, '').replace('−', '-').replace(',', '.');
  if (cleaned === '') return NaN;
  const shown = Number(cleaned);
  return toSi(of.base === 'integer' ? Math.round(shown) : shown, of.unit);
}

function scientific(value: number, digits: number): string {
  if (value === 0) return '0';
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e') as [string, string];
  return `${mantissa.replace('-', '−')}·${powerOfTen(Number(exponent))}`;
}

/** `10⁻¹²` */
export function powerOfTen(exponent: number): string {
  return `10${String(exponent).replace(/./g, (sign) => superscripts[sign] ?? sign)}`;
}

const superscripts: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};

/** Narrow no-break spaces between thousands, from 10 000 on. */
export function group(text: string): string {
  const [whole, fraction] = text.split('.') as [string, string | undefined];
  if (whole.replace('-', '').length < 5) return text;
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, '\u202f');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** Ends of an axis that hold the two values (but for rounding around 0), on multiples of a round step, so that they rarely move. */
export function niceRange(low: number, high: number): [number, number] {
  if (!(low <= high)) return [0, 1];
  if (low === high) {
    const pad = low === 0 ? 1 : Math.abs(low) * 0.1;
    return niceRange(low - pad, high + pad);
  }
  const span = high - low;
  const step = niceStep(span / 5);
  const pad = span * 0.04;
  // Where values stay on one side of 0 the axis ends there; what rounding leaves beyond it is not seen.
  const hair = span * 1e-6;
  const below = low >= -hair && low <= pad ? 0 : Math.floor((low - pad) / step) * step;
  const above = high <= hair && high >= -pad ? 0 : Math.ceil((high + pad) / step) * step;
  return [below, above];
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const part = rough / power;
  return (part <= 1 ? 1 : part <= 2 ? 2 : part <= 5 ? 5 : 10) * power;
}
