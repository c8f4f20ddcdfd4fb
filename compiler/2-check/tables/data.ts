/** A table → its points, in SI and in order, from its text or from its file. What is wrong with them is reported. */
import {
  isBetweenEntry,
  isColumnsEntry,
  isOutsideEntry,
  isPointsEntry,
  isRowEntry,
  type Expression,
  type TableDecl,
} from '../../../grammar/generated/ast.ts';
import { sourceOfProperty } from '../../1-parse/source.ts';
import * as findings from '../../diagnostics/functions.ts';
import { constantExpected } from '../../diagnostics/types.ts';
import type { TableBetween, TableOutside } from '../../model/checked-model.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { numberValue } from '../constants.ts';
import { requireFit } from '../mismatch.ts';
import { isNumeric, type Type } from '../type.ts';
import { dataFromFile } from './from-file.ts';

export interface Points {
  x: number[];
  y?: number[];
  /** By x, then by y. */
  values: number[];
}
export interface TableData extends Points {
  between: TableBetween;
  outside: TableOutside;
}

const BETWEEN: readonly TableBetween[] = ['linear', 'cubic', 'previous'];
const OUTSIDE: readonly TableOutside[] = ['hold', 'linear', 'error'];

/** Undefined when something is wrong with it. */
export function tableData(table: TableDecl, analysis: Analysis): TableData | undefined {
  const { parameters } = table;
  if (parameters.length < 1 || parameters.length > 2) {
    shape(table, 'has one or two parameters.', analysis);
    return undefined;
  }
  const between = settingOf(table, 'between', BETWEEN, analysis);
  const outside = settingOf(table, 'outside', OUTSIDE, analysis);
  if (between === 'cubic' && parameters.length === 2) {
    const problem =
      'A table of two parameters is linear between its points, or takes the previous one: between linear.';
    analysis.report(findings.tableSetting, { problem }, table, { place: sourceOfProperty(table, 'name') });
    return undefined;
  }
  const types = [...parameters, table].map((each) => analysis.declaredType(each));
  if (!types.every(isNumeric)) {
    if (types.every(({ base }) => base !== 'unknown'))
      shape(table, 'is of numbers: neither a parameter nor the value is true or false.', analysis);
    return undefined;
  }
  const points =
    table.file === undefined ? fromText(table, types, analysis) : fromFile(table, types, analysis);
  return points && between && outside && { ...points, between, outside };
}

function shape(table: TableDecl, problem: string, analysis: Analysis): void {
  analysis.report(findings.tableShape, { name: table.name, problem }, table, {
    place: sourceOfProperty(table, 'name'),
  });
}

/** The first of the words when none is written. */
function settingOf<Word extends string>(
  table: TableDecl,
  kind: 'between' | 'outside',
  words: readonly [Word, ...Word[]] | readonly Word[],
  analysis: Analysis,
): Word | undefined {
  const [entry, again] =
    kind === 'between' ? table.entries.filter(isBetweenEntry) : table.entries.filter(isOutsideEntry);
  if (entry === undefined) return words[0];
  if (again !== undefined)
    analysis.report(findings.tableSetting, { problem: `What is ${kind} is said twice.` }, again);
  const written = isBetweenEntry(entry) ? entry.method : entry.policy;
  const word = words.find((each) => each === written);
  if (word !== undefined) return word;
  const problem = `There is no '${kind} ${written}'; a table goes on ${words.join(', ')}.`;
  const fixes = words.map((text) => ({
    title: `Write ${kind} ${text}`,
    edits: [{ ...placeOf(entry, kind), text }],
  }));
  analysis.report(findings.tableSetting, { problem }, entry, { fixes });
  return undefined;
}

function placeOf(entry: Parameters<typeof sourceOfProperty>[0], kind: 'between' | 'outside') {
  const { uri, start, end } = sourceOfProperty(entry, kind === 'between' ? 'method' : 'policy');
  return { uri, start, end };
}

function fromFile(table: TableDecl, types: readonly Type[], analysis: Analysis): Points | undefined {
  if (table.entries.some((each) => isPointsEntry(each) || isColumnsEntry(each) || isRowEntry(each))) {
    shape(table, 'has its points both here and in a file.', analysis);
    return undefined;
  }
  return dataFromFile(table, types, analysis);
}

function fromText(table: TableDecl, types: readonly Type[], analysis: Analysis): Points | undefined {
  return table.parameters.length === 1 ? curve(table, types, analysis) : surface(table, types, analysis);
}

function curve(table: TableDecl, types: readonly Type[], analysis: Analysis): Points | undefined {
  const stray = table.entries.find((each) => isColumnsEntry(each) || isRowEntry(each));
  const points = table.entries.filter(isPointsEntry).flatMap((each) => each.points);
  if (stray !== undefined || points.length === 0) {
    shape(table, 'has one parameter, so its points are written as points 0 m: 1, 2 m: 3.', analysis);
    return undefined;
  }
  const [parameter] = table.parameters;
  const x = knots(
    points.map((each) => each.at),
    `'${parameter!.name}'`,
    types[0]!,
    analysis,
  );
  const values = numbers(
    points.map((each) => each.value),
    `A value of '${table.name}'`,
    types[1]!,
    analysis,
  );
  return x && values && { x, values };
}

function surface(table: TableDecl, types: readonly Type[], analysis: Analysis): Points | undefined {
  const columns = table.entries.filter(isColumnsEntry).flatMap((each) => each.values);
  const rows = table.entries.filter(isRowEntry);
  if (table.entries.some(isPointsEntry) || columns.length < 2 || rows.length < 2) {
    const problem =
      'has two parameters, so it is written as columns 0 deg, 5 deg and rows such as row 2: 0.1, 0.2, at least two of each.';
    shape(table, problem, analysis);
    return undefined;
  }
  const uneven = rows.find((each) => each.values.length !== columns.length);
  if (uneven !== undefined) {
    const problem = `has ${columns.length} columns, and the row '${textOf(uneven.at)}' has ${uneven.values.length} values.`;
    analysis.report(findings.tableShape, { name: table.name, problem }, uneven);
    return undefined;
  }
  const [first, second] = table.parameters;
  const x = knots(
    rows.map((each) => each.at),
    `'${first!.name}'`,
    types[0]!,
    analysis,
  );
  const y = knots(columns, `'${second!.name}'`, types[1]!, analysis);
  const all = rows.flatMap((each) => each.values);
  const values = numbers(all, `A value of '${table.name}'`, types[2]!, analysis);
  return x && y && values && { x, y, values };
}

function knots(
  written: readonly Expression[],
  what: string,
  type: Type,
  analysis: Analysis,
): number[] | undefined {
  const values = numbers(written, what, type, analysis);
  const at = values?.findIndex((value, k) => k > 0 && !(value > values[k - 1]!)) ?? -1;
  if (at < 0) return values;
  const holes = { what, text: textOf(written[at]), before: textOf(written[at - 1]) };
  analysis.report(findings.tableNotIncreasing, holes, written[at]!);
  return undefined;
}

function numbers(
  written: readonly (Expression | undefined)[],
  what: string,
  type: Type,
  analysis: Analysis,
): number[] | undefined {
  const values = written.map((each) => {
    if (each === undefined || analysis.typeOf(each).base === 'unknown') return undefined;
    if (!requireFit(each, { text: what, type }, analysis)) return undefined;
    const value = numberValue(each, analysis);
    if (value === undefined || !Number.isFinite(value)) {
      analysis.report(constantExpected, { text: textOf(each), place: what }, each);
      return undefined;
    }
    return value;
  });
  return values.every((value) => value !== undefined) ? values : undefined;
}
