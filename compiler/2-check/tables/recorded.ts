/** `inputs from "weather.csv"` → a course for each input that has a column, in SI. What is wrong is reported. */
import { isAssetDecl, isRunStep, isScenarioDecl, isVariableDecl } from '../../../grammar/generated/ast.ts';
import type { AssetDecl, RecordedStep, VariableDecl } from '../../../grammar/generated/ast.ts';
import { AstUtils } from 'langium';
import { closestNames } from '../../1-parse/names/closest-names.ts';
import { sourceOfProperty, uriOf } from '../../1-parse/source.ts';
import * as findings from '../../diagnostics/inputs.ts';
import { textOf, type Analysis } from '../analysis.ts';
import { numberValue } from '../constants.ts';
import { TIME } from '../infer/infer.ts';
import { target } from '../members.ts';
import { featureOf, pathOf } from '../paths.ts';
import { numberOf, type Type } from '../type.ts';
import { columnAt, positionOf, Unusable, usableCsv } from './columns.ts';
import { headerOf, type Csv } from './csv.ts';
import { dataUri, folderOf } from './files.ts';

export interface Recording {
  /** s */
  times: number[];
  /** `declared`: an input of the asset that has the column's name. `column`: position of the step's own line about it. */
  series: { declared?: VariableDecl; column?: number; name: string; values: number[] }[];
  /** s after which it begins again. */
  period?: number;
}

export function recordedInputs(step: RecordedStep, analysis: Analysis): Recording | undefined {
  const file = (step.file as string | undefined) ?? '';
  const place = sourceOfProperty(step, 'file');
  const uri = dataUri(uriOf(step), file);
  const text = uri === undefined ? undefined : analysis.readData(uri, folderOf(uriOf(step)));
  if (text === undefined) {
    analysis.report(findings.recordingMissing, { file, outside: uri === undefined }, step, { place });
    return undefined;
  }
  try {
    return recordingIn(step, text, analysis);
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    analysis.report(findings.recordingUnreadable, { file, problem: error.message }, step, { place });
    return undefined;
  }
}

function recordingIn(step: RecordedStep, text: string, analysis: Analysis): Recording | undefined {
  const csv = usableCsv(text);
  const names = csv.header.map((cell) => headerOf(cell).name);
  const timeColumn = Math.max(0, positionOf(csv, 'time'));
  const units = analysis.tableOf(step);
  const times = columnAt(
    csv,
    timeColumn,
    { ...numberOf({ dimension: TIME, kind: 'either' }) },
    units,
  ).numbers;
  times.forEach((time, at) => {
    if (at > 0 && !(time > times[at - 1]!))
      throw new Unusable(`line ${csv.rows[at]!.line}: its time does not come after that of the row above.`);
  });
  if (times[0]! > 0)
    throw new Unusable(
      `it begins at ${seconds(times[0]!)}, and a run begins at 0 s: what the inputs are before is not known.`,
    );
  const series: Recording['series'] = [];
  const listed = names.filter((_, at) => at !== timeColumn).map((name) => `"${name}"`);
  const taken = new Set([timeColumn]);
  for (const [at, column] of step.columns.entries()) {
    const position = positionOf(csv, column.column ?? '');
    if (position < 0)
      throw new Unusable(`there is no column "${column.column}"; there are ${listed.join(', ')}.`);
    taken.add(position);
    const feature = featureOf(pathOf(column.target));
    if (!isVariableDecl(feature)) continue;
    const values = valuesAt(csv, position, analysis.declaredType(feature), units, column.unit);
    series.push({ column: at, name: textOf(column.target), values });
  }
  const inputs = inputsOf(step, analysis);
  const explicit = new Set(step.columns.map(({ target: path }) => featureOf(pathOf(path))));
  for (const [position, name] of names.entries()) {
    if (taken.has(position)) continue;
    const declared = inputs.find((each) => each.name.toLowerCase() === name.toLowerCase());
    if (declared === undefined || explicit.has(declared)) {
      sayMisspelt(step, name, inputs, names, analysis);
      continue;
    }
    const values = valuesAt(csv, position, analysis.declaredType(declared), units, undefined);
    series.push({ declared, name: declared.name, values });
  }
  if (series.length === 0)
    throw new Unusable(
      `none of its columns (${listed.join(', ')}) has the name of an input${
        inputs.length === 0 ? '.' : `; there are ${inputs.map(({ name }) => name).join(', ')}.`
      }`,
    );
  const last = times.at(-1)!;
  if (step.after === 'repeat') {
    if (times.length < 2) throw new Unusable('it has one row, and to repeat it needs two.');
    // The last row counts as long as the one before it.
    return { times, series, period: last - times[0]! + (last - times.at(-2)!) };
  }
  const run = AstUtils.getContainerOfType(step, isScenarioDecl)?.steps.find(isRunStep);
  const warmUp = run?.warmup === undefined ? 0 : numberValue(run.warmup, analysis);
  const duration = numberValue(run?.duration, analysis);
  if (
    step.after === undefined &&
    duration !== undefined &&
    warmUp !== undefined &&
    last < duration + warmUp
  ) {
    const holes = { file: step.file, end: seconds(last), run: seconds(duration + warmUp) };
    analysis.report(findings.recordingTooShort, holes, step, { place: sourceOfProperty(step, 'file') });
    return undefined;
  }
  return { times, series };
}

const seconds = (time: number): string => {
  const [unit, size] =
    Math.abs(time) >= 2 * 86400 ? ['d', 86400] : Math.abs(time) >= 7200 ? ['h', 3600] : (['s', 1] as const);
  return `${Number((time / size).toPrecision(6))} ${unit}`;
};

function valuesAt(
  csv: Csv,
  position: number,
  type: Type,
  units: ReturnType<Analysis['tableOf']>,
  said: string | undefined,
): number[] {
  const { name } = headerOf(csv.header[position]!);
  if (type.base === 'boolean')
    return csv.rows.map(({ line, cells }) => {
      const cell = (cells[position] ?? '').toLowerCase();
      if (['true', '1', 'on'].includes(cell)) return 1;
      if (['false', '0', 'off'].includes(cell)) return 0;
      throw new Unusable(
        `line ${line}: column "${name}" has ${cell === '' ? 'no value' : `"${cell}"`}, which is neither true nor false.`,
      );
    });
  const { numbers } = columnAt(csv, position, type, units, said);
  if (type.base === 'integer') {
    const at = numbers.findIndex((value) => !Number.isInteger(value));
    if (at >= 0) throw new Unusable(`line ${csv.rows[at]!.line}: column "${name}" needs whole numbers.`);
  }
  return numbers;
}

/** Inputs of what runs itself; those of its parts are named in braces. */
function inputsOf(step: RecordedStep, analysis: Analysis): VariableDecl[] {
  const scenario = AstUtils.getContainerOfType(step, isScenarioDecl);
  const subject = target(scenario?.subject);
  const asset: AssetDecl | undefined = isAssetDecl(subject) ? subject : target(subject?.type);
  if (asset === undefined) return [];
  return analysis
    .membersOf(asset)
    .filter(isVariableDecl)
    .filter(
      ({ name, role, size }) =>
        (name as string | undefined) !== undefined && role === 'input' && size === undefined,
    );
}

function sayMisspelt(
  step: RecordedStep,
  column: string,
  inputs: readonly VariableDecl[],
  columns: readonly string[],
  analysis: Analysis,
): void {
  const free = inputs.map(({ name }) => name).filter((name) => !columns.includes(name));
  const [name] = closestNames(column, free, 1);
  if (name === undefined) return;
  const place = sourceOfProperty(step, 'file');
  analysis.report(findings.columnMisspelt, { column, name }, step, { place });
}
