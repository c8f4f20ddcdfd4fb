/** A column and how its header is written. */
import type { Unit } from '../../runtime/contract/manifest.ts';

export interface RecordingColumn {
  /** Element name: `pump[2].casing`. The first column is `time`. */
  name: string;
  /** Unit in which values are written. */
  unit: Unit;
  /** Booleans are written as true and false. Default: number. */
  base?: 'number' | 'integer' | 'boolean';
  /** Names of its values from 0 on: written instead of them. */
  labels?: readonly string[];
}

/** A column of a file: what its header says. */
export interface FileColumn {
  name: string;
  /** '' when none is said. */
  unit: string;
}

export const seconds: Unit = { text: 's', label: 's', factor: 1, offset: 0 };
export const timeColumn: RecordingColumn = { name: 'time', unit: seconds };

/** `pump[2].casing [degC]`; just the name for numbers without unit. */
export const headerOf = ({ name, unit }: RecordingColumn): string =>
  unit.text === '' || unit.text === '1' ? name : `${name} [${unit.text}]`;

/** The unit is what stands in the last brackets, after a space. */
export function parseHeader(text: string): FileColumn {
  const header = text.trim();
  const match = /^(.*\S)\s+\[([^[\]]*)\]$/.exec(header);
  return match === null ? { name: header, unit: '' } : { name: match[1]!, unit: match[2]!.trim() };
}

/** What may go wrong with a file, for people. */
export class RecordingError extends Error {
  override name = 'RecordingError';
}

export interface Row {
  /** Line (CSV, 1 is the header) or row number (Parquet, from 1). */
  line: number;
  /** As written, in the file's units; NaN where there is no value. */
  values: readonly number[];
  /** Set when the row cannot be used: why. */
  bad?: string;
}

/** A file that is open for reading. `rows` may be called again, to read from the start. */
export interface OpenRecording {
  columns: FileColumn[];
  /** What a bad row's number counts. */
  counts: 'line' | 'row';
  rows(): AsyncIterable<Row>;
}

export interface RecordingWriter {
  /** SI values, one a column; NaN for none. */
  write(row: ArrayLike<number>): void;
  /** Where a file can be read before it is closed: all that was written can be. */
  flush?(): void;
  /** Nothing may be written afterwards. A Parquet file is readable only then. */
  close(): void;
}
