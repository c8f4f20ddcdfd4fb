/**
 * What somebody may have meant by a unit that does not exist, or that does not fit: other cases (Kw → kW),
 * everyday names (hr → h, kph → km/h, Celsius → degC), and slips of one or two letters.
 */
import type { Dimension } from './dimension.ts';
import { PREFIXES, takesPrefix } from './prefixes.ts';
import type { UnitTable } from './unit-table.ts';
import { parseUnitText } from './unit-text.ts';

export interface SuggestionRequest {
  /** The whole unit text, and the symbol in it that is at fault. */
  readonly text: string;
  readonly symbol: string;
  readonly at: number;
  readonly expected?: Dimension;
}

const MOST_SUGGESTIONS = 5;

/** Replacements for the symbol, best first; those that give the expected dimension before all others. */
export function suggestUnits(table: UnitTable, request: SuggestionRequest): string[] {
  const { symbol, text, at, expected } = request;
  const candidates = candidatesFor(table, symbol);
  const ranked: { replacement: string; score: number }[] = [];
  for (const [candidate, distance] of candidates) {
    if (candidate === symbol || !table.resolve(candidate, { suggest: false }).ok) continue;
    const replacement = inPlace(candidate, symbol, text);
    let score = distance;
    if (expected !== undefined) {
      const replaced = text.slice(0, at) + replacement + text.slice(at + symbol.length);
      const result = table.resolve(replaced, { suggest: false });
      if (result.ok && result.unit.dimension.equals(expected)) score -= 100;
    }
    ranked.push({ replacement, score });
  }
  ranked.sort((a, b) => a.score - b.score || compareTexts(a.replacement, b.replacement));
  return ranked.slice(0, MOST_SUGGESTIONS).map((entry) => entry.replacement);
}

/**
 * For a unit that exists but has the wrong dimension (`20 C` where a temperature is due, `45 W/C` for a heat
 * transfer): the whole text with one symbol exchanged for a look-alike, so that it fits. Empty when there is none.
 */
export function lookAlikes(table: UnitTable, unitText: string, expected: Dimension): string[] {
  const parsed = parseUnitText(unitText);
  if (!parsed.ok) return [];
  const found = new Map<string, number>();
  for (const { symbol, at } of parsed.atoms) {
    for (const [candidate, distance] of candidatesFor(table, symbol)) {
      if (candidate === symbol) continue;
      const replaced =
        unitText.slice(0, at) + inPlace(candidate, symbol, unitText) + unitText.slice(at + symbol.length);
      const result = table.resolve(replaced, { suggest: false });
      if (!result.ok || !result.unit.dimension.equals(expected)) continue;
      if (distance < (found.get(replaced) ?? Infinity)) found.set(replaced, distance);
    }
  }
  return [...found]
    .sort(([a, left], [b, right]) => left - right || compareTexts(a, b))
    .slice(0, MOST_SUGGESTIONS)
    .map(([text]) => text);
}

/** A candidate that is a product needs parentheses, unless it replaces the whole text. */
function inPlace(candidate: string, symbol: string, text: string): string {
  return symbol === text || !/[*·/]/.test(candidate) ? candidate : `(${candidate})`;
}

/** Candidate texts with a distance: 0 a known alias, below 2 another case, then edits. */
function candidatesFor(table: UnitTable, symbol: string): Map<string, number> {
  const candidates = new Map<string, number>();
  const add = (candidate: string, distance: number): void => {
    if (UNWRITABLE.has(candidate)) return;
    if (distance < (candidates.get(candidate) ?? Infinity)) candidates.set(candidate, distance);
  };
  for (const [index, alias] of aliasesOf(symbol).entries()) add(alias, index * 0.1);

  const lower = symbol.toLowerCase();
  const allowed = symbol.length < 2 ? 0 : symbol.length < 5 ? 1 : 2;
  for (const { name, prefixes } of table.allUnits()) {
    if (name.toLowerCase() === lower) add(name, 0.5 + differingLetters(name, symbol) * 0.1);
    else if (Math.abs(name.length - symbol.length) <= allowed) {
      const distance = editDistance(name, symbol);
      if (distance <= allowed) add(name, distance + 2);
    }
    if (prefixes === undefined) continue;
    for (const prefix of PREFIXES.values()) {
      if (!takesPrefix(prefixes, prefix) || prefix.symbol === 'u') continue;
      const prefixed = prefix.symbol + name;
      if (prefixed.toLowerCase() !== lower) continue;
      const rare = COMMON_PREFIXES.has(prefix.symbol) ? 0 : 1;
      add(prefixed, 0.5 + differingLetters(prefixed, symbol) * 0.1 + rare);
    }
  }
  return candidates;
}

/** Attosecond and attotonne: words of the language stand there. */
const UNWRITABLE: ReadonlySet<string> = new Set(['as', 'at']);

const COMMON_PREFIXES: ReadonlySet<string> = new Set([
  'n',
  'µ',
  'm',
  'c',
  'd',
  'h',
  'k',
  'M',
  'G',
  'T',
  'Ki',
  'Mi',
  'Gi',
  'Ti',
]);

function aliasesOf(symbol: string): readonly string[] {
  const exact = ALIASES.get(symbol);
  if (exact !== undefined) return exact;
  const lower = symbol.toLowerCase();
  const singular = lower.length > 3 && lower.endsWith('s') ? lower.slice(0, -1) : lower;
  return ALIASES.get(lower) ?? ALIASES.get(singular) ?? [];
}

/** Everyday names of units. Keys in lower case, except where the case is the point (C, F). */
const ALIASES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    C: ['degC', 'K'],
    F: ['degF', 'degR'],
    c: ['degC', 'K'],
    f: ['degF'],
    celsius: ['degC', 'K'],
    centigrade: ['degC'],
    celcius: ['degC'],
    deg_c: ['degC'],
    cel: ['degC'],
    fahrenheit: ['degF'],
    farenheit: ['degF'],
    deg_f: ['degF'],
    kelvin: ['K'],
    rankine: ['degR'],
    degk: ['K'],
    '°k': ['K'],
    sec: ['s'],
    second: ['s'],
    m: ['min'],
    minute: ['min'],
    mins: ['min'],
    hr: ['h'],
    hrs: ['h'],
    hour: ['h'],
    day: ['d'],
    days: ['d'],
    wk: ['week'],
    year: ['a', 'yr'],
    month: ['d'],
    msec: ['ms'],
    usec: ['µs'],
    millisecond: ['ms'],
    microsecond: ['µs'],
    meter: ['m'],
    metre: ['m'],
    kilometer: ['km'],
    kilometre: ['km'],
    centimeter: ['cm'],
    centimetre: ['cm'],
    millimeter: ['mm'],
    millimetre: ['mm'],
    micron: ['µm'],
    foot: ['ft'],
    feet: ['ft'],
    in: ['inch'],
    inches: ['inch'],
    yard: ['yd'],
    mi: ['mile'],
    miles: ['mile'],
    nm_i: ['nmi'],
    sqm: ['m2'],
    sqft: ['ft2'],
    sqkm: ['km2'],
    hectare: ['ha'],
    liter: ['L'],
    litre: ['L'],
    ltr: ['L'],
    lit: ['L'],
    cc: ['mL'],
    ccm: ['mL'],
    cum: ['m3'],
    cbm: ['m3'],
    gallon: ['gal'],
    barrel: ['bbl'],
    milliliter: ['mL'],
    millilitre: ['mL'],
    cuft: ['ft3'],
    cf: ['ft3'],
    gram: ['g'],
    kilogram: ['kg'],
    kilo: ['kg'],
    kgs: ['kg'],
    ton: ['t', 'tonUS'],
    tonne: ['t'],
    lbs: ['lb'],
    pound: ['lb', 'lbf'],
    ounce: ['oz'],
    kph: ['km/h'],
    kmh: ['km/h'],
    kmph: ['km/h'],
    mps: ['m/s'],
    fps: ['ft/s'],
    knot: ['kn'],
    kts: ['kn'],
    gpm: ['gal/min'],
    cfm: ['ft3/min'],
    lpm: ['L/min'],
    cmh: ['m3/h'],
    cms: ['m3/s'],
    lps: ['L/s'],
    gph: ['gal/h'],
    mgd: ['Mgal/d'],
    cfs: ['ft3/s'],
    nm: ['N*m'],
    newtonmeter: ['N*m'],
    ftlb: ['ft*lbf'],
    newton: ['N'],
    kilonewton: ['kN'],
    pascal: ['Pa'],
    kilopascal: ['kPa'],
    megapascal: ['MPa'],
    psia: ['psi'],
    psig: ['psi'],
    barg: ['bar'],
    bara: ['bar'],
    mbarg: ['mbar'],
    atmosphere: ['atm'],
    mmh_o: ['mmWC'],
    joule: ['J'],
    kilojoule: ['kJ'],
    watt: ['W'],
    kilowatt: ['kW'],
    megawatt: ['MW'],
    watthour: ['Wh'],
    kilowatthour: ['kWh'],
    calorie: ['cal', 'kcal'],
    btuh: ['BTU/h'],
    horsepower: ['hp'],
    bhp: ['hp'],
    mmbtu: ['MBTU'],
    electronvolt: ['eV'],
    volt: ['V'],
    millivolt: ['mV'],
    amp: ['A'],
    ampere: ['A'],
    milliamp: ['mA'],
    ohm_s: ['ohm'],
    farad: ['F'],
    henry: ['H'],
    tesla: ['T'],
    weber: ['Wb'],
    siemens: ['S'],
    coulomb: ['C'],
    mah: ['mAh'],
    hertz: ['Hz'],
    cps: ['Hz'],
    kilohertz: ['kHz'],
    megahertz: ['MHz'],
    radian: ['rad'],
    degree: ['deg', 'degC'],
    revolution: ['rev'],
    turn: ['rev'],
    rpms: ['rpm'],
    cpm: ['1/min'],
    lumen: ['lm'],
    lux: ['lx'],
    candela: ['cd'],
    becquerel: ['Bq'],
    gray: ['Gy'],
    sievert: ['Sv'],
    percent: ['%'],
    pct: ['%'],
    permil: ['‰'],
    permille: ['‰'],
    per: ['1'],
    mole: ['mol'],
    molar: ['mol/L'],
    iu: ['IU'],
    u_i: ['IU'],
    meq: ['mEq'],
    mcg: ['µg'],
    mosm: ['mosm'],
    vehicle: ['veh'],
    vph: ['veh/h'],
    people: ['person'],
    passenger: ['pax'],
    piece: ['item'],
    pcs: ['item'],
    pc_s: ['item'],
    cells: ['cell'],
    unit: ['item'],
    each: ['item'],
    ea: ['item'],
    byte: ['B'],
    kilobyte: ['kB'],
    megabyte: ['MB'],
    gigabyte: ['GB'],
    bits: ['bit'],
    kbps: ['kbit/s'],
    mbps: ['Mbit/s'],
    gbps: ['Gbit/s'],
    bps: ['bit/s'],
    poise: ['P'],
    centipoise: ['cP'],
    stoke: ['St'],
    centistoke: ['cSt'],
  }),
);

function differingLetters(a: string, b: string): number {
  let count = 0;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) count += 1;
  return count;
}

/** Levenshtein's distance, with a swap of neighbours as one edit. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** By code unit, so that the order does not depend on the machine's language. */
function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
