/** Columns of samples → what sensors have measured. The kernel does what all instances have in common, where it can. */
import { valueText } from '../describe.ts';
import { sensorName } from '../events/due.ts';
import type { ColumnTaken, Emit } from '../events/instant.ts';
import type { Entry } from '../journal.ts';
import type { Machine } from '../machine.ts';
import { count } from '../contract/elements.ts';
import { instanceOf } from './sample-columns.ts';
import type { SampleColumn } from './sample-columns.ts';

export interface ColumnHooks {
  told: (taken: ColumnTaken) => void;
  emit: Emit;
}

export function createColumns(machine: Machine, { told, emit }: ColumnHooks) {
  const { manifest, kernel, numbers, samples, sampleTimes } = machine;
  const { variables, sensors } = manifest;
  const placeOf = (variable: number): number => variables[variable]!.address / 8;

  /** Those that are outside of their range now, and were not before. Before anything is written. */
  const leaving = (column: SampleColumn): number[] => {
    const { low = -Infinity, high = Infinity, measured, offset } = sensors[column.sensor]!;
    if (low === -Infinity && high === Infinity) return [];
    const { values } = column;
    const first = placeOf(measured);
    const found: number[] = [];
    for (let at = 0; at < values.length; at += 1) {
      if (!(values[at]! < low || values[at]! > high)) continue;
      const instance = instanceOf(column, at);
      const before = numbers[first + instance]!;
      if (Number.isNaN(sampleTimes[offset + instance]!) || !(before < low || before > high)) found.push(at);
    }
    return found;
  };

  const tell = (column: SampleColumn, predicted: Float64Array, outside: readonly number[]): void => {
    const { sensor, instances, values } = column;
    told({
      kind: 'column',
      sensor,
      ...(instances === undefined ? {} : { instances }),
      values,
      predicted,
      time: machine.time(),
    });
    if (outside.length === 0) return;
    const declared = sensors[sensor]!;
    const { low, high, unit, measured, source } = declared;
    const { base } = variables[measured]!;
    const range = `${low === undefined ? '' : valueText(low, unit, base)}..${high === undefined ? '' : valueText(high, unit, base)}`;
    for (const at of outside) {
      const text = `measured ${valueText(values[at]!, unit, base)}, outside ${range}`;
      emit({
        kind: 'sensor',
        name: sensorName(declared, instanceOf(column, at)),
        text,
        severity: 'warning',
        source,
      });
    }
  };

  /** Of all instances, and the kernel may see to them. */
  const isWhole = ({ sensor, instances, values }: SampleColumn): boolean =>
    instances === undefined &&
    values.length === count(sensors[sensor]!.dims) &&
    kernel.sampleAll?.(sensor, 0) === 1;

  const predict = ({ sensor, instances, values }: SampleColumn): Float64Array => {
    const predicted = new Float64Array(values.length);
    for (let at = 0; at < values.length; at += 1)
      predicted[at] = kernel.predict(sensor, instances?.[at] ?? at);
    return predicted;
  };

  const take = (column: SampleColumn, predictions: Float64Array, outside: readonly number[]): void => {
    const { sensor, instances, values } = column;
    const { measured, predicted, stale, offset } = sensors[sensor]!;
    const [m, p, s] = [placeOf(measured), placeOf(predicted), placeOf(stale)];
    const time = machine.time();
    for (let at = 0; at < values.length; at += 1) {
      const instance = instances?.[at] ?? at;
      numbers[m + instance] = values[at]!;
      numbers[p + instance] = predictions[at]!;
      numbers[s + instance] = 0;
      sampleTimes[offset + instance] = time;
      samples[offset + instance]! += 1;
    }
    tell(column, predictions, outside);
  };

  return {
    /** Before anything is written at this instant. */
    predict,
    take: (column: SampleColumn, predictions: Float64Array): void =>
      take(column, predictions, leaving(column)),
    /** The same of entries that are columns and nothing else: by the kernel where it can. Returns whether it did; if not, nothing was done. */
    takeAll: (entries: readonly Entry[]): boolean => {
      if (!isColumns(entries)) return false;
      const others = entries.map((column) => (isWhole(column) ? undefined : predict(column)));
      const outside = entries.map(leaving);
      entries.forEach(({ sensor }, i) => {
        if (others[i] === undefined) kernel.sampleAll!(sensor, 1);
      });
      entries.forEach((column, i) => {
        const predictions = others[i];
        if (predictions !== undefined) {
          take(column, predictions, outside[i]!);
          return;
        }
        const { measured, predicted } = sensors[column.sensor]!;
        const first = placeOf(predicted);
        numbers.set(column.values, placeOf(measured));
        tell(column, numbers.subarray(first, first + column.values.length), outside[i]!);
      });
      return true;
    },
  };
}

const isColumns = (entries: readonly Entry[]): entries is Extract<Entry, { kind: 'column' }>[] =>
  entries.every(({ kind }) => kind === 'column');
