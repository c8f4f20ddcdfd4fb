/** `empirical([2 min, 3 min])`, `empirical("repairs.csv", "duration")` → the values that are drawn from, as often as they stand there. */
import {
  isListLiteral,
  isStringLiteral,
  type Expression,
  type FunctionCall,
} from '../../grammar/generated/ast.ts';
import { uriOf } from '../1-parse/source.ts';
import { sampleUnusable } from '../diagnostics/distributions.ts';
import { textOf, type Analysis } from './analysis.ts';
import { numberValue } from './constants.ts';
import { joinAll } from './infer/infer.ts';
import { headerOf, longRow, readCsv } from './tables/csv.ts';
import { dataUri, folderOf } from './tables/files.ts';
import { isNumeric, numberOf, PLAIN, type Type } from './type.ts';
import { quantityOfLiteral, toSI } from './units/index.ts';

export interface Sample {
  type: Type;
  /** SI, from the least. */
  values: number[];
}

export const isEmpirical = (call: FunctionCall): boolean => call.function === 'empirical';

/** Undefined when something is wrong with it, which is reported. */
export function sampleOf(call: FunctionCall, analysis: Analysis): Sample | undefined {
  const [first, second] = call.arguments as (Expression | undefined)[];
  const found = isListLiteral(first)
    ? fromList(call, first.items, analysis)
    : isStringLiteral(first)
      ? fromFile(
          call,
          unquoted(first.value),
          isStringLiteral(second) ? unquoted(second.value) : undefined,
          analysis,
        )
      : 'takes a list of values, or the name of a CSV file and of its column';
  if (typeof found !== 'string') return found;
  if (found !== '') analysis.report(sampleUnusable, { problem: `${textOf(call)} ${found}.` }, call);
  return undefined;
}

const unquoted = (text: string): string => text.replace(/^"(.*)"$/, '$1');

/** What is wrong, in words; '' where it was reported. */
function fromList(call: FunctionCall, items: readonly Expression[], analysis: Analysis): Sample | string {
  if (call.arguments.length > 1) return 'takes one list';
  const type = joinAll(call, items, 'empirical', analysis);
  if (type.base === 'unknown') return '';
  if (!isNumeric(type)) return 'needs numbers';
  const values = items.map((item) => numberValue(item, analysis));
  const unknown = values.findIndex((value) => value === undefined);
  if (unknown >= 0)
    return `needs numbers that are known when compiled, and '${textOf(items[unknown])}' is not`;
  const own = type.quantity.kind === 'zero' ? PLAIN : { ...type, base: 'number' as const };
  return { type: own, values: sorted(values as number[]) };
}

function fromFile(
  call: FunctionCall,
  file: string,
  column: string | undefined,
  analysis: Analysis,
): Sample | string {
  const uri = dataUri(uriOf(call), file);
  const text = uri === undefined ? undefined : analysis.readData(uri, folderOf(uriOf(call)));
  if (text === undefined) return `finds no file "${file}" beside this text`;
  const csv = readCsv(text);
  if (csv === undefined || csv.rows.length === 0) return `finds no values in "${file}"`;
  const long = longRow(csv);
  if (long !== undefined) return `cannot read "${file}": ${long.replace(/\.$/, '')}`;
  const heads = csv.header.map(headerOf);
  const listed = heads.map(({ name }) => `"${name}"`).join(', ');
  const position =
    column === undefined ? (heads.length === 1 ? 0 : -1) : heads.findIndex(({ name }) => name === column);
  if (position < 0)
    return column === undefined
      ? `must say which column of "${file}": there are ${listed}`
      : `finds no column "${column}" in "${file}"; there are ${listed}`;
  if (heads.filter(({ name }) => name === column).length > 1)
    return `finds two columns "${column}" in "${file}"`;
  const written = heads[position]!.unit;
  const unit = written === undefined || written === '-' ? undefined : analysis.tableOf(call).resolve(written);
  if (unit?.ok === false) return `has a column in "${file}" whose unit is none: ${unit.message}`;
  const values: number[] = [];
  for (const { line, cells } of csv.rows) {
    const cell = csv.decimalComma ? (cells[position] ?? '').replace(',', '.') : (cells[position] ?? '');
    if (cell === '') continue;
    const value = unit?.ok ? toSI(cell, unit.unit) : Number(cell);
    if (!Number.isFinite(value)) return `finds '${cell}' in line ${line} of "${file}", which is no number`;
    values.push(value);
  }
  if (values.length === 0) return `finds no values in column "${heads[position]!.name}" of "${file}"`;
  return {
    type: unit?.ok ? numberOf(quantityOfLiteral(unit.unit), unit.unit) : PLAIN,
    values: sorted(values),
  };
}

const sorted = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b);
