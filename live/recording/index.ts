/** Recordings by the file's name: .csv, .parquet, .json. See README.md. */
import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { RecordingError } from './columns.ts';
import type { OpenRecording, RecordingColumn, RecordingWriter } from './columns.ts';
import { openCsv, writeCsv } from './csv.ts';
import { writeJson } from './json.ts';

export { headerOf, parseHeader, RecordingError, seconds, timeColumn } from './columns.ts';
export type { FileColumn, OpenRecording, RecordingColumn, RecordingWriter, Row } from './columns.ts';
export { writeCsv } from './csv.ts';
export { recordArrivals } from './arrivals.ts';
export type { ArrivalRecorder } from './arrivals.ts';
export {
  AFTER_LATER,
  BEFORE_START,
  columnsFor,
  originOf,
  samplerOf,
  samplesOf,
  sinceOrigin,
  timesOf,
  unitFor,
} from './samples.ts';
export type { RecordedSample, Samples } from './samples.ts';

/** Opens a recording for writing, by the file's name. Throws a `RecordingError` with words for the user. */
export async function createRecording(
  file: string,
  columns: readonly RecordingColumn[],
): Promise<RecordingWriter> {
  try {
    switch (extname(file).toLowerCase()) {
      case '.csv':
        return writeCsv(file, columns);
      case '.json':
        return writeJson(file, columns);
      case '.parquet':
        return (await import('./parquet.ts')).writeParquet(file, columns);
    }
  } catch (error) {
    throw new RecordingError(
      `${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`,
    );
  }
  throw notWritable(file);
}

const WRITABLE = ['.csv', '.parquet', '.json'];
const notWritable = (file: string): RecordingError =>
  new RecordingError(
    `${file} is no recording that can be written: its name must end in .csv, .parquet or .json`,
  );

/**
 * A name under which nothing is lost: the file's own, or with a number behind it, `in-2.csv`, where something is there already. The name is
 * taken when it is returned, by an empty file. Throws a `RecordingError` with words for the user.
 */
export function freshName(file: string): string {
  if (!WRITABLE.includes(extname(file).toLowerCase())) throw notWritable(file);
  if (existsSync(file) && statSync(file).size === 0) return file;
  const extension = extname(file);
  const plain = join(dirname(file), basename(file, extension));
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? file : `${plain}-${number}${extension}`;
    try {
      closeSync(openSync(name, 'wx'));
      return name;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST') throw new RecordingError(`${name} cannot be written (${code ?? String(error)})`);
    }
  }
}

/**
 * Writes all rows (SI, one value a column; NaN for none), each in its column's unit. Memory stays flat however many there are.
 * Returns how many rows were written.
 */
export async function writeRecording(
  file: string,
  recording: {
    columns: readonly RecordingColumn[];
    rows: Iterable<ArrayLike<number>> | AsyncIterable<ArrayLike<number>>;
  },
): Promise<number> {
  const writer = await createRecording(file, recording.columns);
  let rows = 0;
  try {
    for await (const row of recording.rows) {
      writer.write(row);
      rows += 1;
    }
  } finally {
    writer.close();
  }
  return rows;
}

/** Opens a recording for reading. Throws a `RecordingError` with words for the user. */
export async function openRecording(file: string): Promise<OpenRecording> {
  if (!existsSync(file)) throw new RecordingError(`there is no file ${file}`);
  if (!statSync(file).isFile()) throw new RecordingError(`${file} is no file`);
  switch (extname(file).toLowerCase()) {
    case '.csv':
    case '.tsv':
    case '.txt':
      return openCsv(file);
    case '.parquet':
      return (await import('./parquet.ts')).openParquet(file);
  }
  throw new RecordingError(`${file} is no recording that can be read: its name must end in .csv or .parquet`);
}
