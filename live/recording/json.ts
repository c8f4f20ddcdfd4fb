/** `{"columns":[{"name","unit"}, …],"rows":[[…], …]}`, a row a line; null for no value. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { fromSI } from '../units.ts';
import type { RecordingColumn, RecordingWriter } from './columns.ts';

const BLOCK = 64 * 1024;

/** Overwrites the file. Rows are SI, and are written in the units of their columns. */
export function writeJson(file: string, columns: readonly RecordingColumn[]): RecordingWriter {
  const descriptor = openSync(file, 'w');
  const head = JSON.stringify(
    columns.map(({ name, unit, base = 'number' }) => ({ name, unit: unit.text, base })),
  );
  let waiting = `{"columns":${head},"rows":[`;
  let first = true;
  const flush = (): void => {
    const bytes = Buffer.from(waiting);
    waiting = '';
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
  };
  return {
    write: (row) => {
      const cells = columns.map(({ unit, base }, i) =>
        cell(base === 'boolean' ? row[i]! : fromSI(row[i]!, unit), base === 'boolean'),
      );
      waiting += `${first ? '' : ','}\n[${cells.join(',')}]`;
      first = false;
      if (waiting.length >= BLOCK) flush();
    },
    close: () => {
      waiting += '\n]}\n';
      flush();
      closeSync(descriptor);
    },
  };
}

function cell(value: number, boolean: boolean): string {
  if (Number.isNaN(value)) return 'null';
  if (boolean) return value === 0 ? 'false' : 'true';
  // JSON has no infinity; a number too large for a double is read back as one.
  if (!Number.isFinite(value)) return value > 0 ? '1e999' : '-1e999';
  return Object.is(value, -0) ? '-0' : String(value);
}
