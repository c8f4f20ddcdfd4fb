/** Dimensions and values as people write them: `K·s`, `W/m²`, `93.4 °C`. */
import { fromSI } from './conversion.ts';
import type { Dimension, DimensionTerm } from './dimension.ts';
import type { Unit } from './unit.ts';
import type { UnitTable } from './unit-table.ts';

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const PRINTED_SYMBOLS: ReadonlyMap<string, string> = new Map([
  ['degC', '°C'],
  ['degF', '°F'],
  ['deg', '°'],
  ['ohm', 'Ω'],
]);
/** As engineers write products: `kg·m`, `K·s`. Bases that are not named here come before the time. */
const BASE_ORDER: readonly string[] = ['kg', 'm', 'A', 'K', 'mol', 'cd'];

/** Unit text for print: `W/(m2*K)` → `W/(m²·K)`, `degC` → `°C`. */
export function prettyUnit(unitText: string): string {
  return unitText
    .replaceAll('*', '·')
    .replace(/\^?(?<![\d(/])(-?)(\d+)/g, (whole, sign: string, digits: string, offset: number) => {
      const isOne = digits === '1' && (offset === 0 || '(·/'.includes(unitText[offset - 1] ?? ''));
      return isOne ? whole : (sign === '-' ? '⁻' : '') + superscript(Number(digits));
    })
    .replace(/[\p{L}°]+/gu, (symbol) => PRINTED_SYMBOLS.get(symbol) ?? micro(symbol));
}

/**
 * The best human name of a dimension, as a unit: one of `preferred` when it fits, else the coherent unit
 * of a declared quantity (`Energy` → J), else a declared unit with as few base units beside it as possible
 * (`W·s²`, `J/veh`), else base units. `1` for a plain number.
 */
export function describe(table: UnitTable, dimension: Dimension, preferred: readonly Unit[] = []): string {
  return prettyUnit(coherentUnitText(table, dimension, preferred));
}

/** As `describe`, but in the language's own writing, so that it can be put into a text: `W/(m2*K)`. */
export function coherentUnitText(
  table: UnitTable,
  dimension: Dimension,
  preferred: readonly Unit[] = [],
): string {
  const wanted = preferred.find((unit) => unit.dimension.equals(dimension));
  if (wanted !== undefined) return wanted.text;
  if (dimension.isNone) return '1';
  const [only] = dimension.terms;
  if (dimension.terms.length === 1 && only?.num === 1 && only.den === 1) return symbolOfBase(only.base);
  let known = PRODUCTS.get(table);
  if (known === undefined) PRODUCTS.set(table, (known = new Map()));
  let text = known.get(dimension.key);
  if (text === undefined) known.set(dimension.key, (text = withoutPreference(table, dimension)));
  return text;
}

/** Finding a short product means trying many; a table never changes. */
const PRODUCTS = new WeakMap<UnitTable, Map<string, string>>();

function withoutPreference(table: UnitTable, dimension: Dimension): string {
  for (const { unit } of table.allQuantities()) {
    if (unit.factor.isOne && !unit.absolute && unit.dimension.equals(dimension)) return unit.text;
  }
  return shortestProduct(table, dimension);
}

/** The name of the first declared quantity with this dimension and kind: `Power`, `TemperatureDifference`; `Number` for a plain one. */
export function quantityName(table: UnitTable, dimension: Dimension, absolute = false): string | undefined {
  if (dimension.isNone) return 'Number';
  let fallback: string | undefined;
  for (const { declaration, dimension: candidate } of table.allQuantities()) {
    if (!candidate.equals(dimension)) continue;
    if ((declaration.absolute === true) === absolute) return declaration.name;
    fallback ??= declaration.name;
  }
  return fallback;
}

/** `SpecificHeatCapacity` → `specific heat capacity`. */
export function quantityWords(name: string): string {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}

/**
 * A unit as plain numbers, for what is to show values and knows no exact ones: shown = si / factor - offset.
 * `text` and `label` are empty for a plain number.
 */
export function displayUnit(unit: Unit): { text: string; label: string; factor: number; offset: number } {
  const text = unit.text === '1' ? '' : unit.text;
  const offset = unit.offset?.toNumber() ?? 0;
  return { text, label: prettyUnit(text), factor: unit.factor.toNumber(), offset };
}

/** The unit to show values in when the modeller wrote none: degC for temperatures, else the quantity's. */
export function suggestDisplayUnit(
  table: UnitTable,
  dimension: Dimension,
  absolute = false,
): Unit | undefined {
  if (absolute) {
    for (const declaration of table.allUnits()) {
      if (declaration.offset === undefined) continue;
      const result = table.resolve(declaration.name);
      if (result.ok && result.unit.dimension.equals(dimension)) return result.unit;
    }
  }
  const quantity = table.allQuantities().find((info) => info.dimension.equals(dimension));
  if (quantity !== undefined) return quantity.unit;
  const result = table.resolve(coherentUnitText(table, dimension));
  return result.ok ? result.unit : undefined;
}

/**
 * An SI value in a unit, for people: `93.4 °C`, `1.2e9 J`, `74 %`. `digits` are significant digits; trailing
 * zeros are dropped. A plain number has no unit behind it.
 */
export function formatQuantity(si: number, unit: Unit, digits = 4): string {
  const value = fromSI(si, unit);
  if (Number.isNaN(value)) return 'not a number';
  const symbol = prettyUnit(unit.text);
  const number = formatNumber(isRoundingOfZero(value, unit) ? 0 : value, digits);
  if (symbol === '1') return number;
  return symbol === '°' ? number + symbol : `${number} ${symbol}`;
}

function formatNumber(value: number, digits: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞';
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-4 && magnitude < 1e7) {
    const text = value.toPrecision(digits);
    return String(Number(text));
  }
  return value
    .toExponential(Math.max(0, digits - 1))
    .replace(/\.?0+(?=e)/, '')
    .replace('e+', 'e');
}

/** 273.15 K and a last bit is 0 °C, not 5.7e-14 °C. */
function isRoundingOfZero(value: number, unit: Unit): boolean {
  return unit.offset !== undefined && Math.abs(value) < 1e-12 * Math.abs(unit.offset.toNumber());
}

/** A dimension key's base `brewery.bottle` is written `bottle`. */
function symbolOfBase(base: string): string {
  return base.slice(base.lastIndexOf('.') + 1);
}

/** Named coherent units of more than one base (N, J, W, V, …): the words from which a product is made. */
function coherentUnits(table: UnitTable): Unit[] {
  const seen = new Set<string>();
  const units: Unit[] = [];
  const candidates = [
    ...table.allQuantities().map((quantity) => quantity.unit.text),
    ...table.allUnits().map((declaration) => declaration.name),
  ];
  for (const text of candidates) {
    if (!/^\p{L}+$/u.test(text)) continue;
    const result = table.resolve(text);
    if (!result.ok || result.unit.absolute || !result.unit.factor.isOne) continue;
    const { dimension } = result.unit;
    if (dimension.terms.length < 2 || seen.has(dimension.key)) continue;
    seen.add(dimension.key);
    units.push(result.unit);
  }
  return units;
}

interface Factorisation {
  readonly parts: readonly DimensionTerm[];
  readonly cost: number;
}

/** Base units alone, or one or two named units beside them: whichever has the fewest and lowest powers. */
function shortestProduct(table: UnitTable, dimension: Dimension): string {
  const units = coherentUnits(table);
  let best: Factorisation = factorisation([], dimension);
  const consider = (candidate: Factorisation): void => {
    if (candidate.cost < best.cost) best = candidate;
  };
  for (const first of units) {
    for (const power of [1, -1, 2]) {
      const one: DimensionTerm = { base: first.text, num: power, den: 1 };
      const rest = dimension.div(first.dimension.pow(power));
      consider(factorisation([one], rest));
      if (power !== 1) continue;
      for (const second of units) {
        if (second === first) continue;
        const two: DimensionTerm = { base: second.text, num: -1, den: 1 };
        consider(factorisation([one, two], rest.mul(second.dimension)));
      }
    }
  }
  return productText(best.parts);
}

function factorisation(named: readonly DimensionTerm[], rest: Dimension): Factorisation {
  const bases = [...rest.terms]
    .map((term) => ({ ...term, base: symbolOfBase(term.base), rank: baseRank(term.base) }))
    .sort((a, b) => a.rank - b.rank);
  const parts: DimensionTerm[] = [...named, ...bases.map(({ base, num, den }) => ({ base, num, den }))];
  // A named unit costs a little, so that m/s² is not N/kg; a second one more.
  const cost = parts.reduce(
    (sum, term) => sum + 1 + 0.6 * (Math.abs(term.num / term.den) - 1) + (term.den === 1 ? 0 : 2),
    0,
  );
  const noNumerator = parts.every((term) => term.num < 0) ? 0.3 : 0;
  return { parts, cost: cost + 0.35 * named.length * named.length + noNumerator };
}

function baseRank(base: string): number {
  if (base === 's') return BASE_ORDER.length + 1;
  const index = BASE_ORDER.indexOf(base);
  return index < 0 ? BASE_ORDER.length : index;
}

function productText(parts: readonly DimensionTerm[]): string {
  const above = parts.filter((term) => term.num > 0).map((term) => powerText(term.base, term.num, term.den));
  const below = parts.filter((term) => term.num < 0).map((term) => powerText(term.base, -term.num, term.den));
  const top = above.length === 0 ? '1' : above.join('*');
  if (below.length === 0) return top;
  return `${top}/${below.length === 1 ? below[0] : `(${below.join('*')})`}`;
}

function powerText(symbol: string, num: number, den: number): string {
  if (den !== 1) return `${symbol}^(${num}/${den})`;
  return num === 1 ? symbol : `${symbol}${num}`;
}

function superscript(value: number): string {
  return String(value).replace(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)] ?? digit);
}

/** `um` is printed µm; only where u is plainly the prefix of a short symbol. */
function micro(symbol: string): string {
  return /^u(m|s|g|L|A|V|W|F|H|N|Pa|mol|Sv|Gy)$/.test(symbol) ? `µ${symbol.slice(1)}` : symbol;
}
