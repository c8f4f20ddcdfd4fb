/** CSV by RFC 4180, written as it is computed. Values in the units of the text, with as many digits as bring back the same bits. */
import { closeSync, existsSync, openSync, realpathSync, renameSync, statSync, writeSync } from 'node:fs';
import process from 'node:process';
import type { ManifestVariable, Unit } from '../../runtime/contract/manifest.ts';
import { elementNames } from '../../runtime/names.ts';
import type { Twin } from '../../runtime/twin.ts';
import { Complaint } from './complaint.ts';

const BLOCK = 64 * 1024;
const STANDARD_OUTPUT = 1;

interface Column {
  name: string;
  unit: Unit;
  boolean: boolean;
  address: number;
  labels?: readonly string[];
}

/** A row at each output time and at both sides of each jump. Returns how to finish. */
export function writeCsv(twin: Twin, file: string): () => void {
  const columns = columnsOf(twin);
  const toStandardOutput = file === '-';
  // It has its name only when it is whole; what is no file, such as a pipe, is written to.
  const isPlain = !toStandardOutput && (!existsSync(file) || statSync(file).isFile());
  const named = existsSync(file) ? realpathSync(file) : file;
  const part = isPlain ? `${named}.${process.pid}.part` : file;
  let descriptor: number;
  try {
    descriptor = toStandardOutput ? STANDARD_OUTPUT : openSync(part, 'w');
  } catch (error) {
    throw new Complaint(`${file} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
  const header = columns.map(({ name, unit }) =>
    unit.text === '' || unit.text === '1' ? name : `${name} [${unit.text}]`,
  );
  let waiting = ['time [s]', ...header].map(quoted).join(',') + '\r\n';
  let open = true;
  const flush = (): void => {
    const bytes = new TextEncoder().encode(waiting);
    waiting = '';
    for (let at = 0; open && at < bytes.length;) {
      try {
        at += writeSync(descriptor, bytes, at);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        // A pipe that is full is tried again; one that is closed has been read as far as was wanted.
        if (code === 'EPIPE') open = false;
        else if (code !== 'EAGAIN') throw new Complaint(`${file} cannot be written (${code})`);
      }
    }
  };
  twin.listen({
    row: (time) => {
      if (!open) return;
      const cells = columns.map(({ unit, boolean, address, labels }) =>
        cell(twin.value(address)!, unit, boolean, labels),
      );
      waiting += `${String(time)},${cells.join(',')}\r\n`;
      if (waiting.length >= BLOCK) flush();
    },
  });
  return () => {
    flush();
    if (toStandardOutput) return;
    closeSync(descriptor);
    if (isPlain) renameSync(part, named);
  };
}

function columnsOf({ manifest }: Twin): Column[] {
  const columns: Column[] = [];
  const add = ({ base, address, labels }: ManifestVariable, names: readonly string[], unit: Unit): void =>
    names.forEach((name, element) =>
      columns.push({ name, unit, boolean: base === 'boolean', address: address + 8 * element, labels }),
    );
  for (const variable of manifest.variables)
    if (variable.visible && variable.role !== 'parameter')
      add(variable, elementNames(variable.name, variable.dims), variable.unit);
  for (const { name, dims, measured, unit } of manifest.sensors)
    if (manifest.variables[measured]!.private !== true)
      add(manifest.variables[measured]!, elementNames(name, dims), unit);
  return columns;
}

function cell(value: number, { factor, offset }: Unit, boolean: boolean, labels?: readonly string[]): string {
  if (Number.isNaN(value)) return '';
  if (labels !== undefined) return labels[value] ?? '';
  if (boolean) return value === 0 ? 'false' : 'true';
  const shown = factor === 1 && offset === 0 ? value : value / factor - offset;
  return Object.is(shown, -0) ? '-0' : String(shown);
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
