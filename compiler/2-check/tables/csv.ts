/** The text of a CSV file → its cells. Commas, semicolons or tabs; quotes; lines that begin with # are remarks. */
import { dayOf } from '../calendar.ts';

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

/** What is wrong with the rows, in words. A row that is longer than the header would have its numbers in the wrong columns. */
export function longRow({ header, rows }: Csv): string | undefined {
  const long = rows.find(({ cells }) => cells.slice(header.length).some((cell) => cell !== ''));
  if (long === undefined) return undefined;
  const points = header.length === 1 || long.cells.every((cell) => /^[+-]?\d*$/.test(cell));
  return `line ${long.line}: it has ${long.cells.length} cells, and the header ${header.length}${
    points ? '; where commas are the points of numbers, semicolons stand between columns' : ''
  }.`;
}

const DATE = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?)?\s*(Z|[+-]\d\d:?\d\d)?$/;

/** Whether it is written as a time, be there such a day or not. */
export const isDated = (text: string): boolean => DATE.test(text);

/** Since 1970, in s: apart, as a sum of both would be rounded to some 1e-7 s. */
export interface Moment {
  whole: number;
  part: number;
}

/**
 * A time as `2010-01-01 01:00:00+01:00`; without an offset it is UTC. Undefined when there is no such time, as on 30 February.
 * A leap second, 23:59:60, is the second after it, as in POSIX.
 */
export function momentOf(text: string): Moment | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [, year, month, date, hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = match;
  const day = dayOf({ year: year!, month: month!, day: date! });
  const offset = offsetOf(zone);
  if (day === undefined || offset === undefined) return undefined;
  const minutes = 60 * Number(hour) + Number(minute);
  const [seconds, part] = [Number(second), Number(fraction)];
  const isEnd = minutes === 1440 && seconds === 0 && part === 0;
  if (Number(minute) > 59 || (minutes >= 1440 && !isEnd)) return undefined;
  const isLeap = seconds === 60 && (minutes - offset + 1440) % 1440 === 1439;
  if (seconds > 59 && !isLeap) return undefined;
  return { whole: 86400 * day + 60 * (minutes - offset) + seconds, part };
}

/** Minutes of `+01:00` or `Z`. */
function offsetOf(zone: string): number | undefined {
  if (zone === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  return hours > 23 || minutes > 59 ? undefined : (zone.startsWith('-') ? -1 : 1) * (60 * hours + minutes);
}
