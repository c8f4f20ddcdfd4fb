/** Points of a table from a CSV file, with the units of its header. */
import type { TableDecl } from '../../../grammar/generated/ast.ts';
import { sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import * as findings from '../../diagnostics/functions.ts';
import type { Analysis } from '../analysis.ts';
import type { Type } from '../type.ts';
import { columnAt, positionOf, Unusable, usableCsv, type Column } from './columns.ts';
import { headerOf, type Csv } from './csv.ts';
import type { Points } from './data.ts';
import { dataUri, folderOf } from './files.ts';

export function dataFromFile(
  table: TableDecl,
  types: readonly Type[],
  analysis: Analysis,
): Points | undefined {
  const file = table.file ?? '';
  const place = sourceOfProperty(table, 'file');
  const uri = dataUri(uriOf(table), file);
  if (uri === undefined) {
    analysis.report(findings.tableFileOutside, { file }, table, { place });
    return undefined;
  }
  const text = analysis.readData(uri, folderOf(uriOf(table)));
  if (text === undefined) {
    analysis.report(findings.tableFileMissing, { file }, table, { place });
    return undefined;
  }
  try {
    return pointsOf(table, types, text, analysis);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    analysis.report(findings.tableDataUnreadable, { file, problem: error.message }, table, { place });
    return undefined;
  }
}

function pointsOf(table: TableDecl, types: readonly Type[], text: string, analysis: Analysis): Points {
  const csv = usableCsv(text);
  const positions = columnsOf(table, csv);
  const columns = positions.map((position, at) =>
    columnAt(csv, position, types[at]!, analysis.tableOf(table)),
  );
  return table.parameters.length === 1
    ? curve(csv, columns as [Column, Column])
    : surface(csv, columns as [Column, Column, Column]);
}

/** The columns of the parameters, then that of the value: by name where one has it, else from the left. */
function columnsOf({ name, parameters, column }: TableDecl, csv: Csv): number[] {
  const { header } = csv;
  const listed = header.map((cell) => `"${headerOf(cell).name}"`).join(', ');
  const taken = parameters.map((parameter) => positionOf(csv, parameter.name));
  for (const [at, position] of taken.entries()) {
    if (position >= 0) continue;
    const free = header.findIndex((_, other) => !taken.includes(other));
    taken[at] = free;
  }
  const rest = header.map((_, position) => position).filter((position) => !taken.includes(position));
  if (column !== undefined) {
    const found = positionOf(csv, column);
    if (found < 0) throw new Unusable(`there is no column "${column}"; there are ${listed}.`);
    return [...taken, found];
  }
  const own = positionOf(csv, name);
  const value = own >= 0 && rest.includes(own) ? own : rest.length === 1 ? rest[0] : undefined;
  if (taken.includes(-1) || rest.length === 0)
    throw new Unusable(`it needs ${parameters.length + 1} columns, and has ${listed}.`);
  if (value === undefined)
    throw new Unusable(`say which column is the value, with column "…": there are ${listed}.`);
  return [...taken, value];
}

function curve({ rows }: Csv, [x, value]: [Column, Column]): Points {
  x.numbers.forEach((knot, at) => {
    if (at > 0 && !(knot > x.numbers[at - 1]!))
      throw new Unusable(`line ${rows[at]!.line}: column "${x.name}" must increase from row to row.`);
  });
  return { x: x.numbers, values: value.numbers };
}

/** Every pair of the two parameters once, in any order. */
function surface({ rows }: Csv, [x, y, value]: [Column, Column, Column]): Points {
  const xs = [...new Set(x.numbers)].toSorted((a, b) => a - b);
  const ys = [...new Set(y.numbers)].toSorted((a, b) => a - b);
  if (xs.length < 2 || ys.length < 2)
    throw new Unusable(`columns "${x.name}" and "${y.name}" need at least two different values each.`);
  const values: (number | undefined)[] = Array.from({ length: xs.length * ys.length });
  const [placeX, placeY] = [xs, ys].map((knots) => new Map(knots.map((knot, at) => [knot, at])));
  value.numbers.forEach((number, at) => {
    const cell = placeX!.get(x.numbers[at]!)! * ys.length + placeY!.get(y.numbers[at]!)!;
    if (values[cell] !== undefined)
      throw new Unusable(
        `line ${rows[at]!.line}: there is a row for the same "${x.name}" and "${y.name}" above.`,
      );
    values[cell] = number;
  });
  const missing = values.filter((each) => each === undefined).length;
  if (missing > 0 || values.length !== value.numbers.length)
    throw new Unusable(
      `${xs.length} values of "${x.name}" and ${ys.length} of "${y.name}" make ${xs.length * ys.length} pairs, and there are ${value.numbers.length} rows.`,
    );
  return { x: xs, y: ys, values: values as number[] };
}
