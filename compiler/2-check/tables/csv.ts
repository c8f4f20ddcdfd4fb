/** The text of a CSV file → its cells. Commas, semicolons or tabs; quotes; lines that begin with # are remarks. */

export interface CsvRow {
  /** One-based line in the file. */
  line: number;
  cells: string[];
}

export interface Csv {
  header: string[];
  rows: CsvRow[];
  /** With semicolons a comma may be the point of a number. */
  decimalComma: boolean;
}

/** Undefined when there is no line in it. */
export function readCsv(text: string): Csv | undefined {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .map((line, at) => ({ line: at + 1, text: line }))
    .filter((each) => each.text.trim() !== '' && !each.text.startsWith('#'));
  const [first, ...rest] = lines;
  if (first === undefined) return undefined;
  const separator = [';', '\t'].find((each) => first.text.includes(each)) ?? ',';
  return {
    header: cellsOf(first.text, separator),
    rows: rest.map(({ line, text: row }) => ({ line, cells: cellsOf(row, separator) })),
    decimalComma: separator === ';',
  };
}

function cellsOf(line: string, separator: string): string[] {
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (line[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"' && cell.trim() === '') {
      quoted = true;
      cell = '';
    } else if (character === separator) {
      cells.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  cells.push(cell.trim());
  return cells;
}

/** `wind speed [m/s]` or `wind speed (m/s)`: the name and its unit, `undefined` where none is said. */
export function headerOf(text: string): { name: string; unit: string | undefined } {
  const match = /^(.*?)\s*(?:\[([^\]]*)\]|\(([^()]*(?:\([^()]*\)[^()]*)*)\))\s*$/.exec(text);
  if (match === null) return { name: text, unit: undefined };
  return { name: match[1]!, unit: (match[2] ?? match[3]!).trim() };
}

/** A time as `2010-01-01 01:00:00+01:00`, in s; without an offset it is UTC. Undefined when it is no time. */
export function secondsOf(text: string): number | undefined {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', part = '0', zone = 'Z'] = match;
  const days = daysFromEpoch(Number(year), Number(month), Number(day));
  const offset = zone === 'Z' ? 0 : Number(zone.slice(0, 3)) * 60 + Number(zone[0]! + zone.slice(-2));
  return days * 86400 + Number(hour) * 3600 + (Number(minute) - offset) * 60 + Number(second) + Number(part);
}

/** Of the Gregorian calendar, from 1 January 1970 on. */
function daysFromEpoch(year: number, month: number, day: number): number {
  const before = month <= 2 ? year - 1 : year;
  const era = Math.floor(before / 400);
  const ofEra = before - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719468;
}
