/** What a run writes down: a row at each output time, and both sides of each jump. */
import { SpooledRows } from '../live/recording/spool.ts';
import type { ManifestVariable, Unit } from '../runtime/contract/manifest.ts';
import { elementNames } from '../runtime/names.ts';
import { isPrivateSensor } from '../runtime/private.ts';
import type { Twin } from '../runtime/twin.ts';
import { Refusal } from './terminal/terminal.ts';

export interface RunColumn {
  name: string;
  unit: Unit;
  base: ManifestVariable['base'];
  /** Is changed as the twin runs. */
  state: boolean;
  /** Says how well the whole does. */
  kpi: boolean;
  labels?: readonly string[];
}

export interface Recorded {
  /** The first is the time (s). */
  columns: RunColumn[];
  /** SI; a boolean as 0 or 1. All of them, or what a chart needs of them (see `thinned.ts`). */
  rows: Iterable<readonly number[]>;
  /** How many rows there were. */
  count: number;
  /** Nobody asks for them any more. */
  close?: () => void;
}

/** What takes rows as they come. */
export interface RowSink {
  take(row: readonly number[]): void;
}

const MAXIMUM_COLUMNS = 5000;
const SECONDS: Unit = { text: 's', label: 's', factor: 1, offset: 0 };

/** A row's values in the columns' units. */
export const shown = ({ columns }: Pick<Recorded, 'columns'>, row: readonly number[]): number[] =>
  row.map((value, n) => value / columns[n]!.unit.factor - columns[n]!.unit.offset);

/** All rows, put aside. */
export function recordRows(twin: Twin): Recorded {
  const { columns } = columnsOf(twin);
  const rows = new SpooledRows(columns.length);
  passRows(twin, rows);
  return {
    columns,
    rows,
    get count() {
      return rows.count;
    },
    close: () => rows.close(),
  };
}

/** Hands rows on, and holds none: for runs that are never revised, as nothing comes late. */
export function passRows(twin: Twin, sink: RowSink): void {
  const { read } = columnsOf(twin);
  twin.listen({
    row: (time) => sink.take(read(time)),
    revised: (time) => {
      throw new Error(`rows after ${time} s were written already`);
    },
  });
}

/** What is recorded, the time first, and how a row of it is read. */
export function columnsOf(twin: Twin): { columns: RunColumn[]; read: (time: number) => number[] } {
  const { manifest } = twin;
  const columns: RunColumn[] = [{ name: 'time', unit: SECONDS, base: 'number', state: false, kpi: false }];
  const values: (() => number)[] = [];
  const add = (variable: ManifestVariable, name: string, element: number, isState: boolean): void => {
    const { unit, base, address, labels, kpi } = variable;
    columns.push({
      name,
      unit,
      base,
      state: isState,
      kpi: kpi === true,
      ...(labels === undefined ? {} : { labels }),
    });
    values.push(() => twin.value(address + 8 * element)!);
  };
  for (const variable of manifest.variables) {
    if (!variable.visible || variable.role === 'parameter') continue;
    const isState = variable.role === 'state' || variable.role === 'discrete';
    elementNames(variable.name, variable.dims).forEach((name, n) => add(variable, name, n, isState));
  }
  for (const sensor of manifest.sensors.filter((each) => !isPrivateSensor(manifest, each)))
    elementNames(sensor.name, sensor.dims).forEach((name, n) =>
      add({ ...manifest.variables[sensor.measured]!, unit: sensor.unit }, name, n, false),
    );
  if (columns.length > MAXIMUM_COLUMNS)
    throw new Refusal(
      `this would record ${columns.length} columns, more than ${MAXIMUM_COLUMNS}: the model is too wide to record whole`,
    );
  return { columns, read: (time) => [time, ...values.map((value) => value())] };
}
