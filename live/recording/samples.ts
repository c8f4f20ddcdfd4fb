/** A file's rows → samples of a twin's sensors and inputs, in SI, by the columns' names. */
import type { Manifest } from '../../runtime/contract/manifest.ts';
import { count } from '../../runtime/contract/elements.ts';
import { elementName } from '../../runtime/names.ts';
import { secondsSince1970 } from '../dates.ts';
import { isWrittenAs, toSI, unitsOf } from '../units.ts';
import type { ReadUnit } from '../units.ts';
import { RecordingError, timeColumn } from './columns.ts';
import type { FileColumn, OpenRecording, RecordingColumn, Row } from './columns.ts';
import type { Unit } from '../../runtime/contract/manifest.ts';

export type Target =
  | { kind: 'sensor'; sensor: number; instance: number }
  | { kind: 'input'; variable: number; element: number };

export interface RecordedSample {
  /** s since the recording's first row. */
  time: number;
  target: Target;
  /** SI. */
  value: number;
}

export interface Samples {
  /** Names of the sensors and inputs that the recording feeds. */
  used: { name: string; target: Target }[];
  /** Columns that feed nothing, and why. */
  unused: { column: string; why: string }[];
  /** Rows that could not be used so far: how many, and the first of them. Complete when all has been read. */
  bad: { count: number; first: { line: number; why: string }[] };
  /** From the start, in ascending time. May be called again. */
  read(): AsyncIterable<RecordedSample[]>;
}

const MOST_BAD_TOLD = 20;
const TIME_NAMES = ['time', 't', 'time_s', 'timestamp', 'ts'];
const TIME_UNITS: Readonly<Record<string, number>> = {
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  ns: 1e-9,
  min: 60,
  h: 3600,
  d: 86400,
};

/** What the rows of a file say to a twin. */
export interface Sampler extends Pick<Samples, 'used' | 'unused' | 'bad'> {
  /** Before the first row, and to read from the start again. */
  restart(): void;
  /** The next row → its samples. */
  take(row: Row): RecordedSample[];
}

/** Throws a `RecordingError` when nothing of the file can be used. */
export function samplerOf(
  columns: readonly FileColumn[],
  manifest: Manifest,
  readUnit: ReadUnit = unitsOf(manifest),
): Sampler {
  const targets = targetsOf(manifest);
  const { at: timeAt, seconds } = timesOf(columns);
  const used: (Samples['used'][number] & { at: number; unit: Unit; base: Base })[] = [];
  const unused: Samples['unused'] = [];
  columns.forEach((column, at) => {
    if (at === timeAt) return;
    const name = column.name.replace(/\.measured$/, '');
    const found = targets.get(name);
    if (found === undefined) {
      unused.push({ column: column.name, why: 'no sensor or input has this name' });
      return;
    }
    if (used.some((other) => other.name === name)) {
      unused.push({ column: column.name, why: 'a column before it has the same name' });
      return;
    }
    const unit = unitFor(column, found, readUnit);
    if (typeof unit === 'string') unused.push({ column: column.name, why: unit });
    else used.push({ name, target: found.target, at, unit, base: found.base });
  });
  if (used.length === 0)
    throw new RecordingError(
      `no column of the recording is a sensor or an input: there are ${listed(columns.map(({ name }) => name))}, and the twin has ${listed([...targets.keys()])}`,
    );
  const bad: Samples['bad'] = { count: 0, first: [] };
  const refuse = (line: number, why: string): void => {
    bad.count += 1;
    if (bad.first.length < MOST_BAD_TOLD) bad.first.push({ line, why });
  };
  let start = NaN;
  let latest = -Infinity;
  return {
    used: used.map(({ name, target }) => ({ name, target })),
    unused,
    bad,
    restart: () => {
      bad.count = 0;
      bad.first = [];
      start = NaN;
      latest = -Infinity;
    },
    take: ({ line, values, bad: why }) => {
      if (why !== undefined) {
        refuse(line, why);
        return [];
      }
      const at = seconds(values[timeAt]!);
      if (!Number.isFinite(at)) {
        refuse(line, 'it has no time');
        return [];
      }
      if (Number.isNaN(start)) start = originOf(at);
      const time = sinceOrigin(at, start);
      if (time < latest) {
        refuse(line, AFTER_LATER);
        return [];
      }
      if (time < 0) {
        refuse(line, BEFORE_START);
        return [];
      }
      latest = time;
      const samples: RecordedSample[] = [];
      for (const { at: column, target, unit, base } of used) {
        const value = values[column]!;
        if (Number.isNaN(value)) continue;
        if (!Number.isFinite(value)) {
          refuse(line, `${columns[column]!.name} is not finite`);
          continue;
        }
        const isOfKind =
          base === 'boolean' ? value === 0 || value === 1 : base === 'number' || Number.isInteger(value);
        if (isOfKind) samples.push({ time, target, value: toSI(value, unit) });
        else
          refuse(
            line,
            `${columns[column]!.name} is ${base === 'boolean' ? 'true or false' : 'a whole number'}, not ${value}`,
          );
      }
      return samples;
    },
  };
}

/** Throws a `RecordingError` when nothing of the file can be used. */
export function samplesOf(recording: OpenRecording, manifest: Manifest, readUnit?: ReadUnit): Samples {
  const { used, unused, bad, restart, take } = samplerOf(recording.columns, manifest, readUnit);
  return {
    used,
    unused,
    bad,
    read: async function* () {
      restart();
      for await (const row of recording.rows()) {
        const samples = take(row);
        if (samples.length > 0) yield samples;
      }
    },
  };
}

/** Which column holds the times, and how they are s. Throws a `RecordingError` where there is none. */
export function timesOf(columns: readonly FileColumn[]): {
  at: number;
  seconds: (written: number) => number;
} {
  const at = columns.findIndex(({ name }) => TIME_NAMES.includes(name.toLowerCase()));
  if (at < 0)
    throw new RecordingError(
      `the recording has no column of times: name one time [s]; there are ${listed(columns.map(({ name }) => name))}`,
    );
  const { unit } = columns[at]!;
  if (unit === '') return { at, seconds: secondsSince1970 };
  const factor = Object.hasOwn(TIME_UNITS, unit) ? TIME_UNITS[unit] : undefined;
  if (factor === undefined)
    throw new RecordingError(
      `the recording's times are in [${unit}]: write them in s, ms, us, ns, min, h or d`,
    );
  return { at, seconds: (written) => written * factor };
}

/** Why a row is passed over that has a time. */
export const AFTER_LATER = 'its time is before that of a row above it';
export const BEFORE_START = 'its time is before the start of a run, which is 0 s';

/**
 * Where a run starts in the times of a recording that begins at `first` [s]. Times of a run count from 0, also where rows
 * precede it (what was sampled before a trigger); dates, which are far from 0, count from their first row.
 */
export const originOf = (first: number): number => (Math.abs(first) < 1e6 ? 0 : first);

/**
 * s from the start of a run on. Numbers as large as dates are only good to a quarter of a microsecond: 100 ms after one would be a little
 * less or more, and so before or after what happens each 100 ms.
 */
export const sinceOrigin = (at: number, origin: number): number =>
  origin === 0 ? at : Math.round((at - origin) * 1e6) / 1e6;

/** The unit of a column that is to be read as something, or in words why it cannot be. */
export function unitFor(
  column: FileColumn,
  found: { unit: Unit; dimension: string },
  readUnit: ReadUnit,
): Unit | string {
  if (column.unit === '' || isWrittenAs(column.unit, found.unit)) return found.unit;
  const unit = readUnit(column.unit);
  if (unit === undefined)
    return `its unit [${column.unit}] is not known; the twin has ${found.unit.text || 'none'}`;
  if (unit.dimension !== found.dimension)
    return `its unit [${column.unit}] measures something else than ${found.unit.text || 'a number without unit'}`;
  return unit;
}

type Base = 'number' | 'integer' | 'boolean';

interface Found {
  target: Target;
  unit: Unit;
  base: Base;
  dimension: string;
}

function targetsOf(manifest: Manifest): Map<string, Found> {
  const found = new Map<string, Found>();
  manifest.variables.forEach(({ role, name, dims, unit, dimension, base }, variable) => {
    if (role !== 'input') return;
    for (let element = 0; element < count(dims); element += 1)
      found.set(elementName(name, dims, element), {
        target: { kind: 'input', variable, element },
        unit: base === 'boolean' ? { text: '', label: '', factor: 1, offset: 0 } : unit,
        base,
        dimension,
      });
  });
  manifest.sensors.forEach(({ name, dims, unit, measured }, sensor) => {
    for (let instance = 0; instance < count(dims); instance += 1)
      found.set(elementName(name, dims, instance), {
        target: { kind: 'sensor', sensor, instance },
        unit,
        base: manifest.variables[measured]!.base,
        dimension: manifest.variables[measured]!.dimension,
      });
  });
  return found;
}

/** The columns of a recording of what comes in at these sensors and inputs, time first. */
export function columnsFor(manifest: Manifest, targets: readonly Target[]): RecordingColumn[] {
  return [
    timeColumn,
    ...targets.map((target): RecordingColumn => {
      if (target.kind === 'sensor') {
        const { name, dims, unit, measured } = manifest.sensors[target.sensor]!;
        return {
          name: elementName(name, dims, target.instance),
          unit,
          base: manifest.variables[measured]!.base,
        };
      }
      const { name, dims, unit, base } = manifest.variables[target.variable]!;
      return { name: elementName(name, dims, target.element), unit, base };
    }),
  ];
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown || 'none';
}
