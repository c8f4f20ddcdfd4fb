/** A recording → what a calibration compares with, and what its inputs were. */
import {
  AFTER_LATER,
  BEFORE_START,
  openRecording,
  originOf,
  RecordingError,
  sinceOrigin,
  timesOf,
  unitFor,
} from '../../live/recording/index.ts';
import { toSI } from '../../live/units.ts';
import type { Manifest, Unit } from '../../runtime/contract/manifest.ts';
import type { ManifestCalibration } from '../../runtime/contract/studies.ts';
import type { CalibrationData, Series } from '../../runtime/experiments/calibrate.ts';
import { count } from '../../runtime/contract/elements.ts';
import { elementName } from '../../runtime/names.ts';
import { unitReader } from '../read-unit.ts';
import { Refusal } from '../terminal/terminal.ts';

export interface ReadData extends CalibrationData {
  /** Columns that nothing takes. */
  unused: string[];
  bad: BadRows;
}

/** Rows that could not be used: how many, and what is wrong with the first of them. */
export interface BadRows {
  count: number;
  first?: { line: number; why: string };
}

interface Wanted {
  /** Which column. */
  column: string;
  /** What it is for, in a sentence. */
  text: string;
  unit: Unit;
  dimension: string;
  /** Said in the text: then it counts, whatever the head of the column says. */
  stated?: Unit;
  needed: boolean;
  series: Series;
}

export async function readData(
  file: string,
  manifest: Manifest,
  calibration: ManifestCalibration,
): Promise<ReadData> {
  const compared = calibration.compared.map((one): Wanted => {
    const sensor = one.of.kind === 'sensor' ? manifest.sensors[one.of.sensor]! : undefined;
    const own =
      sensor === undefined || one.of.kind !== 'sensor'
        ? one.text
        : elementName(sensor.name, sensor.dims, one.of.instance);
    return {
      column: one.column ?? own,
      text: one.text,
      unit: one.unit,
      dimension: one.dimension,
      ...(one.columnUnit === undefined ? {} : { stated: one.columnUnit }),
      needed: true,
      series: { times: [], values: [] },
    };
  });
  const inputs = inputsOf(manifest, calibration);
  try {
    const { unused, bad } = await fill(file, [...compared, ...inputs.map(({ wanted }) => wanted)]);
    return {
      compared: compared.map(({ series }) => series),
      inputs: inputs.flatMap(({ variable, element, wanted: { series } }) =>
        series.times.length === 0 ? [] : [{ ...series, variable, element }],
      ),
      unused,
      bad,
    };
  } catch (error) {
    if (error instanceof RecordingError) throw new Refusal(error.message);
    throw error;
  }
}

/** Every free input follows the column of its name, or the one said. */
function inputsOf(
  manifest: Manifest,
  { columns, parameters }: ManifestCalibration,
): { variable: number; element: number; wanted: Wanted }[] {
  const fitted = new Set(parameters.flatMap(({ targets }) => targets.map(({ variable }) => variable)));
  return manifest.variables.flatMap(({ role, name, dims, unit, dimension, base }, variable) => {
    if (role !== 'input' || fitted.has(variable)) return [];
    return Array.from({ length: count(dims) }, (_, element) => {
      const said = columns.find((one) => one.variable === variable && one.element === element);
      const text = elementName(name, dims, element);
      return {
        variable,
        element,
        wanted: {
          column: said?.column ?? text,
          text,
          unit: base === 'boolean' ? { text: '', label: '', factor: 1, offset: 0 } : unit,
          dimension,
          ...(said?.unit === undefined ? {} : { stated: said.unit }),
          needed: said !== undefined,
          series: { times: [], values: [] },
        },
      };
    });
  });
}

/** Each run of a fit compares with all of them, so they are held. */
const MOST_NUMBERS = 10_000_000;

async function fill(file: string, all: readonly Wanted[]): Promise<{ unused: string[]; bad: BadRows }> {
  const recording = await openRecording(file);
  const { columns } = recording;
  const time = timesOf(columns);
  const readUnit = unitReader();
  const used = all.flatMap((wanted) => {
    const at = columns.findIndex(({ name }) => name === wanted.column);
    if (at < 0) {
      if (!wanted.needed) return [];
      throw new Refusal(
        `${file} has no column ${wanted.column} for ${wanted.text}; it has ${columns.map(({ name }) => name).join(', ')}`,
      );
    }
    const unit = wanted.stated ?? unitFor(columns[at]!, wanted, readUnit);
    if (typeof unit === 'string') throw new Refusal(`${file}, column ${wanted.column}: ${unit}`);
    return [{ at, unit, series: wanted.series }];
  });
  let start = NaN;
  let latest = -Infinity;
  const bad: BadRows = { count: 0 };
  const refuse = (line: number, why: string): void => {
    bad.count += 1;
    bad.first ??= { line, why };
  };
  let numbers = 0;
  for await (const row of recording.rows()) {
    const at = time.seconds(row.values[time.at]!);
    if (row.bad !== undefined || !Number.isFinite(at)) {
      refuse(row.line, row.bad ?? 'it has no time');
      continue;
    }
    if (Number.isNaN(start)) start = originOf(at);
    const since = sinceOrigin(at, start);
    if (since < latest) {
      refuse(row.line, AFTER_LATER);
      continue;
    }
    if (since < 0) {
      refuse(row.line, BEFORE_START);
      continue;
    }
    latest = since;
    for (const { at: column, unit, series } of used) {
      const value = row.values[column]!;
      if (!Number.isFinite(value)) continue;
      numbers += 1;
      if (numbers > MOST_NUMBERS)
        throw new Refusal(
          `${file} has more than ${MOST_NUMBERS} numbers that are compared with or drive the run, which each of its runs goes through: take a part of it`,
        );
      series.times.push(latest);
      series.values.push(toSI(value, unit));
    }
  }
  for (const { series, needed, column } of all)
    if (needed && series.times.length === 0)
      throw new Refusal(`${file}, column ${column}: there is no number in it`);
  const taken = new Set([time.at, ...used.map(({ at }) => at)]);
  return { unused: columns.flatMap(({ name }, at) => (taken.has(at) ? [] : [name])), bad };
}
