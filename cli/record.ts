/** What a run writes down: a row at each output time, and both sides of each jump. */
import type { ManifestVariable, Unit } from '../runtime/contract/manifest.ts';
import { elementNames } from '../runtime/names.ts';
import { isPrivateSensor } from '../runtime/private.ts';
import type { Twin } from '../runtime/twin.ts';
import { Refusal } from './terminal/terminal.ts';

export interface Recorded {
  /** The first is the time (s). `state`: is changed as the twin runs. `kpi`: says how well the whole does. */
  columns: {
    name: string;
    unit: Unit;
    base: ManifestVariable['base'];
    state: boolean;
    kpi: boolean;
    labels?: readonly string[];
  }[];
  /** SI; a boolean as 0 or 1. */
  rows: number[][];
}

const MAXIMUM_COLUMNS = 5000;
const SECONDS: Unit = { text: 's', label: 's', factor: 1, offset: 0 };

/** A row's values in the columns' units. */
export const shown = ({ columns }: Recorded, row: readonly number[]): number[] =>
  row.map((value, n) => value / columns[n]!.unit.factor - columns[n]!.unit.offset);

export function recordRows(twin: Twin): Recorded {
  const { manifest } = twin;
  const columns: Recorded['columns'] = [
    { name: 'time', unit: SECONDS, base: 'number', state: false, kpi: false },
  ];
  const read: (() => number)[] = [() => twin.time()];
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
    read.push(() => twin.value(address + 8 * element)!);
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
  const rows: number[][] = [];
  twin.listen({
    row: (time) => rows.push(read.map((value, n) => (n === 0 ? time : value()))),
    revised: (time, including) => {
      while (rows.length > 0 && (rows.at(-1)![0]! > time || (including && rows.at(-1)![0] === time)))
        rows.pop();
    },
  });
  return { columns, rows };
}
