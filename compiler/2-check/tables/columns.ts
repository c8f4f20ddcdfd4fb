/** A column of a CSV file → numbers in SI, by the unit of its header. */
import { TIME } from '../infer/infer.ts';
import { wordsOf, type Type } from '../type.ts';
import { linearToSI, toSI, type Unit, type UnitTable } from '../units/index.ts';
import { headerOf, isDated, longRow, momentOf, readCsv, type Csv, type Moment } from './csv.ts';

/** What is wrong with a file, in words; caught where it is reported. */
export class Unusable extends Error {}

export interface Column {
  name: string;
  position: number;
  numbers: number[];
}

/** A file with rows, each within its header. */
export function usableCsv(text: string): Csv {
  const csv = readCsv(text);
  if (csv === undefined) throw new Unusable('it is empty.');
  if (csv.rows.length === 0) throw new Unusable('it has a header and no row below it.');
  const long = longRow(csv);
  if (long !== undefined) throw new Unusable(long);
  return csv;
}

/** The column of a name, in letters of either case; -1 where none has it. */
export function positionOf({ header }: Csv, name: string): number {
  const [position = -1, again] = header.flatMap((cell, at) =>
    headerOf(cell).name.toLowerCase() === name.toLowerCase() ? [at] : [],
  );
  if (again !== undefined) throw new Unusable(`two columns have the name "${name}".`);
  return position;
}

/** `said`: the unit that stands in the text, in the place of the header's. */
export function columnAt(csv: Csv, position: number, type: Type, units: UnitTable, said?: string): Column {
  const { name, unit } = headerOf(csv.header[position]!);
  const written = said ?? unit;
  const isTime = type.quantity.dimension.equals(TIME);
  const first = csv.rows[0]!.cells[position] ?? '';
  if (isTime && written === undefined && isDated(first))
    return { name, position, numbers: timestamps(csv, position, name) };
  const { dimension } = type.quantity;
  let resolved: Unit | undefined;
  if (written !== undefined && written !== '-' && written !== '1') {
    const found = units.resolve(written);
    if (!found.ok) throw new Unusable(`the unit of column "${name}" is none: ${found.message}`);
    // Where the quantity is unknown, that was reported.
    if (type.base !== 'unknown' && !found.unit.dimension.equals(dimension)) {
      const is = wordsOf(type, units);
      throw new Unusable(`column "${name}" is in ${written}, and ${is} is needed.`);
    }
    resolved = found.unit;
  } else if (!dimension.isNone) {
    const example = type.unit?.text ?? (isTime ? 's' : 'a unit');
    throw new Unusable(
      `column "${name}" has no unit, and ${wordsOf(type, units)} is needed: write "${name} [${example}]" in its header.`,
    );
  }
  const plainly = resolved === undefined || (resolved.factor.isOne && resolved.offset === undefined);
  const linear = resolved && linearToSI(resolved);
  const numbers = csv.rows.map(({ line, cells }) => {
    const cell = cells[position] ?? '';
    const digits = csv.decimalComma ? cell.replace(',', '.') : cell;
    if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(digits))
      throw new Unusable(
        `line ${line}: column "${name}" has ${cell === '' ? 'no value' : `"${cell}"`}, which is no number.`,
      );
    const exact = plainly ? Number(digits) : toSI(digits.replace(/^\+/, ''), resolved!);
    // Of forms that the exact way does not read (`.5`), the rounded one.
    return Number.isNaN(exact) ? Number(digits) * linear!.scale + linear!.shift : exact;
  });
  return { name, position, numbers };
}

/** Seconds since the first of them. */
function timestamps(csv: Csv, position: number, name: string): number[] {
  let start: Moment | undefined;
  return csv.rows.map(({ line, cells }) => {
    const moment = momentOf(cells[position] ?? '');
    if (moment === undefined)
      throw new Unusable(
        `line ${line}: column "${name}" has "${cells[position] ?? ''}", which is no date and time.`,
      );
    start ??= moment;
    return moment.whole - start.whole + (moment.part - start.part);
  });
}
