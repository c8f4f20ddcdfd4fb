/** What comes from outside, or as if it did: samples of sensors, values that are set, calls of commands; and what is told of them. */
import { emitText, valueText, variableText } from '../describe.ts';
import type { Inputs } from '../inputs.ts';
import type { Entry } from '../journal.ts';
import { variableElement } from '../machine.ts';
import type { Machine } from '../machine.ts';
import { elementName } from '../names.ts';
import { createColumns } from '../samples/columns.ts';
import { timeText } from '../trouble.ts';
import type { Trouble } from '../trouble.ts';
import { sensorName } from './due.ts';
import { markGiven } from './given.ts';
import type { ColumnTaken, Emit, SampleTaken } from './instant.ts';

interface Told {
  emit: Emit;
  sample: (taken: SampleTaken) => void;
  column: (taken: ColumnTaken) => void;
  /** What inputs follow. */
  inputs?: Inputs;
}

export function createEntries(machine: Machine, told: Told) {
  const { manifest, kernel, samples, sampleTimes, read, write } = machine;
  const { emit } = told;

  /** A sensor has a new sample, of an instance. */
  const sampled = (sensor: number, instance: number, measured: number, predicted: number): void => {
    const { measured: m, predicted: p, stale, low, high, offset, unit, source } = manifest.sensors[sensor]!;
    const time = machine.time();
    const outside = (value: number): boolean => value < (low ?? -Infinity) || value > (high ?? Infinity);
    const first = Number.isNaN(sampleTimes[offset + instance]!);
    const wasOutside = !first && outside(read(m, instance));
    write(m, instance, measured);
    write(p, instance, predicted);
    write(stale, instance, 0);
    sampleTimes[offset + instance] = time;
    told.sample({ sensor, instance, time, measured, predicted });
    if (outside(measured) && !wasOutside) {
      const name = sensorName(manifest.sensors[sensor]!, instance);
      const { base } = manifest.variables[m]!;
      const range = `${low === undefined ? '' : valueText(low, unit, base)}..${high === undefined ? '' : valueText(high, unit, base)}`;
      const text = `measured ${valueText(measured, unit, base)}, outside ${range}`;
      emit({ kind: 'sensor', name, text, severity: 'warning', source });
    }
  };

  const stale = (which: number, instance: number): void => {
    const sensor = manifest.sensors[which]!;
    write(sensor.stale, instance, 1);
    const last = sampleTimes[sensor.offset + instance]!;
    const text = Number.isNaN(last) ? 'stale: no sample yet' : `stale: no sample since ${timeText(last)}`;
    emit({
      kind: 'sensor',
      name: sensorName(sensor, instance),
      text,
      severity: 'warning',
      source: sensor.source,
    });
  };

  const called = ({ command, instance, values }: Extract<Entry, { kind: 'call' }>): void => {
    const { name, dims, count: counter, parameters, source } = manifest.events![command]!;
    parameters.forEach(({ variable }, at) => write(variable, instance, values[at]!));
    write(counter, instance, read(counter, instance) + 1);
    const text = emitText(manifest, command, instance, read);
    emit({ kind: 'command', name: elementName(name, dims, instance), text, severity: 'info', source });
  };

  const columns = createColumns(machine, { told: told.column, emit });
  /** All of one time, each seeing what was before them all; then everything is evaluated. */
  const apply = (entries: readonly Entry[]): Trouble | undefined => {
    if (columns.takeAll(entries)) {
      machine.project();
      return machine.unsolved() ?? machine.evaluate();
    }
    const predictions = entries.map((entry) =>
      entry.kind === 'sample' ? kernel.predict(entry.sensor, entry.instance) : 0,
    );
    const predicted = entries.map((entry) => (entry.kind === 'column' ? columns.predict(entry) : undefined));
    let parameters = false;
    entries.forEach((entry, i) => {
      if (entry.kind === 'column') {
        columns.take(entry, predicted[i]!);
        return;
      }
      if (entry.kind === 'call') {
        called(entry);
        return;
      }
      if (entry.kind === 'sample') {
        sampled(entry.sensor, entry.instance, entry.value, predictions[i]!);
        samples[manifest.sensors[entry.sensor]!.offset + entry.instance]! += 1;
        return;
      }
      const variable = manifest.variables[entry.variable]!;
      write(entry.variable, entry.element, entry.value);
      told.inputs?.letGo(entry.variable, entry.element);
      markGiven(machine, entry.variable, entry.element);
      parameters ||= variable.role === 'parameter';
      if (entry.measured === true) return;
      emit({
        kind: 'command',
        name: variableElement(manifest, entry.variable, entry.element),
        text: `set to ${variableText(manifest, entry.variable, entry.value)}`,
        severity: 'info',
        source: variable.source,
      });
    });
    if (parameters) kernel.parameters();
    machine.project();
    return machine.unsolved() ?? (parameters ? machine.given(false) : undefined) ?? machine.evaluate();
  };

  return { sampled, stale, apply };
}
